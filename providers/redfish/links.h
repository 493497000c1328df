// SPDX-License-Identifier: Apache-2.0
// Links as BMCs write them: with and without a final slash, in either case, sometimes absolute and then
// often with the wrong host.
#pragma once

#include <string>
#include <string_view>

namespace firmform::redfish {

/// Path and query of a path or an absolute URL; the fragment is dropped, and what may not stand in a request
/// line is percent-encoded.
[[nodiscard]] std::string path_of(std::string_view uri);

/// A form in which links to the same resource are equal: path only, lower case, no final slash.
[[nodiscard]] std::string link_key(std::string_view uri);
[[nodiscard]] bool same_link(std::string_view a, std::string_view b);

/// Where a redirect leads, seen from a request for `path` at `base_url` (scheme://host[:port]).
enum class Redirect {
  same_resource,  ///< same host, and the path differs in the final slash only
  same_host,
  other_host,  ///< another scheme, host or port, or no address at all
};
[[nodiscard]] Redirect classify_redirect(std::string_view base_url, std::string_view path, std::string_view location);

}  // namespace firmform::redfish
