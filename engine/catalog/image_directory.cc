// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <system_error>
#include <utility>

#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

constexpr int kMaxDepth = 4;
constexpr std::size_t kMaxFiles = 50'000;

bool is_below(const fs::path& path, const fs::path& directory) {
  const auto [end, other] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return end == directory.end();
}

Error ambiguous(std::string_view name, const fs::path& one, const fs::path& other) {
  return Error(Code::image_name_refused, fmt::format("several files could be meant with {}", printable(name)))
      .with_note(fmt::format("{} and {}", printable(one.string()), printable(other.string())))
      .with_help("Remove one of them, or rename it.");
}

/// Fails unless `path`, once links are followed, is a regular file inside of `directory`.
Status check_file(const fs::path& path, const fs::path& directory) {
  std::error_code problem;
  const fs::path real = fs::canonical(path, problem);
  if (problem) {
    return fail(Code::image_unreadable, fmt::format("{} cannot be read: {}", path.string(), problem.message()));
  }
  const fs::path real_directory = fs::canonical(directory, problem);
  if (problem || !is_below(real, real_directory)) {
    return fail(Error(Code::image_unreadable, fmt::format("{} is a link out of its catalog directory", path.string()))
                    .with_help("Put the file itself into the directory, or add its directory to `catalog:`."));
  }
  if (!fs::is_regular_file(real, problem)) {
    return fail(Code::image_unreadable, fmt::format("{} is not a regular file", path.string()));
  }
  return {};
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
  fs::recursive_directory_iterator entry(path_, problem);
  readable_ = !problem;
  while (!problem && entry != fs::recursive_directory_iterator()) {
    std::error_code ignored;
    const bool folder = fs::is_directory(entry->symlink_status(ignored));
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden || entry.depth() >= kMaxDepth) entry.disable_recursion_pending();
    if (!folder || entry.depth() == 0) add(entry->path(), entry.depth());
    if (!complete_) return;
    entry.increment(problem);
  }
  complete_ = !problem;
}

void ImageDirectory::add(const fs::path& path, int depth) {
  complete_ = by_lower_name_.size() < kMaxFiles;
  if (!complete_) return;
  std::string name = path.filename().string();
  std::string lower = to_lower(name);
  by_lower_name_.emplace(std::move(lower), File{std::move(name), path, depth});
}

std::vector<std::string> ImageDirectory::names() const {
  std::set<std::string> names;
  for (const auto& entry : by_lower_name_) names.insert(entry.second.name);
  return {names.begin(), names.end()};
}

Result<std::optional<fs::path>> ImageDirectory::find(const std::string& name) const {
  std::vector<const File*> candidates;
  const auto [first, last] = by_lower_name_.equal_range(to_lower(name));
  for (auto entry = first; entry != last; ++entry) candidates.push_back(&entry->second);
  if (candidates.empty()) return std::nullopt;
  const auto is_exact = [&](const File* file) { return file->name == name; };
  if (std::ranges::any_of(candidates, is_exact)) std::erase_if(candidates, std::not_fn(is_exact));
  const int least = (*std::ranges::min_element(candidates, {}, &File::depth))->depth;
  std::erase_if(candidates, [&](const File* file) { return file->depth > least; });
  if (candidates.size() > 1) return fail(ambiguous(name, candidates.front()->path, candidates.back()->path));
  const fs::path& path = candidates.front()->path;
  if (const Status good = check_file(path, path_); !good) return fail(good.error());
  return path;
}

}  // namespace firmform::catalog
