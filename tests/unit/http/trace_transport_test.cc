// SPDX-License-Identifier: Apache-2.0
#include "engine/http/trace_transport.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <deque>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/support/temporary_directory.h"

namespace firmform::http {
namespace {

constexpr const char* kPassword = "hunter2-canary";
constexpr const char* kToken = "0123456789abcdef-canary";

class ScriptedTransport final : public Transport {
 public:
  explicit ScriptedTransport(std::deque<Result<Response>> answers) : answers_(std::move(answers)) {}
  Task<Result<Response>> send(Request) override {
    Result<Response> answer = std::move(answers_.front());
    answers_.pop_front();
    co_return answer;
  }

 private:
  std::deque<Result<Response>> answers_;
};

/// Conceals what the real rules would: passwords and session ids.
json::Value redact(const json::Value& value) {
  if (const std::string* text = value.as_string()) {
    const std::size_t at = text->find("/Sessions/");
    return at == std::string::npos ? value : json::Value(text->substr(0, at + 10) + "REDACTED");
  }
  json::Object object = value.members();
  if (json::Value* password = object.find("Password")) *password = "REDACTED";
  return object;
}

Response response_of(int status, std::string body) {
  Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

class Traced {
 public:
  explicit Traced(std::deque<Result<Response>> answers, TraceOptions options = {})
      : transport(std::make_unique<ScriptedTransport>(std::move(answers)), clock, redact, options) {}

  void begin(const std::string& run = "65f0-1", const std::filesystem::path& below = "trace") {
    transport.begin(directory.path() / below, run, {{"https://10.0.0.1", "web-01"}},
                    [this](const Error& error) { warnings.push_back(error.code()); });
  }

  Result<Response> send(Request request) {
    request.endpoint = std::make_shared<const Endpoint>(Endpoint{"https://10.0.0.1", {}});
    std::optional<Result<Response>> result;
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, transport.send(std::move(request)),
                          [&](std::exception_ptr, Result<Response> response) { result = std::move(response); });
    loop.run();
    return std::move(*result);
  }

  [[nodiscard]] std::filesystem::path file(const std::string& run = "65f0-1") const {
    return directory.path() / "trace" / run / "web-01.jsonl";
  }

  [[nodiscard]] std::string text() const {
    std::ifstream stream(file());
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  tests::TemporaryDirectory directory;
  SystemClock clock;
  std::vector<Code> warnings;
  TraceTransport transport;
};

Request request_of(Method method, std::string target, Body body = {}) {
  Request request;
  request.method = method;
  request.target = std::move(target);
  request.body = std::move(body);
  return request;
}

}  // namespace

TEST_CASE("an exchange is one line with request, answer and time") {
  Traced traced({response_of(200, R"({"Name":"Manager"})")});
  traced.begin();
  REQUIRE(traced.send(request_of(Method::get, "/redfish/v1/Managers/1")));
  const auto line = json::parse(traced.text());
  REQUIRE(line);
  CHECK(line->text("method") == "GET");
  CHECK(line->text("target") == "/redfish/v1/Managers/1");
  CHECK((*line)["status"].as_int() == 200);
  CHECK((*line)["response_body"].text("Name") == "Manager");
  CHECK((*line)["duration_ms"].as_int());
}

TEST_CASE("passwords, tokens, cookies, session ids and form keys never reach the trace") {
  Response session = response_of(201, "{}");
  session.headers.add("X-Auth-Token", kToken);
  session.headers.add("Location", std::string("/redfish/v1/SessionService/Sessions/") + kToken);
  session.headers.add("Set-Cookie", std::string("sessionKey=") + kToken);
  Traced traced({session, response_of(200, ""), response_of(204, "")});
  traced.begin();
  REQUIRE(traced.send(request_of(Method::post, "/redfish/v1/SessionService/Sessions",
                                 std::string(R"({"UserName":"admin","Password":")") + kPassword + "\"}")));
  Request upload =
      request_of(Method::post, "/cgi-bin/uploadFile",
                 Form{{"sessionKey", "", "", std::string(kToken)},
                      {"notes", "", "", std::string(kPassword) + " as plain text"},
                      {"file", "a.bin", "application/octet-stream", FileBody{"/nonexistent/a.bin", 0, 7}}});
  upload.headers.add("x-auth-token", kToken);
  upload.headers.add("Authorization", std::string("Basic ") + kPassword);
  upload.headers.add("Cookie", std::string("sessionKey=") + kToken);
  REQUIRE(traced.send(std::move(upload)));
  REQUIRE(traced.send(request_of(Method::delete_, std::string("/redfish/v1/SessionService/Sessions/") + kToken)));
  const std::string text = traced.text();
  CHECK(text.find("canary") == std::string::npos);
  CHECK(text.find("\"UserName\":\"admin\"") != std::string::npos);
  CHECK(text.find("\"file\":\"a.bin\"") != std::string::npos);
}

TEST_CASE("a failure is traced and passed on") {
  Traced traced({fail(Code::connection_lost, "the connection broke")});
  traced.begin();
  CHECK(traced.send(request_of(Method::get, "/redfish/v1/")).error().code() == Code::connection_lost);
  CHECK(traced.text().find("the connection broke") != std::string::npos);
}

TEST_CASE("nothing is traced before a run begins") {
  Traced traced({response_of(200, "{}")});
  REQUIRE(traced.send(request_of(Method::get, "/redfish/v1/")));
  CHECK_FALSE(std::filesystem::exists(traced.directory.path() / "trace"));
}

TEST_CASE("only the owner may read a trace") {
  Traced traced({response_of(200, "{}")});
  traced.begin();
  REQUIRE(traced.send(request_of(Method::get, "/redfish/v1/")));
  struct stat facts{};
  REQUIRE(::stat(traced.file().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0600U);
  REQUIRE(::stat(traced.file().parent_path().c_str(), &facts) == 0);
  CHECK((facts.st_mode & 0777U) == 0700U);
}

TEST_CASE("a trace that is full says so, once, and the run goes on") {
  Traced traced({response_of(200, "{}"), response_of(200, "{}"), response_of(200, "{}")}, {.max_bytes_per_host = 250});
  traced.begin();
  for (int i = 0; i < 3; ++i) REQUIRE(traced.send(request_of(Method::get, "/redfish/v1/")));
  const std::string text = traced.text();
  CHECK(text.ends_with("as it may become\"}\n"));
  CHECK(text.find("stopped") == text.rfind("stopped"));
  CHECK(text.size() < 400);
}

TEST_CASE("a trace that cannot be written is one warning") {
  Traced traced({response_of(200, "{}"), response_of(200, "{}")});
  traced.begin("65f0-1", "missing/parent");
  for (int i = 0; i < 2; ++i) REQUIRE(traced.send(request_of(Method::get, "/redfish/v1/")));
  CHECK(traced.warnings == std::vector{Code::trace_unwritable});
}

TEST_CASE("only the newest runs are kept") {
  Traced traced({}, {.kept_runs = 2});
  for (const char* run : {"65f0-1", "65f1-1", "65f2-1"}) traced.begin(run);
  CHECK_FALSE(std::filesystem::exists(traced.directory.path() / "trace/65f0-1"));
  CHECK(std::filesystem::exists(traced.directory.path() / "trace/65f1-1"));
  CHECK(std::filesystem::exists(traced.directory.path() / "trace/65f2-1"));
}

}  // namespace firmform::http
