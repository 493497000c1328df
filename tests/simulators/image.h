// SPDX-License-Identifier: Apache-2.0
// Images that simulated BMCs take: a readable header, a SHA-256 that stands for the vendor's signature, and
// padding. Also their names and their wrapping as HPE firmware packages.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "tests/simulators/bmc.h"

namespace firmform::simulators {

struct ImageInfo {
  std::string component;  ///< "bmc", "bios", or a key of ModelTraits::others
  std::string family;     ///< machines that it fits
  std::string version;    ///< in the spelling of the firmware inventory
  std::string date;       ///< of release, YYYY-MM-DD
};

enum class ImageFault {
  foreign,    ///< not an image of this kind at all
  truncated,  ///< shorter than its header says
  tampered,   ///< the digest does not fit
};

struct ImageReading {
  std::optional<ImageInfo> info;
  ImageFault fault = ImageFault::foreign;  ///< where there is no info
};

/// Reads and verifies an image.
[[nodiscard]] ImageReading read_image(std::string_view bytes);
/// The first image inside of a firmware package; empty when `bytes` is no package.
[[nodiscard]] std::optional<std::string> unpack_fwpkg(std::string_view bytes);
[[nodiscard]] bool looks_like_fwpkg(std::string_view bytes);

/// A file as an iLO sees it: an image, or a package of one and metadata.
struct FileReading {
  enum class Kind { raw, fwpkg, smart_component };
  Kind kind = Kind::raw;
  ImageReading image;
  json::Value metadata;  ///< payload.json
};
[[nodiscard]] FileReading read_file(std::string_view bytes);
/// True when `signature` was made for exactly these bytes.
[[nodiscard]] bool compsig_fits(std::string_view signature, std::string_view bytes);

/// The version of an image as an iLO's repository shows it: of a raw image ("v2.36 (07/10/2025)", "16"), or as a
/// package says it ("2.36_07-10-2025").
[[nodiscard]] std::string repository_version(const ImageInfo& info, bool package);
/// The version that the firmware inventory shows once a file of that repository version runs; `date` is YYYY-MM-DD.
[[nodiscard]] std::string inventory_version(std::string_view component, std::string_view family,
                                            std::string_view version, const std::string& date);

/// Numbers of a version for simple comparisons: "U46 v2.36 (07/10/2025)" gives {2, 36}, "3.11 Feb 25 2025" {3, 11}.
[[nodiscard]] std::vector<long> version_numbers(std::string_view version);

}  // namespace firmform::simulators
