// SPDX-License-Identifier: Apache-2.0
// What a schema validator looks at first: types, required properties, counts, links that lead somewhere.
#include <functional>
#include <regex>
#include <set>

#include "engine/base/text.h"
#include "tests/simulators/captured_tree.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

/// Properties of the resources concerned that DMTF's schemas declare as not nullable.
const std::set<std::string> kNotNullable{
    "Id",    "Name",       "@odata.id", "@odata.type", "Members",           "Members@odata.count", "Actions",
    "Links", "Status",     "TaskState", "Messages",    "FirmwareInventory", "SoftwareInventory",   "Sessions",
    "Tasks", "RelatedItem"};

void check_document(const json::Value& document, const std::string& uri) {
  INFO(uri);
  CHECK(without_slash(document.text("@odata.id")) == uri);
  const std::string type(document.text("@odata.type"));
  static const std::regex versioned(R"(#[A-Za-z0-9]+\.v\d+_\d+_\d+\.[A-Za-z0-9]+)");
  static const std::regex collection(R"(#([A-Za-z0-9]+Collection)\.[A-Za-z0-9]+)");
  CHECK((std::regex_match(type, versioned) || std::regex_match(type, collection)));
  CHECK_FALSE(document.text("Name").empty());
  if (document.find("Members") != nullptr) {
    CHECK(document["Members@odata.count"].as_int() == static_cast<std::int64_t>(document["Members"].items().size()));
  } else {
    CHECK_FALSE(document.text("Id").empty());
  }
  for (const json::Member& member : document.members()) {
    if (kNotNullable.contains(member.key)) {
      INFO(member.key);
      CHECK_FALSE(member.value.is_null());
    }
  }
}

/// Follows every link from `start` that stays below one of `roots`; all others must at least exist.
std::size_t walk(Desk& desk, const std::vector<std::string>& roots) {
  std::vector<std::string> todo(roots);
  std::set<std::string> seen;
  while (!todo.empty()) {
    const std::string uri(without_slash(todo.back().substr(0, todo.back().find('#'))));
    todo.pop_back();
    if (uri.empty() || !seen.insert(uri).second) continue;
    const BmcResponse response = desk.get(uri);
    INFO(uri);
    REQUIRE(response.status == 200);
    const bool inside = std::ranges::any_of(roots, [&](const std::string& root) { return uri.starts_with(root); });
    if (!inside) continue;
    const json::Value document = parsed(response.body);
    check_document(document, uri);
    const std::function<void(const json::Value&)> collect = [&](const json::Value& value) {
      for (const json::Value& item : value.items()) collect(item);
      for (const json::Member& member : value.members()) {
        if (member.key == "@odata.id" && member.value.is_string())
          todo.push_back(*member.value.as_string());
        else
          collect(member.value);
      }
    };
    collect(document);
  }
  return seen.size();
}

TEST_CASE("update, task and session services are well-formed, and all their links lead somewhere") {
  const std::string model = GENERATE("ilo5", "ilo5-old", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish");
  Desk desk(model);
  desk.log_in();
  INFO(model);
  std::vector<std::string> roots{"/redfish/v1/UpdateService", "/redfish/v1/TaskService", "/redfish/v1/SessionService"};
  if (model.starts_with("ilo")) {
    roots.insert(roots.end(), {"/redfish/v1/Managers/1/LogServices", "/redfish/v1/Systems/1/LogServices"});
  }
  const std::size_t resources = walk(desk, roots);
  CHECK(resources > 6);
}

TEST_CASE("the root, systems, managers and chassis link to nothing that is not there") {
  const std::string model = GENERATE("ilo5", "ilo6", "ilo7", "xcc", "openbmc", "redfish");
  Desk desk(model);
  INFO(model);
  const json::Value root = desk.body("/redfish/v1");
  for (const json::Member& member : root.members()) {
    const std::string uri(member.value.text("@odata.id"));
    if (!uri.empty()) CHECK(desk.get(uri).status == 200);
  }
}

TEST_CASE("all firmware items of the captured machines are served with their names and versions") {
  const auto [model, tree, count] = GENERATE(table<std::string, std::string, std::size_t>({
      {"ilo5", "hpe-dl360-gen10plus-ilo5", 23},
      {"ilo6", "hpe-dl380a-gen11-ilo6", 34},
      {"ilo7", "hpe-dl380a-gen12-ilo7", 43},
      {"idrac9", "dell-r750-idrac9", 29},
      {"xcc", "lenovo-sr670v2-xcc", 43},
      {"openbmc", "openbmc-2.15", 1},
      {"redfish", "dmtf-public-rackmount1", 3},
  }));
  Desk desk(model);
  const auto captured = CapturedTree::load(tree);
  CHECK(captured->firmware_items().size() == count);
  for (const std::string& uri : captured->firmware_items()) {
    const json::Value served = desk.body(uri);
    const json::Value& original = captured->find(uri)->body;
    INFO(uri);
    CHECK(served.text("Name") == original.text("Name"));
    CHECK(served["Version"] == original["Version"]);
  }
}

TEST_CASE("no action is offered that does not work") {
  const std::string model = GENERATE("ilo5", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish");
  Desk desk(model);
  INFO(model);
  const std::function<void(const json::Value&)> check = [&](const json::Value& value) {
    for (const json::Value& item : value.items()) check(item);
    for (const json::Member& member : value.members()) {
      const std::string target(member.value.text("target"));
      if (!target.empty() && member.key.starts_with('#')) {
        INFO(target);
        // Without parameters an action that exists is refused for its parameters, or done.
        const BmcResponse response = desk.get(target);
        CHECK(response.status == 405);
        CHECK(header(response, "Allow") == "POST");
      }
      check(member.value);
    }
  };
  for (const std::string collection : {"/redfish/v1/Systems", "/redfish/v1/Managers"}) {
    const json::Value members = desk.body(collection)["Members"];
    for (const json::Value& member : members.items()) check(desk.body(std::string(member.text("@odata.id"))));
  }
  check(desk.body("/redfish/v1/UpdateService"));
}

TEST_CASE("an action that the real machine has and the simulated one has not is answered with 501") {
  Desk desk("ilo5");
  CHECK(desk.post("/redfish/v1/Managers/1/Actions/Oem/Hpe/HpeiLO.ClearNVRAM", "{}").status == 501);
}

TEST_CASE("metadata names the schemas of everything that is served") {
  const std::string model = GENERATE("ilo5", "idrac9", "redfish");
  Desk desk(model);
  const std::string xml = desk.send(http::Method::get, "/redfish/v1/$metadata", {}).body;
  for (const std::string name :
       {"ServiceRoot", "UpdateService", "SoftwareInventoryCollection", "ComputerSystem", "Manager"}) {
    CHECK_THAT(xml, Catch::Contains("Namespace=\"" + name + "\""));
  }
  const std::string type(desk.body("/redfish/v1/UpdateService").text("@odata.type"));
  CHECK_THAT(xml, Catch::Contains("Namespace=\"" + type.substr(1, type.rfind('.') - 1) + "\""));
}

}  // namespace
}  // namespace firmform::simulators
