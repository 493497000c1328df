// SPDX-License-Identifier: Apache-2.0
// Replies of a BMC as values and errors. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/http/message.h"
#include "engine/json/value.h"
#include "providers/redfish/messages.h"

namespace firmform::redfish {

[[nodiscard]] inline bool is_success(int status) {
  return status >= 200 && status < 300;
}
[[nodiscard]] inline bool is_redirect(int status) {
  return status >= 300 && status < 400;
}

/// The JSON document of a reply; null without content. Fails with not_redfish for HTML, else json_malformed;
/// a note shows how the body begins.
[[nodiscard]] Result<json::Value> parse_document(const http::Response& response, std::string_view uri);
/// The same for bodies that do not matter: null when there is no JSON.
[[nodiscard]] json::Value parse_leniently(const http::Response& response);

/// Messages of a reply; empty when the body is not JSON.
[[nodiscard]] std::vector<Message> messages_of(const http::Response& response);

/// Where a redirect leads that only adds or drops the final slash of `path`, as old iLO 5 sends them; empty for
/// every other reply. The BMC has not looked at the request then.
[[nodiscard]] std::optional<std::string> respelled_path(const http::Response& response, const http::Endpoint& endpoint,
                                                        std::string_view path);

/// Why a read did not give a document: the error for any status that is not a success.
[[nodiscard]] Error read_refused(const http::Response& response, const http::Endpoint& endpoint, std::string_view uri);
/// Why a write was not accepted.
[[nodiscard]] Error write_refused(const http::Response& response, const http::Endpoint& endpoint, http::Method method,
                                  std::string_view uri);

/// Adds what the BMC said, in its words or as the start of its body.
[[nodiscard]] Error with_words(Error error, const http::Response& response);

}  // namespace firmform::redfish
