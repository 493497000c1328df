// SPDX-License-Identifier: Apache-2.0
// What the name of a file tells: what kind of image it is, and a hint at what it holds.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/catalog/catalog.h"

namespace firmform::catalog {

struct ImageKind {
  ImageFormat format = ImageFormat::raw;
  Signature signature = Signature::none;  ///< of a Smart Component: none, until its .compsig files are found
};

/// The kind by the name's ending. A name that is not known as an image's is a raw file without a signature.
[[nodiscard]] ImageKind kind_of(std::string_view name);
/// Whether a directory listing should show the file: its ending is one of an image's.
[[nodiscard]] bool is_image_name(std::string_view name);
[[nodiscard]] std::string_view to_string(ImageFormat format);
[[nodiscard]] std::string_view to_string(Signature signature);

/// What HPE's naming suggests of a raw image, which holds no metadata: "U46_2.36_03_11_2025.signed.flash". For
/// people; nothing is decided by it.
struct NameHint {
  std::string component;  ///< "iLO 5", "System ROM U46"
  std::string version;    ///< "3.11", "v2.36 (03/11/2025)"
};
[[nodiscard]] std::optional<NameHint> hint_of(std::string_view name);

}  // namespace firmform::catalog
