// SPDX-License-Identifier: Apache-2.0
// The forms that texts of a manifest take. Each has one row, from which the validator takes its check and
// its words, and the JSON Schema its pattern.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/manifest/manifest.h"

namespace firmform::manifest {

enum class Format {
  text,        ///< anything but nothing
  name,        ///< of hosts, groups, baselines, …
  bmc_name,    ///< of what a BMC keeps under a name: windows, install sets
  short_text,  ///< a description that a BMC keeps
  label,       ///< key of a label
  host_glob,
  base_url,     ///< http(s)://host[:port]
  catalog_url,  ///< http(s) with a path
  file_name,
  image,     ///< a file name or an http(s) URL
  variable,  ///< of the environment
  version,
  requirement,  ///< "System ROM >= U46 v1.60"
  duration,
  timestamp,  ///< RFC 3339
  cron,
  recurrence,  ///< "FREQ=MONTHLY;BYDAY=2SA"
  wall_time,   ///< "2026-11-14T22:00"
  time_zone,
  sha256,
  pin,        ///< of a TLS key
  share,      ///< a count or a percentage, of at least 1
  tolerance,  ///< a count or a percentage, which may be 0
  wave,       ///< "canary", "batch 2", "every"
  address,    ///< host name or IP address, without a port
  ports,      ///< "63000" or "63000-63005"
  bandwidth,  ///< "50MB/s"
  key_path,    ///< "ilo.password"
  credential,  ///< that systemd gives a service
  argument,    ///< of a program, which could not be an option
};

struct FormatRule {
  Format format;
  std::string_view expected;  ///< "a name (letters, digits, …)", for messages and editors
  std::string_view pattern;   ///< ECMA 262; as strict as `matches`, or looser where words serve better
  bool (*matches)(std::string_view);
  bool number_like;  ///< editors may read such a text as a number or boolean: `version: 3.11`
};

[[nodiscard]] const FormatRule& rule(Format format);

/// Parts of http(s)://host[:port][/path].
struct UrlParts {
  bool https = true;
  std::string_view host;  ///< with the brackets of an IPv6 address
  std::optional<std::uint16_t> port;
  std::string_view path;  ///< "" or "/…"
};
/// Empty for other schemes, user names in the URL, impossible ports, white space, queries and fragments.
[[nodiscard]] std::optional<UrlParts> parse_url(std::string_view url);
/// Scheme, host in lower case and port: equal for equal places.
[[nodiscard]] std::string canonical_base(const UrlParts& url);

/// A count ("3") or a percentage ("50%") of at least 1.
[[nodiscard]] std::optional<Share> parse_share(std::string_view text);
/// The same, of at least 0.
[[nodiscard]] std::optional<Share> parse_tolerance(std::string_view text);
/// The number of "batch 3". Empty for other texts.
[[nodiscard]] std::optional<std::int64_t> parse_batch(std::string_view text);

/// "63000" or "63000-63005"; the first may be above the last.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};
[[nodiscard]] std::optional<PortRange> parse_ports(std::string_view text);

/// Bytes per second of "800kB/s", "50MB/s", "1GB/s": powers of ten, as networks are measured.
[[nodiscard]] std::optional<std::int64_t> parse_bandwidth(std::string_view text);

/// Decimal digits with an optional minus sign.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace firmform::manifest
