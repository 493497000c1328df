// SPDX-License-Identifier: Apache-2.0
// Reads and writes: retries, redirects, refusals, replies that are no Redfish.
#include "tests/unit/client/client_fixture.h"

namespace firmform::redfish::tests {

static const std::string kSystem = "/redfish/v1/Systems/1";

TEST_CASE("an absolute link is read from the BMC itself, whatever host it names") {
  Fixture f;
  f.transport.on(Method::get, kSystem + "?$select=Id", reply(200, R"({"Id":"1"})"));
  REQUIRE(f.get("http://wrong.example:8080" + kSystem + "?$select=Id#fragment"));
  REQUIRE(f.transport.requests().back().endpoint->url == "https://bmc.test");
}

TEST_CASE("a busy BMC is asked again, after the time that it asked for") {
  Fixture f;
  f.transport.next(Method::get, kSystem, reply(503, "", header("Retry-After", "7")));
  f.transport.next(Method::get, kSystem, fail(Code::connection_lost, "reset"));
  f.transport.on(Method::get, kSystem, reply(200, "{}"));
  REQUIRE(f.get(kSystem));
  REQUIRE(f.transport.count(Method::get, kSystem) == 3);
  REQUIRE(f.clock.elapsed() >= std::chrono::seconds(7));
}

TEST_CASE("a BMC that stays busy is given up after the policy's attempts") {
  Fixture f;
  f.transport.on(Method::get, kSystem, reply(503, error_body("Base.1.18.ServiceTemporarilyUnavailable")));
  REQUIRE(f.get(kSystem).error().code() == Code::bmc_busy);
  REQUIRE(f.transport.count(Method::get, kSystem) == 4);
}

TEST_CASE("a POST is sent once, whatever comes back") {
  Fixture f;
  SECTION("a lost reply") {
    f.transport.on(Method::post, "/redfish/v1/Act", fail(Code::connection_lost, "reset"));
    REQUIRE(f.post("/redfish/v1/Act").error().code() == Code::connection_lost);
  }
  SECTION("no connection") {
    f.transport.on(Method::post, "/redfish/v1/Act", fail(Code::connection_refused, "refused"));
    REQUIRE(f.post("/redfish/v1/Act").error().code() == Code::connection_refused);
  }
  SECTION("busy") {
    f.transport.on(Method::post, "/redfish/v1/Act", reply(503, "", header("Retry-After", "1")));
    REQUIRE(f.post("/redfish/v1/Act").error().code() == Code::bmc_refused_update);
  }
  SECTION("internal error") {
    f.transport.on(Method::post, "/redfish/v1/Act", reply(500));
    REQUIRE(f.post("/redfish/v1/Act").error().code() == Code::bmc_refused_update);
  }
  REQUIRE(f.transport.count(Method::post, "/redfish/v1/Act") == 1);
}

TEST_CASE("a successful write counts as such even when its body is no JSON") {
  Fixture f;
  f.transport.on(Method::post, "/redfish/v1/Act", reply(200, "<html>ok</html>"));
  const auto written = f.post("/redfish/v1/Act");
  REQUIRE(written);
  REQUIRE(written->body.is_null());
}

TEST_CASE("a refused write carries the BMC's words, also those that came as bare ids") {
  Fixture f;
  f.transport.on(Method::post, "/redfish/v1/Act", reply(400, error_body("iLO.2.30.FirmwareFlashAlreadyInProgress")));
  const auto written = f.post("/redfish/v1/Act");
  REQUIRE(written.error().code() == Code::bmc_refused_update);
  REQUIRE(contains(all_notes(written.error()), "a flash is running"));
}

TEST_CASE("a redirect that only adds or drops the final slash is followed, for reads and writes") {
  Fixture f;
  const std::string slashed = kSystem + "/";
  f.transport.on(Method::get, kSystem,
                 redirect(308, GENERATE(std::string("https://bmc.test/redfish/v1/Systems/1/"),
                                        std::string("https://BMC.test:443/redfish/v1/Systems/1/"),
                                        std::string("/redfish/v1/Systems/1/"))));
  f.transport.on(Method::get, slashed, reply(200, "{}"));
  REQUIRE(f.get(kSystem));

  f.transport.on(Method::post, "/redfish/v1/Act", redirect(308, "/redfish/v1/Act/"));
  f.transport.on(Method::post, "/redfish/v1/Act/", reply(202, "{}"));
  REQUIRE(f.post("/redfish/v1/Act"));
}

TEST_CASE("a redirect that goes in circles ends") {
  Fixture f;
  f.transport.on(Method::get, kSystem, redirect(308, kSystem + "/"));
  f.transport.on(Method::get, kSystem + "/", redirect(308, kSystem));
  REQUIRE_FALSE(f.get(kSystem));
  REQUIRE(f.transport.requests().size() == 4);
}

TEST_CASE("a redirect to another host is refused, and nothing is sent there") {
  Fixture f;
  const std::string location = GENERATE(
      std::string("https://evil.example") + kSystem, std::string("http://bmc.test") + kSystem,
      std::string("https://bmc.test:8443") + kSystem, std::string("//evil.example") + kSystem,
      std::string("https://bmc.test.evil.example") + kSystem, std::string("https://bmc.test@evil.example") + kSystem);
  CAPTURE(location);
  f.transport.on(Method::get, kSystem, redirect(302, location));
  REQUIRE(f.get(kSystem).error().code() == Code::redirect_refused);
  f.transport.on(Method::post, "/redfish/v1/Act", redirect(307, location));
  REQUIRE(f.post("/redfish/v1/Act").error().code() == Code::redirect_refused);
  for (const auto& request : f.transport.requests()) REQUIRE(request.endpoint->url == "https://bmc.test");
  REQUIRE(f.transport.count(Method::get, kSystem) == 1);
}

TEST_CASE("a redirect of the login to another host does not take the password there") {
  Fixture f;
  f.transport.on(Method::post, kSessions, redirect(307, "https://evil.example" + kSessions));
  REQUIRE(f.connect().error().code() == Code::redirect_refused);
  REQUIRE(f.transport.count(Method::post) == 1);
}

TEST_CASE("a missing resource names the link that led to it") {
  Fixture f;
  const auto read = f.get("/redfish/v1/Managers/7");
  REQUIRE(read.error().code() == Code::resource_missing);
  REQUIRE(contains(read.error().message(), "/redfish/v1/Managers/7"));
}

TEST_CASE("a denied read says which privilege is missing, and no login is tried for it") {
  Fixture f;
  f.transport.on(Method::get, kSystem, reply(GENERATE(401, 403), error_body("Base.1.18.InsufficientPrivilege")));
  const auto read = f.get(kSystem);
  REQUIRE(read.error().code() == Code::access_denied);
  REQUIRE(contains(all_notes(read.error()), "InsufficientPrivilege"));
  REQUIRE(f.transport.count(Method::post) == 1);
}

TEST_CASE("what is not JSON is shown by its beginning, made harmless for a terminal") {
  Fixture f;
  SECTION("a web page") {
    f.transport.on(Method::get, kSystem, reply(200, "<html>\x1b[31mlogin</html>"));
    const auto read = f.get(kSystem);
    REQUIRE(read.error().code() == Code::not_redfish);
    REQUIRE(contains(all_notes(read.error()), "login</html>"));
    REQUIRE_FALSE(contains(all_notes(read.error()), "\x1b"));
  }
  SECTION("truncated JSON") {
    f.transport.on(Method::get, kSystem, reply(200, R"({"Id":"1","Name":"Sys)"));
    const auto read = f.get(kSystem);
    REQUIRE(read.error().code() == Code::json_malformed);
    REQUIRE(contains(all_notes(read.error()), R"({"Id":"1")"));
  }
  SECTION("nothing") {
    f.transport.on(Method::get, kSystem, reply(200, ""));
    REQUIRE(f.get(kSystem).error().code() == Code::json_malformed);
  }
}

TEST_CASE("what has no service root is not Redfish") {
  Fixture f;
  SECTION("a web page") {
    f.transport.on(Method::get, "/redfish/v1/", reply(200, "<!DOCTYPE html><title>router</title>"));
  }
  SECTION("nothing there") {
    f.transport.on(Method::get, "/redfish/v1/", reply(404, "not found"));
  }
  SECTION("other JSON") {
    f.transport.on(Method::get, "/redfish/v1/", reply(200, R"({"hello":"world"})"));
  }
  SECTION("no JSON at all") {
    f.transport.on(Method::get, "/redfish/v1/", reply(200, "hello"));
  }
  REQUIRE(f.connect().error().code() == Code::not_redfish);
  REQUIRE(f.transport.count(Method::post) == 0);
}

TEST_CASE("a dead BMC is given up, with the reason of the transport") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/", fail(Code::connection_refused, "refused"));
  REQUIRE(f.connect().error().code() == Code::connection_refused);
  f.transport.on(Method::get, "/redfish/v1/", fail(Code::tls_untrusted, "self-signed"));
  const std::size_t before = f.transport.requests().size();
  REQUIRE(f.connect().error().code() == Code::tls_untrusted);
  REQUIRE(f.transport.requests().size() == before + 1);
}

TEST_CASE("a task monitor is read with its status, body or none") {
  Fixture f;
  f.transport.next(Method::get, "/monitor", reply(202, R"({"TaskState":"Running"})", header("Retry-After", "5")));
  f.transport.next(Method::get, "/monitor", reply(204));
  const auto running = run(f.io, f.clock, f.client.get_reply("/monitor"));
  REQUIRE(running);
  REQUIRE(running->status == 202);
  REQUIRE(running->body.text("TaskState") == "Running");
  REQUIRE(running->headers.find("Retry-After") == "5");
  const auto finished = run(f.io, f.clock, f.client.get_reply("/monitor"));
  REQUIRE(finished->status == 204);
  REQUIRE(finished->body.is_null());
}

TEST_CASE("the observer sees each document that was read, and no failures") {
  Fixture f;
  std::vector<std::string> seen;
  f.client.on_resource([&](const std::string& uri, const json::Value&) { seen.push_back(uri); });
  f.transport.on(Method::get, kSystem, reply(200, R"({"Id":"1"})"));
  REQUIRE(f.connect());
  REQUIRE(f.get(kSystem));
  REQUIRE_FALSE(f.get("/redfish/v1/Nothing"));
  REQUIRE(seen == Lines{"/redfish/v1/", kSystem});
}

}  // namespace firmform::redfish::tests
