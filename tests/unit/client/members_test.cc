// SPDX-License-Identifier: Apache-2.0
// Collections: expansion, stubs, paging, concurrency, failures of single members.
#include "tests/unit/client/client_fixture.h"

namespace firmform::redfish::tests {
namespace {

const std::string kExpandNoLinks = R"("ExpandQuery":{"NoLinks":true,"Levels":true,"MaxLevels":1,"ExpandAll":false})";

std::string link(const std::string& id) {
  return R"({"@odata.id":")" + kInventory + "/" + id + R"("})";
}

std::string resource(const std::string& id) {
  return R"({"@odata.id":")" + kInventory + "/" + id + R"(","Id":")" + id + R"("})";
}

/// A collection page; `next` is the link to the next one.
std::string page(const std::vector<std::string>& members, const std::string& next = "") {
  std::string text = R"({"Members":[)";
  for (std::size_t i = 0; i < members.size(); ++i) text += (i == 0 ? "" : ",") + members[i];
  text += "]";
  if (!next.empty()) text += R"(,"Members@odata.nextLink":")" + next + R"(")";
  return text + "}";
}

void serve_members(Fixture& f, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) f.transport.on(Method::get, kInventory + "/" + id, reply(200, resource(id)));
}

std::vector<std::string> ids(const std::vector<json::Value>& resources) {
  std::vector<std::string> result;
  for (const auto& entry : resources) result.emplace_back(entry.text("Id"));
  return result;
}

}  // namespace

TEST_CASE("without $expand, members are read one by one, in order, two at a time") {
  Fixture f;
  f.transport.on(Method::get, kInventory, reply(200, page({link("a"), link("b"), link("c"), link("d"), link("e")})));
  serve_members(f, {"a", "b", "c", "d", "e"});
  const auto read = f.members(kInventory);
  REQUIRE(read);
  REQUIRE(ids(*read) == Lines{"a", "b", "c", "d", "e"});
  REQUIRE(f.transport.most_in_flight() == 2);
  REQUIRE(f.warnings.empty());
}

TEST_CASE("a BMC that takes one request at a time gets one at a time") {
  SECTION("it says so") {
    Fixture f(service_root(R"("MultipleHTTPRequests":false)"));
    f.transport.on(Method::get, kInventory, reply(200, page({link("a"), link("b"), link("c")})));
    serve_members(f, {"a", "b", "c"});
    REQUIRE(f.members(kInventory)->size() == 3);
    REQUIRE(f.transport.most_in_flight() == 1);
  }
  SECTION("the endpoint says so") {
    Fixture f(service_root(), {}, 1);
    f.transport.on(Method::get, kInventory, reply(200, page({link("a"), link("b"), link("c")})));
    serve_members(f, {"a", "b", "c"});
    REQUIRE(f.members(kInventory)->size() == 3);
    REQUIRE(f.transport.most_in_flight() == 1);
  }
}

TEST_CASE("$expand takes the form that the BMC advertises") {
  const auto [features, query] = GENERATE(table<std::string, std::string>({
      {kExpandNoLinks, "?$expand=.($levels=1)"},
      {R"("ExpandQuery":{"NoLinks":true})", "?$expand=."},
      {R"("ExpandQuery":{"ExpandAll":true,"Levels":true})", "?$expand=*($levels=1)"},
      {R"("ExpandQuery":{"ExpandAll":true,"NoLinks":false,"Levels":false})", "?$expand=*"},
      {R"("ExpandQuery":{"ExpandAll":true,"NoLinks":true,"Levels":true,"Links":true})", "?$expand=.($levels=1)"},
  }));
  CAPTURE(features);
  Fixture f(service_root(features));
  f.transport.on(Method::get, kInventory + query, reply(200, page({resource("a"), resource("b")})));
  const auto read = f.members(kInventory);
  REQUIRE(read);
  REQUIRE(ids(*read) == Lines{"a", "b"});
  REQUIRE(f.transport.requests().size() == 3);
}

TEST_CASE("stubs in an expanded reply are fetched one by one and keep their place") {
  Fixture f(service_root(kExpandNoLinks));
  f.transport.on(Method::get, kInventory + "?$expand=.($levels=1)",
                 reply(200, page({resource("a"), link("b"), resource("c")})));
  serve_members(f, {"b"});
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a", "b", "c"});
}

TEST_CASE("a BMC that refuses the $expand it advertises is read without, from then on") {
  Fixture f(service_root(kExpandNoLinks));
  f.transport.on(Method::get, kInventory + "?$expand=.($levels=1)",
                 GENERATE(FakeTransport::Answer(reply(501)), FakeTransport::Answer(reply(400)),
                          FakeTransport::Answer(fail(Code::reply_too_large, "too large"))));
  f.transport.on(Method::get, kInventory, reply(200, page({link("a")})));
  serve_members(f, {"a"});
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a"});
  const std::size_t first = f.transport.requests().size();
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a"});
  REQUIRE(f.transport.requests().size() == first + 2);
}

TEST_CASE("pages are followed to the end, also by an absolute link, and a member on two pages is one member") {
  Fixture f;
  f.transport.on(Method::get, kInventory,
                 reply(200, page({resource("a"), resource("b")}, "https://other.example" + kInventory + "?$skip=2")));
  f.transport.on(Method::get, kInventory + "?$skip=2",
                 reply(200, page({resource("b"), resource("c")}, kInventory + "?$skip=4")));
  f.transport.on(Method::get, kInventory + "?$skip=4", reply(200, page({resource("d")})));
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a", "b", "c", "d"});
  REQUIRE(f.warnings.empty());
}

TEST_CASE("pages that lead back to an earlier one end, with a warning") {
  Fixture f;
  f.transport.on(Method::get, kInventory, reply(200, page({resource("a")}, kInventory + "?$skip=1")));
  f.transport.on(Method::get, kInventory + "?$skip=1", reply(200, page({resource("b")}, kInventory)));
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a", "b"});
  REQUIRE(f.warnings.size() == 1);
  REQUIRE(contains(f.warnings[0], "never end"));
}

TEST_CASE("a collection that does not exist is empty") {
  Fixture f(service_root(GENERATE(std::string(), kExpandNoLinks)));
  const auto read = f.members(kInventory);
  REQUIRE(read);
  REQUIRE(read->empty());
  REQUIRE(f.transport.requests().size() == 3);
}

TEST_CASE("a member that cannot be read is left out with a warning that says why") {
  Fixture f;
  f.transport.on(Method::get, kInventory, reply(200, page({link("a"), link("gone"), link("c")})));
  serve_members(f, {"a", "c"});
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a", "c"});
  REQUIRE(f.warnings.size() == 1);
  REQUIRE(contains(f.warnings[0], kInventory + "/gone"));
}

TEST_CASE("members that are no resources do no harm") {
  Fixture f;
  f.transport.on(Method::get, kInventory, reply(200, R"({"Members":[null, 7, {}, {"Id":"a"}]})"));
  REQUIRE(ids(*f.members(kInventory)) == Lines{"a"});
  REQUIRE(f.warnings.size() == 3);
}

TEST_CASE("fewer members than announced are worth a warning") {
  Fixture f;
  f.transport.on(Method::get, kInventory, reply(200, R"({"Members@odata.count":3,"Members":[{"Id":"a"},{"Id":"b"}]})"));
  REQUIRE(f.members(kInventory)->size() == 2);
  REQUIRE(f.warnings.size() == 1);
}

TEST_CASE("a BMC that goes away in the middle fails the collection instead of each member") {
  Fixture f;
  std::vector<std::string> links;
  for (int i = 0; i < 30; ++i) links.push_back(link(std::to_string(i)));
  f.transport.on(Method::get, kInventory, reply(200, page(links)));
  for (int i = 0; i < 30; ++i) {
    f.transport.on(Method::get, kInventory + "/" + std::to_string(i), fail(Code::connection_refused, "refused"));
  }
  REQUIRE(f.members(kInventory).error().code() == Code::connection_refused);
  REQUIRE(f.transport.requests().size() < 15);
}

}  // namespace firmform::redfish::tests
