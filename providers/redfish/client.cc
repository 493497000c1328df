// SPDX-License-Identifier: Apache-2.0
#include "providers/redfish/client.h"

#include <fmt/format.h>

#include "providers/redfish/client_state.h"
#include "providers/redfish/links.h"
#include "providers/redfish/replies.h"

namespace firmform::redfish {
namespace {

constexpr std::string_view kServiceRoot = "/redfish/v1/";

std::vector<std::string> message_ids(const http::Response& response) {
  return response.status >= 400 ? ids_of(messages_of(response)) : std::vector<std::string>();
}

http::Attempt describe(http::Method method, int number, const Result<http::Response>& outcome) {
  http::Attempt attempt;
  attempt.method = method;
  attempt.number = number;
  if (!outcome) {
    attempt.failure = outcome.error().code();
    return attempt;
  }
  attempt.status = outcome->status;
  if (const auto retry_after = outcome->headers.find("Retry-After")) attempt.retry_after = std::string(*retry_after);
  attempt.message_ids = message_ids(*outcome);
  return attempt;
}

}  // namespace

ServiceFacts facts_of(const json::Value& root) {
  ServiceFacts facts;
  facts.vendor = root.text("Vendor");
  facts.product = root.text("Product");
  const json::Value& oem = root["Oem"];
  for (const auto& [key, value] : oem.members()) facts.oem_keys.push_back(key);
  for (const std::string_view key : {"Hpe", "Hp"}) {
    const auto& managers = oem[key]["Manager"].items();
    if (!managers.empty() && facts.manager_type.empty()) facts.manager_type = managers.front().text("ManagerType");
  }
  return facts;
}

bool is_service_root(const json::Value& document) {
  return document.find("RedfishVersion") != nullptr ||
         document.text("@odata.type").find("ServiceRoot") != std::string_view::npos;
}


ClientState::ClientState(http::Transport& transport_, Clock& clock_, std::shared_ptr<const http::Endpoint> endpoint_,
                         Login login_, ClientOptions options_)
    : transport(transport_),
      clock(clock_),
      endpoint(std::move(endpoint_)),
      login(std::move(login_)),
      options(std::move(options_)),
      random(options.seed + static_cast<unsigned>(std::hash<std::string>()(endpoint->url))) {}

double ClientState::next_jitter() {
  return std::uniform_real_distribution<double>(0.0, 1.0)(random);
}

http::Request ClientState::request_for(http::Method method, std::string path) const {
  http::Request request;
  request.method = method;
  request.endpoint = endpoint;
  request.target = std::move(path);
  request.deadlines = options.deadlines;
  request.headers.add("Accept", "application/json");
  request.headers.add("OData-Version", "4.0");
  request.headers.add("User-Agent", "firmform");
  return request;
}

Task<Result<http::Response>> ClientState::send(http::Request request, bool authenticated) {
  if (authenticated) add_credentials(request.headers);
  if (fresh_connections_left > 0) {
    --fresh_connections_left;
    request.fresh_connection = true;
  }
  ++requests_sent;
  co_return co_await transport.send(std::move(request));
}

Task<Result<http::Response>> ClientState::read(std::string path, bool authenticated) {
  bool respelled = false;
  bool logged_in_again = false;
  for (int number = 1;; ++number) {
    if (authenticated) {
      const Status logged_in = co_await ensure_login();
      if (!logged_in) co_return fail(logged_in.error());
    }
    const unsigned sent_in = generation;
    auto outcome = co_await send(request_for(http::Method::get, path), authenticated);
    if (const auto other = outcome ? respelled_path(*outcome, *endpoint, path) : std::nullopt; other && !respelled) {
      respelled = true;
      path = *other;
      continue;
    }
    const auto decision =
        http::classify(describe(http::Method::get, number, outcome), options.retry, next_jitter(), clock.now());
    switch (decision.verdict) {
      case http::Verdict::done:
        co_return outcome;
      case http::Verdict::login:
        if (!authenticated || logged_in_again || credentials == Credentials::basic) co_return outcome;
        logged_in_again = true;
        drop_session(sent_in);
        break;
      case http::Verdict::again:
        co_await clock.sleep(decision.delay);
        break;
    }
  }
}

Error ClientState::read_error(const http::Response& response, std::string_view path, bool authenticated) const {
  if (response.status != 401 || !authenticated) return read_refused(response, *endpoint, path);
  if (read_refused(response, *endpoint, path).code() == Code::access_denied) {
    return read_refused(response, *endpoint, path);
  }
  const bool basic = credentials == Credentials::basic;
  return with_words(Error(basic ? Code::login_refused : Code::session_expired,
                          fmt::format("GET {}: {}", path,
                                      basic ? "the BMC does not accept the user name or password"
                                            : "the BMC dropped the session again right after a new login")),
                    response);
}

Task<Result<json::Value>> ClientState::read_document(std::string path, bool authenticated) {
  const auto response = co_await read(path, authenticated);
  if (!response) co_return fail(response.error().with_context("GET " + path));
  if (!is_success(response->status)) co_return fail(read_error(*response, path, authenticated));
  auto document = parse_document(*response, path);
  if (document && observer && !document->is_null()) observer(path, *document);
  co_return document;
}

Task<Status> ClientState::read_root() {
  auto document = co_await read_document(std::string(kServiceRoot), false);
  if (!document) {
    const Error& error = document.error();
    const bool is_something_else = error.code() == Code::json_malformed || error.code() == Code::resource_missing;
    if (!is_something_else) co_return fail(error);
    Error other(Code::not_redfish, error.message());
    for (const std::string& note : error.notes()) other = other.with_note(note);
    co_return fail(std::move(other));
  }
  if (!is_service_root(*document)) {
    co_return fail(Code::not_redfish,
                   fmt::format("{}{} is JSON, but not a Redfish service root", endpoint->url, kServiceRoot));
  }
  root = std::move(*document);
  facts = facts_of(root);
  root_known = true;
  co_return Status();
}


Client::Client(http::Transport& transport, Clock& clock, std::shared_ptr<const http::Endpoint> endpoint, Login login,
               ClientOptions options)
    : state_(
          std::make_unique<ClientState>(transport, clock, std::move(endpoint), std::move(login), std::move(options))) {}

Client::~Client() = default;

Task<Status> Client::connect() {
  // A service root that was read in this session still holds: a restart of the BMC ends the session.
  const bool connected = !state_->root.is_null() && state_->credentials != Credentials::none_yet;
  if (connected) co_return Status();
  const Status root_read = co_await state_->read_root();
  if (!root_read) co_return root_read;
  co_return co_await state_->ensure_login();
}

Task<void> Client::logout() {
  co_await state_->close_session();
}

void Client::forget_session() {
  state_->drop_session(state_->generation);
  state_->fresh_connections_left = state_->endpoint->max_connections;
}

const json::Value& Client::root() const {
  return state_->root;
}
const ServiceFacts& Client::facts() const {
  return state_->facts;
}
const Secret& Client::token() const {
  return state_->token;
}
const std::string& Client::session_uri() const {
  return state_->session_path;
}
std::size_t Client::requests_sent() const {
  return state_->requests_sent;
}
const http::Endpoint& Client::endpoint() const {
  return *state_->endpoint;
}

void Client::on_resource(std::function<void(const std::string&, const json::Value&)> observer) {
  state_->observer = std::move(observer);
}

Task<Result<json::Value>> Client::get(std::string uri) {
  co_return co_await state_->read_document(path_of(uri), true);
}

Task<Result<Reply>> Client::get_reply(std::string uri) {
  const std::string path = path_of(uri);
  const auto response = co_await state_->read(path, true);
  if (!response) co_return fail(response.error().with_context("GET " + path));
  if (!is_success(response->status)) co_return fail(state_->read_error(*response, path, true));
  Reply reply{response->status, response->headers, parse_leniently(*response)};
  if (state_->observer && !reply.body.is_null()) state_->observer(path, reply.body);
  co_return reply;
}

Task<Result<http::Response>> Client::exchange(http::Method method, std::string uri, http::Headers headers,
                                              http::Body body, http::Deadlines deadlines) {
  std::string path = path_of(uri);
  bool respelled = false;
  bool logged_in_again = false;
  for (;;) {
    const Status logged_in = co_await state_->ensure_login();
    if (!logged_in) co_return fail(logged_in.error());
    const unsigned sent_in = state_->generation;
    http::Request request = state_->request_for(method, path);
    for (const auto& [name, value] : headers) request.headers.set(name, value);
    request.body = body;
    request.deadlines = deadlines;
    const auto response = co_await state_->send(std::move(request), true);
    if (!response) co_return fail(response.error().with_context(fmt::format("{} {}", to_string(method), path)));
    if (is_success(response->status)) co_return response;
    // Both mean that the BMC has not looked at the request, so it may go out once more.
    const auto other = respelled_path(*response, *state_->endpoint, path);
    const auto decision = http::classify(describe(method, 1, response), state_->options.retry, 0, state_->clock.now());
    if (other && !respelled && (response->status == 307 || response->status == 308)) {
      respelled = true;
      path = *other;
    } else if (decision.verdict == http::Verdict::login && state_->credentials == Credentials::session &&
               !logged_in_again) {
      logged_in_again = true;
      state_->drop_session(sent_in);
    } else {
      co_return response;
    }
  }
}

Task<Result<Reply>> Client::write(http::Method method, std::string uri, http::Headers headers, http::Body body,
                                  http::Deadlines deadlines) {
  const auto response = co_await exchange(method, uri, std::move(headers), std::move(body), deadlines);
  if (!response) co_return fail(response.error());
  if (is_success(response->status)) {
    co_return Reply{response->status, response->headers, parse_leniently(*response)};
  }
  co_return fail(write_refused(*response, *state_->endpoint, method, path_of(uri)));
}

Task<Result<Reply>> Client::post_json(std::string uri, json::Value body) {
  http::Headers headers;
  headers.add("Content-Type", "application/json");
  co_return co_await write(http::Method::post, std::move(uri), std::move(headers), json::dump(body),
                           state_->options.deadlines);
}

}  // namespace firmform::redfish
