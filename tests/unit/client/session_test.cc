// SPDX-License-Identifier: Apache-2.0
// Login, its refusals and fallbacks, expiry, logout.
#include "tests/unit/client/client_fixture.h"

namespace firmform::redfish::tests {
namespace {

std::string header_of(const http::Request& request, std::string_view name) {
  return std::string(request.headers.find(name).value_or(""));
}

std::string body_of(const http::Request& request) {
  const auto* text = std::get_if<std::string>(&request.body);
  return text == nullptr ? std::string() : *text;
}

}  // namespace

TEST_CASE("a whole run takes the root, one login, the reads and a logout, and nothing else") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, R"({"Id":"1"})"));
  REQUIRE(f.connect());
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  f.logout();
  REQUIRE(f.transport.lines() == Lines{"GET /redfish/v1/", "POST " + kSessions, "GET /redfish/v1/Systems/1",
                                       "DELETE " + kSessions + "/admin1/"});
  REQUIRE(f.client.requests_sent() == 4);
}

TEST_CASE("the service root is read without credentials, everything else with the session's token") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, "{}"));
  REQUIRE(f.connect());
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  const auto& requests = f.transport.requests();
  REQUIRE(header_of(requests[0], "X-Auth-Token").empty());
  REQUIRE(header_of(requests[0], "Authorization").empty());
  REQUIRE(header_of(requests[1], "Authorization").empty());
  REQUIRE(body_of(requests[1]) == R"({"UserName":"admin","Password":"s3cret"})");
  REQUIRE(header_of(requests[2], "X-Auth-Token") == "token-1");
  REQUIRE(header_of(requests[2], "OData-Version") == "4.0");
}

TEST_CASE("the root's facts are known after connecting") {
  Fixture f;
  REQUIRE(f.connect());
  REQUIRE(f.client.facts().vendor == "HPE");
  REQUIRE(f.client.facts().product == "ProLiant DL360");
  REQUIRE(f.client.facts().oem_keys == std::vector<std::string>{"Hpe"});
  REQUIRE(f.client.facts().manager_type == "iLO 6");
  REQUIRE(f.client.token().reveal() == "token-1");
}

TEST_CASE("the first read logs in by itself") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, "{}"));
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  REQUIRE(f.transport.lines() == Lines{"GET /redfish/v1/", "POST " + kSessions, "GET /redfish/v1/Systems/1"});
}

TEST_CASE("a refused password is sent once, however often the client is asked") {
  const int status = GENERATE(401, 403);
  Fixture f;
  f.transport.on(Method::post, kSessions, reply(status, error_body("iLO.2.14.UnauthorizedLoginAttempt")));
  const auto connected = f.connect();
  REQUIRE(connected.error().code() == Code::login_refused);
  REQUIRE(contains(all_notes(connected.error()), "the user name or password is wrong"));
  REQUIRE(f.get("/redfish/v1/Systems/1").error().code() == Code::login_refused);
  REQUIRE(f.connect().error().code() == Code::login_refused);
  REQUIRE(f.transport.count(Method::post, kSessions) == 1);
  REQUIRE(f.transport.count(Method::get, "/redfish/v1/Systems/1") == 0);
}

TEST_CASE("a password that must be changed first is an access problem, in the BMC's words") {
  Fixture f;
  SECTION("refused") {
    f.transport.on(Method::post, kSessions, reply(403, error_body("Base.1.18.PasswordChangeRequired")));
    const auto connected = f.connect();
    REQUIRE(connected.error().code() == Code::access_denied);
    REQUIRE(contains(all_notes(connected.error()), "PasswordChangeRequired"));
  }
  SECTION("accepted with a session that is good for nothing else: it is closed again") {
    auto accepted = session_reply("token-1");
    accepted.body = R"({"@Message.ExtendedInfo":[{"MessageId":"Base.1.18.PasswordChangeRequired"}]})";
    f.transport.on(Method::post, kSessions, accepted);
    REQUIRE(f.connect().error().code() == Code::access_denied);
    REQUIRE(f.transport.count(Method::delete_) == 1);
  }
}

TEST_CASE("Basic takes over where there are no sessions or no free one, and only then") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, "{}"));
  SECTION("no session service") {
    const int status = GENERATE(404, 405, 501);
    f.transport.on(Method::post, kSessions, reply(status));
  }
  SECTION("table full, DMTF's words") {
    f.transport.on(Method::post, kSessions, reply(503, error_body("Base.1.18.SessionLimitExceeded")));
  }
  SECTION("table full, Dell's words") {
    f.transport.on(Method::post, kSessions, reply(503, error_body("IDRAC.2.8.RAC0218")));
  }
  REQUIRE(f.connect());
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  REQUIRE(f.transport.count(Method::post) == 1);
  REQUIRE(header_of(f.transport.requests().back(), "Authorization") == "Basic YWRtaW46czNjcmV0");
  REQUIRE(f.client.token().empty());
  f.logout();
  REQUIRE(f.transport.count(Method::delete_) == 0);
}

TEST_CASE("a root without a session link and an explicit wish lead to Basic without a login request") {
  ClientOptions options;
  options.use_session = GENERATE(true, false);
  Fixture f(options.use_session ? R"({"RedfishVersion":"1.0.0"})" : service_root(), options);
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, "{}"));
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  REQUIRE(f.transport.count(Method::post) == 0);
  REQUIRE(header_of(f.transport.requests().back(), "Authorization") == "Basic YWRtaW46czNjcmV0");
}

TEST_CASE("with Basic, 401 is a refused login and the password is not sent again") {
  ClientOptions options;
  options.use_session = false;
  Fixture f(service_root(), options);
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(401));
  REQUIRE(f.get("/redfish/v1/Systems/1").error().code() == Code::login_refused);
  REQUIRE(f.transport.count(Method::get, "/redfish/v1/Systems/1") == 1);
}

TEST_CASE("a login that met a busy BMC is repeated, because no session was made") {
  Fixture f;
  f.transport.next(Method::post, kSessions, reply(503, "", header("Retry-After", "5")));
  REQUIRE(f.connect());
  REQUIRE(f.transport.count(Method::post, kSessions) == 2);
  REQUIRE(f.clock.elapsed() >= std::chrono::seconds(5));
}

TEST_CASE("a login that is redirected to its own address with a slash goes there, as on old iLO 5") {
  Fixture f;
  f.transport.on(Method::post, kSessions, redirect(308, "https://bmc.test" + kSessions + "/"));
  f.transport.on(Method::post, kSessions + "/", session_reply("token-1"));
  REQUIRE(f.connect());
  REQUIRE(f.client.token().reveal() == "token-1");
}

TEST_CASE("a login whose reply was lost is not repeated: it may have taken a session") {
  Fixture f;
  f.transport.next(Method::post, kSessions, fail(Code::connection_lost, "gone"));
  REQUIRE(f.connect().error().code() == Code::connection_lost);
  REQUIRE(f.transport.count(Method::post, kSessions) == 1);
}

TEST_CASE("an expired session costs one login, and the read goes on") {
  Fixture f;
  REQUIRE(f.connect());
  f.transport.next(Method::get, "/redfish/v1/Systems/1", reply(401, error_body("Base.1.18.NoValidSession")));
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, R"({"Id":"1"})"));
  f.transport.next(Method::post, kSessions, session_reply("token-2"));
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  REQUIRE(header_of(f.transport.requests().back(), "X-Auth-Token") == "token-2");
  REQUIRE(f.transport.count(Method::post, kSessions) == 2);
}

TEST_CASE("a session that is dropped twice in a row ends the read") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(401, error_body("Base.1.18.NoValidSession")));
  REQUIRE(f.get("/redfish/v1/Systems/1").error().code() == Code::session_expired);
  REQUIRE(f.transport.count(Method::get, "/redfish/v1/Systems/1") == 2);
  REQUIRE(f.transport.count(Method::post, kSessions) == 2);
}

TEST_CASE("two reads that meet the same expired session log in once") {
  Fixture f;
  REQUIRE(f.connect());
  std::string members;
  for (const std::string& id : Lines{"1", "2"}) {
    const std::string uri = kInventory + "/" + id;
    members += std::string(members.empty() ? "" : ",") + R"({"@odata.id":")" + uri + R"("})";
    f.transport.next(Method::get, uri, reply(401, error_body("Base.1.18.NoValidSession")));
    f.transport.on(Method::get, uri, reply(200, R"({"Id":")" + id + R"("})"));
  }
  f.transport.on(Method::get, kInventory, reply(200, R"({"Members":[)" + members + "]}"));
  const auto read = f.members(kInventory);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  REQUIRE(f.transport.count(Method::post, kSessions) == 2);
}

TEST_CASE("a write that met an expired session goes out once more: it was not executed") {
  Fixture f;
  f.transport.next(Method::post, "/redfish/v1/Act", reply(401, error_body("Base.1.18.NoValidSession")));
  f.transport.on(Method::post, "/redfish/v1/Act", reply(202, "{}"));
  REQUIRE(f.post("/redfish/v1/Act")->status == 202);
  REQUIRE(f.transport.count(Method::post, "/redfish/v1/Act") == 2);

  f.transport.on(Method::post, "/redfish/v1/Act", reply(401, error_body("Base.1.18.NoValidSession")));
  REQUIRE_FALSE(f.post("/redfish/v1/Act"));
  REQUIRE(f.transport.count(Method::post, "/redfish/v1/Act") == 4);
}

TEST_CASE("after a restart of the BMC the next request logs in again, on new connections") {
  Fixture f;
  f.transport.on(Method::get, "/redfish/v1/Systems/1", reply(200, "{}"));
  REQUIRE(f.connect());
  f.client.forget_session();
  REQUIRE(f.client.token().empty());
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  REQUIRE(f.get("/redfish/v1/Systems/1"));
  const auto& requests = f.transport.requests();
  REQUIRE(f.transport.count(Method::post, kSessions) == 2);
  REQUIRE(f.transport.count(Method::delete_) == 0);
  std::vector<bool> fresh;
  for (const auto& request : requests) fresh.push_back(request.fresh_connection);
  REQUIRE(fresh == std::vector<bool>{false, false, true, true, false});
}

TEST_CASE("logging out twice, or without a session, or from a dead BMC, is quiet") {
  Fixture f;
  f.logout();
  REQUIRE(f.transport.requests().empty());
  REQUIRE(f.connect());
  f.transport.on(Method::delete_, kSessions + "/admin1/", fail(Code::connection_lost, "gone"));
  f.logout();
  f.logout();
  REQUIRE(f.transport.count(Method::delete_) == 1);
}

}  // namespace firmform::redfish::tests
