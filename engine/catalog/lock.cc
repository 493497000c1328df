// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/lock.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <system_error>

#include "engine/base/text.h"
#include "engine/catalog/file_writing.h"
#include "engine/catalog/image_directory.h"
#include "engine/catalog/image_url.h"
#include "engine/json/value.h"

namespace firmform::catalog {
namespace {

constexpr std::int64_t kFormatVersion = 1;
constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;

Error malformed(std::string_view what) {
  return Error(Code::lock_file_malformed, fmt::format("{} {}", kLockFile, what));
}

bool is_digest(std::string_view text) {
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return text.size() == 64 && std::ranges::all_of(text, is_hex);
}

Result<LockedImage> parse_image(const std::string& name, const json::Value& value) {
  const Status named = is_url(name) ? check_image_url(name) : check_image_name(name);
  if (!named) return fail(malformed("holds what is not the name of an image").with_note(named.error().message()));
  LockedImage image{.sha256 = std::string(value.text("sha256")), .source = std::string(value.text("source"))};
  if (!is_digest(image.sha256)) return fail(malformed(fmt::format("has no valid sha256 for {}", printable(name))));
  const auto size = value["size"].as_int();
  if (!size || *size < 0) return fail(malformed(fmt::format("has no valid size for {}", printable(name))));
  image.size = static_cast<std::uint64_t>(*size);
  return image;
}

}  // namespace

const LockedImage* Lock::find(std::string_view name) const {
  const auto found = images.find(name);
  return found == images.end() ? nullptr : &found->second;
}

Result<Lock> parse_lock(std::string_view text) {
  const Result<json::Value> document = json::parse(text);
  if (!document) return fail(malformed("is not valid JSON").with_note(document.error().message()));
  const auto version = (*document)["format_version"].as_int();
  if (!version) return fail(malformed("names no format_version"));
  if (*version != kFormatVersion) {
    return fail(
        malformed(fmt::format("has format version {}, and this firmform reads version {}", *version, kFormatVersion))
            .with_help("Use the firmform that wrote it, or a newer one."));
  }
  if (!(*document)["images"].is_object()) return fail(malformed("has no `images`"));
  Lock lock;
  for (const json::Member& member : (*document)["images"].members()) {
    Result<LockedImage> image = parse_image(member.key, member.value);
    if (!image) return fail(image.error());
    lock.images.emplace(member.key, *std::move(image));
  }
  return lock;
}

std::string lock_text(const Lock& lock) {
  json::Object images;
  for (const auto& [name, image] : lock.images) {
    images.append(name, json::Object{{"sha256", image.sha256}, {"size", image.size}, {"source", image.source}});
  }
  return json::dump_pretty(json::Object{{"format_version", kFormatVersion}, {"images", std::move(images)}});
}

Result<std::optional<Lock>> read_lock(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kLockFile;
  std::error_code problem;
  const auto kind = std::filesystem::status(path, problem).type();
  if (kind == std::filesystem::file_type::not_found) return std::nullopt;
  if (kind != std::filesystem::file_type::regular) return fail(malformed("is not a regular file"));
  if (std::filesystem::file_size(path, problem) > kMaxBytes) return fail(malformed("is too large"));
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return fail(malformed("cannot be read"));
  Result<Lock> lock = parse_lock(text);
  if (!lock) return fail(lock.error());
  return *std::move(lock);
}

Status write_lock(const std::filesystem::path& directory, const Lock& lock) {
  return replace_file(directory / kLockFile, lock_text(lock));
}

std::vector<LockChange> compare(const Lock& before, const Lock& after) {
  std::set<std::string> names;
  for (const auto& entry : before.images) names.insert(entry.first);
  for (const auto& entry : after.images) names.insert(entry.first);
  const auto image_of = [](const Lock& lock, const std::string& name) {
    const LockedImage* image = lock.find(name);
    return image == nullptr ? std::nullopt : std::optional(*image);
  };
  std::vector<LockChange> changes;
  for (const std::string& name : names) {
    LockChange change{name, image_of(before, name), image_of(after, name)};
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace firmform::catalog
