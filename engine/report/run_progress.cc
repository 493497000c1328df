// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/rehearsal.h"

namespace firmform::report {
namespace {

using namespace std::chrono_literals;

/// Below, a BMC's percentage is no measure of time.
constexpr int kLeastPercent = 10;

/// What is left by a percentage, when it says anything.
std::optional<Duration> left_by_percent(std::optional<int> percent, Duration elapsed) {
  if (!percent || *percent < kLeastPercent || elapsed <= Duration::zero()) return std::nullopt;
  const int done = std::min(*percent, 100);
  return elapsed * (100 - done) / done;
}

double part(Duration spent, Duration left) {
  const Duration whole = spent + left;
  return whole <= Duration::zero() ? 0 : static_cast<double>(spent.count()) / static_cast<double>(whole.count());
}

}  // namespace

bool HostAtWork::is_late() const {
  return step > 0 && over > expected / 4 + Duration(30s);
}

void RunProgress::begin(const plan::Plan& plan, SteadyTime now, int hosts_in_flight) {
  start_ = now;
  const int most = plan.max_hosts_in_flight > 0 ? std::min(plan.max_hosts_in_flight, hosts_in_flight) : hosts_in_flight;
  in_flight_ = static_cast<std::size_t>(std::max(most, 1));
  Duration all{0};
  for (const plan::Action& action : plan.actions) {
    Host& host = hosts_[action.host];
    host.steps.push_back({action.id, action.expected});
    host.expected += action.expected;
    host.ahead += action.expected;
    all += action.expected;
  }
  if (!plan.actions.empty()) usual_ = all / static_cast<Duration::rep>(plan.actions.size());
  const std::vector<plan::HostWork> works = plan::works_of(plan);
  plan::Wave whole{.name = "all", .hosts = {}};
  for (const plan::HostWork& work : works) {
    const std::string name(work.host);
    whole.hosts.push_back(name);
    hosts_[name].after.assign(work.after.begin(), work.after.end());
  }
  rollout_ = plan.rollout.value_or(plan::RolloutPlan{.waves = {whole}});
  wave_over_.assign(rollout_.waves.size(), false);
}

void RunProgress::wave_begins(const plan::Wave& wave, std::size_t index, std::size_t waves) {
  wait_.reset();
  wave_ = fmt::format("{}, wave {} of {}", printable(wave.name), index + 1, waves);
}

void RunProgress::wave_ends(const plan::Wave& wave) {
  for (std::size_t i = 0; i < rollout_.waves.size(); ++i) {
    if (rollout_.waves[i].name == wave.name) wave_over_[i] = true;
  }
}

void RunProgress::waits(std::string reason, std::optional<UtcTime> until) {
  wait_ = Wait{printable(reason), until};
}

RunProgress::Work& RunProgress::work_of(const std::string& host, SteadyTime now) {
  const auto [found, is_new] = working_.try_emplace(host);
  if (is_new) {
    found->second.order = begun_++;
    found->second.host_since = now;
    found->second.since = now;
  }
  return found->second;
}

void RunProgress::host_begins(const std::string& host, SteadyTime now) {
  wait_.reset();
  work_of(host, now).phase = "checking that it is as planned";
}

void RunProgress::action_begins(const plan::Action& action, SteadyTime now) {
  Work& work = work_of(action.host, now);
  Host& host = hosts_[action.host];
  // A resumed run says nothing of the actions that had succeeded before: they are those in front of this one.
  host.done = Duration::zero();
  host.ahead = Duration::zero();
  work.step = 0;
  for (std::size_t i = 0; i < host.steps.size(); ++i) {
    if (host.steps[i].id == action.id) work.step = i + 1;
    if (host.steps[i].id < action.id) host.done += host.steps[i].expected;
    if (host.steps[i].id > action.id) host.ahead += host.steps[i].expected;
  }
  work.since = now;
  work.expected = action.expected;
  work.phase = printable(action.summary);
  work.text.clear();
  work.percent.reset();
}

bool RunProgress::action_says(const plan::Action& action, std::optional<int> percent, const std::string& text,
                              SteadyTime now) {
  if (!working_.contains(action.host) || work_of(action.host, now).phase != printable(action.summary)) {
    action_begins(action, now);
  }
  Work& work = work_of(action.host, now);
  std::string shown = printable(text);
  const bool is_new = work.percent != percent || work.text != shown;
  work.percent = percent;
  work.text = std::move(shown);
  return is_new;
}

std::optional<Duration> RunProgress::action_ends(const plan::Action& action, SteadyTime now) {
  const auto found = working_.find(action.host);
  if (found == working_.end() || found->second.step == 0) return std::nullopt;
  Work& work = found->second;
  const Duration took = now - work.since;
  measured_ += took;
  foreseen_ += action.expected;
  hosts_[action.host].done += action.expected;
  work.since = now;
  work.expected = Duration::zero();
  work.text.clear();
  work.percent.reset();
  return took;
}

void RunProgress::host_ends(const std::string& host, apply::HostResult result) {
  working_.erase(host);
  const auto found = hosts_.find(host);
  if (found == hosts_.end() || found->second.is_over) return;
  found->second.is_over = true;
  ++finished_;
  ++results_[result];
}

std::size_t RunProgress::count(apply::HostResult result) const {
  const auto found = results_.find(result);
  return found == results_.end() ? 0 : found->second;
}

/// How many times longer things take here than the plan says: the more was measured, the less the plan's word counts.
double RunProgress::pace() const {
  constexpr double kFastest = 0.2;
  constexpr double kSlowest = 5;
  if (foreseen_ <= Duration::zero() || usual_ <= Duration::zero()) return 1;
  const double measured = static_cast<double>((measured_ + usual_).count());
  return std::clamp(measured / static_cast<double>((foreseen_ + usual_).count()), kFastest, kSlowest);
}

Duration RunProgress::paced(Duration expected) const {
  return Duration(static_cast<Duration::rep>(static_cast<double>(expected.count()) * pace()));
}

Duration RunProgress::left_of_phase(const Work& work, SteadyTime now) const {
  const Duration elapsed = now - work.since;
  if (const auto left = left_by_percent(work.percent, elapsed)) return *left;
  return std::max(paced(work.expected) - elapsed, Duration::zero());
}

Duration RunProgress::left_of(const std::string& name, const Host& host, SteadyTime now) const {
  if (host.is_over) return Duration::zero();
  const auto work = working_.find(name);
  if (work == working_.end()) return paced(host.ahead);
  return paced(host.ahead) + left_of_phase(work->second, now);
}

/// What the steps that are done were expected to take, and what the one at work took so far.
Duration RunProgress::spent_on(const std::string& name, const Host& host, SteadyTime now) const {
  if (host.is_over) return std::max(paced(host.expected), Duration(1));
  const auto work = working_.find(name);
  if (work == working_.end() || work->second.step == 0) return Duration::zero();
  return paced(host.done) + (now - work->second.since);
}

HostAtWork RunProgress::shown(const std::string& name, const Work& work, SteadyTime now) const {
  const Host& host = hosts_.at(name);
  HostAtWork result{.host = name,
                    .order = work.order,
                    .phase = work.phase,
                    .text = work.text,
                    .percent = work.percent,
                    .step = work.step,
                    .steps = host.steps.size(),
                    .of_phase = now - work.since,
                    .of_host = now - work.host_since,
                    .left = left_of(name, host, now)};
  const auto left = left_by_percent(work.percent, result.of_phase);
  result.is_measured = left.has_value();
  result.expected = paced(work.expected);
  result.over = result.of_phase + left.value_or(Duration::zero()) - result.expected;
  result.fraction = part(spent_on(name, host, now), result.left);
  return result;
}

std::vector<HostAtWork> RunProgress::at_work(SteadyTime now, std::size_t most) const {
  std::vector<HostAtWork> result;
  for (const auto& [name, work] : working_) {
    if (hosts_.contains(name)) result.push_back(shown(name, work, now));
  }
  if (result.size() <= most) {
    std::ranges::sort(result, {}, &HostAtWork::order);
    return result;
  }
  // In whole minutes, so that hosts do not change places at every look.
  std::ranges::sort(result, {}, [](const HostAtWork& host) {
    return std::pair(host.is_late() ? -(host.over / Duration(1min)) : 0, host.order);
  });
  result.resize(most);
  return result;
}

double RunProgress::fraction(SteadyTime now) const {
  if (finished_ == hosts_.size()) return 1;
  Duration spent{0};
  Duration left{0};
  for (const auto& [name, host] : hosts_) {
    spent += spent_on(name, host, now);
    left += left_of(name, host, now);
  }
  return part(spent, left);
}

std::vector<std::string> RunProgress::working_first(const std::vector<std::string>& hosts) const {
  std::vector<std::string> ordered;
  for (const bool at_work : {true, false}) {
    for (const std::string& host : hosts) {
      if (working_.contains(host) == at_work) ordered.push_back(host);
    }
  }
  return ordered;
}

/// The rest of the run as a rollout of its own: of each host what is left, those at work first.
Duration RunProgress::rehearsed(SteadyTime now) const {
  std::vector<plan::HostWork> works;
  for (const auto& [name, host] : hosts_) {
    if (host.is_over) continue;
    plan::HostWork& work =
        works.emplace_back(plan::HostWork{.host = name, .length = left_of(name, host, now), .after = {}});
    for (const std::string& before : host.after) work.after.insert(before);
  }
  plan::RolloutPlan rest{.waves = {}, .budgets = rollout_.budgets};
  for (std::size_t i = 0; i < rollout_.waves.size(); ++i) {
    if (wave_over_[i]) continue;
    plan::Wave& wave = rest.waves.emplace_back();
    wave.soak = rollout_.waves[i].soak;
    wave.hosts = working_first(rollout_.waves[i].hosts);
  }
  // Behind the last wave nothing is left to wait for.
  if (!rest.waves.empty()) rest.waves.back().soak = Duration::zero();
  return plan::rehearse(rest, works, in_flight_);
}

std::optional<Duration> RunProgress::left(SteadyTime now, UtcTime utc_now) const {
  const Duration rest = rehearsed(now);
  if (!wait_ || !working_.empty()) return rest;
  if (!wait_->until) return std::nullopt;
  return rest + std::max(*wait_->until - utc_now, Duration::zero());
}

std::string rough_text(Duration duration) {
  if (duration < Duration(1min)) return "less than a minute";
  const auto up_to = [&](Duration unit) { return (duration + unit - Duration(1)) / unit * unit; };
  if (duration < Duration(30min)) return to_text(up_to(1min));
  return to_text(up_to(duration < Duration(4h) ? Duration(5min) : Duration(30min)));
}

}  // namespace firmform::report
