// SPDX-License-Identifier: Apache-2.0
// A catalog directory: the images in it and in the folders below it (an unpacked SPP keeps them in packages/), by name.
// Nothing outside of it is ever opened.
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
  /// Reads the names, down to four folders deep and at most 50 000 of them; folders whose name begins with a dot are
  /// left out, and links to folders not followed. What the files are is looked at when one is asked for.
  explicit ImageDirectory(const std::filesystem::path& path);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] bool readable() const { return readable_; }
  /// False when there are more files than are looked at: an image may be there and not be found.
  [[nodiscard]] bool complete() const { return complete_; }
  /// Each name once, in order.
  [[nodiscard]] std::vector<std::string> names() const;

  /// The regular file of that name: the exact one, else the only one that differs by case; of several, the one that
  /// lies least deep. Empty when there is none. Fails with image_unreadable when it is no regular file or a link out
  /// of the directory, and with image_name_refused when several files could be meant.
  [[nodiscard]] Result<std::optional<std::filesystem::path>> find(const std::string& name) const;

 private:
  struct File {
    std::string name;
    std::filesystem::path path;
    int depth = 0;
  };
  void add(const std::filesystem::path& path, int depth);

  std::filesystem::path path_;
  bool readable_ = false;
  bool complete_ = true;
  std::multimap<std::string, File> by_lower_name_;
};

}  // namespace firmform::catalog
