// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/format_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/manifest/cron.h"
#include "engine/manifest/key_path.h"
#include "engine/manifest/recurrence.h"

namespace firmform::manifest {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alnum(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool only(std::string_view text, std::string_view others) {
  return std::ranges::all_of(text, [&](char c) { return is_alnum(c) || others.find(c) != std::string_view::npos; });
}

bool is_text(std::string_view text) {
  return !trim(text).empty();
}

bool is_named(std::string_view text, std::string_view others) {
  constexpr std::size_t kLongest = 128;
  return !text.empty() && text.size() <= kLongest && is_alnum(text.front()) && only(text, others);
}

bool is_name(std::string_view text) {
  return is_named(text, "._-");
}
bool is_bmc_name(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto printable_ascii = [](char c) { return c >= ' ' && c <= '~'; };
  return !text.empty() && text.size() <= kLongest && is_alnum(text.front()) && text.back() != ' ' &&
         std::ranges::all_of(text, printable_ascii);
}
bool is_short_text(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F; };
  return is_text(text) && trim(text) == text && utf8_length(text) <= kLongest && std::ranges::none_of(text, control);
}
bool is_label(std::string_view text) {
  return is_named(text, "._/-");
}
bool is_host_glob(std::string_view text) {
  return !text.empty() && only(text, "._*?-");
}

bool is_base_url(std::string_view text) {
  const auto url = parse_url(text);
  return url && (url->path.empty() || url->path == "/");
}

bool is_catalog_url(std::string_view text) {
  return parse_url(text).has_value();
}

bool is_file_name(std::string_view text) {
  return is_text(text) && text.front() != '.' && text.front() != ' ' &&
         text.find_first_of("/\\") == std::string_view::npos;
}

bool is_image(std::string_view text) {
  if (text.find("://") == std::string_view::npos) return is_file_name(text);
  const auto url = parse_url(text);
  return url && url->path.size() > 1;
}

bool is_variable(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && only(text, "_");
}

bool is_requirement(std::string_view text) {
  for (const std::string_view comparison : {" >= ", " <= ", " == ", " != ", " > ", " < ", " = "}) {
    const std::size_t at = text.find(comparison);
    if (at == std::string_view::npos) continue;
    return is_text(text.substr(0, at)) && is_text(text.substr(at + comparison.size()));
  }
  return false;
}

bool is_duration(std::string_view text) {
  return parse_duration(text).has_value();
}

bool is_timestamp(std::string_view text) {
  return parse_rfc3339(text).has_value();
}

/// Only what the JSON Schema can tell as well; what is wrong with a rule needs more words.
bool is_recurrence(std::string_view text) {
  return !text.empty() && text.find('=') != std::string_view::npos && only(text, "=;:,+-");
}

bool is_wall_time(std::string_view text) {
  return parse_wall_time(text).has_value();
}

bool is_time_zone(std::string_view text) {
  if (text.empty() || text.front() == '/' || text.back() == '/' || is_digit(text.front())) return false;
  return only(text, "_+-/") && text.find("//") == std::string_view::npos;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, is_hex);
}

bool is_pin(std::string_view text) {
  constexpr std::size_t kBase64Digits = 43;  // of 32 bytes, without the padding
  for (const std::string_view prefix : {"sha256//", "sha256:", "SHA256:"}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  std::string digits(text);
  std::erase(digits, ':');
  if (is_sha256(digits)) return true;
  if (text.ends_with('=')) text.remove_suffix(1);
  return text.size() == kBase64Digits && only(text, "+/");
}

bool is_address(std::string_view text) {
  return !text.empty() && only(text, "._:-");
}

bool is_ports(std::string_view text) {
  return parse_ports(text).has_value();
}

bool is_bandwidth(std::string_view text) {
  return parse_bandwidth(text).has_value();
}

bool is_share(std::string_view text) {
  return parse_share(text).has_value();
}

bool is_tolerance(std::string_view text) {
  return parse_tolerance(text).has_value();
}

bool is_wave(std::string_view text) {
  return text == "canary" || text == "every" || parse_batch(text).has_value();
}

bool is_key_path(std::string_view text) {
  return parse_key_path(text).has_value();
}

bool is_credential(std::string_view text) {
  return is_named(text, "._@:-");
}

bool is_argument(std::string_view text) {
  return is_text(text) && text.front() != '-';
}

constexpr std::array kRules = {
    FormatRule{Format::text, "a text", R"(\S)", is_text, true},
    FormatRule{Format::name, "a name of letters, digits, `.`, `_` and `-`", "^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$",
               is_name, true},
    FormatRule{Format::bmc_name, "a name of at most 64 characters that begins with a letter or digit",
               "^[A-Za-z0-9]([ -~]{0,62}[!-~])?$", is_bmc_name, true},
    FormatRule{Format::short_text, "a text of at most 64 characters on one line",
               R"(^\S([^\u0000-\u001F\u007F]{0,62}\S)?$)", is_short_text, true},
    FormatRule{Format::label, "a label name of letters, digits, `.`, `_`, `-` and `/`",
               "^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$", is_label, true},
    FormatRule{Format::host_glob, "a host name, in which `*` and `?` may stand for other characters",
               "^[A-Za-z0-9._*?-]+$", is_host_glob, true},
    FormatRule{Format::base_url, "a URL such as https://10.20.0.11 or https://bmc.example:8443",
               R"(^https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/?$)", is_base_url, false},
    FormatRule{Format::catalog_url, "a URL such as https://mirror.example/firmware/",
               R"(^https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[^\s?#]*)?$)", is_catalog_url, false},
    FormatRule{Format::file_name, "a file name without directories", R"(^[^/\\.\s][^/\\]*$)", is_file_name, true},
    FormatRule{Format::image, "the name of a file in the catalog, or an http(s) URL",
               R"(^(https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?/[^\s?#]+|[^/\\.\s][^/\\]*)$)", is_image,
               true},
    FormatRule{Format::variable, "the name of an environment variable", "^[A-Za-z_][A-Za-z0-9_]*$", is_variable, false},
    FormatRule{Format::version, "a version, as the BMC shows it", R"(\S)", is_text, true},
    FormatRule{Format::requirement, "a requirement such as \"System ROM >= U46 v1.60\"",
               R"(\S.* (>=|<=|==|!=|>|<|=) .*\S)", is_requirement, false},
    FormatRule{Format::duration, "a duration such as 4h, 15m or 1h30m",
               "^(?=.)([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$", is_duration, false},
    FormatRule{Format::timestamp, "a time such as 2026-12-05T22:00:00+01:00",
               R"(^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$)", is_timestamp, false},
    FormatRule{Format::cron, "five cron fields such as \"0 22 * * SAT\" (minute, hour, day, month, weekday)",
               R"(^\S+( +\S+){4}$)", is_cron, false},
    FormatRule{Format::recurrence, "a recurrence rule such as FREQ=MONTHLY;BYDAY=2SA",
               "^[A-Za-z0-9;:,+-]*=[A-Za-z0-9=;:,+-]*$", is_recurrence, false},
    FormatRule{Format::wall_time, "a time without a zone, such as 2026-11-14T22:00",
               R"(^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:00)?$)", is_wall_time, false},
    FormatRule{Format::time_zone, "a time zone such as Europe/Paris or UTC",
               "^[A-Za-z_+-][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$", is_time_zone, false},
    FormatRule{Format::sha256, "a SHA-256 of 64 hexadecimal digits", "^[0-9A-Fa-f]{64}$", is_sha256, false},
    FormatRule{Format::pin, "the SHA-256 of the server's public key, in base64 or hexadecimal",
               "^(sha256//|sha256:|SHA256:)?([A-Za-z0-9+/]{43}=?|([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2})$", is_pin,
               false},
    FormatRule{Format::share, "a count such as 10, or a percentage such as \"50%\"",
               "^([1-9][0-9]{0,8}|([1-9][0-9]?|100)%)$", is_share, false},
    FormatRule{Format::tolerance, "a count such as 2, or a percentage such as \"10%\"",
               "^(0|[1-9][0-9]{0,8}|([1-9]?[0-9]|100)%)$", is_tolerance, false},
    FormatRule{Format::wave, "`canary`, `every`, or a batch such as `batch 1`",
               "^(canary|every|batch [1-9][0-9]{0,5})$", is_wave, false},
    FormatRule{Format::address, "a host name or an IP address, without a port", "^[A-Za-z0-9._:-]+$", is_address, true},
    FormatRule{Format::ports, "a port such as 63000, or a range such as 63000-63005",
               "^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?$", is_ports, false},
    FormatRule{Format::bandwidth, "bytes per second such as 800kB/s, 50MB/s or 1GB/s", "^[1-9][0-9]{0,5}[kMG]B/s$",
               is_bandwidth, false},
    FormatRule{
        Format::key_path, "keys with dots between them, such as ilo.password (a key with a dot in double quotes)",
        R"(^("[^"\u0000-\u001F]+"|[^".\[\] \u0000-\u001F]+)(\.("[^"\u0000-\u001F]+"|[^".\[\] \u0000-\u001F]+))*$)",
        is_key_path, true},
    FormatRule{Format::credential, "the name of a credential of systemd", "^[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}$",
               is_credential, true},
    FormatRule{Format::argument, "a text that does not begin with `-`", R"(^(?=[\s\S]*\S)[^-])", is_argument, true},
};

}  // namespace

const FormatRule& rule(Format format) {
  return *std::ranges::find(kRules, format, &FormatRule::format);
}

std::optional<UrlParts> parse_url(std::string_view url) {
  UrlParts parts;
  if (url.starts_with("https://")) {
    url.remove_prefix(8);
  } else if (url.starts_with("http://")) {
    parts.https = false;
    url.remove_prefix(7);
  } else {
    return std::nullopt;
  }
  const std::size_t slash = std::min(url.find('/'), url.size());
  parts.path = url.substr(slash);
  if (parts.path.find_first_of(" \t\r\n?#") != std::string_view::npos) return std::nullopt;
  std::string_view authority = url.substr(0, slash);
  const std::size_t bracket = authority.find(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const auto port = parse_integer(authority.substr(colon + 1));
    if (!port || *port < 1 || *port > 65535) return std::nullopt;
    parts.port = static_cast<std::uint16_t>(*port);
    authority = authority.substr(0, colon);
  }
  parts.host = authority;
  if (authority.starts_with('[') && authority.ends_with(']') && authority.size() > 2) {
    const std::string_view address = authority.substr(1, authority.size() - 2);
    const bool valid = std::ranges::all_of(address, [](char c) { return is_hex(c) || c == ':' || c == '.'; });
    return valid ? std::optional(parts) : std::nullopt;
  }
  return !authority.empty() && only(authority, "._-") ? std::optional(parts) : std::nullopt;
}

std::string canonical_base(const UrlParts& url) {
  const int standard = url.https ? 443 : 80;
  return fmt::format("{}://{}:{}", url.https ? "https" : "http", to_lower(url.host),
                     url.port ? int{*url.port} : standard);
}

std::optional<Share> parse_share(std::string_view text) {
  constexpr std::int64_t kMost = 999'999'999;
  Share share;
  share.percent = text.ends_with('%');
  if (share.percent) text.remove_suffix(1);
  const auto amount = parse_integer(text);
  if (!amount || text.starts_with('0') || *amount < 1 || *amount > (share.percent ? 100 : kMost)) return std::nullopt;
  share.value = *amount;
  return share;
}

std::optional<Share> parse_tolerance(std::string_view text) {
  if (text == "0") return Share{};
  if (text == "0%") return Share{.value = 0, .percent = true};
  return parse_share(text);
}

std::optional<std::int64_t> parse_batch(std::string_view text) {
  constexpr std::string_view kBatch = "batch ";
  constexpr std::size_t kMostDigits = 6;
  if (!text.starts_with(kBatch)) return std::nullopt;
  text.remove_prefix(kBatch.size());
  if (text.starts_with('0') || text.size() > kMostDigits || !std::ranges::all_of(text, is_digit)) return std::nullopt;
  return parse_integer(text);
}

std::optional<PortRange> parse_ports(std::string_view text) {
  const auto port = [](std::string_view digits) -> std::optional<std::uint16_t> {
    const auto number = parse_integer(digits);
    if (!number || digits.starts_with('0') || *number < 1 || *number > 65535) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
  };
  const std::size_t dash = text.find('-');
  const auto first = port(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : port(text.substr(dash + 1));
  if (!first || !last) return std::nullopt;
  return PortRange{*first, *last};
}

std::optional<std::int64_t> parse_bandwidth(std::string_view text) {
  constexpr std::int64_t kMostUnits = 999'999;
  std::int64_t unit = 0;
  if (text.ends_with("kB/s")) unit = 1'000;
  if (text.ends_with("MB/s")) unit = 1'000'000;
  if (text.ends_with("GB/s")) unit = 1'000'000'000;
  if (unit == 0) return std::nullopt;
  text.remove_suffix(4);
  const auto count = parse_integer(text);
  if (!count || text.starts_with('0') || *count < 1 || *count > kMostUnits) return std::nullopt;
  return *count * unit;
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace firmform::manifest
