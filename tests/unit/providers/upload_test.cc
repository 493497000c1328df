// SPDX-License-Identifier: Apache-2.0
// The bytes of an upload, as far as BMCs care: parts, their order, names and types.
#include <catch2/catch.hpp>

#include <memory>

#include "providers/provider.h"
#include "providers/redfish/client.h"
#include "providers/redfish/send.h"
#include "tests/support/fake_transport.h"
#include "tests/support/virtual_clock.h"

namespace firmform {
namespace {

using http::Method;
using tests::FakeTransport;

constexpr const char* kRoot = R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.20.0",
  "Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}},
  "UpdateService":{"@odata.id":"/redfish/v1/UpdateService"},
  "Oem":{"Hpe":{"Manager":[{"ManagerType":"iLO 5"}]}}})";

class Upload {
 public:
  Upload() {
    transport_.on(Method::get, "/redfish/v1/", tests::reply(200, kRoot));
    http::Headers session = tests::header("X-Auth-Token", "token-1");
    session.add("Location", "/redfish/v1/SessionService/Sessions/1");
    transport_.on(Method::post, "/redfish/v1/SessionService/Sessions", tests::reply(201, "{}", session));
    transport_.on(Method::get, "/redfish/v1/UpdateService",
                  tests::reply(200, R"({"@odata.id":"/redfish/v1/UpdateService"})"));
    transport_.on(Method::post, "/push", tests::reply(200, "{}"));
  }

  /// The request that carried the image.
  http::Request send(const std::string& provider, plan::PlannedRequest::Upload upload) {
    plan::Action action;
    action.request =
        plan::PlannedRequest{.target = "/push", .body = json::Object{{"Targets", json::Array()}}, .upload = upload};
    action.image =
        plan::Image{.name = "U46_2.36.signed.flash", .path = "/images/U46_2.36.signed.flash", .size = 5U << 20U};
    const Providers providers = all_providers();
    const auto accepted = tests::run(io_, clock_, perform(*providers.find(provider), action));
    REQUIRE(accepted.has_value());
    return transport_.requests().back();
  }

 private:
  Task<Result<Accepted>> perform(const Provider& provider, plan::Action action) {
    const Status connected = co_await client_.connect();
    if (!connected) co_return fail(connected.error());
    co_return co_await provider.perform(client_, action);
  }

  boost::asio::io_context io_;
  tests::VirtualClock clock_;
  FakeTransport transport_;
  redfish::Client client_{transport_,
                          clock_,
                          std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                          {"admin", Secret("secret")}};
};

TEST_CASE("a multipart push has its parameters first and the file under its own name") {
  const http::Request request = Upload().send("redfish", plan::PlannedRequest::Upload::multipart);
  const auto& form = std::get<http::Form>(request.body);
  REQUIRE(form.size() == 2);
  CHECK(form[0].name == "UpdateParameters");
  CHECK(form[0].content_type == "application/json");
  CHECK(form[0].filename.empty());
  CHECK(std::get<std::string>(form[0].body) == R"({"Targets":[]})");
  CHECK(form[1].name == "UpdateFile");
  CHECK(form[1].filename == "U46_2.36.signed.flash");
  CHECK(form[1].content_type == "application/octet-stream");
  CHECK(std::get<http::FileBody>(form[1].body).path == "/images/U46_2.36.signed.flash");
}

TEST_CASE("a raw push is the bare image") {
  const http::Request request = Upload().send("redfish", plan::PlannedRequest::Upload::raw);
  CHECK(request.headers.find("Content-Type") == "application/octet-stream");
  CHECK(std::holds_alternative<http::FileBody>(request.body));
}

TEST_CASE("an iLO's form begins with the session's key, which is its cookie too") {
  const http::Request request = Upload().send("hpe", plan::PlannedRequest::Upload::ilo_form);
  CHECK(request.headers.find("Cookie") == "sessionKey=token-1");
  CHECK(request.headers.find("X-Auth-Token") == "token-1");
  const auto& form = std::get<http::Form>(request.body);
  REQUIRE(form.size() == 3);
  CHECK(form[0].name == "sessionKey");
  CHECK(std::get<std::string>(form[0].body) == "token-1");
  CHECK(form[1].name == "parameters");
  CHECK(form[1].content_type == "application/json");
  CHECK(form[2].name == "file");
  CHECK(form[2].filename == "U46_2.36.signed.flash");
}

TEST_CASE("an upload has time by its size") {
  CHECK(redfish::upload_deadlines(0).total == std::chrono::minutes(10));
  CHECK(redfish::upload_deadlines(300U << 20U).total == std::chrono::minutes(20));
}

}  // namespace
}  // namespace firmform
