// SPDX-License-Identifier: Apache-2.0
// URLs that BMCs pull images from.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace firmform::catalog {

/// True for "scheme://…", whatever the scheme.
[[nodiscard]] bool is_url(std::string_view text);

/// http or https, with a host, without a login (it would end up in plans and logs) and without blanks or control
/// characters. Fails with image_name_refused.
[[nodiscard]] Status check_image_url(std::string_view url);

/// `name`, percent-encoded, below `base`.
[[nodiscard]] std::string join_url(std::string_view base, std::string_view name);

/// The path of a URL, without query and fragment.
[[nodiscard]] std::string_view path_of_url(std::string_view url);

/// "https://mirror.example:8443" of "https://mirror.example:8443/spp/a.fwpkg?x=1".
[[nodiscard]] std::string_view origin_of_url(std::string_view url);
/// What is asked of that origin: "/spp/a.fwpkg?x=1"; at least "/".
[[nodiscard]] std::string target_of_url(std::string_view url);
/// The last segment of the path, percent-decoded. Fails with image_name_refused when that is no plain file name.
[[nodiscard]] Result<std::string> file_name_of_url(std::string_view url);

}  // namespace firmform::catalog
