// SPDX-License-Identifier: Apache-2.0
// What policy tools that know Terraform's plans find in ours.
#include "engine/plan/change_words.h"

#include <catch2/catch.hpp>

#include <set>

#include "engine/base/digest.h"
#include "engine/plan/codec.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using plan::ChangeKind;

constexpr ChangeKind kKinds[] = {ChangeKind::no_op,   ChangeKind::update, ChangeKind::downgrade, ChangeKind::create,
                                 ChangeKind::delete_, ChangeKind::invoke, ChangeKind::pending,   ChangeKind::blocked};

plan::Plan plan_of_kinds() {
  plan::Plan plan;
  plan.hosts = {{.name = "web-01", .bmc = "https://a", .provider = "hpe", .status = "ok"}};
  plan.hosts.front().password = {.kind = manifest::PasswordSource::Kind::env, .name = "P"};
  int number = 0;
  for (const ChangeKind kind : kKinds) {
    plan.changes.push_back({.host = "web-01",
                            .address = "C" + std::to_string(number++),
                            .name = "Part",
                            .kind = kind,
                            .from = "1",
                            .to = "2"});
  }
  plan.header.id = plan::compute_id(plan);
  return plan;
}

/// The id that fits a changed document.
json::Value with_new_id(json::Value value) {
  value.object().erase("id");
  const std::string id = sha256_hex(json::dump_canonical(value));
  value.object().set("id", id);
  return value;
}

}  // namespace

TEST_CASE("Every kind of change is one of Terraform's actions, and itself beside it") {
  const plan::Plan plan = plan_of_kinds();
  const json::Value value = plan::to_json(plan);
  const std::set<std::string_view> known = {"no-op", "create", "update", "delete"};
  for (const json::Value& change : value["resource_changes"].items()) {
    REQUIRE(change["change"]["actions"].items().size() == 1);
    CHECK(known.contains(*change["change"]["actions"].items().front().as_string()));
    CHECK(change.text("provider_name") == "hpe");
    CHECK(change["change"]["after_unknown"].is_object());
  }
  CHECK(value["resource_changes"].items()[2].text("kind") == "downgrade");
  CHECK(plan::from_json(value) == plan);
}

TEST_CASE("What blocks a change or leaves it to the BMC is no action; only a removal is a delete") {
  CHECK(plan::terraform_action(ChangeKind::blocked) == "no-op");
  CHECK(plan::terraform_action(ChangeKind::pending) == "no-op");
  CHECK(plan::terraform_action(ChangeKind::downgrade) == "update");
  CHECK(plan::terraform_action(ChangeKind::invoke) == "update");
  for (const ChangeKind kind : kKinds) {
    CHECK((plan::terraform_action(kind) == "delete") == (kind == ChangeKind::delete_));
  }
}

TEST_CASE("A plan that shows policy tools another action than it carries out is refused") {
  json::Value value = plan::to_json(plan_of_kinds());
  json::Object& change = value.object()["resource_changes"].array()[4].object();
  REQUIRE(change["kind"] == json::Value("delete"));
  change["change"].object().set("actions", json::Array{"no-op"});
  const auto read = plan::from_json(with_new_id(value));
  REQUIRE_FALSE(read);
  CHECK(read.error().code() == Code::plan_malformed);
  CHECK(read.error().message().find("`actions`") != std::string::npos);
}

TEST_CASE("Policies are Terraform's checks too: what a person overrode passes, what warns does not") {
  using Outcome = plan::PolicyResult::Outcome;
  plan::Plan plan = plan_of_kinds();
  plan.policies = {{.rule = "small-steps", .outcome = Outcome::passed},
                   {.rule = "no-friday", .outcome = Outcome::warned, .message = "it is Friday"},
                   {.rule = "few-hosts", .outcome = Outcome::overridden, .message = "too many", .reason = "urgent"},
                   {.rule = "no-edge", .outcome = Outcome::denied, .message = "web-01 is at the edge"}};
  plan.header.id = plan::compute_id(plan);
  const json::Value value = plan::to_json(plan);
  std::vector<std::string> statuses;
  for (const json::Value& check : value["checks"].items()) statuses.emplace_back(check.text("status"));
  CHECK(statuses == std::vector<std::string>{"pass", "fail", "pass", "fail"});
  CHECK(value["checks"].items()[1]["instances"].items()[0]["problems"].items()[0].text("message") == "it is Friday");
  CHECK(plan::from_json(value) == plan);
}

}  // namespace firmform::tests
