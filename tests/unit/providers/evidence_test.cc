// SPDX-License-Identifier: Apache-2.0
// After a crash: what a provider makes of what the BMC shows.
#include <catch2/catch.hpp>

#include "providers/hpe/engine_state.h"
#include "tests/unit/providers/lab.h"

namespace firmform {
namespace {

using tests::Lab;
using namespace std::chrono_literals;

const std::vector<std::string> kAll = {"ilo5", "ilo6", "ilo7", "idrac9", "xcc", "openbmc", "redfish"};

plan::Action first_action(Lab& lab, const std::string& component, bool pulled = false) {
  auto answer = lab.plan(component, pulled ? lab.image_url(component) : lab.image_file(component));
  return std::get<Recipe>(answer).actions.at(0);
}

Evidence evidence(Lab& lab, const plan::Action& action) {
  const auto probe = lab.probe(action);
  if (!probe) throw std::runtime_error(probe.error().one_line());
  INFO(probe->text);
  return probe->evidence;
}

TEST_CASE("a request that was never sent is known not to have started") {
  for (const std::string& model : kAll) {
    INFO(model);
    Lab lab(model);
    CHECK(evidence(lab, first_action(lab, "bmc")) == Evidence::not_started);
    if (model != "openbmc") CHECK(evidence(lab, first_action(lab, "bios")) == Evidence::not_started);
  }
}

TEST_CASE("a flash that runs is found and followed to its end without another request") {
  for (const std::string& model : kAll) {
    INFO(model);
    Lab lab(model);
    const plan::Action action = first_action(lab, "bmc");
    REQUIRE(lab.perform(action).has_value());
    lab.wait(5s);
    CHECK(evidence(lab, action) == Evidence::running);
  }
}

TEST_CASE("a pull that runs is found by its task or the state of the update engine") {
  for (const std::string model : {"ilo5", "ilo7", "idrac9", "redfish"}) {
    INFO(model);
    Lab lab(model);
    const plan::Action action = first_action(lab, "bmc", true);
    REQUIRE(lab.perform(action).has_value());
    lab.wait(5s);
    CHECK(evidence(lab, action) == Evidence::running);
  }
}

TEST_CASE("a flash whose version is installed is done") {
  for (const std::string& model : kAll) {
    if (model == "xcc") continue;  // its new firmware waits for a restart of the BMC
    INFO(model);
    Lab lab(model);
    const plan::Action action = first_action(lab, "bmc");
    REQUIRE(lab.carry_out(action).done);
    CHECK(evidence(lab, action) == Evidence::done);
  }
}

TEST_CASE("an XCC whose new firmware is staged is done with the flash") {
  Lab lab("xcc");
  const plan::Action action = first_action(lab, "bmc");
  REQUIRE(lab.carry_out(action).done);
  CHECK(evidence(lab, action) == Evidence::done);
}

TEST_CASE("a restart of the host shows while it is under way, and is never guessed afterwards") {
  Lab lab("ilo5");
  const auto reset = std::get<plan::Action>(lab.provider().plan_host_reset(lab.read(), {"SystemRomActive"}));
  CHECK(evidence(lab, reset) == Evidence::ambiguous);
  REQUIRE(lab.perform(reset).has_value());
  lab.wait(60s);
  CHECK(evidence(lab, reset) == Evidence::running);
}

TEST_CASE("an XCC's busy flag that a run left behind is given back") {
  Lab lab("xcc");
  const plan::Action action = first_action(lab, "bios");
  lab.set_busy();
  CHECK(lab.read().update.push_targets_busy == true);
  CHECK(evidence(lab, action) == Evidence::not_started);
  CHECK(lab.read().update.push_targets_busy == false);
}

TEST_CASE("an XCC's busy flag is not left behind by a push") {
  Lab lab("xcc");
  REQUIRE(lab.perform(first_action(lab, "bios")).has_value());
  CHECK(lab.read().update.push_targets_busy == false);
  CHECK(lab.writes_to("/mfwupdate") == 1);
}

/// Oem.Hpe of an UpdateService.
hpe::EngineState engine(const std::string& oem) {
  return hpe::engine_state(*json::parse(R"({"Oem":{"Hpe":)" + oem + "}}"));
}

plan::Action tagged(const std::string& tag) {
  plan::Action action;
  action.request = plan::PlannedRequest{.target = "/cgi-bin/uploadFile", .body = json::Object{{"ETag", tag}}};
  return action;
}

TEST_CASE("the tag of the last upload tells ours from those of others") {
  const plan::Action ours = tagged("mine");
  const auto weigh = [&](const std::string& oem) { return hpe::weigh(ours, engine(oem), {}).evidence; };
  CHECK(weigh(R"({"State":"Updating","UploadCurrentEtag":"mine"})") == Evidence::running);
  CHECK(weigh(R"({"State":"Complete","UploadCurrentEtag":"mine"})") == Evidence::running);
  CHECK(weigh(R"({"State":"Complete","UploadCurrentEtag":"other"})") == Evidence::not_started);
  CHECK(weigh(R"({"State":"Idle"})") == Evidence::not_started);
  CHECK(weigh(R"({"State":"Complete"})") == Evidence::ambiguous);
  CHECK(weigh(R"({"State":"Error"})") == Evidence::ambiguous);
  CHECK(weigh(R"({"State":"Writing"})") == Evidence::running);
}

TEST_CASE("the iLO's update engine is followed in its own words") {
  const auto progress = [](const std::string& oem) {
    return hpe::progress_of(tagged("mine"), engine(oem), std::nullopt);
  };
  const Progress half = progress(R"({"State":"Updating","FlashProgressPercent":50,"UploadCurrentEtag":"mine"})");
  CHECK(half.state == ProgressState::running);
  CHECK(half.percent == 50);
  CHECK(progress(R"({"State":"Complete"})").state == ProgressState::succeeded);
  CHECK(progress(R"({"State":"Idle"})").state == ProgressState::succeeded);
  CHECK(progress(R"({"State":"BackingUp"})").state == ProgressState::running);
  CHECK(progress(R"({"State":"Error","UploadCurrentEtag":"other"})").state == ProgressState::running);
  const Progress failed = progress(
      R"({"State":"Error","Result":{"MessageId":"Base.1.4.ResourceAtUriInUnknownFormat","MessageArgs":["x"]}})");
  CHECK(failed.state == ProgressState::failed);
  CHECK(failed.text.find("ResourceAtUriInUnknownFormat") != std::string::npos);
}

}  // namespace
}  // namespace firmform
