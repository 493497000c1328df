// SPDX-License-Identifier: Apache-2.0
// Where the fleet stands, as metrics of one moment.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "engine/plan/summary.h"
#include "engine/report/exposition.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/plan_after.h"

namespace firmform::report {
namespace {

using plan::ChangeKind;
using plan::PolicyResult;

double as_number(std::size_t count) {
  return static_cast<double>(count);
}

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

double seconds_of(UtcTime time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

bool is_wanted(const plan::Change& change) {
  return change.resource == plan::ResourceType::firmware && !change.address.empty();
}

class Families {
 public:
  explicit Families(const FleetReport& report) : report_(report), plan_(report.plan) {}

  std::vector<MetricFamily> make() {
    verb();
    if (!has_plan(report_)) return std::move(families_);
    hosts();
    components();
    drift();
    changes();
    policies();
    run();
    return std::move(families_);
  }

 private:
  std::vector<Sample>& family(std::string name, std::string help) {
    families_.push_back({.name = std::move(name), .help = std::move(help), .samples = {}});
    return families_.back().samples;
  }

  void single(std::string name, std::string help, double value) {
    family(std::move(name), std::move(help)).push_back({.labels = {}, .value = value});
  }

  void verb() {
    family("firmform_exit_code", "Exit code of the verb that wrote this; 0 is ok, the others are in the manual.")
        .push_back({.labels = {{"verb", report_.verb}}, .value = static_cast<double>(report_.exit)});
    family("firmform_report_timestamp_seconds", "When this was written.")
        .push_back({.labels = {{"verb", report_.verb}}, .value = seconds_of(report_.at)});
    std::size_t errors = 0;
    const std::vector<Diagnostic> all = report_.diagnostics.sorted();
    for (const Diagnostic& one : all) errors += one.severity == Severity::error ? 1 : 0;
    std::vector<Sample>& samples = family("firmform_problems", "Problems of manifest and planning, by severity.");
    samples.push_back({.labels = {{"severity", "error"}}, .value = as_number(errors)});
    samples.push_back({.labels = {{"severity", "warning"}}, .value = as_number(all.size() - errors)});
  }

  void hosts() {
    std::set<std::string_view> out_of_line;
    for (const plan::DriftEntry& entry : report_.drift.entries) out_of_line.insert(entry.host);
    std::map<std::string, std::size_t> by_status{{"ok", 0}, {"unreachable", 0}};
    for (const plan::PlannedHost& host : plan_.hosts) ++by_status[host.status];
    std::vector<Sample>& statuses = family("firmform_hosts", "Hosts, by what became of reading them.");
    for (const auto& [status, count] : by_status) {
      statuses.push_back({.labels = {{"status", status}}, .value = as_number(count)});
    }
    single("firmform_hosts_compliant", "Hosts that are in every respect as the manifest wants them.",
           as_number(report_.drift.hosts_in_line));
    std::vector<Sample>& compliant =
        family("firmform_host_compliant", "1 when the host is in every respect as the manifest wants it, else 0.");
    for (const plan::PlannedHost& host : plan_.hosts) {
      compliant.push_back({.labels = {{"host", host.name}}, .value = out_of_line.contains(host.name) ? 0.0 : 1.0});
    }
  }

  /// Two series for each component: a large fleet would be more than a monitoring system likes to keep.
  void components() {
    const plan::Plan now = report_.run == nullptr ? plan_ : plan_after(plan_, *report_.run);
    const auto count = static_cast<std::size_t>(std::ranges::count_if(now.changes, is_wanted));
    const bool shown = count <= kMostComponentSeries;
    single("firmform_components", "Firmware components that the manifest wants something of.", as_number(count));
    single("firmform_components_left_out",
           fmt::format("Components without metrics of their own; above {} none has any.", kMostComponentSeries),
           shown ? 0.0 : as_number(count));
    if (!shown) return;
    std::set<std::pair<std::string_view, std::string_view>> drifted;
    for (const plan::DriftEntry& entry : report_.drift.entries) drifted.emplace(entry.host, entry.component);
    std::vector<Sample> compliant;
    std::vector<Sample> versions;
    std::set<std::pair<std::string_view, std::string_view>> seen;  // one that several entries name is one component
    for (const plan::Change& change : now.changes) {
      if (!is_wanted(change) || !seen.emplace(change.host, change.address).second) continue;
      compliant.push_back({.labels = {{"host", change.host}, {"component", change.address}},
                           .value = drifted.contains({change.host, change.address}) ? 0.0 : 1.0});
      versions.push_back({.labels = {{"host", change.host},
                                     {"component", change.address},
                                     {"name", change.name},
                                     {"installed", change.from.value_or("")},
                                     {"wanted", change.to}},
                          .value = 1});
    }
    family("firmform_component_compliant", "1 when the component is as the manifest wants it, else 0.") =
        std::move(compliant);
    family("firmform_component_version_info", "Always 1; its labels tell what is installed and what is wanted.") =
        std::move(versions);
  }

  void drift() {
    std::vector<Sample>& components = family("firmform_drift", "What is not as the manifest wants it, by class.");
    for (const plan::DriftClass drift_class : plan::drift_classes()) {
      const auto count = report_.drift.counts.find(drift_class);
      components.push_back({.labels = {{"class", std::string(plan::to_string(drift_class))}},
                            .value = count == report_.drift.counts.end() ? 0.0 : as_number(count->second)});
    }
    std::vector<Sample>& hosts = family("firmform_drift_hosts", "Hosts with drift of the class.");
    for (const plan::DriftClass drift_class : plan::drift_classes()) {
      const auto count = report_.drift.hosts_of_class.find(drift_class);
      hosts.push_back({.labels = {{"class", std::string(plan::to_string(drift_class))}},
                       .value = count == report_.drift.hosts_of_class.end() ? 0.0 : as_number(count->second)});
    }
  }

  void changes() {
    std::vector<Sample>& kinds = family("firmform_plan_changes", "Resources of the plan, by what becomes of them.");
    for (const ChangeKind kind : {ChangeKind::no_op, ChangeKind::update, ChangeKind::downgrade, ChangeKind::create,
                                  ChangeKind::delete_, ChangeKind::invoke, ChangeKind::pending, ChangeKind::blocked}) {
      kinds.push_back(
          {.labels = {{"kind", std::string(plan::to_string(kind))}}, .value = as_number(plan_.count(kind))});
    }
    const plan::Summary summary = plan::summarize(plan_);
    single("firmform_plan_hosts_to_change", "Hosts that the plan changes.", as_number(summary.hosts_to_change));
    std::vector<Sample>& restarts = family("firmform_plan_restarts", "Restarts that the plan needs.");
    restarts.push_back({.labels = {{"of", "host"}}, .value = as_number(summary.host_restarts)});
    restarts.push_back({.labels = {{"of", "bmc"}}, .value = as_number(summary.bmc_restarts)});
    single("firmform_plan_timestamp_seconds", "When the plan was made.", seconds_of(plan_.header.created_at));
    family("firmform_plan_info", "Always 1; its labels tell which plan of which manifest this is about.")
        .push_back({.labels = {{"plan", plan_.header.id},
                               {"manifest", plan_.header.manifest_digest},
                               {"version", plan_.header.tool_version}},
                    .value = 1});
  }

  void policies() {
    if (plan_.policies.empty()) return;
    using Outcome = PolicyResult::Outcome;
    std::vector<Sample>& samples = family("firmform_policies", "Policy rules, by what they say of the plan.");
    for (const Outcome outcome :
         {Outcome::passed, Outcome::warned, Outcome::override_needed, Outcome::overridden, Outcome::denied}) {
      samples.push_back(
          {.labels = {{"outcome", std::string(plan::to_string(outcome))}},
           .value = static_cast<double>(std::ranges::count(plan_.policies, outcome, &PolicyResult::outcome))});
    }
  }

  void run() {
    if (report_.run == nullptr) return;
    using apply::HostResult;
    const apply::Summary& run = *report_.run;
    std::vector<Sample>& results = family("firmform_last_run_hosts", "Hosts of the last run, by how they ended.");
    for (const HostResult result :
         {HostResult::done, HostResult::scheduled, HostResult::failed, HostResult::unreachable, HostResult::moved,
          HostResult::unknown, HostResult::deferred, HostResult::held, HostResult::skipped, HostResult::detached}) {
      results.push_back(
          {.labels = {{"result", std::string(apply::to_string(result))}}, .value = as_number(run.count(result))});
    }
    single("firmform_last_run_duration_seconds", "How long the last run took.", seconds_of(run.elapsed));
    single("firmform_last_run_timestamp_seconds", "When the last run ended.", seconds_of(report_.at));
    single("firmform_last_run_success", "1 when the last run did all that it was to do, else 0.",
           run.exit() == Exit::ok ? 1.0 : 0.0);
    family("firmform_last_run_info", "Always 1; its label names the last run.")
        .push_back({.labels = {{"run", run.run_id}}, .value = 1});
  }

  const FleetReport& report_;
  const plan::Plan& plan_;
  std::vector<MetricFamily> families_;
};

}  // namespace

std::string prometheus_report(const FleetReport& report) {
  return exposition(Families(report).make());
}

}  // namespace firmform::report
