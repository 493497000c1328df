// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace firmform::telemetry {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr std::string_view kServiceName = "service.name";

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    unsigned int value = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const char* end = text.data() + i + 3;
    const auto parsed = std::from_chars(text.data() + i + 1, end, value, 16);
    if (parsed.ec != std::errc{} || parsed.ptr != end) return std::nullopt;
    result += static_cast<char>(value);
    i += 2;
  }
  return result;
}

/// "key=value,key=value", both percent-encoded. Empty when one of them is malformed.
std::optional<Pairs> parse_pairs(std::string_view text) {
  Pairs pairs;
  for (const std::string& entry : split(text, ',')) {
    const std::string_view pair = trim(entry);
    if (pair.empty()) continue;
    const std::size_t sign = pair.find('=');
    if (sign == std::string_view::npos || sign == 0) return std::nullopt;
    auto key = percent_decoded(trim(pair.substr(0, sign)));
    auto value = percent_decoded(trim(pair.substr(sign + 1)));
    if (!key || !value) return std::nullopt;
    pairs.emplace_back(std::move(*key), std::move(*value));
  }
  return pairs;
}

bool is_header(const std::string& name, const std::string& value) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  const auto name_character = [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kOthers.find(c) != std::string_view::npos;
  };
  const auto control = [](char c) { return (static_cast<unsigned char>(c) < 0x20U && c != '\t') || c == 0x7F; };
  return !name.empty() && std::ranges::all_of(name, name_character) && std::ranges::none_of(value, control);
}

bool is_loopback(std::string_view authority) {
  if (authority.starts_with("[::1]")) return true;
  const std::string host = to_lower(authority.substr(0, authority.rfind(':')));
  const bool digits = std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
  return host == "localhost" || (digits && host.starts_with("127."));
}

struct Address {
  std::string base;       ///< scheme://host[:port]
  std::string authority;  ///< host[:port]
  std::string target;     ///< path and query, beginning with '/' when there is any
  bool https = true;
};

std::optional<Address> parse_address(std::string_view url) {
  Address address;
  std::string_view rest = url;
  if (to_lower(url.substr(0, 8)) == "https://") {
    rest.remove_prefix(8);
  } else if (to_lower(url.substr(0, 7)) == "http://") {
    rest.remove_prefix(7);
    address.https = false;
  } else {
    return std::nullopt;
  }
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  address.authority = rest.substr(0, end);
  address.target = rest.substr(end);
  const auto odd = [](char c) { return static_cast<unsigned char>(c) <= 0x20U || c == 0x7F; };
  const bool good = !address.authority.empty() && address.authority.find('@') == std::string::npos &&
                    address.target.find('#') == std::string::npos && std::ranges::none_of(rest, odd);
  if (!good) return std::nullopt;
  address.base = fmt::format("{}://{}", address.https ? "https" : "http", address.authority);
  return address;
}

/// A setting of traces, or else the one of all signals.
struct Variable {
  std::string name;
  std::string value;
};

class Reader {
 public:
  Reader(const Environment& environment, Settings& settings) : environment_(environment), settings_(settings) {}

  void read_collector() {
    const auto traces = environment_("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    const auto all = environment_("OTEL_EXPORTER_OTLP_ENDPOINT");
    if ((!traces && !all) || turned_off()) return;
    if (!speaks_protocol()) return;
    const auto address = parse_address(trim(traces ? *traces : *all));
    if (!address) {
      return problem(fmt::format("{} is no http or https URL without a user name",
                                 traces ? "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT" : "OTEL_EXPORTER_OTLP_ENDPOINT"));
    }
    Collector collector;
    collector.endpoint.url = address->base;
    collector.target = traces ? address->target : below(address->target);
    if (!collector.target.starts_with('/')) collector.target.insert(0, 1, '/');
    if (const auto file = setting("CERTIFICATE")) collector.endpoint.tls.ca_file = file->value;
    read_timeout(collector);
    if (read_headers(collector, *address)) settings_.collector = std::move(collector);
  }

  void read_resource(const std::string& version) {
    auto pairs = parse_pairs(environment_("OTEL_RESOURCE_ATTRIBUTES").value_or(""));
    if (!pairs) problem("OTEL_RESOURCE_ATTRIBUTES is malformed, and is left out");
    std::string service = "firmform";
    for (auto& [key, value] : pairs.value_or(Pairs())) {
      if (key == kServiceName) service = value;
      const bool known = std::ranges::find(settings_.resource, key, &Attribute::key) != settings_.resource.end();
      if (!known && key != kServiceName) settings_.resource.push_back({std::move(key), std::move(value)});
    }
    set(std::string(kServiceName), environment_("OTEL_SERVICE_NAME").value_or(service));
    set("service.version", version);
    set("telemetry.sdk.name", "firmform");
    set("telemetry.sdk.language", "cpp");
    set("telemetry.sdk.version", version);
  }

  void read_parent() {
    settings_.parent = parse_trace_parent(environment_("TRACEPARENT").value_or(""));
    if (settings_.parent) settings_.parent->state = checked_trace_state(environment_("TRACESTATE").value_or(""));
  }

 private:
  void problem(std::string text) { settings_.problems.push_back(std::move(text)); }

  /// What the user says of the resource wins over what the program knows of itself.
  void set(std::string key, std::string value) {
    const auto same = std::ranges::find(settings_.resource, key, &Attribute::key);
    if (same == settings_.resource.end()) settings_.resource.push_back({std::move(key), std::move(value)});
  }

  [[nodiscard]] std::optional<Variable> setting(std::string_view name) const {
    for (const std::string_view prefix : {"OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"}) {
      std::string variable = fmt::format("{}{}", prefix, name);
      if (auto value = environment_(variable)) return Variable{std::move(variable), std::move(*value)};
    }
    return std::nullopt;
  }

  bool turned_off() {
    if (to_lower(trim(environment_("OTEL_SDK_DISABLED").value_or(""))) == "true") return true;
    const std::string exporters = environment_("OTEL_TRACES_EXPORTER").value_or("otlp");
    bool otlp = false;
    bool none = false;
    for (const std::string& name : split(exporters, ',')) {
      otlp = otlp || trim(name) == "otlp";
      none = none || trim(name) == "none";
    }
    if (!otlp && !none) problem("OTEL_TRACES_EXPORTER names exporters other than `otlp` and `none`");
    return !otlp;
  }

  bool speaks_protocol() {
    const auto protocol = setting("PROTOCOL");
    if (!protocol || trim(protocol->value) == "http/json") return true;
    problem(
        fmt::format("{} asks for a protocol other than http/json, which is the one that is spoken; set "
                    "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=http/json",
                    protocol->name));
    return false;
  }

  /// The general endpoint is a base, below which each signal has its path.
  static std::string below(std::string base) {
    const std::size_t query = std::min(base.find('?'), base.size());
    std::string path = base.substr(0, query);
    while (path.ends_with('/')) path.pop_back();
    return path + "/v1/traces" + base.substr(query);
  }

  void read_timeout(Collector& collector) {
    const auto timeout = setting("TIMEOUT");
    if (!timeout) return;
    constexpr std::int64_t kLongest = 600'000;
    const std::string_view digits = trim(timeout->value);
    std::int64_t milliseconds = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
    const bool good = parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size() && milliseconds > 0;
    if (!good) return problem(fmt::format("{} is no number of milliseconds, and is left out", timeout->name));
    collector.timeout = Duration(std::min(milliseconds, kLongest));
  }

  /// False when they must not be sent there.
  bool read_headers(Collector& collector, const Address& address) {
    const auto headers = setting("HEADERS");
    if (!headers) return true;
    const auto pairs = parse_pairs(headers->value);
    if (!pairs || std::ranges::any_of(*pairs, [](const auto& pair) { return !is_header(pair.first, pair.second); })) {
      problem(fmt::format("{} is malformed: write NAME=VALUE,NAME=VALUE, with odd characters as %XX", headers->name));
      return false;
    }
    for (const auto& [name, value] : *pairs) collector.headers.emplace_back(name, Secret(value));
    if (collector.headers.empty() || address.https || is_loopback(address.authority)) return true;
    problem(fmt::format("{} would be sent in clear text: use an https endpoint, or a collector on this machine",
                        headers->name));
    return false;
  }

  const Environment& environment_;
  Settings& settings_;
};

}  // namespace

Settings read_settings(const Environment& environment, const std::string& version) {
  Settings settings;
  Reader reader(environment, settings);
  reader.read_collector();
  if (!settings.collector) return settings;
  reader.read_resource(version);
  reader.read_parent();
  return settings;
}

}  // namespace firmform::telemetry
