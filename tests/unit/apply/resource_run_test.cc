// SPDX-License-Identifier: Apache-2.0
// Runs that write what a BMC keeps, serve images, end as scheduled, or fail with evidence.
#include <catch2/catch.hpp>

#include <fstream>

#include "engine/apply/evidence.h"
#include "engine/apply/served_action.h"
#include "engine/base/digest.h"
#include "tests/support/fake_fleet.h"

using namespace firmform;
using apply::HostResult;
using tests::FakeFleet;
using namespace std::chrono_literals;

namespace {

bool has_note(const Error& error, std::string_view text) {
  return error.one_line().find(text) != std::string::npos;
}

/// Offers images without a network.
class FakePublisher final : public apply::ImagePublisher {
 public:
  Task<Result<apply::PublishedImage>> publish(plan::Image image, std::string host, std::string,
                                              apply::OnFetch fetch) override {
    if (refuses) co_return fail(Code::image_server_failed, "no port is free");
    ++published;
    on_fetch = std::move(fetch);
    co_return apply::PublishedImage{"https://10.0.0.9/" + host + std::to_string(published) + "/" + image.name, {}};
  }
  bool refuses = false;
  int published = 0;
  apply::OnFetch on_fetch;
};

class WatchingView final : public apply::View {
 public:
  void run_started(const plan::Plan&, const std::string&, bool) override {}
  void checks_started(std::size_t hosts) override { lines.push_back("checking " + std::to_string(hosts)); }
  void host_checked(std::size_t done, std::size_t hosts) override {
    lines.push_back("checked " + std::to_string(done) + "/" + std::to_string(hosts));
  }
  void host_started(const std::string& host) override { lines.push_back("start " + host); }
  void action_started(const plan::Action&) override {
    if (on_action) on_action();
  }
  void action_progress(const plan::Action&, std::optional<int>, const std::string& text) override {
    lines.push_back(text);
  }
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}
  void run_finished(const apply::Summary&) override {}
  std::vector<std::string> lines;
  std::function<void()> on_action;
};

plan::Plan served_plan(FakeFleet& fleet) {
  plan::Plan plan = fleet.make_resource_plan();
  for (plan::Action& action : plan.actions) {
    if (!action.image) continue;
    action.image->served = true;
    action.request->body = json::Object{{"ImageURI", std::string(plan::kServedImage)}, {"Update", true}};
  }
  return plan;
}

}  // namespace

TEST_CASE("resources are written in order and are done when the inventory shows them") {
  FakeFleet fleet;
  fleet.add("web-01");
  const auto summary = fleet.apply(fleet.make_resource_plan());
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::done);
  CHECK(fleet.machines["web-01"].writes.size() == 4);
}

TEST_CASE("a resource that is there already is left out") {
  FakeFleet fleet;
  fleet.add("web-01");
  plan::Plan plan = fleet.make_resource_plan();
  fleet.effects_of.at("store rom.fwpkg")(fleet.machines["web-01"].staging);
  fleet.effects_of.at("change golden")(fleet.machines["web-01"].staging);
  plan.hosts = {fleet.planned_host("web-01")};
  REQUIRE(fleet.apply(plan)->exit() == Exit::ok);
  CHECK(fleet.machines["web-01"].writes == std::map<std::string, int>{{"queue rom.fwpkg", 1}, {"invoke golden", 1}});
}

TEST_CASE("the sections of an image are left out together when the whole is there") {
  FakeFleet fleet;
  fleet.add("web-01");
  plan::Plan plan = fleet.make_resource_plan();
  plan.actions.resize(1);
  plan::Action& first = plan.actions.front();
  plan::Action last = first;
  last.id = 1;
  last.needs = {0};
  last.preconditions.clear();
  first.image->length = last.image->offset = 500;
  first.postconditions.clear();
  plan.actions.push_back(last);
  fleet.effects_of.at("store rom.fwpkg")(fleet.machines["web-01"].staging);
  plan.hosts = {fleet.planned_host("web-01")};
  REQUIRE(fleet.apply(plan)->exit() == Exit::ok);
  CHECK(fleet.machines["web-01"].writes.empty());
}

TEST_CASE("a host whose work goes on by itself in a window ends as scheduled, which is no failure") {
  FakeFleet fleet;
  fleet.add("web-01");
  fleet.add("web-02");
  plan::Plan plan = fleet.make_resource_plan();
  plan.changes.push_back({.host = "web-01", .scheduled = plan::Appointment{.window = "saturday"}, .actions = {0, 1}});
  plan.changes.push_back({.host = "web-02", .scheduled = plan::Appointment{.window = "saturday"}});
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::scheduled);
  CHECK(summary->hosts.at("web-02").result == HostResult::done);
  CHECK(summary->exit() == Exit::ok);
}

TEST_CASE("all hosts are checked before any is changed") {
  FakeFleet fleet;
  for (const char* name : {"web-01", "web-02", "web-03"}) fleet.add(name);
  WatchingView view;
  fleet.view = &view;
  REQUIRE(fleet.apply(fleet.make_plan(), {.parallelism = 1, .checks = 2})->exit() == Exit::ok);
  const auto first_write = std::ranges::find(fleet.trail, "write web-01");
  for (const char* read : {"read web-01", "read web-02", "read web-03"}) {
    CHECK(std::ranges::find(fleet.trail.begin(), first_write, read) != first_write);
  }
  CHECK(view.lines.front() == "checking 3");
  CHECK(std::ranges::count(view.lines, "checked 3/3") == 1);
}

TEST_CASE("a host that shows a reason against a change is refused, and the others go on") {
  FakeFleet fleet;
  fleet.add("web-01").preflight = {
      {Code::preflight_refused, "the account may not update firmware", {"Give it the privilege."}},
      {Code::preflight_refused, "the host is in POST", {}}};
  fleet.add("web-02");
  plan::Plan plan = fleet.make_plan();
  plan.max_failures = 0;
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  const apply::HostOutcome& refused = summary->hosts.at("web-01");
  CHECK(refused.result == HostResult::failed);
  CHECK(refused.error->code() == Code::preflight_refused);
  CHECK(has_note(*refused.error, "may not update firmware"));
  CHECK(has_note(*refused.error, "in POST"));
  CHECK(has_note(*refused.error, "nothing was sent"));
  CHECK(summary->hosts.at("web-02").result == HostResult::done);
  CHECK(fleet.machines["web-01"].flashes == 0);
}

TEST_CASE("a connection that is lost during the preparation means that the host is not flashed, and says so") {
  FakeFleet fleet;
  fleet.add("web-01").unreachable = true;
  const auto summary = fleet.apply(fleet.make_plan());
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::unreachable);
  CHECK(has_note(*summary->hosts.at("web-01").error, "nothing was sent"));
}

TEST_CASE("a served image is published just before it is needed, and its URL is what is sent") {
  FakeFleet fleet;
  fleet.add("web-01");
  FakePublisher publisher;
  fleet.images = &publisher;
  REQUIRE(fleet.apply(served_plan(fleet))->exit() == Exit::ok);
  CHECK(publisher.published == 1);
  CHECK(fleet.machines["web-01"].bodies.front() ==
        R"({"ImageURI":"https://10.0.0.9/web-011/rom.fwpkg","Update":true})");
}

TEST_CASE("without an image server nothing is sent to a host that must pull") {
  FakeFleet fleet;
  fleet.add("web-01");
  FakePublisher publisher;
  publisher.refuses = true;
  for (apply::ImagePublisher* images :
       {static_cast<apply::ImagePublisher*>(nullptr), static_cast<apply::ImagePublisher*>(&publisher)}) {
    fleet.images = images;
    plan::Plan plan = served_plan(fleet);
    plan.header.id += images == nullptr ? "a" : "b";
    const auto summary = fleet.apply(plan);
    REQUIRE(summary);
    CHECK(summary->hosts.at("web-01").error->code() == Code::image_server_failed);
    CHECK(fleet.machines["web-01"].writes.empty());
  }
}

TEST_CASE("detaching waits until a BMC has fetched what it is fetching") {
  FakeFleet fleet;
  fleet.add("web-01");
  plan::Plan plan = fleet.make_plan();
  plan.actions[0].image =
      plan::Image{.name = "rom.bin", .path = (fleet.directory.path() / "rom.bin").string(), .size = 1};
  std::ofstream(plan.actions[0].image->path) << "x";
  plan.actions[0].image->sha256 = digest_file(plan.actions[0].image->path)->sha256;
  plan.actions[0].image->served = true;
  FakePublisher publisher;
  fleet.images = &publisher;
  WatchingView view;
  fleet.view = &view;
  apply::Run* running = nullptr;
  fleet.on_start = [&](apply::Run& run) { running = &run; };
  view.on_action = [&] { running->detach(); };
  SECTION("one that it never fetches is given up with the flash itself") {
    // The flash takes five minutes, and the image server is needed until its end.
    const auto summary = fleet.apply(plan);
    REQUIRE(summary);
    CHECK(summary->hosts.at("web-01").result == HostResult::detached);
    CHECK(fleet.clock.elapsed() >= 5min);
  }
  SECTION("one that it has is not waited for") {
    view.on_action = [&] {
      publisher.on_fetch(50, 100);
      publisher.on_fetch(100, 100);
      running->detach();
    };
    const auto summary = fleet.apply(plan);
    REQUIRE(summary);
    CHECK(summary->hosts.at("web-01").result == HostResult::detached);
    CHECK(fleet.clock.elapsed() < 1min);
    CHECK(std::ranges::count(view.lines, "the BMC has fetched 50%") == 1);
    CHECK(std::ranges::count(view.lines, "the BMC has fetched 100%") == 1);
  }
}

TEST_CASE(
    "stand-ins for URLs are found wherever they stand in a body, and an earlier URL is known by its last segment") {
  plan::Action action;
  action.request = plan::PlannedRequest{
      .body = json::Object{{"ImageURI", std::string(plan::kServedImage)},
                           {"List", json::Array{json::Object{{"Sig", std::string(plan::kServedSignature)}}}}}};
  const apply::PublishedImage urls{"https://h/1/a.bin", "https://h/2/a.compsig"};
  CHECK(json::dump(apply::with_urls(action, urls).request->body) ==
        R"({"ImageURI":"https://h/1/a.bin","List":[{"Sig":"https://h/2/a.compsig"}]})");
  const auto known = apply::recognizable({.name = "a.bin", .signature_path = "/images/a.compsig"});
  CHECK(known.url.ends_with("/a.bin"));
  CHECK(known.signature_url.ends_with("/a.compsig"));
}

TEST_CASE("an image or a signature that changed since the plan is refused before anything is sent") {
  FakeFleet fleet;
  fleet.add("web-01");
  plan::Plan plan = fleet.make_resource_plan();
  const auto signature = fleet.directory.path() / "rom.compsig";
  std::ofstream(signature) << "signature";
  plan.actions[0].image->signature_path = signature.string();
  plan.actions[0].image->signature_sha256 = digest_file(signature)->sha256;
  SECTION("the image") {
    std::ofstream(plan.actions[0].image->path) << "replaced";
  }
  SECTION("the signature") {
    std::ofstream(signature) << "replaced";
  }
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").error->code() == Code::image_changed);
  CHECK(fleet.machines["web-01"].writes.empty());
}

TEST_CASE("a failure shows what the BMC logged during the run, by the BMC's own clock") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  machine.breaks = true;
  machine.clock_skew = -2h;
  machine.log = {
      {.log = "iLO event log", .id = "7", .severity = "Critical", .code = "35.1096", .text = "Firmware is invalid"}};
  const UtcTime begin = fleet.clock.now();
  const auto summary = fleet.apply(fleet.make_plan());
  REQUIRE(summary);
  const Error& error = *summary->hosts.at("web-01").error;
  CHECK(error.code() == Code::update_failed);
  CHECK(has_note(error, "iLO event log, Critical: Firmware is invalid (35.1096)"));
  REQUIRE(machine.log_asked_since);
  CHECK(*machine.log_asked_since <= begin - 2h);
  CHECK(*machine.log_asked_since >= begin - 2h - 10s);
  const auto events = fleet.journal.events(fleet.journal.runs()->front().id);
  CHECK(events->back().detail.find("Firmware is invalid") != std::string::npos);
}

TEST_CASE("a flash that was cut off is reported with what was found and the way to recover") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  machine.breaks = true;
  machine.incidents = {{"bmc", "the BMC found its image to be invalid"}};
  plan::Plan plan = fleet.make_plan();
  const auto summary = fleet.apply(plan);
  REQUIRE(summary);
  CHECK(has_note(*summary->hosts.at("web-01").error, "the BMC found its image to be invalid"));
  CHECK(has_note(*summary->hosts.at("web-01").error, "`firmform recover web-01`"));
}

TEST_CASE("a resume that finds a broken host and no traces sends nothing, and names the way to recover") {
  FakeFleet fleet;
  tests::Machine& machine = fleet.add("web-01");
  const plan::Plan plan = fleet.make_plan();
  fleet.effects.kill_at(4);  // begin, intent, before the request, after it
  CHECK_THROWS_AS(fleet.apply(plan), tests::Killed);
  fleet.effects.kill_at(0);
  machine.flash_ends.reset();
  machine.shows_no_traces = true;
  machine.incidents = {{"bmc", "the flash was cut off"}};
  const auto summary = fleet.resume();
  REQUIRE(summary);
  CHECK(summary->hosts.at("web-01").result == HostResult::unknown);
  CHECK(has_note(*summary->hosts.at("web-01").error, "found on the host: the flash was cut off"));
  CHECK(has_note(*summary->hosts.at("web-01").error, "`firmform recover web-01`"));
  CHECK(machine.flashes == 1);
}

TEST_CASE("of a long log the warnings come first, and no more than ten entries are shown") {
  std::vector<LogEntry> entries;
  for (int i = 0; i < 40; ++i)
    entries.push_back({.severity = i == 3 ? "Warning" : "OK", .text = "entry " + std::to_string(i)});
  const auto notes = apply::log_notes(entries);
  REQUIRE(notes.size() == 10);
  CHECK(notes.front().find("entry 3") != std::string::npos);
  CHECK(notes.back().find("entry 39") != std::string::npos);
}
