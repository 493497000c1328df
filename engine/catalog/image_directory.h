// SPDX-License-Identifier: Apache-2.0
// A catalog directory: the images right below it, by name. Nothing outside of it is ever opened.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace firmform::catalog {

/// A plain file name: no separator, no "..", no control character. Fails with image_name_refused.
[[nodiscard]] Status check_image_name(std::string_view name);

class ImageDirectory {
 public:
  /// Reads the names; what they are is looked at when one is asked for.
  explicit ImageDirectory(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool readable() const { return readable_; }
  [[nodiscard]] std::vector<std::string> names() const;

  /// The regular file of that name: the exact one, else the only one that differs by case. Empty when
  /// there is none. Fails with image_unreadable when it is no regular file or a link out of the directory,
  /// and with image_name_refused when several files differ by case alone.
  [[nodiscard]] Result<std::optional<std::filesystem::path>> find(const std::string& name) const;

 private:
  std::filesystem::path path_;
  bool readable_ = false;
  std::multimap<std::string, std::string> by_lower_name_;
};

}  // namespace firmform::catalog
