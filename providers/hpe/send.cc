// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/send.h"

#include <fmt/format.h>

#include <utility>

#include "engine/base/text.h"
#include "providers/hpe/object_id.h"
#include "providers/redfish/links.h"
#include "providers/redfish/recipe.h"
#include "providers/redfish/replies.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/send.h"
#include "providers/redfish/task.h"

namespace firmform::hpe {
namespace {

using plan::ActionType;
using redfish::Client;

std::string last_segment(std::string_view path) {
  return std::string(path.substr(path.rfind('/') + 1));
}

http::FormPart file_part(std::string name, std::string filename, http::FileBody body) {
  return {.name = std::move(name),
          .filename = std::move(filename),
          .content_type = "application/octet-stream",
          .body = std::move(body)};
}

/// The session's token as first part, and the signature before the file that it belongs to (ilo.md 6.1).
http::Form upload_form(const plan::Action& action, std::string_view token) {
  const plan::Image& image = *action.image;
  http::Form form;
  form.push_back({.name = "sessionKey", .filename = {}, .content_type = {}, .body = std::string(token)});
  form.push_back({.name = "parameters",
                  .filename = {},
                  .content_type = "application/json",
                  .body = json::dump(action.request->body)});
  if (!image.signature_path.empty()) {
    form.push_back(file_part("compsig", last_segment(image.signature_path), {.path = image.signature_path}));
  }
  form.push_back(file_part("file", image.name, redfish::bytes_of(image)));
  return form;
}

/// A read just before makes sure that the token is alive: an expired one would cost the whole upload, and the
/// form could not be repeated with the new one.
Task<Status> ensure_session(Client& client) {
  const auto alive = co_await client.get(redfish::link(client.root(), "UpdateService"));
  if (!alive) co_return fail(alive.error());
  if (!client.token().empty()) co_return Status();
  client.forget_session();
  const Status connected = co_await client.connect();
  if (!connected) co_return fail(connected.error());
  if (!client.token().empty()) co_return Status();
  co_return fail(
      Error(Code::bmc_refused_update, "the iLO gave no session, and its upload form needs one; nothing was sent")
          .with_help("End sessions on the iLO that nobody uses, then plan again."));
}

/// The upload form refuses without a word (ilo.md 6.2).
Error refused_silently(const std::string& target) {
  return Error(Code::bmc_refused_update, fmt::format("POST {}: refused (HTTP 400) without giving a reason", target))
      .with_note(
          "the iLO does so when the account lacks the privilege iLOConfigPriv, when it does not accept the "
          "session's cookie, and when it is busy with another upload or flash")
      .with_help("Check the account's privileges and what runs on the iLO; `delivery: pull` goes another way.");
}

Task<Result<Accepted>> upload(Client& client, plan::Action action) {
  const Status ready = co_await ensure_session(client);
  if (!ready) co_return fail(ready.error());
  const std::string_view token = client.token().reveal();
  http::Headers headers;
  headers.set("Cookie", fmt::format("sessionKey={}", token));
  const auto deadlines = redfish::upload_deadlines(action.image->size);
  const auto reply = co_await client.exchange(action.request->method, action.request->target, std::move(headers),
                                              upload_form(action, token), deadlines);
  if (!reply) co_return fail(reply.error());
  if (redfish::is_success(reply->status)) {
    co_return Accepted{.status = reply->status, .task_uri = {}, .message = "the iLO has the file"};
  }
  if (reply->status == 400 && trim(reply->body).empty()) co_return fail(refused_silently(action.request->target));
  co_return fail(redfish::write_refused(*reply, client.endpoint(), action.request->method, action.request->target));
}

/// What is gone need not be removed.
Task<Result<Accepted>> remove(Client& client, plan::Action action) {
  const auto reply =
      co_await client.exchange(action.request->method, action.request->target, {}, {}, http::Deadlines());
  if (!reply) co_return fail(reply.error());
  if (redfish::is_success(reply->status)) co_return Accepted{.status = reply->status, .message = "removed"};
  if (reply->status == 404) co_return Accepted{.status = reply->status, .message = "it was gone already"};
  co_return fail(redfish::write_refused(*reply, client.endpoint(), action.request->method, action.request->target));
}

Error unbound(const plan::Action& action, const json::Value& created) {
  const std::string name = printable(action.request->body.text("Name"));
  return Error(Code::bmc_refused_update,
               fmt::format("the iLO took the queue entry \"{}\" and bound it to no image: it is there, can never run, "
                           "and blocks the queue",
                           name))
      .with_note(fmt::format("its Component is \"{}\", and that of {} was expected",
                             printable(created.text("Component")), action.request->body.text("Filename")))
      .with_help(fmt::format("Remove it with `firmform queue delete`, and make sure that {} is in the repository.",
                             action.request->body.text("Filename")));
}

bool makes_queue_entry(const plan::Action& action) {
  return action.type == ActionType::create && !action.request->body.text("Command").empty();
}

/// Where the answer does not show the entry, the entry itself must.
Task<Result<json::Value>> created_entry(Client& client, plan::Action action, redfish::Reply reply) {
  if (!reply.body["Command"].is_null()) co_return std::move(reply.body);
  co_return co_await client.get(member_uri(action.request->target, action.request->body.text("Name")));
}

Task<Result<Accepted>> make_queue_entry(Client& client, plan::Action action) {
  http::Headers headers;
  headers.set("Content-Type", "application/json");
  auto reply = co_await client.write(action.request->method, action.request->target, std::move(headers),
                                     json::dump(action.request->body), http::Deadlines());
  if (!reply) co_return fail(reply.error());
  const int status = reply->status;
  const auto created = co_await created_entry(client, action, std::move(*reply));
  // The entry was made: whatever keeps us from reading it must not look like a request that never left.
  if (!created) {
    co_return fail(Error(Code::connection_lost, "the iLO took the queue entry, and then did not show it")
                       .with_note(created.error().one_line()));
  }
  if (!is_bound_as_asked(action.request->body, *created)) co_return fail(unbound(action, *created));
  const bool followed = action.completion == plan::Completion::task;
  co_return Accepted{.status = status,
                     .task_uri = followed ? redfish::uri_of(*created) : std::string(),
                     .message = "it is in the queue"};
}

}  // namespace

bool is_bound_as_asked(const json::Value& requested, const json::Value& created) {
  if (requested.text("Command") != "ApplyUpdate") return true;
  const std::string component = redfish::link_key(created.text("Component"));
  return last_segment(component) == object_id(requested.text("Filename"));
}

Task<Result<Accepted>> send(Client& client, plan::Action action) {
  if (action.request->upload == plan::PlannedRequest::Upload::ilo_form) return upload(client, std::move(action));
  if (action.type == ActionType::remove) return remove(client, std::move(action));
  if (makes_queue_entry(action)) return make_queue_entry(client, std::move(action));
  return redfish::send_planned(client, std::move(action));
}

}  // namespace firmform::hpe
