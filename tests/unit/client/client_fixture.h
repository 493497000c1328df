// SPDX-License-Identifier: Apache-2.0
// A scripted BMC with a session service, and a client that talks to it under virtual time.
#pragma once

#include <catch2/catch.hpp>

#include <string>

#include "providers/redfish/client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/virtual_clock.h"

namespace firmform::redfish::tests {

using firmform::tests::FakeTransport;
using firmform::tests::header;
using firmform::tests::reply;
using firmform::tests::run;
using firmform::tests::VirtualClock;
using http::Method;
using Lines = std::vector<std::string>;

inline const std::string kSessions = "/redfish/v1/SessionService/Sessions";
inline const std::string kInventory = "/redfish/v1/UpdateService/FirmwareInventory";

/// A service root; `features` are members of ProtocolFeaturesSupported.
inline std::string service_root(const std::string& features = "") {
  return R"({"@odata.type":"#ServiceRoot.v1_13_0.ServiceRoot","RedfishVersion":"1.20.0","Vendor":"HPE",)"
         R"("Product":"ProLiant DL360","Oem":{"Hpe":{"Manager":[{"ManagerType":"iLO 6"}]}},)"
         R"("ProtocolFeaturesSupported":{)" +
         features + R"(},"Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}})";
}

inline std::string error_body(const std::string& message_id) {
  return R"({"error":{"code":"iLO.0.10.ExtendedInfo","message":"See @Message.ExtendedInfo for more information.",)"
         R"("@Message.ExtendedInfo":[{"MessageId":")" +
         message_id + R"("}]}})";
}

inline http::Response session_reply(const std::string& token) {
  http::Headers headers;
  headers.add("X-Auth-Token", token);
  headers.add("Location", "https://ilo.example.net" + kSessions + "/admin1/");
  return reply(201, "{}", std::move(headers));
}

inline http::Response redirect(int status, std::string location) {
  return reply(status, "", header("Location", std::move(location)));
}

struct Fixture {
  explicit Fixture(const std::string& root = service_root(), ClientOptions options = {}, int max_connections = 2)
      : client(transport, clock, make_endpoint(max_connections), Login{"admin", Secret("s3cret")}, std::move(options)) {
    transport.on(Method::get, "/redfish/v1/", reply(200, root));
    transport.on(Method::post, kSessions, session_reply("token-1"));
    transport.on(Method::delete_, kSessions + "/admin1/", reply(200, "{}"));
  }

  static std::shared_ptr<const http::Endpoint> make_endpoint(int max_connections) {
    http::Endpoint endpoint;
    endpoint.url = "https://bmc.test";
    endpoint.max_connections = max_connections;
    return std::make_shared<const http::Endpoint>(endpoint);
  }

  Status connect() { return run(io, clock, client.connect()); }
  Result<json::Value> get(const std::string& uri) { return run(io, clock, client.get(uri)); }
  Result<Reply> post(const std::string& uri) { return run(io, clock, client.post_json(uri, json::Object{{"a", 1}})); }
  Result<std::vector<json::Value>> members(const std::string& uri) {
    return run(io, clock, client.members(uri, warnings));
  }
  void logout() { run(io, clock, client.logout()); }

  boost::asio::io_context io;
  VirtualClock clock;
  FakeTransport transport{clock, std::chrono::milliseconds(50)};
  Client client;
  std::vector<std::string> warnings;
};

inline std::string all_notes(const Error& error) {
  std::string text;
  for (const std::string& note : error.notes()) text += note + "\n";
  return text;
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace firmform::redfish::tests
