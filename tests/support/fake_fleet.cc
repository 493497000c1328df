// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_fleet.h"

#include <fmt/format.h>

#include <fstream>

#include "engine/base/digest.h"
#include "engine/base/time_text.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/make_plan.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;

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
    Machine& machine = fleet_.machines.at(url.substr(url.rfind('/') + 1));
    machine.advance(fleet_.clock.now());
    if (machine.is_silent(fleet_.clock.now())) {
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
    if (is_silent(client)) co_return silence();
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
    fleet_.begun.emplace_back(fleet_.clock.now(), name_of(client));
    if (is_silent(client)) co_return silence();
    if (target.refuses) co_return fail(Code::bmc_refused_update, "the BMC refused the image");
    if (target.drops_requests > 0) {
      --target.drops_requests;
      co_return fail(Code::connection_lost, "connection lost");
    }
    if (action.type == plan::ActionType::flash) {
      ++target.flashes;
      const std::string_view to = action.request->body.text("to");
      target.flashing_to = to.empty() ? target.wanted : std::string(to);
      ++target.flashed[target.flashing_to];
      target.flash_ends = fleet_.clock.now() + target.flash_takes;
    } else if (action.type == plan::ActionType::reset_host) {
      ++target.restarts;
      target.boot_ends = fleet_.clock.now() + target.boot_takes;
    } else if (action.type == plan::ActionType::restore) {
      ++target.restored;
      if (!target.keeps_settings) take_settings(target, action.request->body);
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
    if (is_silent(client)) co_return silence();
    const Machine& target = machine(client);
    if (target.forgets_task) co_return Progress{ProgressState::gone, {}, "no such task"};
    if (target.flash_ends) co_return Progress{ProgressState::running, 50, target.task_state};
    if (target.boot_ends) co_return Progress{ProgressState::running, {}, "InPost"};
    if (target.breaks) co_return Progress{ProgressState::failed, {}, "the image is invalid"};
    co_return Progress{ProgressState::succeeded, 100, "Completed"};
  }

  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override {
    if (is_silent(client)) co_return silence();
    const Machine& target = machine(client);
    if (target.shows_no_traces) co_return Probe{Evidence::ambiguous, {}, "the BMC shows no traces"};
    if (action.type == plan::ActionType::reset_host) {
      if (target.boot_ends) co_return Probe{Evidence::running, {}, "the host restarts"};
      if (target.staged.empty()) co_return Probe{Evidence::done, {}, "what was staged runs"};
      co_return Probe{Evidence::not_started, {}, "something is staged still"};
    }
    if (action.type != plan::ActionType::flash) {
      const inventory::HostSnapshot seen = snapshot(target);
      const bool done = std::ranges::none_of(action.postconditions, [&](const plan::Condition& condition) {
        return plan::check(condition, seen).has_value();
      });
      co_return done ? Probe{Evidence::done, {}, "it is there"} : Probe{Evidence::not_started, {}, "it is not there"};
    }
    if (target.flash_ends) co_return Probe{Evidence::running, "/redfish/v1/TaskService/Tasks/1", "a flash is running"};
    const std::string_view asked = action.request->body.text("to");
    const std::string to = asked.empty() ? target.wanted : std::string(asked);
    if (target.version == to) co_return Probe{Evidence::done, {}, "the new version is installed"};
    if (target.staged == to) co_return Probe{Evidence::done, {}, "the new version is staged"};
    co_return Probe{Evidence::not_started, {}, "nothing happened"};
  }

  Task<Result<inventory::Health>> read_health(redfish::Client& client, std::optional<UtcTime>) const override {
    if (is_silent(client)) co_return silence();
    co_return machine(client).health;
  }

  Task<Result<inventory::Settings>> read_settings(redfish::Client& client,
                                                  std::vector<std::string> categories) const override {
    if (is_silent(client)) co_return silence();
    inventory::Settings settings = machine(client).settings;
    std::erase_if(settings, [&](const inventory::Setting& setting) {
      return std::ranges::count(categories, setting.category) == 0;
    });
    co_return settings;
  }

  [[nodiscard]] std::vector<plan::PlannedRequest> plan_settings(const inventory::Settings& wanted,
                                                                const inventory::Settings&) const override {
    std::vector<plan::PlannedRequest> requests;
    for (const inventory::Setting& setting : wanted) {
      requests.push_back(
          {.method = http::Method::patch, .target = setting.uri, .body = json::Object{{setting.name, setting.value}}});
    }
    return requests;
  }

  static void take_settings(Machine& machine, const json::Value& body) {
    for (const json::Member& member : body.members()) {
      for (inventory::Setting& setting : machine.settings) {
        if (setting.name == member.key) setting.value = *member.value.as_string();
      }
    }
  }

  static inventory::HostSnapshot snapshot(const Machine& machine) {
    inventory::HostSnapshot result;
    result.system.serial = machine.serial;
    result.system.power_state = machine.power;
    result.system.discovery_complete = !machine.boot_ends;
    result.update.uri = "/redfish/v1/UpdateService";
    result.update.state = machine.flash_ends ? "Updating" : "Idle";
    if (machine.others_until) {
      result.tasks.push_back(
          {.uri = "/redfish/v1/TaskService/Tasks/9", .name = "Update", .state = "Running", .percent = {}});
    }
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

  [[nodiscard]] bool is_silent(const redfish::Client& client) const {
    return machine(client).is_silent(fleet_.clock.now());
  }
  static tl::unexpected<Error> silence() { return fail(Code::connection_refused, "connection refused"); }

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
  Task<Result<std::int64_t>> ask(std::string run_id, journal::Control control) override {
    return fleet_.journal.ask(std::move(run_id), std::move(control));
  }
  Result<std::vector<journal::Control>> controls(const std::string& run_id) override {
    return fleet_.journal.controls(run_id);
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
  const auto is_over = [&](std::optional<UtcTime>& time) {
    if (!time || now < *time) return false;
    time.reset();
    return true;
  };
  if (is_over(loses_power_at)) power = "Off";
  if (is_over(goes_silent_at)) unreachable = true;
  if (is_over(falls_ill_at)) health.system = "Critical";
  if (is_over(others_until) && !others_bring.empty() && !others_bring_at) version = others_bring;
  if (is_over(others_bring_at)) version = others_bring;
  const auto flash_ended = flash_ends;
  if (is_over(flash_ends)) {
    if (restarts_late) {
      gone_from = *flash_ended + 40s;
      gone_until = *gone_from + flash_takes;
    }
    if (!takes_not) (needs_restart ? staged : version) = flashing_to;
    if (health_after) health = *health_after;
    if (settings_after) settings = *settings_after;
  }
  if (is_over(boot_ends) && !staged.empty()) version = std::exchange(staged, {});
}

bool Machine::is_silent(UtcTime now) const {
  return unreachable || (gone_from && *gone_from <= now && now < *gone_until);
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

plan::Plan FakeFleet::make_path_plan() const {
  using Type = plan::Condition::Type;
  plan::Plan plan;
  for (const auto& [name, machine] : machines) {
    plan.hosts.push_back(planned_host(name));
    const auto add = [&](plan::ActionType type, const std::string& summary) -> plan::Action& {
      plan::Action action = make_action(static_cast<plan::ActionId>(plan.actions.size()), name, type);
      action.summary = summary;
      if (!plan.actions.empty() && plan.actions.back().host == name) action.needs = {action.id - 1};
      return plan.actions.emplace_back(std::move(action));
    };
    std::string from = machine.version;
    for (const std::string& to : {std::string("1.5"), machine.wanted}) {
      plan::Action& flash = add(plan::ActionType::flash, "flash " + to);
      flash.request = plan::PlannedRequest{.target = "/flash", .body = json::Object{{"to", to}}};
      flash.completion = plan::Completion::task;
      flash.preconditions = {{Type::same_system, {}, machine.serial, {}},
                             {Type::installed_version, "bmc", from, {}},
                             {Type::update_service_idle, {}, {}, {}}};
      plan::Action& reset = add(plan::ActionType::reset_host, "restart for " + to);
      reset.request = plan::PlannedRequest{.target = "/reset", .body = json::Object{}};
      reset.completion = plan::Completion::host_ready;
      reset.postconditions = {{Type::host_ready, {}, {}, {}}};
      reset.restarts = plan::Restarts::host;
      add(plan::ActionType::verify, "verify " + to).postconditions = {{Type::wanted_version, "bmc", to, "automatic"}};
      if (to == machine.wanted) break;
      plan::Action& hold = add(plan::ActionType::hold, "leave it on for ten minutes");
      hold.expected = 10min;
      hold.postconditions = {{Type::power_state, {}, machine.power, {}}};
      from = to;
    }
  }
  plan.header.id = "89abcdef01234567";
  return plan;
}

plan::Plan FakeFleet::in_waves(plan::Plan plan, const std::vector<std::vector<std::string>>& waves) {
  plan.rollout.emplace();
  for (const std::vector<std::string>& hosts : waves) {
    const std::size_t number = plan.rollout->waves.size() + 1;
    plan.rollout->waves.push_back({.name = "batch " + std::to_string(number), .hosts = hosts});
  }
  return plan;
}

plan::Plan FakeFleet::guarded(plan::Plan plan, std::map<std::string, manifest::GuardAction> guard) {
  std::vector<std::string> restored;
  for (const auto& [category, action] : guard) {
    if (action == manifest::GuardAction::restore) restored.push_back(category);
  }
  plan.config_guard = std::move(guard);
  if (restored.empty()) return plan;
  for (const plan::PlannedHost& host : plan.hosts) {
    plan::Action action =
        make_action(static_cast<plan::ActionId>(plan.actions.size()), host.name, plan::ActionType::restore);
    action.summary = "put back settings";
    action.components = restored;
    plan.actions.push_back(std::move(action));
  }
  return plan;
}

plan::Plan FakeFleet::in_window(plan::Plan plan, const plan::HeldWindow& window) {
  using Type = plan::Condition::Type;
  for (plan::PlannedHost& host : plan.hosts) host.window = window;
  for (plan::Action& action : plan.actions) {
    if (!action.request) continue;
    action.preconditions.push_back({Type::not_before, {}, to_rfc3339(window.start), {}});
    action.preconditions.push_back({Type::not_later, {}, to_rfc3339(window.end - action.expected), {}});
  }
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

Result<apply::Summary> FakeFleet::resume(apply::RunOptions options) {
  return execute([&](apply::World world) { return resume_run(world, options, on_start); });
}

void FakeFleet::ask(journal::ControlKind kind) {
  boost::asio::io_context loop;
  const std::string run_id = journal.runs()->front().id;
  const auto asked = run(loop, clock, journal.ask(run_id, {.at = clock.now(), .kind = kind, .by = "ann"}));
  if (!asked) throw std::logic_error(asked.error().one_line());
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
