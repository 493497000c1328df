// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/notifier.h"

#include <catch2/catch.hpp>

#include <cstdlib>

#include "engine/notify/outbox.h"
#include "engine/notify/run_view.h"
#include "engine/notify/signature.h"
#include "tests/support/fake_transport.h"
#include "tests/support/small_fleet.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using http::Method;
using notify::Event;
using notify::EventKind;

Event event_of(EventKind kind, std::string body = R"({"event":"drift"})") {
  return {.kind = kind, .id = std::string(32, '7'), .at = kNow, .body = std::move(body)};
}

manifest::Notification notification(const std::string& url, std::vector<std::string> on = {}) {
  manifest::Notification made;
  made.url.value = url;
  made.on = std::move(on);
  return made;
}

/// Receivers under test, with a network that answers as scripted.
struct Scene {
  manifest::Named<manifest::Notification> notifications;
  VirtualClock clock;
  FakeTransport transport{clock, 10ms};
  apply::Secrets secrets{"."};
  boost::asio::io_context loop;  // its coroutines, destroyed with it, use the others

  [[nodiscard]] std::shared_ptr<notify::Notifier> notifier() {
    return std::make_shared<notify::Notifier>(transport, clock, secrets,
                                              notify::receivers_of(notifications, "/etc/firmform"));
  }
  std::vector<Error> send(Event event) { return run(loop, clock, notifier()->send(std::move(event))); }
};

std::string header_of(const http::Request& request, std::string_view name) {
  return std::string(request.headers.find(name).value_or(""));
}

}  // namespace

TEST_CASE("An event is posted once, with its kind, id and time, and signed over exactly its bytes") {
  ::setenv("PIPELINE_KEY", "a key", 1);
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example:8443/firmform/in");
  scene.notifications["ops"].value.hmac =
      manifest::PasswordSource{.kind = manifest::PasswordSource::Kind::env, .name = "PIPELINE_KEY"};
  scene.notifications["ops"].value.ca_file = manifest::Text{"pki/hooks.pem", {}};
  scene.transport.on(Method::post, "/firmform/in", reply(204));
  CHECK(scene.send(event_of(EventKind::drift)).empty());
  REQUIRE(scene.transport.requests().size() == 1);
  const http::Request& request = scene.transport.requests().front();
  CHECK(request.endpoint->url == "https://hooks.example:8443");
  CHECK(request.endpoint->tls.verify);
  CHECK(request.endpoint->tls.ca_file == "/etc/firmform/pki/hooks.pem");
  CHECK(std::get<std::string>(request.body) == R"({"event":"drift"})");
  CHECK(header_of(request, "Content-Type") == "application/json");
  CHECK(header_of(request, "X-Firmform-Event") == "drift");
  CHECK(header_of(request, "X-Firmform-Delivery") == std::string(32, '7'));
  CHECK(header_of(request, "X-Firmform-Timestamp") == "2026-11-21T04:00:00Z");
  CHECK(header_of(request, "X-Signature") == notify::signature_of(R"({"event":"drift"})", Secret("a key")));
}

TEST_CASE("A receiver without a key gets no signature, and one without a path the root") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example");
  scene.transport.on(Method::post, "/", reply(200));
  CHECK(scene.send(event_of(EventKind::drift)).empty());
  CHECK_FALSE(scene.transport.requests().front().headers.find("X-Signature"));
}

TEST_CASE("A receiver is told only what it asked for") {
  Scene scene;
  scene.notifications["all"].value = notification("https://a.example/all");
  scene.notifications["bad"].value = notification("https://b.example/bad", {"failed", "drift"});
  scene.transport.on(Method::post, "/all", reply(200));
  scene.transport.on(Method::post, "/bad", reply(200));
  CHECK(scene.send(event_of(EventKind::succeeded)).empty());
  CHECK(scene.transport.count(Method::post, "/bad") == 0);
  CHECK(scene.send(event_of(EventKind::failed)).empty());
  CHECK(scene.transport.count(Method::post, "/bad") == 1);
  CHECK(scene.transport.count(Method::post, "/all") == 2);
}

TEST_CASE("A busy receiver is asked again, with the same id and signature, as late as it says") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  scene.transport.next(Method::post, "/in", reply(503, {}, header("Retry-After", "7")));
  scene.transport.next(Method::post, "/in", fail(Code::connection_lost, "the connection was cut"));
  scene.transport.next(Method::post, "/in", reply(200));
  CHECK(scene.send(event_of(EventKind::drift)).empty());
  REQUIRE(scene.transport.requests().size() == 3);
  CHECK(scene.clock.elapsed() >= 9s);  // 7 as asked, then 2
  for (const http::Request& request : scene.transport.requests()) {
    CHECK(header_of(request, "X-Firmform-Delivery") == std::string(32, '7'));
  }
}

TEST_CASE("After three attempts it is given up, and said which receiver it was") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  scene.transport.on(Method::post, "/in", reply(500));
  const std::vector<Error> failed = scene.send(event_of(EventKind::drift));
  CHECK(scene.transport.requests().size() == 3);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].code() == Code::notification_failed);
  CHECK(failed[0].message() == "`ops` (https://hooks.example) answered the event `drift` with 500 in 3 attempts");
}

TEST_CASE("What another attempt would not mend is not repeated") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  const auto answer = GENERATE(as<FakeTransport::Answer>(), reply(400), reply(401), reply(404), reply(413), reply(301),
                               fail(Code::tls_untrusted, "the certificate is not trusted"));
  scene.transport.on(Method::post, "/in", answer);
  CHECK(scene.send(event_of(EventKind::drift)).size() == 1);
  CHECK(scene.transport.requests().size() == 1);
}

TEST_CASE("A dead receiver does not keep the others waiting") {
  Scene scene;
  scene.notifications["dead"].value = notification("https://dead.example/in");
  scene.notifications["ops"].value = notification("https://hooks.example/ops");
  scene.transport.on(Method::post, "/in", fail(Code::connection_refused, "nobody listens"));
  Duration told{};
  scene.transport.on(Method::post, "/ops", [&](const http::Request&) {
    told = scene.clock.elapsed();
    return reply(200);
  });
  const std::vector<Error> failed = scene.send(event_of(EventKind::drift));
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].message().find("`dead`") != std::string::npos);
  CHECK(failed[0].notes().front().find("nobody listens") != std::string::npos);
  CHECK(told < 1s);
}

TEST_CASE("Without its key a receiver is sent nothing, rather than something unsigned") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  scene.notifications["ops"].value.hmac =
      manifest::PasswordSource{.kind = manifest::PasswordSource::Kind::env, .name = "NO_SUCH_VARIABLE_HERE"};
  const std::vector<Error> failed = scene.send(event_of(EventKind::drift));
  CHECK(scene.transport.requests().empty());
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].one_line().find("NO_SUCH_VARIABLE_HERE") != std::string::npos);
}

TEST_CASE("Posting to the outbox returns at once, and events arrive in order") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  scene.transport.on(Method::post, "/in", reply(200));
  notify::Outbox outbox(scene.loop.get_executor(), scene.clock, scene.notifier());
  for (const char* body : {"1", "2", "3"}) outbox.post(event_of(EventKind::waits, body));
  CHECK(scene.transport.requests().empty());
  CHECK(run(scene.loop, scene.clock, outbox.finish(30s)).empty());
  std::string order;
  for (const http::Request& request : scene.transport.requests()) order += std::get<std::string>(request.body);
  CHECK(order == "123");
}

TEST_CASE("The end of a run does not wait longer for dead receivers than it has patience") {
  Scene scene;
  scene.notifications["ops"].value = notification("https://hooks.example/in");
  scene.transport.on(Method::post, "/in", reply(503, {}, header("Retry-After", "25")));
  notify::Outbox outbox(scene.loop.get_executor(), scene.clock, scene.notifier());
  for (const char* body : {"1", "2", "3"}) outbox.post(event_of(EventKind::waits, body));
  const std::vector<Error> failed = run(scene.loop, scene.clock, outbox.finish(30s));
  CHECK(scene.clock.elapsed() == 30s);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].message() == "3 events were not sent, for receivers are too slow");
}

TEST_CASE("A receiver that never answers cannot fill the memory of a long run") {
  Scene scene;
  notify::Outbox outbox(scene.loop.get_executor(), scene.clock, scene.notifier());
  for (int i = 0; i < 103; ++i) outbox.post(event_of(EventKind::waits, std::to_string(i)));
  CHECK(run(scene.loop, scene.clock, outbox.finish(30s)).size() == 3);
}

TEST_CASE("The view of a run tells of its beginning, of each wait once, and of its end") {
  const VirtualClock clock;
  std::vector<EventKind> kinds;
  std::set<std::string> ids;
  const auto view = notify::make_notifying_view(
      [&](Event event) {
        kinds.push_back(event.kind);
        ids.insert(event.id);
      },
      clock, "apply", "0.1.0");
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  view->run_started(*fleet.plan().value, "run-1", false);
  view->host_started("web-01");
  view->run_waits("soak after canary", kNow);
  view->run_waits("soak after canary", kNow + 1s);
  view->run_waits("paused", std::nullopt);
  view->run_waits("soak after canary", kNow + 2s);
  view->run_finished({.run_id = "run-1", .hosts = {{"web-01", {}}}});
  CHECK(kinds == std::vector<EventKind>{EventKind::started, EventKind::waits, EventKind::waits, EventKind::succeeded});
  CHECK(ids.size() == 4);
}

}  // namespace firmform::tests
