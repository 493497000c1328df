// SPDX-License-Identifier: Apache-2.0
// A saved plan says where each password comes from, and nothing else of it.
#include <catch2/catch.hpp>

#include "engine/plan/codec.h"
#include "tests/support/small_fleet.h"

namespace firmform::tests {
namespace {

using manifest::PasswordSource;
using Kind = PasswordSource::Kind;

plan::Plan plan_with(const PasswordSource& source) {
  SmallFleet fleet;
  fleet.entry("iLO 5", "3.11", "ilo5.bin");
  fleet.add(host("web-01", {bmc("2.46")}));
  plan::Plan plan = *fleet.plan().value;
  plan.hosts.front().password = source;
  plan.header.id = plan::compute_id(plan);
  return plan;
}

}  // namespace

TEST_CASE("Every kind of password source survives being written and read") {
  const PasswordSource unlock{.kind = Kind::exec, .argv = {"pass", "show", "vault"}};
  for (const PasswordSource& source : std::vector<PasswordSource>{
           {.kind = Kind::env, .name = "P"},
           {.kind = Kind::file, .name = "/m/p"},
           unlock,
           {.kind = Kind::systemd, .name = "ilo"},
           {.kind = Kind::ansible_vault, .name = "/m/v.yml", .key = "a.\"b.c\"", .unlock = {unlock}},
           {.kind = Kind::ansible_vault, .name = "/m/v.yml", .key = "a", .unlock = {{.kind = Kind::env, .name = "V"}}},
           {.kind = Kind::sops, .name = "/m/s.yaml", .key = "ilo.password"},
           {.kind = Kind::vault, .name = "secret/ilo", .key = "password"},
       }) {
    const plan::Plan plan = plan_with(source);
    const auto again = plan::from_json(plan::to_json(plan));
    REQUIRE(again);
    CHECK(again->hosts.front().password == source);
  }
}

}  // namespace firmform::tests
