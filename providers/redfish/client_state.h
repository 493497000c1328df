// SPDX-License-Identifier: Apache-2.0
// The inside of redfish::Client, shared by the files that implement it: client.cc (requests), session.cc
// (login), members.cc (collections).
#pragma once

#include <boost/asio/steady_timer.hpp>

#include <random>

#include "providers/redfish/client.h"

namespace firmform::redfish {

/// How requests prove who they come from.
enum class Credentials { none_yet, session, basic };

struct ClientState {
  ClientState(http::Transport& transport, Clock& clock, std::shared_ptr<const http::Endpoint> endpoint, Login login,
              ClientOptions options);

  // client.cc
  /// The service root, without credentials.
  Task<Status> read_root();
  /// GET, repeated as the classifier says; logs in when needed and once more when the session is gone.
  /// Any reply is a success here.
  Task<Result<http::Response>> read(std::string path, bool authenticated);
  /// The document of a successful read, shown to the observer.
  Task<Result<json::Value>> read_document(std::string path, bool authenticated);
  /// Sends once, with credentials when asked, and counts.
  Task<Result<http::Response>> send(http::Request request, bool authenticated);
  [[nodiscard]] http::Request request_for(http::Method method, std::string path) const;
  [[nodiscard]] Error read_error(const http::Response& response, std::string_view path, bool authenticated) const;
  [[nodiscard]] double next_jitter();

  // session.cc
  /// Root and login, once; concurrent callers wait for the first. A refused login is remembered.
  Task<Status> ensure_login();
  /// Drops the credentials that a request of `generation` was sent with, unless that has happened already.
  void drop_session(unsigned generation);
  void add_credentials(http::Headers& headers) const;
  Task<Status> login_once();
  Task<Status> open_session(std::string sessions_path);
  Task<Result<http::Response>> post_login(std::string sessions_path);
  Task<Status> accept_session(http::Response response);
  Task<void> close_session();

  http::Transport& transport;
  Clock& clock;
  std::shared_ptr<const http::Endpoint> endpoint;
  Login login;
  ClientOptions options;

  json::Value root;
  ServiceFacts facts;
  bool root_known = false;
  std::function<void(const std::string&, const json::Value&)> observer;
  std::size_t requests_sent = 0;
  int fresh_connections_left = 0;  ///< requests that must not reuse a connection, after a restart of the BMC
  bool expand_works = true;        ///< until the BMC refuses what it advertises
  std::minstd_rand random;

  Credentials credentials = Credentials::none_yet;
  Secret token;
  std::string session_path;
  unsigned generation = 0;             ///< counts logins
  std::optional<Error> refused_login;  ///< final: BMCs lock accounts
  bool login_running = false;
  std::shared_ptr<boost::asio::steady_timer> login_over;  ///< cancelled when the running login ends
};

/// What the service root says about the service.
[[nodiscard]] ServiceFacts facts_of(const json::Value& root);
[[nodiscard]] bool is_service_root(const json::Value& document);

}  // namespace firmform::redfish
