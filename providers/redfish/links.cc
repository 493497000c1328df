// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/links.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace firmform::redfish {
namespace {

struct SplitUrl {
  std::string scheme;     ///< lower case; empty when the reference has none
  std::string authority;  ///< lower case; empty when the reference has none
  std::string_view rest;  ///< path and query
};

SplitUrl split_url(std::string_view uri) {
  SplitUrl split;
  const std::size_t scheme_end = uri.find("://");
  if (scheme_end != std::string_view::npos && uri.find_first_of("/?") > scheme_end) {
    split.scheme = to_lower(uri.substr(0, scheme_end));
    uri.remove_prefix(scheme_end + 1);
  }
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const std::size_t path = std::min(uri.find_first_of("/?#"), uri.size());
    split.authority = to_lower(uri.substr(0, path));
    uri.remove_prefix(path);
  }
  split.rest = uri.substr(0, uri.find('#'));
  return split;
}

/// host:port with the port always written out.
std::string full_authority(const SplitUrl& url, std::string_view scheme) {
  const std::size_t colon = url.authority.rfind(':');
  const bool has_port = colon != std::string::npos && url.authority.find(']', colon) == std::string::npos;
  if (has_port) return url.authority;
  return url.authority + (scheme == "http" ? ":80" : ":443");
}

std::string_view without_final_slash(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

std::string path_of(std::string_view uri) {
  const SplitUrl url = split_url(trim(uri));
  std::string path = url.rest.starts_with('/') ? "" : "/";
  for (const char c : url.rest) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f) {
      path += c;
    } else {
      path += fmt::format("%{:02X}", byte);
    }
  }
  return path;
}

std::string link_key(std::string_view uri) {
  return to_lower(without_final_slash(path_of(uri)));
}

bool same_link(std::string_view a, std::string_view b) {
  return link_key(a) == link_key(b);
}

Redirect classify_redirect(std::string_view base_url, std::string_view path, std::string_view location) {
  const SplitUrl base = split_url(base_url);
  const SplitUrl target = split_url(trim(location));
  const std::string& scheme = target.scheme.empty() ? base.scheme : target.scheme;
  if (target.rest.empty() && target.authority.empty()) return Redirect::other_host;
  if (!target.authority.empty()) {
    const bool same = scheme == base.scheme && full_authority(target, scheme) == full_authority(base, base.scheme);
    if (!same) return Redirect::other_host;
  } else if (!target.scheme.empty()) {
    return Redirect::other_host;  // "mailto:" and the like
  }
  const bool same_path = without_final_slash(path_of(location)) == without_final_slash(path);
  return same_path ? Redirect::same_resource : Redirect::same_host;
}

}  // namespace firmform::redfish
