// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/request_spans.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "spans_of_test.h"
#include "tests/support/fake_transport.h"

using namespace firmform;
using namespace firmform::telemetry;
using tests::number_of;
using tests::text_of;

namespace {

class Requests {
 public:
  Requests() {
    auto inner = std::make_unique<tests::FakeTransport>();
    peer = inner.get();
    spans = std::make_unique<RequestSpans>(std::move(inner), work.tracer, [](const std::string& text) {
      const std::size_t at = text.find("/Sessions/");
      return at == std::string::npos ? text : text.substr(0, at + 10) + "REDACTED";
    });
  }

  Span send(const std::string& target, const std::string& url = "https://10.0.0.1:8443") {
    http::Request request;
    request.endpoint = std::make_shared<const http::Endpoint>(http::Endpoint{.url = url});
    request.target = target;
    request.headers.add("X-Auth-Token", "canary");
    boost::asio::io_context loop;
    boost::asio::co_spawn(loop, spans->send(std::move(request)), boost::asio::detached);
    loop.run();
    return work.finished().back();
  }

  tests::TracedWork work;
  tests::FakeTransport* peer = nullptr;
  std::unique_ptr<RequestSpans> spans;
};

}  // namespace

TEST_CASE("a request is a span with the conventions' attributes") {
  Requests requests;
  requests.peer->on(http::Method::get, "/redfish/v1?token=canary", tests::reply(200));
  const Span span = requests.send("/redfish/v1?token=canary");
  CHECK(span.name == "GET");
  CHECK(span.kind == SpanKind::client);
  CHECK(span.status == SpanStatus::unset);
  CHECK(text_of(span, "http.request.method") == "GET");
  CHECK(text_of(span, "server.address") == "10.0.0.1");
  CHECK(number_of(span, "server.port") == 8443);
  CHECK(text_of(span, "url.path") == "/redfish/v1");
  CHECK(text_of(span, "url.full") == "https://10.0.0.1:8443/redfish/v1");
  CHECK(number_of(span, "http.response.status_code") == 200);
  CHECK(number_of(span, "http.request.resend_count") == -1);
  for (const Attribute& attribute : span.attributes) {
    const auto* text = std::get_if<std::string>(&attribute.value);
    CHECK((text == nullptr || text->find("canary") == std::string::npos));
  }
}

TEST_CASE("standard ports and IPv6 addresses are told") {
  Requests requests;
  CHECK(number_of(requests.send("/", "https://bmc.example"), "server.port") == 443);
  CHECK(number_of(requests.send("/", "http://bmc.example"), "server.port") == 80);
  const Span span = requests.send("/", "https://[2001:db8::1]");
  CHECK(text_of(span, "server.address") == "[2001:db8::1]");
  CHECK(number_of(span, "server.port") == 443);
}

TEST_CASE("what identifies a session is left out") {
  Requests requests;
  const Span span = requests.send("/redfish/v1/SessionService/Sessions/canary");
  CHECK(text_of(span, "url.path") == "/redfish/v1/SessionService/Sessions/REDACTED");
}

TEST_CASE("refusals and failures are errors with their type") {
  Requests requests;
  requests.peer->on(http::Method::get, "/gone", tests::reply(404));
  const Span gone = requests.send("/gone");
  CHECK(gone.status == SpanStatus::error);
  CHECK(text_of(gone, "error.type") == "404");
  requests.peer->on(http::Method::get, "/down", fail(Code::connection_refused, "connection refused"));
  const Span down = requests.send("/down");
  CHECK(down.status == SpanStatus::error);
  CHECK(down.status_message == "connection refused");
  CHECK(text_of(down, "error.type").starts_with("FF04"));
  CHECK(number_of(down, "http.response.status_code") == -1);
}

TEST_CASE("a request that is sent again says how often") {
  Requests requests;
  requests.peer->next(http::Method::get, "/x", tests::reply(503));
  requests.peer->next(http::Method::get, "/x", fail(Code::connection_refused, "connection refused"));
  requests.peer->next(http::Method::get, "/x", tests::reply(200));
  requests.peer->next(http::Method::get, "/x", tests::reply(200));
  CHECK(number_of(requests.send("/x"), "http.request.resend_count") == -1);
  CHECK(number_of(requests.send("/x"), "http.request.resend_count") == 1);
  CHECK(number_of(requests.send("/x"), "http.request.resend_count") == 2);
  CHECK(number_of(requests.send("/x"), "http.request.resend_count") == -1);
}
