// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_fleet.h"

#include <fmt/format.h>

#include <fstream>

#include "engine/base/digest.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/make_plan.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

constexpr Duration kFlashTime = 5min;

std::string name_of(const redfish::Client& client) {
  const std::string& url = client.endpoint().url;
  return url.substr(url.rfind('/') + 1);
}

/// Answers what a Redfish client asks before the provider takes over.
class RootTransport final : public http::Transport {
 public:
  explicit RootTransport(FakeFleet& fleet) : fleet_(fleet) {}

  Task<Result<http::Response>> send(http::Request request) override {
    const std::string& url = request.endpoint->url;
    if (fleet_.machines.at(url.substr(url.rfind('/') + 1)).unreachable) {
      co_return fail(Code::connection_refused, "connection refused");
    }
    http::Response response;
    response.headers.add("Content-Type", "application/json");
    if (request.method == http::Method::post) {
      response.status = 201;
      response.headers.add("X-Auth-Token", "0123456789abcdef");
      response.headers.add("Location", "/redfish/v1/SessionService/Sessions/1");
      response.body = "{}";
    } else if (request.method == http::Method::delete_) {
      response.status = 204;
    } else {
      response.status = 200;
      response.body = R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.6.0","Vendor":"Fake",)"
                      R"("Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}}})";
    }
    co_return response;
  }

 private:
  FakeFleet& fleet_;
};

class FleetProvider final : public Provider {
 public:
  explicit FleetProvider(FakeFleet& fleet) : fleet_(fleet) {}

  [[nodiscard]] std::string_view name() const override { return "fake"; }
  [[nodiscard]] int match(const ServiceFacts&) const override { return 1; }
  [[nodiscard]] std::variant<Recipe, Impossible> plan_change(const ChangeRequest&) const override { return Recipe{}; }
  [[nodiscard]] std::variant<plan::Action, Impossible> plan_host_reset(const inventory::HostSnapshot&,
                                                                       const std::vector<std::string>&) const override {
    return plan::Action{};
  }

  [[nodiscard]] std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host) const override {
    return fleet_.machines.at(host.name).preflight;
  }

  Task<Result<inventory::HostSnapshot>> read(redfish::Client& client) const override {
    fleet_.trail.push_back("read " + name_of(client));
    inventory::HostSnapshot seen = snapshot(machine(client));
    seen.staging->clock = fleet_.clock.now() + machine(client).clock_skew;
    co_return seen;
  }

  Task<Result<std::vector<LogEntry>>> read_log(redfish::Client& client, std::optional<UtcTime> since) const override {
    machine(client).log_asked_since = since;
    co_return machine(client).log;
  }

  Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const override {
    Machine& target = machine(client);
    fleet_.effects.step();
    fleet_.trail.push_back("write " + name_of(client));
    if (target.refuses) co_return fail(Code::bmc_refused_update, "the BMC refused the image");
    if (target.drops_requests > 0) {
      --target.drops_requests;
      co_return fail(Code::connection_lost, "connection lost");
    }
    if (action.type == plan::ActionType::flash) {
      ++target.flashes;
      target.flash_ends = fleet_.clock.now() + kFlashTime;
    } else {
      ++target.writes[action.summary];
      fleet_.effects_of.at(action.summary)(target.staging);
    }
    target.bodies.push_back(json::dump(action.request->body));
    fleet_.effects.step();
    if (target.loses_reply) co_return fail(Code::no_reply, "no reply");
    co_return Accepted{202, "/redfish/v1/TaskService/Tasks/1", "accepted"};
  }

  Task<Result<Progress>> poll(redfish::Client& client, const plan::Action&, const Accepted&) const override {
    const Machine& target = machine(client);
    if (target.forgets_task) co_return Progress{ProgressState::gone, {}, "no such task"};
    if (target.flash_ends) co_return Progress{ProgressState::running, 50, "Updating"};
    if (target.breaks) co_return Progress{ProgressState::failed, {}, "the image is invalid"};
    co_return Progress{ProgressState::succeeded, 100, "Completed"};
  }

  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override {
    const Machine& target = machine(client);
    if (target.shows_no_traces) co_return Probe{Evidence::ambiguous, {}, "the BMC shows no traces"};
    if (action.type != plan::ActionType::flash) {
      const inventory::HostSnapshot seen = snapshot(target);
      const bool done = std::ranges::none_of(action.postconditions, [&](const plan::Condition& condition) {
        return plan::check(condition, seen).has_value();
      });
      co_return done ? Probe{Evidence::done, {}, "it is there"} : Probe{Evidence::not_started, {}, "it is not there"};
    }
    if (target.flash_ends) co_return Probe{Evidence::running, "/redfish/v1/TaskService/Tasks/1", "a flash is running"};
    if (target.version == target.wanted) co_return Probe{Evidence::done, {}, "the new version is installed"};
    co_return Probe{Evidence::not_started, {}, "nothing happened"};
  }

  static inventory::HostSnapshot snapshot(const Machine& machine) {
    inventory::HostSnapshot result;
    result.system.serial = machine.serial;
    result.update.uri = "/redfish/v1/UpdateService";
    result.update.state = machine.flash_ends ? "Updating" : "Idle";
    inventory::Component component;
    component.address = "bmc";
    component.version = machine.version;
    component.updateable = true;
    component.is_bmc = true;
    result.components.push_back(component);
    result.staging = machine.staging;
    result.incidents = machine.incidents;
    return result;
  }

 private:
  Machine& machine(const redfish::Client& client) const {
    Machine& found = fleet_.machines.at(name_of(client));
    found.advance(fleet_.clock.now());
    return found;
  }

  FakeFleet& fleet_;
};

/// Every durable write is an effect; dying after it is dying before the next.
class CountingJournal final : public journal::Journal {
 public:
  explicit CountingJournal(FakeFleet& fleet) : fleet_(fleet) {}
  Task<Status> begin(journal::Run run, const plan::Plan& plan) override {
    fleet_.effects.step();
    return fleet_.journal.begin(std::move(run), plan);
  }
  Task<Status> append(std::string run_id, journal::Event event) override {
    fleet_.effects.step();
    return fleet_.journal.append(std::move(run_id), std::move(event));
  }
  Task<Status> finish(std::string run_id, UtcTime at, std::string result) override {
    fleet_.effects.step();
    return fleet_.journal.finish(std::move(run_id), at, std::move(result));
  }
  Result<std::vector<journal::Run>> runs() override { return fleet_.journal.runs(); }
  Result<plan::Plan> plan_of(const std::string& run_id) override { return fleet_.journal.plan_of(run_id); }
  Result<std::vector<journal::Event>> events(const std::string& run_id) override {
    return fleet_.journal.events(run_id);
  }

 private:
  FakeFleet& fleet_;
};

class SilentView final : public apply::View {
 public:
  void run_started(const plan::Plan&, const std::string&, bool) override {}
  void host_started(const std::string&) override {}
  void action_started(const plan::Action&) override {}
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}
  void run_finished(const apply::Summary&) override {}
};

plan::Action make_action(plan::ActionId id, const std::string& host, plan::ActionType type) {
  plan::Action action;
  action.id = id;
  action.host = host;
  action.type = type;
  action.components = {"bmc"};
  action.expected = 5min;
  action.deadline = 20min;
  return action;
}

}  // namespace

void Machine::advance(UtcTime now) {
  if (!flash_ends || now < *flash_ends) return;
  flash_ends.reset();
  if (!takes_not) version = wanted;
}

FakeFleet::FakeFleet() = default;

Machine& FakeFleet::add(const std::string& name) {
  Machine& machine = machines[name];
  machine.serial = "serial-" + name;
  return machine;
}

plan::PlannedHost FakeFleet::planned_host(const std::string& name) const {
  plan::PlannedHost host;
  host.name = name;
  host.bmc = "https://" + name;
  host.provider = "fake";
  host.username = "admin";
  host.password = {manifest::PasswordSource::Kind::env, "PATH", {}};
  inventory::HostSnapshot seen = FleetProvider::snapshot(machines.at(name));
  seen.name = name;
  seen.bmc = host.bmc;
  seen.provider = "fake";
  host.fingerprint = inventory::fingerprint(seen);
  return host;
}

plan::Plan FakeFleet::make_plan() const {
  plan::Plan plan;
  for (const auto& [name, machine] : machines) {
    plan.hosts.push_back(planned_host(name));
    const auto first = static_cast<plan::ActionId>(plan.actions.size());
    plan::Action flash = make_action(first, name, plan::ActionType::flash);
    flash.summary = "flash the BMC";
    flash.request = plan::PlannedRequest{.target = "/flash"};
    flash.completion = plan::Completion::task;
    flash.preconditions = {{plan::Condition::Type::same_system, {}, machine.serial, {}},
                           {plan::Condition::Type::installed_version, "bmc", machine.version, {}}};
    plan::Action verify = make_action(first + 1, name, plan::ActionType::verify);
    verify.summary = "verify the BMC";
    verify.postconditions = {{plan::Condition::Type::wanted_version, "bmc", machine.wanted, "automatic"}};
    verify.needs = {first};
    plan.actions.push_back(flash);
    plan.actions.push_back(verify);
  }
  plan.header.id = "0123456789abcdef";
  return plan;
}

plan::Plan FakeFleet::make_resource_plan() {
  const std::string content(1000, 'x');
  const std::filesystem::path file = directory.path() / "rom.fwpkg";
  std::ofstream(file) << content;
  const inventory::StoredImage image{.id = "1", .file = "rom.fwpkg", .size = content.size()};
  const inventory::QueueEntry entry{.id = "2", .step = {.name = "firmform 1 rom.fwpkg", .file = "rom.fwpkg"}};
  const inventory::InstallSet before{.id = "3", .name = "golden"};
  inventory::InstallSet after = before;
  after.steps = {{.name = "rom", .file = "rom.fwpkg"}};
  const inventory::QueueEntry invoked{.id = "4", .step = after.steps.front()};
  effects_of = {
      {"store rom.fwpkg", [=](inventory::Staging& staging) { staging.repository->images.push_back(image); }},
      {"queue rom.fwpkg", [=](inventory::Staging& staging) { staging.queue.push_back(entry); }},
      {"change golden", [=](inventory::Staging& staging) { staging.install_sets = {after}; }},
      {"invoke golden", [=](inventory::Staging& staging) { staging.queue.push_back(invoked); }},
  };
  using Type = plan::Condition::Type;
  plan::Plan plan;
  for (auto& [name, machine] : machines) {
    machine.staging.repository = inventory::Repository{};
    machine.staging.install_sets = {before};
    plan.hosts.push_back(planned_host(name));
    const auto add = [&](plan::ActionType type, const std::string& summary, plan::Condition first,
                         plan::Condition last) -> plan::Action& {
      plan::Action action = make_action(static_cast<plan::ActionId>(plan.actions.size()), name, type);
      action.components = {last.component};
      action.summary = summary;
      action.request = plan::PlannedRequest{.target = "/" + last.component};
      action.preconditions = {{Type::same_system, {}, machine.serial, {}}, std::move(first)};
      action.postconditions = {std::move(last)};
      if (action.id > 0 && plan.actions.back().host == name) action.needs = {action.id - 1};
      return plan.actions.emplace_back(std::move(action));
    };
    const auto present = [](const auto& resource) {
      return plan::Condition{Type::resource_present, address_of(resource), content_of(resource), {}};
    };
    const auto absent = [](const auto& resource) {
      return plan::Condition{Type::resource_absent, address_of(resource), {}, {}};
    };
    add(plan::ActionType::store, "store rom.fwpkg", absent(image), present(image)).image =
        plan::Image{.name = "rom.fwpkg", .path = file.string(), .sha256 = sha256_hex(content), .size = content.size()};
    add(plan::ActionType::create, "queue rom.fwpkg", absent(entry), present(entry));
    add(plan::ActionType::change, "change golden", present(before), present(after));
    add(plan::ActionType::invoke, "invoke golden", present(after), present(invoked));
  }
  plan.header.id = "fedcba9876543210";
  return plan;
}

Result<apply::Summary> FakeFleet::apply(const plan::Plan& plan, apply::RunOptions options) {
  return execute([&](apply::World world) { return start_run(world, plan, options, on_start); });
}

Result<apply::Summary> FakeFleet::resume() {
  return execute([&](apply::World world) { return resume_run(world, {}, on_start); });
}

Result<apply::Summary> FakeFleet::execute(const std::function<Task<Result<apply::Summary>>(apply::World)>& start) {
  RootTransport transport(*this);
  apply::Secrets secrets("/");
  apply::Connector connector(transport, clock, secrets);
  std::vector<std::unique_ptr<Provider>> provider;
  provider.push_back(std::make_unique<FleetProvider>(*this));
  const Providers providers(std::move(provider));
  CountingJournal counting(*this);
  SilentView silent;
  boost::asio::io_context loop;  // last: a killed run's coroutines still refer to the others
  return run(loop, clock, start({clock, connector, providers, counting, view != nullptr ? *view : silent, images}));
}

}  // namespace firmform::tests
