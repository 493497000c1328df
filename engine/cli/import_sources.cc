// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/import_sources.h"

#include <boost/asio/this_coro.hpp>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>

#include "engine/apply/sync.h"
#include "engine/json/value.h"
#include "engine/manifest/bind_inventories.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/inventory_source.h"

namespace firmform::cli {
namespace {

constexpr int kBitsOfAddress = 32;
constexpr int kLargestPrefix = 20;    // 4096 addresses
constexpr int kMostLargePrefix = 16;  // 65536
constexpr int kProbesAtATime = 128;

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  const std::vector<std::string> parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t address = 0;
  for (const std::string& part : parts) {
    const auto number = manifest::parse_integer(part);
    if (!number || *number < 0 || *number > 255) return std::nullopt;
    address = (address << 8U) | static_cast<std::uint32_t>(*number);
  }
  return address;
}

/// Shared by the probes of one find_services call.
struct Search {
  Runtime& runtime;
  const Context& context;
  apply::Semaphore slots;
  apply::Signal finished;
  std::size_t left = 0;
  std::size_t total = 0;
  std::set<std::string> found;
};

bool is_service_root(const http::Response& response) {
  if (response.status != 200) return false;
  const auto root = json::parse(response.body);
  return root && (!root->text("RedfishVersion").empty() || root->text("@odata.id").starts_with("/redfish/v1"));
}

/// Looks without credentials, so the certificate does not matter yet; logging in checks it.
Task<bool> answers(Search& search, const std::string& url) {
  http::Request request;
  request.endpoint = std::make_shared<const http::Endpoint>(http::Endpoint{.url = url, .tls = {.verify = false}});
  request.target = "/redfish/v1/";
  request.headers.add("Accept", "application/json");
  request.deadlines = {std::chrono::seconds(2), std::chrono::seconds(3), std::chrono::seconds(5)};
  request.max_response_bytes = 1U << 20U;
  const auto response = co_await search.runtime.transport().send(std::move(request));
  co_return response&& is_service_root(*response);
}

Task<void> probe(std::shared_ptr<Search> search, std::string url) {
  const apply::Semaphore::Permit permit = co_await search->slots.acquire();
  const bool found = co_await answers(*search, url);
  if (found) search->found.insert(url);
  --search->left;
  if (search->context.err.is_tty) {
    search->context.err.print(fmt::format("\r\x1b[2KLooking for BMCs: {}/{} addresses, {} found",
                                          search->total - search->left, search->total, search->found.size()));
    static_cast<void>(std::fflush(search->context.err.file));
  }
  if (search->left == 0) search->finished.notify();
}

Task<std::set<std::string>> probe_all(std::shared_ptr<Search> search, std::vector<std::string> urls) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::string& url : urls) {
    boost::asio::co_spawn(executor, probe(search, std::move(url)), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }
  while (search->left > 0) co_await search->finished.wait();
  co_return std::move(search->found);
}

Result<std::vector<FoundBmc>> from_list(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) return fail(Code::usage, fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  std::vector<FoundBmc> found;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const std::string_view text = trim(std::string_view(line).substr(0, line.find('#')));
    if (text.empty()) continue;
    auto bmc = parse_bmc(text);
    if (!bmc) return fail(bmc.error().with_context(fmt::format("{}:{}", path.string(), number)));
    found.push_back(std::move(*bmc));
  }
  return found;
}

/// The inventory, read as the manifest section `inventories:` reads it.
OrExit<std::vector<FoundBmc>> from_ansible(const std::string& path, const Arguments& arguments, Context& context) {
  const std::string variable = arguments.value("bmc-variable").value_or("bmc");
  if (!manifest::rule(manifest::Format::variable).matches(variable)) {
    return leave(context.report(Error(Code::usage, fmt::format("`{}` is not the name of a variable", variable))));
  }
  json::Object entry{{"ansible", path}, {"bmc_variable", variable}, {"label_groups", true}};
  if (const auto pattern = arguments.value("hosts")) entry.set("hosts", *pattern);
  const json::Value manifest_json = json::Object{
      {"firmform", "v1"}, {"inventories", json::Object{{"import", std::move(entry)}}}};  // JSON is YAML, too
  std::vector<manifest::SourceText> texts = manifest::read_inventory({.path = path}, context.directory);
  texts.insert(texts.begin(), manifest::SourceText{"-ansible", json::dump(manifest_json)});
  SourceMap sources;
  const auto loaded = manifest::load(std::move(texts), sources);
  if (loaded.diagnostics.has_errors()) {
    context.report(loaded.diagnostics, sources);
    return leave(loaded.diagnostics.exit());
  }
  std::vector<FoundBmc> found;
  for (const auto& [name, host] : loaded.value->hosts) {
    FoundBmc bmc{name, host.value.bmc.value, {}};
    for (const auto& [label, value] : host.value.labels) bmc.labels[label] = value.value;
    found.push_back(std::move(bmc));
  }
  return found;
}

/// Leaves out addresses that come twice; fails when one name stands for two of them.
Status keep_each_once(std::vector<FoundBmc>& bmcs) {
  std::set<std::string> addresses;
  std::set<std::string> names;
  std::erase_if(bmcs, [&](const FoundBmc& bmc) { return !addresses.insert(bmc.bmc).second; });
  for (const FoundBmc& bmc : bmcs) {
    if (!bmc.name.empty() && !names.insert(bmc.name).second) {
      return fail(Code::usage, fmt::format("two BMCs are named `{}`", bmc.name));
    }
  }
  return {};
}

}  // namespace

Result<FoundBmc> parse_bmc(std::string_view text) {
  FoundBmc found;
  const std::size_t separator = text.find_first_of("= \t");
  std::string_view address = text;
  if (separator != std::string_view::npos) {
    found.name = std::string(trim(text.substr(0, separator)));
    address = trim(text.substr(separator + 1));
  }
  found.bmc = manifest::bmc_url(address);
  if (found.bmc.ends_with('/')) found.bmc.pop_back();
  const bool named = separator == std::string_view::npos || manifest::rule(manifest::Format::name).matches(found.name);
  if (named && manifest::rule(manifest::Format::base_url).matches(found.bmc)) return found;
  const std::string what =
      text.find('@') != std::string_view::npos ? "an address with a user name" : fmt::format("`{}`", printable(text));
  return fail(Error(Code::usage, fmt::format("{} is not the address of a BMC", what))
                  .with_help("write https://ADDRESS, https://ADDRESS:PORT, or NAME=https://ADDRESS"));
}

Result<std::vector<std::string>> addresses_of(std::string_view subnet, bool large) {
  const std::size_t slash = subnet.find('/');
  const auto base = parse_ipv4(subnet.substr(0, slash));
  const auto prefix = slash == std::string_view::npos ? std::optional<std::int64_t>()
                                                      : manifest::parse_integer(subnet.substr(slash + 1));
  if (!base || !prefix || *prefix < 0 || *prefix > kBitsOfAddress) {
    return fail(Error(Code::usage, fmt::format("`{}` is not a subnet", printable(subnet)))
                    .with_help("write for example 10.20.0.0/24"));
  }
  if (*prefix < kMostLargePrefix || (*prefix < kLargestPrefix && !large)) {
    const Error error(Code::usage, fmt::format("{} holds more than {} addresses", subnet, large ? 65536 : 4096));
    return fail(*prefix < kMostLargePrefix ? error.with_help("name smaller subnets")
                                           : error.with_help("name smaller subnets, or add -yes-large"));
  }
  const std::uint64_t size = std::uint64_t{1} << static_cast<unsigned>(kBitsOfAddress - *prefix);
  const std::uint64_t first = *base & ~(size - 1);
  const std::uint64_t margin = size > 2 ? 1 : 0;
  std::vector<std::string> addresses;
  for (std::uint64_t at = first + margin; at < first + size - margin; ++at) {
    addresses.push_back(fmt::format("{}.{}.{}.{}", at >> 24U, (at >> 16U) & 255U, (at >> 8U) & 255U, at & 255U));
  }
  return addresses;
}

std::vector<std::string> find_services(const std::vector<std::string>& addresses, std::uint16_t port, Runtime& runtime,
                                       const Context& context) {
  constexpr std::uint16_t kHttps = 443;
  std::vector<std::string> urls;
  for (const std::string& address : addresses) {
    urls.push_back(port == kHttps ? fmt::format("https://{}", address) : fmt::format("https://{}:{}", address, port));
  }
  auto search = std::make_shared<Search>(
      Search{runtime, context, apply::Semaphore(kProbesAtATime), {}, urls.size(), urls.size(), {}});
  const std::set<std::string> found = runtime.run(probe_all(search, urls));
  if (context.err.is_tty) context.err.print("\r\x1b[2K");
  std::erase_if(urls, [&](const std::string& url) { return !found.contains(url); });
  return urls;
}

OrExit<std::vector<FoundBmc>> find_bmcs(const Arguments& arguments, Runtime& runtime, Context& context) {
  std::vector<FoundBmc> bmcs;
  for (const std::string& text : arguments.positionals()) {
    auto bmc = parse_bmc(text);
    if (!bmc) return leave(context.report(bmc.error()));
    bmcs.push_back(std::move(*bmc));
  }
  for (const std::string& file : arguments.values("list")) {
    auto listed = from_list(std::filesystem::path(context.directory) / file);
    if (!listed) return leave(context.report(listed.error()));
    std::ranges::move(*listed, std::back_inserter(bmcs));
  }
  for (const std::string& path : arguments.values("ansible")) {
    auto hosts = from_ansible(path, arguments, context);
    if (!hosts) return leave(hosts.error());
    std::ranges::move(*hosts, std::back_inserter(bmcs));
  }
  const auto port = arguments.integer("port", 443, 1, 65535);
  if (!port) return leave(context.report(port.error()));
  for (const std::string& subnet : arguments.values("subnet")) {
    const auto addresses = addresses_of(subnet, arguments.has("yes-large"));
    if (!addresses) return leave(context.report(addresses.error()));
    for (std::string& url : find_services(*addresses, static_cast<std::uint16_t>(*port), runtime, context)) {
      bmcs.push_back({{}, std::move(url), {}});
    }
  }
  if (const Status unique = keep_each_once(bmcs); !unique) return leave(context.report(unique.error()));
  return bmcs;
}

}  // namespace firmform::cli
