// SPDX-License-Identifier: Apache-2.0
// Login and logout. A password goes out once: what a BMC refused is not tried again, because BMCs lock
// accounts.
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "engine/http/pin.h"
#include "providers/redfish/client_state.h"
#include "providers/redfish/links.h"
#include "providers/redfish/replies.h"

namespace firmform::redfish {
namespace {

constexpr Duration kLogoutDeadline = std::chrono::seconds(10);

/// Marks a login as running and wakes whoever waited, however it ends.
class LoginMark {
 public:
  LoginMark(bool& running, std::shared_ptr<boost::asio::steady_timer> over)
      : running_(running), over_(std::move(over)) {
    running_ = true;
  }
  LoginMark(const LoginMark&) = delete;
  LoginMark& operator=(const LoginMark&) = delete;
  ~LoginMark() {
    running_ = false;
    over_->cancel();
  }

 private:
  bool& running_;
  std::shared_ptr<boost::asio::steady_timer> over_;
};

/// The service offers no sessions at all.
bool has_no_sessions(int status) {
  return status == 404 || status == 405 || status == 501;
}

/// The table of sessions is full. Dell says so with 503 and RAC0218.
bool is_session_table_full(const std::vector<Message>& said) {
  return has_key(said, "SessionLimitExceeded") || has_key(said, "CreateLimitReachedForResource") ||
         has_key(said, "RAC0218");
}

}  // namespace

void ClientState::add_credentials(http::Headers& headers) const {
  if (credentials == Credentials::session) headers.add("X-Auth-Token", std::string(token.reveal()));
  if (credentials == Credentials::basic) {
    headers.add("Authorization", "Basic " + http::base64(login.username + ":" + std::string(login.password.reveal())));
  }
}

void ClientState::drop_session(unsigned of_generation) {
  if (of_generation != generation || credentials != Credentials::session) return;
  credentials = Credentials::none_yet;
  token = Secret();
  session_path.clear();
}

Task<Status> ClientState::ensure_login() {
  const auto executor = co_await boost::asio::this_coro::executor;
  while (login_running) {
    boost::system::error_code woken;
    const auto over = login_over;
    co_await over->async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  if (refused_login) co_return fail(*refused_login);
  if (credentials != Credentials::none_yet) co_return Status();

  login_over = std::make_shared<boost::asio::steady_timer>(executor, boost::asio::steady_timer::time_point::max());
  const LoginMark mark(login_running, login_over);
  const Status logged_in = co_await login_once();
  if (logged_in) {
    ++generation;
  } else if (logged_in.error().code() == Code::login_refused || logged_in.error().code() == Code::access_denied) {
    refused_login = logged_in.error();
  }
  co_return logged_in;
}

Task<Status> ClientState::login_once() {
  if (!root_known) {
    const Status root_read = co_await read_root();
    if (!root_read) co_return root_read;
  }
  const std::string sessions(root["Links"]["Sessions"].text("@odata.id"));
  if (!options.use_session || sessions.empty()) {
    credentials = Credentials::basic;
    co_return Status();
  }
  co_return co_await open_session(path_of(sessions));
}

Task<Status> ClientState::open_session(std::string sessions_path) {
  const auto response = co_await post_login(sessions_path);
  if (!response) co_return fail(response.error().with_context("POST " + sessions_path));
  const auto said = messages_of(*response);
  const int status = response->status;
  const auto error = [&](Code code, std::string_view what) {
    return with_words(Error(code, fmt::format("POST {}: {} (HTTP {})", sessions_path, what, status)), *response);
  };

  if (is_success(status)) co_return co_await accept_session(*response);
  if (has_no_sessions(status) || is_session_table_full(said)) {
    credentials = Credentials::basic;
    co_return Status();
  }
  if (has_key(said, "PasswordChangeRequired")) {
    co_return fail(error(Code::access_denied, "the account's password must be changed first"));
  }
  if (status == 400 || status == 401 || status == 403) {
    co_return fail(error(Code::login_refused, "the BMC does not accept the user name or password"));
  }
  if (is_redirect(status)) co_return fail(write_refused(*response, *endpoint, http::Method::post, sessions_path));
  if (status == 503 || http::says_busy(ids_of(said))) {
    co_return fail(error(Code::bmc_busy, "the BMC is too busy for a login"));
  }
  co_return fail(error(Code::unexpected_reply, "the login failed"));
}

/// Repeated only when nothing was sent, or when the BMC said 503: then no session was made.
Task<Result<http::Response>> ClientState::post_login(std::string sessions_path) {
  json::Object credentials_body;
  credentials_body.append("UserName", login.username);
  credentials_body.append("Password", std::string(login.password.reveal()));
  const std::string body = json::dump(json::Value(std::move(credentials_body)));

  bool respelled = false;
  for (int number = 1;; ++number) {
    http::Request request = request_for(http::Method::post, sessions_path);
    request.headers.add("Content-Type", "application/json");
    request.body = body;
    auto outcome = co_await send(std::move(request), false);
    if (const auto other = outcome ? respelled_path(*outcome, *endpoint, sessions_path) : std::nullopt;
        other && !respelled) {
      respelled = true;
      sessions_path = *other;
      continue;
    }

    http::Attempt attempt;
    attempt.number = number;
    if (!outcome) attempt.failure = outcome.error().code();
    const bool nothing_happened = outcome ? outcome->status == 503 && !is_session_table_full(messages_of(*outcome))
                                          : http::was_not_sent(outcome.error().code());
    if (outcome) {
      attempt.status = outcome->status;
      if (const auto wait = outcome->headers.find("Retry-After")) attempt.retry_after = std::string(*wait);
    }
    const auto decision = http::classify(attempt, options.retry, next_jitter(), clock.now());
    if (!nothing_happened || decision.verdict != http::Verdict::again) co_return outcome;
    co_await clock.sleep(decision.delay);
  }
}

Task<Status> ClientState::accept_session(http::Response response) {
  const json::Value body = parse_leniently(response);
  const auto said = messages(body);
  const auto new_token = response.headers.find("X-Auth-Token");
  if (!new_token || new_token->empty()) {
    co_return fail(Code::unexpected_reply, "the BMC opened a session without giving its X-Auth-Token");
  }
  const auto location = response.headers.find("Location");
  token = Secret(std::string(*new_token));
  session_path = path_of(location ? *location : body.text("@odata.id"));
  credentials = Credentials::session;
  if (!has_key(said, "PasswordChangeRequired")) co_return Status();

  co_await close_session();
  co_return fail(with_words(Error(Code::access_denied, "the account's password must be changed first"), response));
}

Task<void> ClientState::close_session() {
  if (credentials != Credentials::session || session_path == "/") co_return;
  http::Request request = request_for(http::Method::delete_, session_path);
  request.headers.add("Connection", "close");  // the last request: free the connection on both sides
  request.deadlines.connect = std::min(request.deadlines.connect, kLogoutDeadline);
  request.deadlines.total = kLogoutDeadline;
  const unsigned closing = generation;
  co_await send(std::move(request), true);
  drop_session(closing);
}

}  // namespace firmform::redfish
