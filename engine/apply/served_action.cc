// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/served_action.h"

#include <filesystem>

namespace firmform::apply {
namespace {

json::Value replaced(const json::Value& value, const PublishedImage& published) {
  if (const std::string* text = value.as_string()) {
    if (*text == plan::kServedImage) return published.url;
    if (*text == plan::kServedSignature) return published.signature_url;
    return value;
  }
  if (value.is_object()) {
    json::Object object;
    for (const json::Member& member : value.members()) object.append(member.key, replaced(member.value, published));
    return object;
  }
  if (!value.is_array()) return value;
  json::Array array;
  for (const json::Value& item : value.items()) array.push_back(replaced(item, published));
  return array;
}

}  // namespace

bool is_served(const plan::Action& action) {
  return action.image && action.image->served;
}

plan::Action with_urls(plan::Action action, const PublishedImage& published) {
  if (action.request) action.request->body = replaced(action.request->body, published);
  return action;
}

PublishedImage recognizable(const plan::Image& image) {
  const std::string signature = std::filesystem::path(image.signature_path).filename().string();
  return {.url = "firmform-image-server:/" + image.name,
          .signature_url = signature.empty() ? std::string() : "firmform-image-server:/" + signature};
}

}  // namespace firmform::apply
