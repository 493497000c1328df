// SPDX-License-Identifier: Apache-2.0
// Firmware versions: text that is compared under a declared scheme. "Incomparable" is an answer; a guess
// is not. The vendors' spellings are in spelling.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace firmform::version {

enum class Ordering { less, equal, greater, incomparable };

enum class Scheme {
  automatic,  ///< the vendor spellings in the table of spelling.cc; exact text for anything else
  semver,     ///< Semantic Versioning 2.0.0
  dotted,     ///< integers separated by dots; missing parts are 0
  hex,        ///< hexadecimal number, with or without 0x (CPLDs)
  opaque,     ///< equality only
};

[[nodiscard]] std::string_view to_string(Scheme scheme);
/// Manifest names ("semver", …) and Redfish's VersionScheme values ("SemVer", "DotIntegerNotation", "OEM").
[[nodiscard]] std::optional<Scheme> parse_scheme(std::string_view text);

/// True for texts that name no version: empty, "N/A", "NA", "Unknown", "Not Present", "-*", "null" …
[[nodiscard]] bool is_unknown(std::string_view version);

/// How `a` stands to `b`. Never throws, whatever the bytes. Unknown versions are incomparable to
/// everything. Linear in the length of the texts.
[[nodiscard]] Ordering compare(std::string_view a, std::string_view b, Scheme scheme = Scheme::automatic);

/// Whether `installed` is the version that a manifest asks for: equal texts after white space and a
/// leading "v", or equal under the scheme. "3.11 Feb 25 2025" satisfies "3.11"; "U46 v2.34 (03/11/2025)"
/// satisfies "v2.34 (03/11/2025)" and "2.34".
[[nodiscard]] bool satisfies(std::string_view installed, std::string_view wanted, Scheme scheme = Scheme::automatic);

}  // namespace firmform::version
