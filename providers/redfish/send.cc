// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/send.h"

#include <fmt/format.h>

#include <utility>

#include "providers/redfish/recipe.h"
#include "providers/redfish/task.h"

namespace firmform::redfish {
namespace {

using plan::PlannedRequest;
using namespace std::chrono_literals;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kOctets = "application/octet-stream";

struct Payload {
  http::Headers headers;
  http::Body body;
  http::Deadlines deadlines;
};

/// BMCs may need minutes to answer an action that they take in: only silence is cut short.
http::Deadlines action_deadlines() {
  return {.connect = 15s, .idle = 3min, .total = 5min};
}

/// Parts in the order that streaming parsers need; names, types and file name are those that BMCs check (A.4).
http::Form multipart_form(const plan::Action& action) {
  http::Form form;
  form.push_back({.name = "UpdateParameters",
                  .filename = {},
                  .content_type = std::string(kJson),
                  .body = json::dump(action.request->body)});
  form.push_back({.name = "UpdateFile",
                  .filename = file_name(*action.image),
                  .content_type = std::string(kOctets),
                  .body = bytes_of(*action.image)});
  return form;
}

Result<Payload> payload_of(const plan::Action& action) {
  Payload payload;
  switch (action.request->upload) {
    case PlannedRequest::Upload::none:
      payload.deadlines = action_deadlines();
      if (action.request->body.is_null()) return payload;
      payload.headers.set("Content-Type", std::string(kJson));
      payload.body = json::dump(action.request->body);
      return payload;
    case PlannedRequest::Upload::raw:
      payload.headers.set("Content-Type", std::string(kOctets));
      payload.body = bytes_of(*action.image);
      payload.deadlines = upload_deadlines(action.image->size);
      return payload;
    case PlannedRequest::Upload::multipart:
      payload.body = multipart_form(action);
      payload.deadlines = upload_deadlines(action.image->size);
      return payload;
    case PlannedRequest::Upload::ilo_form:
      break;
  }
  return fail(Code::internal_error, fmt::format("\"{}\" cannot be sent to a standard BMC", action.summary));
}

}  // namespace

http::FileBody bytes_of(const plan::Image& image) {
  return {.path = image.path,
          .offset = image.offset,
          .length = image.length == 0 ? std::nullopt : std::optional(image.length)};
}

http::Deadlines upload_deadlines(std::uint64_t bytes) {
  const auto megabytes = static_cast<std::int64_t>(bytes >> 20U);
  return {.connect = 15s, .idle = 5min, .total = 10min + megabytes * 2s};
}

Task<Result<Accepted>> send_planned(Client& client, plan::Action action) {
  auto payload = payload_of(action);
  if (!payload) co_return fail(payload.error());
  auto reply = co_await client.write(action.request->method, action.request->target, std::move(payload->headers),
                                     std::move(payload->body), payload->deadlines);
  if (!reply) co_return fail(reply.error());
  co_return accepted(*reply);
}

}  // namespace firmform::redfish
