// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/replies.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/http/retry.h"
#include "providers/redfish/links.h"

namespace firmform::redfish {
namespace {

constexpr std::size_t kShownBytes = 200;

std::string beginning_of(std::string_view body) {
  const std::string_view text = trim(body);
  return printable(text.substr(0, kShownBytes)) + (text.size() > kShownBytes ? "…" : "");
}

bool looks_like_html(std::string_view body) {
  return trim(body).starts_with('<');
}

/// A redirect as an error; none is followed beyond the final slash.
Error redirect_error(const http::Response& response, const http::Endpoint& endpoint, std::string_view uri) {
  const std::string location(response.headers.find("Location").value_or(""));
  if (classify_redirect(endpoint.url, uri, location) == Redirect::other_host) {
    return Error(Code::redirect_refused, fmt::format("{}{} redirects to {}", endpoint.url, uri,
                                                     location.empty() ? "nowhere" : printable(location)));
  }
  return Error(Code::unexpected_reply, fmt::format("{}{} redirects to {}", endpoint.url, uri, printable(location)));
}

bool is_denial(const std::vector<Message>& messages) {
  for (const std::string_view key :
       {"InsufficientPrivilege", "AccessForbidden", "AccessDenied", "PasswordChangeRequired"}) {
    if (has_key(messages, key)) return true;
  }
  return false;
}

bool is_busy(int status, const std::vector<Message>& messages) {
  return status == 429 || status == 502 || status == 503 || status == 504 || http::says_busy(ids_of(messages));
}

}  // namespace

Result<json::Value> parse_document(const http::Response& response, std::string_view uri) {
  if (response.status == 204) return json::Value();
  if (trim(response.body).empty()) {
    return fail(Code::json_malformed, fmt::format("{}: the reply is empty", uri));
  }
  auto document = json::parse(response.body);
  if (document) return document;
  if (looks_like_html(response.body)) {
    return fail(Error(Code::not_redfish, fmt::format("{}: the reply is a web page, not JSON", uri))
                    .with_note("it begins: " + beginning_of(response.body)));
  }
  return fail(document.error().with_context(uri).with_note("it begins: " + beginning_of(response.body)));
}

json::Value parse_leniently(const http::Response& response) {
  if (response.body.empty()) return {};
  auto document = json::parse(response.body);
  return document ? std::move(*document) : json::Value();
}

std::vector<Message> messages_of(const http::Response& response) {
  return messages(parse_leniently(response));
}

Error with_words(Error error, const http::Response& response) {
  const std::string words = readable(messages_of(response));
  if (!words.empty()) return error.with_note("the BMC says: " + words);
  if (!trim(response.body).empty()) return error.with_note("the reply begins: " + beginning_of(response.body));
  return error;
}

std::optional<std::string> respelled_path(const http::Response& response, const http::Endpoint& endpoint,
                                          std::string_view path) {
  if (!is_redirect(response.status)) return std::nullopt;
  const auto location = response.headers.find("Location");
  if (!location || classify_redirect(endpoint.url, path, *location) != Redirect::same_resource) return std::nullopt;
  return path_of(*location);
}

Error read_refused(const http::Response& response, const http::Endpoint& endpoint, std::string_view uri) {
  if (is_redirect(response.status)) return redirect_error(response, endpoint, uri);
  const auto said = messages_of(response);
  const int status = response.status;
  const auto error = [&](Code code, std::string_view what) {
    return with_words(Error(code, fmt::format("GET {}: {} (HTTP {})", uri, what, status)), response);
  };
  if (status == 403 || is_denial(said)) return error(Code::access_denied, "access denied");
  if (status == 404 || status == 410) return error(Code::resource_missing, "the BMC does not have this resource");
  if (is_busy(status, said)) return error(Code::bmc_busy, "the BMC is busy");
  return error(Code::unexpected_reply, "the BMC did not give the resource");
}

Error write_refused(const http::Response& response, const http::Endpoint& endpoint, http::Method method,
                    std::string_view uri) {
  if (is_redirect(response.status)) return redirect_error(response, endpoint, uri);
  const Code code = response.status >= 400 ? Code::bmc_refused_update : Code::unexpected_reply;
  return with_words(Error(code, fmt::format("{} {}: refused (HTTP {})", to_string(method), uri, response.status)),
                    response);
}

}  // namespace firmform::redfish
