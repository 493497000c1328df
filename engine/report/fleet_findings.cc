// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/summary.h"
#include "engine/report/drift_report.h"
#include "engine/report/plan_groups.h"
#include "engine/report/plan_text.h"
#include "engine/report/run_views.h"

namespace firmform::report {
namespace {

using Finding = FleetFinding;
using Level = FleetFinding::Level;
using Kind = FleetFinding::Kind;
using plan::Change;
using plan::DriftEntry;
using plan::PolicyResult;

std::string in_checkout(const FleetReport& report, const std::string& file) {
  return report.directory.empty() || report.directory == "." ? file : report.directory + "/" + file;
}

std::string subject_of(const std::string& host, const std::string& component) {
  return component.empty() ? host : fmt::format("{}/{}", host, component);
}

/// "web-01", "web-01 and 3 more hosts"
std::string hosts_text(const std::string& first, std::size_t hosts) {
  return hosts <= 1 ? first : fmt::format("{} and {}", first, counted(hosts - 1, "more host"));
}

Finding finding_of(Kind kind, Level level, Code code, std::string message) {
  const CodeInfo& about = info(code);
  return {.kind = kind,
          .level = level,
          .rule = firmform::to_string(code),
          .title = std::string(about.title),
          .message = std::move(message),
          .help = {},
          .place = {},
          .subject = {}};
}

/// A name for a rule's id: what is no letter, digit or dot becomes a hyphen.
std::string as_id(std::string_view name) {
  std::string id;
  for (const char c : printable(name)) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (plain) {
      id += c;
    } else if (!id.empty() && id.back() != '-') {
      id += '-';
    }
  }
  while (!id.empty() && id.back() == '-') id.pop_back();
  return id.empty() ? "unnamed" : id;
}

class Collector {
 public:
  explicit Collector(const FleetReport& report) : report_(report) {
    for (const Change& change : report.plan.changes) {
      for (const plan::Reason& reason : change.reasons) changes_[&reason] = &change;
      if (change.kind == plan::ChangeKind::blocked) blocked_.insert(subject_of(change.host, change.address));
    }
  }

  std::vector<Finding> collect() {
    problems();
    // `drift` only looks: its entries tell of themselves why they are no simple updates, and policy how bad that is.
    if (!is_drift()) {
      reasons(true);
      reasons(false);
    }
    unreachable();
    if (!is_drift()) policies();
    drift();
    hosts();
    return std::move(findings_);
  }

 private:
  [[nodiscard]] bool is_drift() const { return report_.verb == "drift"; }

  void problems() {
    for (const Diagnostic& diagnostic : report_.diagnostics.sorted()) {
      const bool is_error = diagnostic.severity == Severity::error;
      Finding finding =
          finding_of(Kind::problem, is_error ? Level::error : Level::warning, diagnostic.code,
                     diagnostic.subject.empty() ? diagnostic.message
                                                : fmt::format("{}: {}", diagnostic.subject, diagnostic.message));
      finding.help = diagnostic.help;
      finding.subject = diagnostic.subject;
      if (diagnostic.primary && diagnostic.primary->span.file < report_.sources.size()) {
        const SourceSpan& span = diagnostic.primary->span;
        finding.place = Place{in_checkout(report_, report_.sources.name(span.file)), std::max(span.line, 1U),
                              std::max(span.column, 1U), span.length};
      }
      told_.emplace(diagnostic.code, finding.subject);
      if (finding.place) told_.emplace(diagnostic.code, key_of(*finding.place));
      findings_.push_back(std::move(finding));
    }
  }

  static std::string key_of(const Place& place) { return fmt::format("{}:{}", place.file, place.line); }

  /// A planner's error is a diagnostic and the reason of a change.
  [[nodiscard]] bool is_told(const Finding& finding, Code code) const {
    return told_.contains({code, finding.subject}) || (finding.place && told_.contains({code, key_of(*finding.place)}));
  }

  void reasons(bool of_blocked) {
    for (const ReasonGroup& group : group_reasons(report_.plan, of_blocked)) {
      const Change& change = *changes_.at(group.reason);
      std::string message = group.reason->text;
      if (group.components > 1) {
        message += fmt::format(" [in all {} of {}]", counted(group.components, "component"),
                               counted(group.hosts.size(), "host"));
      }
      Finding finding = finding_of(of_blocked ? Kind::blocked : Kind::caution,
                                   of_blocked ? Level::error : Level::warning, group.reason->code, std::move(message));
      finding.help = group.reason->help;
      finding.place = parse_place(report_, change.origin);
      finding.subject = subject_of(change.host, change.address);
      if (!is_told(finding, group.reason->code)) findings_.push_back(std::move(finding));
    }
  }

  /// One for each cause. The details differ from host to host: the first one's are shown.
  void unreachable() {
    std::map<Code, std::vector<const plan::PlannedHost*>> by_code;
    for (const plan::PlannedHost& host : report_.plan.hosts) {
      if (host.status == "ok") continue;
      by_code[host.problems.empty() ? Code::host_unreachable : host.problems.back().code].push_back(&host);
    }
    for (const auto& [code, hosts] : by_code) {
      const plan::PlannedHost& first = *hosts.front();
      std::string message = fmt::format("{}: {}", hosts_text(first.name, hosts.size()), first.status);
      if (!first.problems.empty()) message += fmt::format(" ({})", first.problems.back().text);
      Finding finding = finding_of(Kind::unreachable, level_of_unreachable(), code, std::move(message));
      if (!first.problems.empty()) finding.help = first.problems.back().help;
      finding.subject = first.name;
      if (!is_told(finding, code)) findings_.push_back(std::move(finding));
    }
  }

  [[nodiscard]] Level level_of_unreachable() const {
    const auto is_failing = [](const DriftEntry& entry) {
      return entry.drift == plan::DriftClass::unreachable && entry.policy == manifest::DriftPolicy::fail;
    };
    return !is_drift() || std::ranges::any_of(report_.drift.entries, is_failing) ? Level::error : Level::warning;
  }

  void policies() {
    for (const PolicyResult& result : report_.plan.policies) {
      if (result.outcome == PolicyResult::Outcome::passed) continue;
      findings_.push_back(policy(result));
    }
  }

  [[nodiscard]] Finding policy(const PolicyResult& result) const {
    constexpr std::size_t kShown = 5;
    std::string message = fmt::format("{}: {}", result.rule, result.message);
    for (std::size_t i = 0; i < std::min(result.subjects.size(), kShown); ++i) {
      message += (i == 0 ? " [" : ", ") + result.subjects[i];
    }
    if (result.subjects.size() > kShown) message += fmt::format(" and {} more", result.subjects.size() - kShown);
    if (!result.subjects.empty()) message += "]";
    Finding finding{.kind = Kind::policy,
                    .level = Level::error,
                    .rule = "policy-" + as_id(result.rule),
                    .title = fmt::format("policy rule {}", result.rule),
                    .message = std::move(message),
                    .help = {},
                    .place = parse_place(report_, result.origin),
                    .subject = result.subjects.empty() ? std::string() : result.subjects.front()};
    switch (result.outcome) {
      case PolicyResult::Outcome::passed:
      case PolicyResult::Outcome::overridden:
        finding.level = Level::note;
        finding.message += fmt::format(" (overridden by {}: {})", result.by, result.reason);
        break;
      case PolicyResult::Outcome::warned:
        finding.level = Level::warning;
        break;
      case PolicyResult::Outcome::override_needed:
        finding.help.emplace_back(info(Code::override_needed).next);
        break;
      case PolicyResult::Outcome::denied:
        finding.help.emplace_back(info(Code::policy_denied).next);
        break;
    }
    return finding;
  }

  /// What a plan or a run is about to mend is only a note; after `drift` the manifest's policy decides.
  [[nodiscard]] Level level_of(const DriftEntry& entry) const {
    if (!is_drift()) return Level::note;
    return entry.policy == manifest::DriftPolicy::fail ? Level::error : Level::warning;
  }

  void drift() {
    struct Group {
      const DriftEntry* first;
      std::set<std::string_view> hosts;
      std::size_t components = 0;
    };
    std::map<std::tuple<plan::DriftClass, std::string, std::string, std::optional<Code>>, Group> groups;
    for (const DriftEntry& entry : report_.drift.entries) {
      if (entry.drift == plan::DriftClass::unreachable || (!is_drift() && is_blocked(entry))) continue;
      const auto cause = entry.reasons.empty() ? std::nullopt : std::optional(entry.reasons.back().code);
      Group& group =
          groups.try_emplace({entry.drift, entry.origin, entry.name, cause}, Group{&entry, {}, 0}).first->second;
      group.hosts.insert(entry.host);
      ++group.components;
    }
    for (const auto& [key, group] : groups) findings_.push_back(drifted(*group.first, group.hosts.size()));
  }

  /// Its reasons say it better.
  [[nodiscard]] bool is_blocked(const DriftEntry& entry) const {
    return blocked_.contains(subject_of(entry.host, entry.component));
  }

  [[nodiscard]] Finding drifted(const DriftEntry& entry, std::size_t hosts) const {
    const std::string word(plan::to_string(entry.drift));
    std::string message = fmt::format("{}: {}: {}", hosts_text(entry.host, hosts),
                                      entry.name.empty() ? entry.component : entry.name, plan::meaning_of(entry.drift));
    if (!entry.to.empty()) {
      message += fmt::format(" (installed {}, wanted {})", entry.from.value_or("unknown"), entry.to);
    }
    Finding finding{.kind = Kind::drift,
                    .level = level_of(entry),
                    .rule = "drift-" + word,
                    .title = std::string(plan::meaning_of(entry.drift)),
                    .message = std::move(message),
                    .help = {},
                    .place = parse_place(report_, entry.origin),
                    .subject = subject_of(entry.host, entry.component)};
    if (is_drift() && !entry.reasons.empty()) {
      const plan::Reason& reason = entry.reasons.back();
      finding.message += fmt::format(": {} {}", firmform::to_string(reason.code), reason.text);
      finding.help = reason.help;
    }
    return finding;
  }

  void hosts() {
    if (report_.run == nullptr) return;
    struct Group {
      const std::string* first;
      const apply::HostOutcome* outcome;
      std::size_t hosts = 0;
    };
    std::map<std::tuple<apply::HostResult, Code, std::string>, Group> groups;
    for (const auto& [name, outcome] : report_.run->hosts) {
      if (!outcome.error) continue;
      const auto key = std::tuple(outcome.result, outcome.error->code(), outcome.error->message());
      ++groups.try_emplace(key, Group{&name, &outcome, 0}).first->second.hosts;
    }
    for (const auto& [key, group] : groups) findings_.push_back(ended(*group.first, *group.outcome, group.hosts));
  }

  [[nodiscard]] static Finding ended(const std::string& host, const apply::HostOutcome& outcome, std::size_t hosts) {
    const Error& error = *outcome.error;
    const bool is_failure = outcome.result == apply::HostResult::failed ||
                            outcome.result == apply::HostResult::unknown ||
                            outcome.result == apply::HostResult::unreachable;
    Finding finding = finding_of(
        Kind::host, is_failure ? Level::error : Level::warning, error.code(),
        fmt::format("{}: {}: {}", hosts_text(host, hosts), apply::to_string(outcome.result), error.message()));
    finding.help = error.help();
    finding.subject = host;
    return finding;
  }

  const FleetReport& report_;
  std::map<const plan::Reason*, const Change*> changes_;
  std::set<std::pair<Code, std::string>> told_;
  std::set<std::string> blocked_;
  std::vector<Finding> findings_;
};

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size() || number == 0) return std::nullopt;
  return number;
}

std::string verdict_without_plan(const FleetReport& report) {
  const std::vector<Diagnostic> all = report.diagnostics.sorted();
  const auto errors = static_cast<std::size_t>(std::ranges::count(all, Severity::error, &Diagnostic::severity));
  const std::string counts = fmt::format("{}, {}", counted(errors, "error"), counted(all.size() - errors, "warning"));
  if (report.exit == Exit::manifest_invalid) return fmt::format("The manifest is not valid: {}.", counts);
  if (report.exit != Exit::ok) {
    return fmt::format("`firmform {}` ended with {} ({}): {}.", report.verb, exit_name(report.exit),
                       static_cast<int>(report.exit), counts);
  }
  return all.empty() ? "The manifest is valid." : fmt::format("The manifest is valid: {}.", counts);
}

}  // namespace

std::string_view to_string(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::note:
      return "note";
  }
  return "note";
}

std::vector<Finding> findings_of(const FleetReport& report) {
  return Collector(report).collect();
}

bool has_plan(const FleetReport& report) {
  return !report.plan.header.id.empty();
}

std::string verdict_of(const FleetReport& report) {
  if (report.run != nullptr) {
    const std::string text = summary_text(*report.run);
    return text.substr(0, text.find('\n'));
  }
  if (has_plan(report) && report.verb == "drift") return drift_totals(report.drift);
  return has_plan(report) ? plan_totals(plan::summarize(report.plan)) : verdict_without_plan(report);
}

std::optional<Place> parse_place(const FleetReport& report, const std::string& origin) {
  const std::size_t second = origin.rfind(':');
  if (second == std::string::npos || second == 0) return std::nullopt;
  const std::size_t first = origin.rfind(':', second - 1);
  if (first == std::string::npos || first == 0) return std::nullopt;
  const auto line = number_in(std::string_view(origin).substr(first + 1, second - first - 1));
  const auto column = number_in(std::string_view(origin).substr(second + 1));
  if (!line || !column) return std::nullopt;
  return Place{in_checkout(report, origin.substr(0, first)), *line, *column, 0};
}

}  // namespace firmform::report
