// SPDX-License-Identifier: Apache-2.0
// redfish::Client: one BMC, one session. Logs in when first needed, repeats reads by the retry classifier,
// never repeats a write, logs out when asked. Reference: redfish.md A.1, A.13 to A.15.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/secret.h"
#include "engine/http/retry.h"
#include "engine/http/transport.h"
#include "engine/json/value.h"
#include "providers/provider.h"
#include "providers/redfish/messages.h"

namespace firmform::redfish {

struct Login {
  std::string username;
  Secret password;
};

/// A successful reply with its status and headers.
struct Reply {
  int status = 0;
  http::Headers headers;
  json::Value body;  ///< null when there is no JSON
};

/// A collection with its own properties and all of its members.
struct Collection {
  json::Value resource;  ///< its first page; null when the BMC does not have it (404)
  std::vector<json::Value> members;
};

struct ClientOptions {
  http::RetryPolicy retry;
  http::Deadlines deadlines;
  bool use_session = true;  ///< false: Basic on every request
  unsigned seed = 0;        ///< for the jitter of delays
};

struct ClientState;

class Client {
 public:
  Client(http::Transport& transport, Clock& clock, std::shared_ptr<const http::Endpoint> endpoint, Login login,
         ClientOptions options = {});
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client();

  /// Reads the service root (without authentication) and opens a session; Basic where the BMC has no
  /// sessions or its table is full. A refused login is final: the password is not sent again.
  Task<Status> connect();
  /// Deletes the session. Never fails: a BMC that is gone has lost it anyway.
  Task<void> logout();
  /// Forgets session and connections after a BMC restart; the next request logs in again.
  void forget_session();

  [[nodiscard]] const json::Value& root() const;
  [[nodiscard]] const ServiceFacts& facts() const;
  /// X-Auth-Token of the session; empty with Basic. For iLO's upload form.
  [[nodiscard]] const Secret& token() const;
  /// Path of the session's own resource; empty with Basic.
  [[nodiscard]] const std::string& session_uri() const;

  /// GET of a JSON resource. `uri` is a path, or an absolute URL whose path and query are taken. A reply
  /// without content (204) reads as null.
  Task<Result<json::Value>> get(std::string uri);
  /// The same with status and headers, for task monitors; a body that is not JSON reads as null.
  Task<Result<Reply>> get_reply(std::string uri);
  /// All members of a collection as resources, in order: expanded where the service supports it, else one
  /// GET each, two at a time; paging is followed. A member that cannot be read is reported in `warnings`
  /// and left out; a collection that does not exist (404) is empty. Fails when the BMC cannot be talked to
  /// at all. `warnings` must outlive the call.
  Task<Result<std::vector<json::Value>>> members(std::string collection_uri, std::vector<std::string>& warnings);
  /// The same with the collection itself.
  Task<Result<Collection>> collection(std::string collection_uri, std::vector<std::string>& warnings);
  /// A write, sent once. Non-2xx: error with the BMC's messages (bmc_refused_update for 4xx/5xx). 401 on
  /// an expired session logs in again and sends once more: nothing was executed then (A.1).
  Task<Result<Reply>> write(http::Method method, std::string uri, http::Headers headers, http::Body body,
                            http::Deadlines deadlines);
  Task<Result<Reply>> post_json(std::string uri, json::Value body);
  /// The same as write(), with every answer of the BMC as a success: for refusals that the caller must judge.
  Task<Result<http::Response>> exchange(http::Method method, std::string uri, http::Headers headers, http::Body body,
                                        http::Deadlines deadlines);

  /// Sees every successful GET: uri and body. For `inventory --record`.
  void on_resource(std::function<void(const std::string& uri, const json::Value& body)> observer);

  [[nodiscard]] std::size_t requests_sent() const;
  [[nodiscard]] const http::Endpoint& endpoint() const;

 private:
  std::unique_ptr<ClientState> state_;
};

}  // namespace firmform::redfish
