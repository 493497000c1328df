// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/this_coro.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>

#include "engine/apply/sync.h"
#include "engine/cli/import_sources.h"
#include "engine/cli/import_verb.h"
#include "engine/cli/snapshot_reading.h"
#include "engine/http/peer_key.h"
#include "engine/inventory/recording.h"
#include "engine/manifest/format_rules.h"
#include "engine/plan/adopt.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;
using manifest::PasswordSource;

constexpr std::string_view kStandardOutput = "-";

struct Request {
  fs::path file;  ///< empty: standard output
  plan::AdoptOptions adopt;
  http::TlsOptions tls;
  bool pin = false;         ///< trust the keys that are seen now, and record them
  PasswordSource password;  ///< as it is used here: with an absolute path
};

/// A path as given, relative to where the verb works, as the manifest in `beside` shall name it.
std::string rebased(const std::string& path, const fs::path& directory, const fs::path& beside) {
  if (beside.empty() || fs::path(path).is_absolute()) return path;
  std::error_code problem;
  const fs::path result = fs::proximate(fs::absolute(directory / path), fs::absolute(beside), problem);
  return problem ? path : result.string();
}

Result<PasswordSource> password_source(const Arguments& arguments) {
  std::vector<PasswordSource> given;
  if (const auto name = arguments.value("password-env"))
    given.push_back({.kind = PasswordSource::Kind::env, .name = *name});
  if (const auto path = arguments.value("password-file"))
    given.push_back({.kind = PasswordSource::Kind::file, .name = *path});
  if (const auto command = arguments.value("password-exec")) {
    PasswordSource source{.kind = PasswordSource::Kind::exec};
    for (const std::string& word : split(*command, ' ')) {
      if (!word.empty()) source.argv.push_back(word);
    }
    if (!source.argv.empty()) given.push_back(std::move(source));
  }
  const bool offline = arguments.has("from-snapshot");
  if (given.empty() && offline) return PasswordSource{.kind = PasswordSource::Kind::env, .name = "BMC_PASSWORD"};
  if (given.size() == 1 && (offline || arguments.has("username"))) return given.front();
  return fail(
      Error(Code::usage, given.size() > 1
                             ? "only one source of the password can be given"
                             : "import logs in to BMCs, and needs a user name and where its password comes from")
          .with_help("add -username NAME and one of -password-env NAME, -password-file FILE, -password-exec COMMAND"));
}

Result<Request> parse_request(const Arguments& arguments, const Context& context) {
  Request request;
  const std::string out = arguments.value("out").value_or("firmform.yaml");
  if (out != kStandardOutput) {
    request.file = fs::path(context.directory) / out;
    std::error_code unknown;
    if (fs::exists(fs::symlink_status(request.file, unknown))) {
      return fail(Code::would_overwrite, fmt::format("{} exists", request.file.string()));
    }
  }
  const bool any = !arguments.positionals().empty() || arguments.has("list") || arguments.has("ansible") ||
                   arguments.has("subnet") || arguments.has("from-snapshot");
  if (!any) {
    return fail(Error(Code::usage, "nothing is said of where hosts come from")
                    .with_help("give addresses of BMCs, -list, -ansible, -subnet or -from-snapshot"));
  }
  const auto password = password_source(arguments);
  if (!password) return fail(password.error());
  const fs::path beside = request.file.parent_path();
  request.password = *password;
  request.adopt.password = *password;
  if (password->kind == PasswordSource::Kind::file) {
    request.password.name = fs::absolute(fs::path(context.directory) / password->name).string();
    request.adopt.password.name = rebased(password->name, context.directory, beside);
  }
  request.adopt.username = arguments.value("username").value_or("admin");
  request.pin = arguments.has("pin-on-first-use");
  if (request.pin && arguments.has("ca-file")) {
    return fail(Code::usage, "-ca-file and -pin-on-first-use exclude each other");
  }
  if (const auto ca_file = arguments.value("ca-file")) {
    request.tls.ca_file = fs::absolute(fs::path(context.directory) / *ca_file);
    request.adopt.ca_file = rebased(*ca_file, context.directory, beside);
  }
  return request;
}

/// "ilo-web-01" of https://ilo-web-01.example.com; empty for a numeric address.
std::string host_in_url(const std::string& bmc) {
  const auto url = manifest::parse_url(bmc);
  if (!url || url->host.starts_with('[') || url->host.find_first_not_of("0123456789.") == std::string_view::npos)
    return {};
  return plan::adopted_name(url->host.substr(0, url->host.find('.')));
}

/// Names that are valid and unique: the given one, else that of the BMC's address, its serial number, its address.
class NameGiver {
 public:
  explicit NameGiver(const std::vector<FoundBmc>& bmcs) {
    for (const FoundBmc& bmc : bmcs) taken_.insert(bmc.name);
  }

  std::string name(const FoundBmc& bmc, const inventory::HostSnapshot& host) {
    if (!bmc.name.empty()) return bmc.name;
    std::string base = host_in_url(bmc.bmc);
    if (base.empty()) base = plan::adopted_name(host.system.serial);
    if (base.empty()) base = "host-" + plan::adopted_name(bmc.bmc.substr(bmc.bmc.find("://") + 3));
    std::string result = base;
    for (int number = 2; !taken_.insert(result).second; ++number) result = fmt::format("{}-{}", base, number);
    return result;
  }

 private:
  std::set<std::string> taken_;
};

using Keys = std::map<std::string, std::string>;

/// Shared by the coroutines of one see_keys call.
struct Seeing {
  explicit Seeing(int parallelism) : slots(parallelism) {}
  apply::Semaphore slots;
  apply::Signal finished;
  std::size_t left = 0;
  Keys keys;
};

Task<void> see_key(std::shared_ptr<Seeing> seeing, std::string url, Duration timeout) {
  const apply::Semaphore::Permit permit = co_await seeing->slots.acquire();
  const auto key = co_await http::peer_key(url, timeout);
  if (key) seeing->keys[url] = *key;
  --seeing->left;
  if (seeing->left == 0) seeing->finished.notify();
}

/// Keys by URL of the BMCs that show one. Each BMC is asked before anything is sent to it, so that the password goes to
/// nobody but the holder of the recorded key.
Task<Keys> see_keys(std::vector<std::string> urls) {
  constexpr int kAtATime = 128;
  constexpr Duration kTimeout = std::chrono::seconds(10);
  auto seeing = std::make_shared<Seeing>(kAtATime);
  seeing->left = urls.size();
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::string& url : urls) {
    boost::asio::co_spawn(executor, see_key(seeing, std::move(url), kTimeout), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }
  while (seeing->left > 0) co_await seeing->finished.wait();
  co_return std::move(seeing->keys);
}

Keys keys_of(const std::vector<FoundBmc>& bmcs, Runtime& runtime, Context& context) {
  std::vector<std::string> urls;
  for (const FoundBmc& bmc : bmcs) urls.push_back(bmc.bmc);
  Keys keys = runtime.run(see_keys(std::move(urls)));
  context.err.print(fmt::format(
      "warning: the keys that {} show now are trusted and recorded as pins. Whoever stands between here and a BMC at "
      "this\n"
      "moment would be trusted, too: compare some of the pins by another way, such as the BMC's own console.\n",
      counted(keys.size(), "BMC")));
  return keys;
}

/// Reads all BMCs, and gives each host its name.
inventory::Inventory read_bmcs(const std::vector<FoundBmc>& bmcs, Request& request, Runtime& runtime,
                               Context& context) {
  const Keys keys = request.pin ? keys_of(bmcs, runtime, context) : Keys();
  std::vector<apply::Target> targets;
  for (const FoundBmc& bmc : bmcs) {
    targets.push_back({bmc.bmc, bmc.bmc, request.tls, request.adopt.username, request.password});
    if (const auto key = keys.find(bmc.bmc); key != keys.end()) targets.back().tls.pin_sha256 = key->second;
  }
  inventory::Inventory by_address = read_live(runtime, std::move(targets), {}, context);
  inventory::Inventory result;
  NameGiver names(bmcs);
  for (const FoundBmc& bmc : bmcs) {
    inventory::HostSnapshot& host = by_address.at(bmc.bmc);
    host.name = names.name(bmc, host);
    request.adopt.labels[host.name] = bmc.labels;
    if (const auto key = keys.find(bmc.bmc); key != keys.end()) request.adopt.pins[host.name] = key->second;
    result.emplace(host.name, std::move(host));
  }
  return result;
}

/// Adds the hosts of a recording, under the names that they have there.
Status add_snapshot(const fs::path& directory, inventory::Inventory& inventory) {
  const auto fleet = inventory::open_recording(directory);
  if (!fleet) return fail(fleet.error());
  std::vector<std::string> names;
  for (const inventory::RecordedHost& host : fleet->hosts) names.push_back(host.name);
  auto read = read_snapshot(directory, names);
  if (!read) return fail(read.error());
  for (auto& [name, host] : *read) {
    if (!inventory.emplace(name, std::move(host)).second) {
      return fail(Code::usage, fmt::format("two hosts are named `{}`", name));
    }
  }
  return {};
}

OrExit<inventory::Inventory> read_all(const Arguments& arguments, Request& request, Context& context) {
  constexpr std::size_t kExpected = 512;
  Runtime runtime(fs::absolute(context.directory), kExpected);
  const auto bmcs = find_bmcs(arguments, runtime, context);
  if (!bmcs) return leave(bmcs.error());
  inventory::Inventory inventory = read_bmcs(*bmcs, request, runtime, context);
  for (const std::string& directory : arguments.values("from-snapshot")) {
    const Status added = add_snapshot(fs::path(context.directory) / directory, inventory);
    if (!added) return leave(context.report(added.error()));
  }
  return inventory;
}

/// Creates the file in one step: it is there whole or not at all, and never in place of another.
Status create_whole(const fs::path& file, const std::string& text) {
  const std::string temporary = fmt::format("{}.{}.tmp", file.string(), ::getpid());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  const auto failed = [&](const char* what) {
    const Error error(Code::output_failed, fmt::format("cannot {} {}: {}", what, file.string(), std::strerror(errno)));
    if (descriptor >= 0) ::unlink(temporary.c_str());
    return fail(error);
  };
  if (descriptor < 0) return failed("create");
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(descriptor, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      ::close(descriptor);
      return failed("write");
    }
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  ::fsync(descriptor);
  ::close(descriptor);
  const bool linked = ::link(temporary.c_str(), file.c_str()) == 0;
  if (!linked && errno == EEXIST) {
    ::unlink(temporary.c_str());
    return fail(Code::would_overwrite, fmt::format("{} exists", file.string()));
  }
  if (!linked) return failed("create");
  ::unlink(temporary.c_str());
  return {};
}

/// Each host that could not be read, with the reason; the exit code is the worst of them.
Exit report_unread(const inventory::Inventory& inventory, Context& context) {
  Diagnostics diagnostics;
  for (const auto& [name, host] : inventory) {
    if (host.error) diagnostics.add(to_diagnostic(*host.error, name));
  }
  if (!diagnostics.empty()) context.report(diagnostics, {});
  return diagnostics.exit();
}

Error not_empty(const std::vector<std::string>& problems) {
  constexpr std::size_t kShown = 10;
  Error error(Code::internal_error, "the manifest would not describe the hosts as they are, so it was not written");
  for (std::size_t i = 0; i < std::min(kShown, problems.size()); ++i) error = error.with_note(problems[i]);
  return error;
}

}  // namespace

Exit run_import(const Arguments& arguments, Context& context) {
  auto request = parse_request(arguments, context);
  if (!request) return context.report(request.error());
  const auto inventory = read_all(arguments, *request, context);
  if (!inventory) return inventory.error();
  const Exit unread = report_unread(*inventory, context);
  const auto is_read = [](const auto& entry) { return entry.second.status == inventory::HostStatus::ok; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(*inventory, is_read));
  if (count == 0) {
    const Error nothing(Code::nothing_to_import, inventory->empty() ? "no BMC was found" : "no BMC could be read");
    return worst(unread, context.report(nothing));
  }
  const std::string text = plan::adopt(*inventory, request->adopt);
  const auto problems = plan::check_adopted(text, *inventory, all_providers());
  if (!problems.empty()) return context.report(not_empty(problems));
  if (request->file.empty()) {
    context.out.print(text);
    return unread;
  }
  if (const Status written = create_whole(request->file, text); !written) return context.report(written.error());
  context.out.print(fmt::format(
      "Wrote {} for {}; its plan is empty.{} Look at it, then: firmform plan\n", request->file.string(),
      counted(count, "host"),
      inventory->size() == count ? ""
                                 : fmt::format(" {} could not be read.", counted(inventory->size() - count, "host"))));
  return unread;
}

Verb import_verb() {
  return {
      "import",
      "Write a manifest of hosts as they are",
      "Reads the BMCs that are named and writes a manifest that wants what they run now: hosts of one model with the "
      "same firmware share a baseline, and the plan is empty. Never writes to a BMC, and never over a file. Hosts "
      "that cannot be read are left out, and listed with the reason.",
      {{"BMC", "address of a BMC, or NAME=ADDRESS", false, true}},
      {{"list", "FILE", "BMCs, one in each line: ADDRESS or NAME=ADDRESS.", true},
       {"ansible", "PATH", "An Ansible inventory; groups become labels. May be given several times.", true},
       {"bmc-variable", "NAME", "The variable of the inventory that holds the BMC's address (default bmc)."},
       {"hosts", "PATTERN", "Which hosts of the inventory, as an Ansible pattern."},
       {"subnet", "CIDR", "Looks for BMCs at all addresses of it, such as 10.20.0.0/24. May be given several times.",
        true},
       {"port", "N", "Port at which BMCs of a subnet answer (default 443)."},
       {"yes-large", "", "Look through subnets larger than /20."},
       {"from-snapshot", "DIR", "Hosts of a recorded inventory.", true},
       {"username", "NAME", "User name on the BMCs."},
       {"password-env", "NAME", "The password is in this environment variable; the manifest names it."},
       {"password-file", "FILE", "The password is in this file; the manifest names it."},
       {"password-exec", "COMMAND", "This command prints the password; the manifest names it."},
       {"ca-file", "FILE", "PEM file of the authorities that are trusted for the BMCs."},
       {"pin-on-first-use", "", "Trust the keys that the BMCs show now, and record them as pins."},
       {"out", "FILE", "The manifest (default firmform.yaml); - is standard output."}},
      run_import,
      {}};
}

}  // namespace firmform::cli
