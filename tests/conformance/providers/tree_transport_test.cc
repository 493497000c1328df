// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/tree_transport.h"

#include <catch2/catch.hpp>

#include "engine/json/value.h"
#include "tests/conformance/providers/mockups.h"

namespace firmform {
namespace {

using http::Method;
using inventory::TreeTransport;

http::Request request(Method method, std::string target) {
  http::Request result;
  result.method = method;
  result.target = std::move(target);
  return result;
}

TreeTransport ilo5() {
  return TreeTransport(tests::mockup_path("hpe-dl360-gen10plus-ilo5"));
}

TEST_CASE("a recorded tree answers with and without a final slash") {
  CHECK(ilo5().answer(request(Method::get, "/redfish/v1/Systems/1")).status == 200);
  CHECK(ilo5().answer(request(Method::get, "/redfish/v1/Systems/1/")).status == 200);
  CHECK(ilo5().answer(request(Method::get, "/redfish/v1/Systems/2")).status == 404);
}

TEST_CASE("a recorded tree expands a collection by one level") {
  const auto answer = ilo5().answer(request(Method::get, "/redfish/v1/UpdateService/FirmwareInventory?$expand=."));
  const auto collection = json::parse(answer.body);
  REQUIRE(collection.has_value());
  REQUIRE((*collection)["Members"].items().size() == 23);
  CHECK((*collection)["Members"].items()[0].text("Description") == "SystemBMC");
}

TEST_CASE("a recorded tree lets everybody log in and out, and refuses every other write") {
  const auto login = ilo5().answer(request(Method::post, "/redfish/v1/SessionService/Sessions/"));
  CHECK(login.status == 201);
  CHECK(login.headers.find("X-Auth-Token").has_value());
  const std::string session(login.headers.find("Location").value());
  CHECK(ilo5().answer(request(Method::delete_, session)).status == 204);
  CHECK(ilo5().answer(request(Method::post, "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset")).status == 405);
  CHECK(ilo5().answer(request(Method::patch, "/redfish/v1/Systems/1")).status == 405);
}

TEST_CASE("a recorded tree never shows a file outside of it") {
  CHECK(ilo5().answer(request(Method::get, "/redfish/../../dell-r750-idrac9/redfish/v1")).status == 404);
  CHECK(inventory::resource_file("/redfish/v1/../x").empty());
  CHECK(inventory::resource_file("/redfish/v1/" + std::string(300, 'x')).empty());
  CHECK(inventory::resource_file("//redfish//v1/?x=1") == "redfish/v1/index.json");
}

}  // namespace
}  // namespace firmform
