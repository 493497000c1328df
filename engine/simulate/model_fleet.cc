// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/model_fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/plan/make_plan.h"
#include "engine/simulate/model_provider.h"

namespace firmform::simulate {
namespace {

using namespace std::chrono_literals;
using plan::Action;
using plan::ActionType;

constexpr std::uint64_t kBytesPerSecond = 8U << 20U;  // into a BMC, over its own network port
constexpr Duration kShortest = 1s;
constexpr double kLeastOfExpected = 0.80;
constexpr double kMostOfExpected = 1.05;
constexpr double kSlowness = 3;
constexpr Duration kLongestOutage = 20min;

bool changes_firmware(const Action& action) {
  return action.type == ActionType::flash || action.type == ActionType::start_update;
}

bool disturbs(const Action& action) {
  return changes_firmware(action) || action.type == ActionType::reset_host || action.type == ActionType::reset_bmc;
}

SpanKind kind_of(const Action& action) {
  switch (action.type) {
    case ActionType::flash:
    case ActionType::start_update:
      return SpanKind::flash;
    case ActionType::reset_host:
      return SpanKind::restart_host;
    case ActionType::reset_bmc:
      return SpanKind::restart_bmc;
    case ActionType::store:
    case ActionType::create:
    case ActionType::change:
    case ActionType::remove:
    case ActionType::invoke:
    case ActionType::restore:
      return SpanKind::resource;
    case ActionType::verify:
      return SpanKind::verify;
    case ActionType::hold:
      return SpanKind::hold;
  }
  return SpanKind::resource;
}

Duration scaled(Duration duration, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
}

}  // namespace

ModelFleet::ModelFleet(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& real,
                       Clock& clock, FleetOptions options)
    : plan_(plan),
      clock_(clock),
      options_(std::move(options)),
      chance_(options_.seed),
      meanings_(meanings_of(plan)),
      transport_(std::make_unique<ModelTransport>(*this)),
      publisher_(std::make_unique<ModelPublisher>(*this)) {
  std::vector<std::unique_ptr<Provider>> table;
  for (const auto& provider : real.all()) table.push_back(std::make_unique<ModelProvider>(*this, *provider));
  providers_ = std::make_unique<Providers>(std::move(table));
  std::map<std::string, Host*> by_name;
  for (const plan::PlannedHost& planned : plan.hosts) {
    const auto seen = inventory.find(planned.name);
    if (seen == inventory.end() || seen->second.status != inventory::HostStatus::ok) continue;
    const Provider* provider = real.find(planned.provider);
    const auto window_id = [provider](const inventory::HostSnapshot& host, std::string_view name) {
      return provider == nullptr ? std::string() : provider->window_id(host, name);
    };
    Host& host = hosts_.try_emplace(planned.bmc, Machine(seen->second, window_id)).first->second;
    host.name = planned.name;
    by_name[planned.name] = &host;
  }
  for (const Action& action : plan.actions) {
    if (const auto host = by_name.find(action.host); host != by_name.end()) host->second->expected += action.expected;
  }
  for (auto& [bmc, host] : hosts_) {
    if (host.expected == 0ms) continue;
    if (strikes(Fault::slow, host, 0)) host.speed = kSlowness;
    if (strikes(Fault::dead, host, 0)) host.machine.add_outage({UtcTime::min(), UtcTime::max()});
  }
  for (const Appointed& work : meanings_.appointed) {
    if (const auto host = by_name.find(work.host); host != by_name.end()) host->second->machine.appoint(work);
  }
}

ModelFleet::~ModelFleet() = default;

ModelFleet::Host* ModelFleet::find(const std::string& bmc) {
  const auto found = hosts_.find(bmc);
  return found == hosts_.end() ? nullptr : &found->second;
}

bool ModelFleet::strikes(Fault fault, const Host& host, std::uint64_t number) {
  const double rate = options_.faults.rate(fault);
  if (rate <= 0 || chance_.unit(to_string(fault), host.name, number) >= rate) return false;
  ++faults_met_[std::string(to_string(fault))];
  return true;
}

/// The first write to a host decides what will befall it.
void ModelFleet::prepare(Host& host, UtcTime now) {
  if (!first_writes_.emplace(host.name, now).second) return;
  if (strikes(Fault::unreachable, host, 0)) {
    const UtcTime from = now + scaled(host.expected, chance_.unit("outage begins", host.name));
    const Duration lasts = 1min + scaled(kLongestOutage, chance_.unit("outage lasts", host.name));
    host.machine.add_outage({from, from + lasts});
    add_span(host, {.kind = SpanKind::outage, .start = from, .end = from + lasts, .text = "the BMC does not answer"});
  }
  if (strikes(Fault::unhealthy, host, 0)) host.machine.sicken(now + scaled(host.expected, 1.0 / 3));
}

/// What a BMC must never be asked. A run that does so is broken, whatever comes of it.
bool ModelFleet::inspect(Host& host, const Action& action) {
  const UtcTime now = clock_.now();
  if (host.sending > 0) violate(host, fmt::format("\"{}\" was sent while another write was", action.summary));
  if (disturbs(action) && host.machine.is_busy(now)) {
    violate(host, fmt::format("\"{}\" was sent while the BMC was at work", action.summary));
  }
  if (!is_planned(host, action)) {
    violate(host, fmt::format("\"{}\" is not what was planned", action.summary));
    return false;
  }
  const Deed* earlier = host.machine.deed(action.id);
  if (earlier != nullptr) violate(host, fmt::format("\"{}\" was sent a second time", action.summary));
  const inventory::HostSnapshot seen = host.machine.seen(now);
  for (const plan::Condition& condition : action.preconditions) {
    if (const auto why = plan::check(condition, seen)) {
      violate(host, fmt::format("\"{}\" was sent although {}", action.summary, *why));
    }
  }
  return true;
}

/// The same action with the same request for the same image. URLs of served images are the run's to fill in, and the
/// bytes of images are nothing to a model.
bool ModelFleet::is_planned(const Host& host, const Action& action) const {
  if (action.id >= plan_.actions.size()) return false;
  const Action& planned = plan_.actions[action.id];
  if (planned.host != host.name || planned.type != action.type || !planned.request || !action.request) return false;
  if (planned.image.has_value() != action.image.has_value()) return false;
  if (planned.image && planned.image->name != action.image->name) return false;
  const bool is_served = planned.image && planned.image->served;
  return planned.request->target == action.request->target && planned.preconditions == action.preconditions &&
         (is_served || planned.request->body == action.request->body);
}

void ModelFleet::violate(const Host& host, std::string text) {
  violations_.push_back({clock_.now(), host.name, std::move(text)});
}

Deed ModelFleet::begin(Host& host, const Action& action, UtcTime arrived) {
  const UtcTime now = clock_.now();
  const Duration left = std::max(kShortest, action.expected - (now - arrived));
  Deed deed{.begun = now, .ends = now + varied(host, action, left)};
  if (changes_firmware(action)) {
    deed.fails = strikes(Fault::failed_flash, host, action.id);
    deed.changes_nothing = !deed.fails && strikes(Fault::wrong_version, host, action.id);
  }
  if (action.image && action.image->served) host.fetched_at[action.id] = now + (deed.ends - now) / 3;
  if (now - arrived >= kShortest) {
    add_span(host, {SpanKind::upload, action.id, arrived, now, action.summary, false});
  }
  add_span(host, {kind_of(action), action.id, now, deed.ends, action.summary, deed.fails || deed.changes_nothing});
  for (const Machine::Restart& restart : host.machine.begin(action, meanings_.actions[action.id], deed)) {
    const SpanKind kind = restart.what == plan::Restarts::bmc ? SpanKind::restart_bmc : SpanKind::restart_host;
    if (kind == kind_of(action)) continue;
    const std::string text = kind == SpanKind::restart_bmc ? "the BMC restarts" : "the host restarts";
    add_span(host, {kind, action.id, restart.period.start, restart.period.end, text, false});
  }
  return deed;
}

void ModelFleet::add_span(const Host& host, Span span) {
  spans_[host.name].push_back(std::move(span));
}

/// An image that is pushed: at most half of what the whole action is expected to take.
Duration ModelFleet::upload_time(const Host& host, const Action& action) const {
  if (!action.image || action.image->served || !action.image->url.empty()) return Duration(0);
  const std::uint64_t bytes = action.image->length == 0 ? action.image->size : action.image->length;
  const Duration needed = std::chrono::milliseconds(bytes * 1000 / kBytesPerSecond);
  return scaled(std::clamp(needed, kShortest, std::max(kShortest, action.expected / 2)), host.speed);
}

Duration ModelFleet::varied(const Host& host, const Action& action, Duration expected) const {
  const double share = chance_.unit("takes", host.name, action.id);
  return scaled(expected, host.speed * (kLeastOfExpected + share * (kMostOfExpected - kLeastOfExpected)));
}

std::vector<Violation> ModelFleet::violations() const {
  std::vector<Violation> all = violations_;
  for (const auto& [bmc, host] : hosts_) {
    for (const std::string& puzzle : host.machine.puzzles()) {
      all.push_back({clock_.now(), host.name, fmt::format("the model cannot hold {}", puzzle)});
    }
  }
  std::ranges::sort(all, {}, [](const Violation& violation) { return std::tie(violation.at, violation.host); });
  return all;
}

inventory::Inventory ModelFleet::inventory_at(UtcTime now) {
  inventory::Inventory inventory;
  for (auto& [bmc, host] : hosts_) {
    inventory::HostSnapshot snapshot = host.machine.at_rest(now);
    snapshot.captured_at = now;
    if (snapshot.staging && snapshot.staging->clock) snapshot.staging->clock = now;
    inventory[host.name] = std::move(snapshot);
  }
  return inventory;
}

}  // namespace firmform::simulate
