// SPDX-License-Identifier: Apache-2.0
// FakeTransport: a scripted peer for unit tests. Answers by method and target, remembers every request, and
// so lets a test assert what was sent and, as important, what was not.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/http/transport.h"

namespace firmform::tests {

/// A JSON reply.
[[nodiscard]] http::Response reply(int status, std::string body = {}, http::Headers headers = {});
[[nodiscard]] http::Headers header(std::string name, std::string value);

class FakeTransport final : public http::Transport {
 public:
  using Answer = Result<http::Response>;
  using Handler = std::function<Answer(const http::Request&)>;

  /// With a clock, every reply takes `delay`.
  FakeTransport() = default;
  FakeTransport(Clock& clock, Duration delay) : clock_(&clock), delay_(delay) {}

  /// The answer to every such request for which nothing is queued. `target` includes the query.
  void on(http::Method method, std::string target, Answer answer);
  void on(http::Method method, std::string target, Handler handler);
  /// The answer to the next such request; several queue up.
  void next(http::Method method, std::string target, Answer answer);

  /// Answers as scripted; 404 with a Redfish error where nothing is.
  Task<Answer> send(http::Request request) override;

  [[nodiscard]] const std::vector<http::Request>& requests() const { return requests_; }
  /// "GET /redfish/v1/", in order of sending.
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] std::size_t count(http::Method method, const std::string& target) const;
  [[nodiscard]] std::size_t count(http::Method method) const;
  /// Largest number of requests that were in flight at once.
  [[nodiscard]] int most_in_flight() const { return most_in_flight_; }

 private:
  using Key = std::pair<http::Method, std::string>;
  Answer answer(const http::Request& request);

  Clock* clock_ = nullptr;
  Duration delay_{0};
  std::map<Key, Handler> handlers_;
  std::map<Key, std::deque<Answer>> queued_;
  std::vector<http::Request> requests_;
  int in_flight_ = 0;
  int most_in_flight_ = 0;
};

}  // namespace firmform::tests
