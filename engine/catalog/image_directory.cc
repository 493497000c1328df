// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// The file that `path` names once links are followed, if it is a regular one inside `directory`.
Result<fs::path> resolve(const fs::path& path, const fs::path& directory) {
  std::error_code problem;
  fs::path real = fs::canonical(path, problem);
  if (problem) {
    return fail(Code::image_unreadable, fmt::format("{} cannot be read: {}", path.string(), problem.message()));
  }
  const fs::path real_directory = fs::canonical(directory, problem);
  if (problem || real.parent_path() != real_directory) {
    return fail(Error(Code::image_unreadable, fmt::format("{} is a link out of its catalog directory", path.string()))
                    .with_help("Put the file itself into the directory, or add its directory to `catalog:`."));
  }
  if (!fs::is_regular_file(real, problem)) {
    return fail(Code::image_unreadable, fmt::format("{} is not a regular file", path.string()));
  }
  return real;
}

}  // namespace

Status check_image_name(std::string_view name) {
  const bool plain = !name.empty() && name != "." && name.find_first_of("/\\") == std::string_view::npos &&
                     name.find("..") == std::string_view::npos && std::none_of(name.begin(), name.end(), is_control);
  if (plain) return {};
  return fail(Code::image_name_refused, fmt::format("image name \"{}\" is not a plain file name", printable(name)));
}

ImageDirectory::ImageDirectory(const fs::path& path) : path_(path.lexically_normal()) {
  std::error_code problem;
  fs::directory_iterator entry(path_, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    std::string name = entry->path().filename().string();
    std::string lower = to_lower(name);
    by_lower_name_.emplace(std::move(lower), std::move(name));
  }
  readable_ = !problem;
}

std::vector<std::string> ImageDirectory::names() const {
  std::vector<std::string> names;
  for (const auto& entry : by_lower_name_) names.push_back(entry.second);
  return names;
}

Result<std::optional<fs::path>> ImageDirectory::find(const std::string& name) const {
  const auto [first, last] = by_lower_name_.equal_range(to_lower(name));
  if (first == last) return std::nullopt;
  const auto exact = std::find_if(first, last, [&](const auto& entry) { return entry.second == name; });
  if (exact == last && std::next(first) != last) {
    return fail(Code::image_name_refused,
                fmt::format("{} has several files that differ from {} by upper and lower case alone", path_.string(),
                            printable(name)));
  }
  fs::path path = path_ / (exact == last ? first->second : exact->second);
  const Result<fs::path> resolved = resolve(path, path_);
  if (!resolved) return fail(resolved.error());
  return path;
}

}  // namespace firmform::catalog
