// SPDX-License-Identifier: Apache-2.0
// redfish.md A.1, A.13 to A.15: what every service owes every client.
#include <set>

#include "tests/simulators/captured_tree.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

const std::string kSessionsUri = "/redfish/v1/SessionService/Sessions";
const std::string kUpdateUri = "/redfish/v1/UpdateService";

std::string model() {
  return GENERATE("ilo5", "ilo5-old", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish");
}

TEST_CASE("the version, the root, odata and metadata are readable by anybody") {
  Desk desk(model());
  CHECK(parsed(desk.send(http::Method::get, "/redfish", {}).body).text("v1") == "/redfish/v1/");
  for (const std::string uri :
       {"/redfish", "/redfish/v1", "/redfish/v1/", "/redfish/v1/odata", "/redfish/v1/$metadata"}) {
    const BmcResponse response = desk.send(http::Method::get, uri, {});
    INFO(uri);
    CHECK(response.status == 200);
    CHECK(header(response, "OData-Version") == "4.0");
    CHECK_FALSE(header(response, "Cache-Control").empty());
    CHECK(header(response, "Allow") == "GET, HEAD");
  }
  CHECK(
      header(desk.send(http::Method::get, "/redfish/v1/$metadata", {}), "Content-Type").starts_with("application/xml"));
}

TEST_CASE("everything else needs credentials, and says so") {
  Desk desk(model());
  for (const std::string uri : {"/redfish/v1/Systems", "/redfish/v1/UpdateService", "/redfish/v1/NoSuchThing"}) {
    const BmcResponse response = desk.send(http::Method::get, uri, {});
    INFO(uri);
    CHECK(response.status == 401);
    CHECK_FALSE(header(response, "WWW-Authenticate").empty());
    CHECK(message_key(response) == "NoValidSession");
  }
  http::Headers wrong;
  wrong.set("Authorization", "Basic YWRtaW46d3Jvbmc=");
  CHECK(desk.send(http::Method::get, "/redfish/v1/Systems", wrong).status == 401);
  http::Headers cookie;
  desk.log_in();
  cookie.set("Cookie", "sessionKey=" + desk.token);
  CHECK(desk.send(http::Method::get, "/redfish/v1/Systems", cookie).status == 401);
}

TEST_CASE("a resource comes with the headers of DSP0266") {
  Desk desk(model());
  const BmcResponse response = desk.get(kUpdateUri);
  REQUIRE(response.status == 200);
  CHECK(header(response, "Content-Type") == "application/json; charset=utf-8");
  CHECK(header(response, "OData-Version") == "4.0");
  CHECK(header(response, "Cache-Control") == "no-cache");
  CHECK(header(response, "Allow").starts_with("GET, HEAD"));
  CHECK_THAT(header(response, "Link"), Catch::Contains("rel=describedby"));
  CHECK_FALSE(header(response, "ETag").empty());
}

TEST_CASE("HEAD is GET without a body") {
  Desk desk(model());
  const BmcResponse response = desk.send(http::Method::head, "/redfish/v1/Systems", desk.credentials());
  CHECK(response.status == 200);
  CHECK(response.body.empty());
  CHECK(header(response, "Allow") == "GET, HEAD");
}

TEST_CASE("a wrong method is refused with the right ones, an unknown URI with 404") {
  Desk desk(model());
  for (const http::Method method :
       {http::Method::post, http::Method::patch, http::Method::delete_, http::Method::put}) {
    const BmcResponse response = desk.write(method, "/redfish/v1/Systems", "{}");
    CHECK(response.status == 405);
    CHECK(header(response, "Allow") == "GET, HEAD");
  }
  const BmcResponse missing = desk.get("/redfish/v1/Systems/none");
  CHECK(missing.status == 404);
  CHECK(message_key(missing) == "ResourceMissingAtURI");
  CHECK(desk.write(http::Method::delete_, "/redfish/v1/", "").status == 405);
}

TEST_CASE("a slash at the end and a body of a GET make no difference") {
  Desk desk(model());
  CHECK(desk.get("/redfish/v1/Systems/").status == 200);
  CHECK(desk.send(http::Method::get, "/redfish/v1/Systems", desk.credentials(), "{\"ignored\": 1}").status == 200);
}

TEST_CASE("a session opens, works, and ends") {
  Desk desk(model());
  const BmcResponse opened = desk.post(kSessionsUri, R"({"UserName":"admin","Password":"secret"})");
  REQUIRE(opened.status == 201);
  const std::string token = header(opened, "X-Auth-Token");
  CHECK(token.size() == 32);
  CHECK_THAT(header(opened, "Location"), Catch::Contains("/redfish/v1/SessionService/Sessions/"));
  const json::Value session = parsed(opened.body);
  CHECK(session.text("UserName") == "admin");
  CHECK(session["Password"].is_null());
  desk.token = token;
  CHECK(desk.body(kSessionsUri)["Members"].items().size() == 1);
  CHECK(desk.get(std::string(session.text("@odata.id"))).status == 200);
  const BmcResponse closed = desk.write(http::Method::delete_, std::string(session.text("@odata.id")), "");
  CHECK((closed.status == 200 || closed.status == 204));
  CHECK(desk.get("/redfish/v1/Systems").status == 401);
}

TEST_CASE("the members of the session collection take a login too") {
  Desk desk(model());
  CHECK(desk.post(kSessionsUri + "/Members", R"({"UserName":"admin","Password":"secret"})").status == 201);
}

TEST_CASE("a login needs both name and password, and the right ones") {
  Desk desk(model());
  CHECK(desk.post(kSessionsUri, R"({"UserName":"admin"})").status == 400);
  CHECK(message_key(desk.post(kSessionsUri, "{")) == "MalformedJSON");
  const BmcResponse refused = desk.post(kSessionsUri, R"({"UserName":"admin","Password":"guess"})");
  CHECK(refused.status == 401);
  CHECK(header(refused, "X-Auth-Token").empty());
  CHECK(desk.bmc->open_sessions() == 0);
}

TEST_CASE("a full session table is said to be full") {
  Desk desk(model(), R"([{"fault":"session_limit","sessions":2}])");
  desk.log_in();
  desk.token.clear();
  desk.log_in();
  desk.token.clear();
  const BmcResponse refused = desk.post(kSessionsUri, R"({"UserName":"admin","Password":"secret"})");
  CHECK(refused.status == 503);
  CHECK(message_key(refused) == "SessionLimitExceeded");
  CHECK(desk.get("/redfish/v1/Systems").status == 200);  // Basic needs no session
}

TEST_CASE("a session that is not used ends by itself, and one that is used does not") {
  Desk desk(model(), R"([{"fault":"session_timeout","seconds":300}])");
  desk.log_in();
  for (int i = 0; i < 4; ++i) {
    desk.pass(200);
    CHECK(desk.get("/redfish/v1/Systems").status == 200);
  }
  desk.pass(301);
  CHECK(desk.get("/redfish/v1/Systems").status == 401);
}

TEST_CASE("PATCH judges every property by itself") {
  Desk desk("xcc");
  CHECK(desk.patch("/redfish/v1/Systems", "{}").status == 405);
  const BmcResponse good = desk.patch(kUpdateUri, R"({"HttpPushUriTargetsBusy":true})");
  CHECK(good.status == 200);
  CHECK(desk.body(kUpdateUri)["HttpPushUriTargetsBusy"].as_bool() == true);
  CHECK(message_key(desk.patch(kUpdateUri, R"({"Nonsense":1})")) == "PropertyUnknown");
  CHECK(message_key(desk.patch(kUpdateUri, R"({"Name":"mine"})")) == "PropertyNotWritable");
  CHECK(message_key(desk.patch(kUpdateUri, R"({"HttpPushUriTargetsBusy":"yes"})")) == "PropertyValueTypeError");
  CHECK(message_key(desk.patch(kUpdateUri, R"({"@odata.id":"/x"})")) == "NoOperation");
  const BmcResponse half = desk.patch(kUpdateUri, R"({"HttpPushUriTargetsBusy":false,"Name":"mine"})");
  CHECK(half.status == 200);
  CHECK(parsed(half.body)["Name@Message.ExtendedInfo"].items().size() == 1);
  CHECK(desk.body(kUpdateUri)["HttpPushUriTargetsBusy"].as_bool() == false);
}

TEST_CASE("a stale tag stops a PATCH") {
  const std::string name = GENERATE("xcc", "redfish", "openbmc");
  Desk desk(name);
  const std::string change = name == "xcc"
                                 ? R"({"HttpPushUriTargetsBusy":true})"
                                 : R"({"HttpPushUriOptions":{"HttpPushUriApplyTime":{"ApplyTime":"OnReset"}}})";
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "application/json");
  headers.set("If-Match", "W/\"00000000\"");
  const BmcResponse stale = desk.send(http::Method::patch, kUpdateUri, headers, change);
  CHECK(stale.status == 412);
  CHECK(message_key(stale) == "PreconditionFailed");
  headers.set("If-Match", header(desk.get(kUpdateUri), "ETag"));
  CHECK(desk.send(http::Method::patch, kUpdateUri, headers, change).status == 200);
}

TEST_CASE("a tag that still fits spares the body") {
  Desk desk("redfish");
  http::Headers headers = desk.credentials();
  headers.set("If-None-Match", header(desk.get("/redfish/v1/Chassis"), "ETag"));
  CHECK(desk.send(http::Method::get, "/redfish/v1/Chassis", headers).status == 304);
}

TEST_CASE("query parameters that a service does not have are refused, others ignored") {
  Desk desk("openbmc");  // no $expand, no $filter
  const std::string inventory = kUpdateUri + "/FirmwareInventory";
  CHECK(desk.get(inventory + "?$expand=.").status == 501);
  CHECK(desk.get(inventory + "?$filter=Id%20eq%20'x'").status == 501);
  CHECK(desk.get(inventory + "?$nonsense=1").status == 501);
  CHECK(desk.get(inventory + "?colour=red").status == 200);
  CHECK(desk.body("/redfish/v1/Systems?only").text("Id") == "system");
}

TEST_CASE("$expand puts resources in place of links") {
  const std::string name = GENERATE("ilo5", "ilo7", "idrac9", "xcc", "redfish");
  Desk desk(name);
  const std::string inventory = kUpdateUri + "/FirmwareInventory";
  for (const std::string how :
       {"?$expand=.", "?$expand=*", "?$expand=.($levels=1)", "?%24expand=.%28%24levels%3D1%29"}) {
    const json::Value body = desk.body(inventory + how);
    INFO(how);
    REQUIRE_FALSE(body["Members"].items().empty());
    for (const json::Value& member : body["Members"].items()) {
      CHECK_FALSE(member.text("Name").empty());
      if (name.starts_with("ilo")) CHECK(member.find("@odata.etag") == nullptr);
    }
  }
  CHECK(desk.get(inventory + "?$expand=.($levels=9)").status == 400);
  CHECK(desk.get(inventory + "?$expand=upwards").status == 400);
  CHECK(desk.send(http::Method::get, "/redfish/v1/?$expand=.", {}).status == 401);
}

TEST_CASE("$select keeps what is asked for and what OData needs") {
  Desk desk("ilo6");
  const json::Value body = desk.body(kUpdateUri + "/FirmwareInventory/1?$select=Version,Oem/Hpe/DeviceClass");
  CHECK(body.find("Version") != nullptr);
  CHECK(body.find("@odata.id") != nullptr);
  CHECK(body.find("Name") == nullptr);
  CHECK(body["Oem"]["Hpe"].find("DeviceClass") != nullptr);
  CHECK(body["Oem"]["Hpe"].find("Targets") == nullptr);
}

TEST_CASE("$filter keeps the members that fulfil it") {
  Desk desk("ilo5");
  const std::string inventory = kUpdateUri + "/FirmwareInventory?$expand=.&$filter=";
  const json::Value body = desk.body(inventory + "Name%20eq%20'Power%20Supply%20Firmware'");
  CHECK(body["Members"].items().size() == 2);
  CHECK(body["Members@odata.count"].as_int() == 2);
  CHECK(desk.get(inventory + "Name%20like%20'x'").status == 400);
  CHECK(desk.get("/redfish/v1/Systems/1?$filter=Id%20eq%20'1'").status == 400);
}

TEST_CASE("every machine is an individual with an identity of its own") {
  BmcOptions options;
  options.model = GENERATE("ilo5", "xcc", "idrac9");
  options.password = "secret";
  std::set<std::string> serials;
  std::set<std::string> uuids;
  for (const std::string name : {"a", "b", "c"}) {
    Desk desk(options.model);
    options.name = name;
    desk.bmc = make_bmc(options, desk.now()).value();
    const json::Value system = desk.body(CapturedTree::load(options.model == "ilo5"  ? "hpe-dl360-gen10plus-ilo5"
                                                            : options.model == "xcc" ? "lenovo-sr670v2-xcc"
                                                                                     : "dell-r750-idrac9")
                                             ->system());
    serials.insert(std::string(system.text("SerialNumber")));
    uuids.insert(std::string(system.text("UUID")));
  }
  CHECK(serials.size() == 3);
  CHECK(uuids.size() == 3);
}

TEST_CASE("a POST that is no JSON is refused before anything happens") {
  Desk desk(model());
  http::Headers headers = desk.credentials();
  headers.set("Content-Type", "text/plain");
  const BmcResponse response = desk.send(http::Method::post, kSessionsUri, headers, "UserName=admin");
  CHECK((response.status == 400 || response.status == 415));
}

}  // namespace
}  // namespace firmform::simulators
