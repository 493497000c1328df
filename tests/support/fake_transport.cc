// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_transport.h"

#include <algorithm>

namespace firmform::tests {

http::Response reply(int status, std::string body, http::Headers headers) {
  http::Response response;
  response.status = status;
  response.headers = std::move(headers);
  response.body = std::move(body);
  if (!response.body.empty() && !response.headers.find("Content-Type")) {
    response.headers.set("Content-Type", "application/json");
  }
  return response;
}

http::Headers header(std::string name, std::string value) {
  http::Headers headers;
  headers.add(std::move(name), std::move(value));
  return headers;
}

void FakeTransport::on(http::Method method, std::string target, Answer answer) {
  on(method, std::move(target), Handler([answer = std::move(answer)](const http::Request&) { return answer; }));
}

void FakeTransport::on(http::Method method, std::string target, Handler handler) {
  handlers_[Key(method, std::move(target))] = std::move(handler);
}

void FakeTransport::next(http::Method method, std::string target, Answer answer) {
  queued_[Key(method, std::move(target))].push_back(std::move(answer));
}

Task<FakeTransport::Answer> FakeTransport::send(http::Request request) {
  requests_.push_back(request);
  ++in_flight_;
  most_in_flight_ = std::max(most_in_flight_, in_flight_);
  if (clock_ != nullptr) co_await clock_->sleep(delay_);
  --in_flight_;
  co_return answer(request);
}

FakeTransport::Answer FakeTransport::answer(const http::Request& request) {
  const Key key(request.method, request.target);
  if (auto& queue = queued_[key]; !queue.empty()) {
    Answer first = std::move(queue.front());
    queue.pop_front();
    return first;
  }
  if (const auto handler = handlers_.find(key); handler != handlers_.end()) return handler->second(request);
  return reply(404, R"({"error":{"code":"Base.1.18.GeneralError","message":"no such resource"}})");
}

std::vector<std::string> FakeTransport::lines() const {
  std::vector<std::string> lines;
  for (const auto& request : requests_) lines.push_back(std::string(to_string(request.method)) + " " + request.target);
  return lines;
}

std::size_t FakeTransport::count(http::Method method, const std::string& target) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      requests_, [&](const http::Request& request) { return request.method == method && request.target == target; }));
}

std::size_t FakeTransport::count(http::Method method) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(requests_, [&](const http::Request& request) { return request.method == method; }));
}

}  // namespace firmform::tests
