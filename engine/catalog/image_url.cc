// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_url.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/image_directory.h"

namespace firmform::catalog {
namespace {

constexpr std::string_view kSchemeEnd = "://";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-._~").find(c) != std::string_view::npos;
}

std::string_view without_scheme(std::string_view url) {
  const std::size_t end = url.find(kSchemeEnd);
  return end == std::string_view::npos ? url : url.substr(end + kSchemeEnd.size());
}

std::size_t end_of_origin(std::string_view url) {
  const std::size_t scheme = url.find(kSchemeEnd);
  const std::size_t start = scheme == std::string_view::npos ? 0 : scheme + kSchemeEnd.size();
  return std::min(url.find_first_of("/?#", start), url.size());
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// What is no escape sequence stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

/// What is wrong with the URL; empty when nothing is. The URL itself is not repeated: it may hold a password.
std::string_view flaw(std::string_view url) {
  const std::string_view scheme = url.substr(0, url.find(kSchemeEnd));
  if (!equals_ignoring_case(scheme, "https") && !equals_ignoring_case(scheme, "http")) {
    return "is neither https nor http";
  }
  const bool printable_ascii = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!printable_ascii) return "has blanks or characters that must be percent-encoded";
  const std::string_view rest = without_scheme(url);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.empty() || authority.front() == ':') return "has no host";
  if (authority.find('@') != std::string_view::npos) return "holds a login, which would end up in plans and logs";
  return {};
}

}  // namespace

bool is_url(std::string_view text) {
  return text.find(kSchemeEnd) != std::string_view::npos;
}

Status check_image_url(std::string_view url) {
  const std::string_view wrong = flaw(url);
  if (wrong.empty()) return {};
  return fail(Code::image_name_refused, fmt::format("the URL of the image {}", wrong));
}

std::string join_url(std::string_view base, std::string_view name) {
  std::string url(base);
  if (!url.ends_with('/')) url += '/';
  for (const char c : name) {
    if (is_unreserved(c)) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

std::string_view path_of_url(std::string_view url) {
  const std::string_view rest = without_scheme(url.substr(0, url.find_first_of("?#")));
  const std::size_t slash = rest.find('/');
  return slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
}

std::string_view origin_of_url(std::string_view url) {
  return url.substr(0, end_of_origin(url));
}

std::string target_of_url(std::string_view url) {
  std::string target(url.substr(end_of_origin(url)));
  target.erase(std::min(target.find('#'), target.size()));
  if (!target.starts_with('/')) target.insert(0, "/");
  return target;
}

Result<std::string> file_name_of_url(std::string_view url) {
  const std::string_view path = path_of_url(url);
  std::string name = percent_decoded(path.substr(path.rfind('/') + 1));
  if (const Status plain = check_image_name(name); !plain) return fail(plain.error());
  return name;
}

}  // namespace firmform::catalog
