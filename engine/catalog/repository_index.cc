// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/repository_index.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/image_directory.h"
#include "engine/json/value.h"

namespace firmform::catalog {
namespace {

std::vector<std::string> guids(const json::Value& value) {
  std::vector<std::string> found;
  if (const std::string* one = value.as_string()) found.push_back(to_lower(*one));
  for (const json::Value& item : value.items()) {
    if (const std::string* guid = item.as_string()) found.push_back(to_lower(*guid));
  }
  return found;
}

IndexedImage parse_entry(const json::Member& member) {
  const json::Value& entry = member.value;
  return {.file = member.key,
          .description = std::string(trim(entry.text("description"))),
          .version = std::string(entry.text("version")),
          .device_class = to_lower(entry.text("deviceclass")),
          .targets = guids(entry["target"]),
          .minimum_version = std::string(entry.text("minimum_active_version")),
          .reset_required = equals_ignoring_case(entry.text("reboot_required"), "yes")};
}

}  // namespace

Result<std::vector<IndexedImage>> parse_repository_index(std::string_view text) {
  const Result<json::Value> document = json::parse(text);
  const bool usable = document && document->is_object();
  if (!usable) {
    const Error error(Code::mirror_failed, fmt::format("{} of the mirror is not a JSON object", kRepositoryIndex));
    return fail(document ? error : error.with_note(document.error().message()));
  }
  std::vector<IndexedImage> images;
  for (const json::Member& member : document->members()) {
    if (member.value.is_object() && check_image_name(member.key)) images.push_back(parse_entry(member));
  }
  std::ranges::sort(images, {}, &IndexedImage::file);
  return images;
}

}  // namespace firmform::catalog
