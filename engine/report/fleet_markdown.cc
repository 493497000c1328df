// SPDX-License-Identifier: Apache-2.0
// The comment of a pull request.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "engine/apply/run.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/summary.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/markdown_page.h"
#include "engine/report/markdown_text.h"
#include "engine/report/plan_graph.h"
#include "engine/report/plan_groups.h"
#include "engine/report/plan_windows.h"
#include "engine/report/rollout_text.h"
#include "engine/report/timeline_markup.h"

namespace firmform::report {
namespace {

using Kind = FleetFinding::Kind;
using plan::PolicyResult;

constexpr std::size_t kMostGraphActions = 30;
constexpr std::size_t kPreWidth = 100;

/// Names that are written by people stand in a comment of HTML, which "--" would end.
std::string as_label(std::string_view text) {
  std::string label;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                       c == '/' || c == '_' || (c == '-' && !label.empty() && label.back() != '-');
    label += plain ? c : '_';
  }
  while (!label.empty() && label.back() == '-') label.pop_back();
  return label.empty() ? "." : label;
}

/// As it is, in a font of equal widths.
std::string pre(std::string_view text) {
  return fmt::format("<pre>\n{}</pre>\n", escaped(text));
}

std::string hosts_cell(const std::vector<std::string>& hosts, std::size_t shown) {
  std::string text;
  for (std::size_t i = 0; i < std::min(hosts.size(), shown); ++i) {
    text += (i == 0 ? "" : ", ") + markdown_code(hosts[i], 80);
  }
  return hosts.size() <= shown ? text : fmt::format("{} and {} more", text, with_commas(hosts.size() - shown));
}

std::string_view symbol_of(PlanRow::Kind kind) {
  switch (kind) {
    case PlanRow::Kind::update:
      return "↑";
    case PlanRow::Kind::downgrade:
      return "**↓**";
    case PlanRow::Kind::blocked:
      return "**!**";
    case PlanRow::Kind::restart:
      return "";
  }
  return "";
}

std::string_view symbol_of(ResourceLine::Kind kind) {
  switch (kind) {
    case ResourceLine::Kind::create:
      return "create";
    case ResourceLine::Kind::change:
      return "change";
    case ResourceLine::Kind::remove:
      return "**remove**";
    case ResourceLine::Kind::invoke:
      return "invoke";
    case ResourceLine::Kind::pending:
      return "pending";
    case ResourceLine::Kind::blocked:
      return "**blocked**";
  }
  return "";
}

std::string_view symbol_of(PolicyResult::Outcome outcome) {
  switch (outcome) {
    case PolicyResult::Outcome::passed:
      return "passed";
    case PolicyResult::Outcome::warned:
      return "**warns**";
    case PolicyResult::Outcome::override_needed:
      return "**to be overridden**";
    case PolicyResult::Outcome::overridden:
      return "overridden";
    case PolicyResult::Outcome::denied:
      return "**denied**";
  }
  return "";
}

class Comment {
 public:
  explicit Comment(const FleetReport& report) : report_(report), plan_(report.plan), findings_(findings_of(report)) {}

  std::string write() {
    findings(Kind::host, "Hosts that did not get there");
    policies();
    findings(Kind::problem, "Problems");
    if (is_drift()) {
      drift(false);
      reasons_of_drift();
    }
    findings(Kind::blocked, "Blocked");
    findings(Kind::unreachable, "Not reached");
    if (!is_drift()) planned();
    return markdown_page(head(), sections_, kLongestComment);
  }

 private:
  [[nodiscard]] bool is_drift() const { return report_.verb == "drift"; }

  void planned() {
    findings(Kind::caution, "Look twice");
    ways_back();
    if (!has_plan(report_)) return;
    const std::vector<PlanGroup> groups = group_hosts(plan_);
    firmware(groups);
    resources(groups);
    windows();
    rollout();
    restarts(groups);
    drift(true);
    graph();
    hosts(groups);
  }

  [[nodiscard]] std::string head() const {
    std::string text = fmt::format("<!-- firmform:{} {} -->\n", as_label(report_.verb), as_label(report_.directory));
    text += fmt::format("### firmform {}: {}\n\n", markdown_text(report_.verb), markdown_text(verdict_of(report_)));
    if (has_plan(report_) && !is_drift()) text += counts() + effort();
    text += fmt::format("Exit code {} ({})", static_cast<int>(report_.exit), exit_name(report_.exit));
    if (has_plan(report_)) {
      constexpr std::size_t kShort = 12;
      text += fmt::format(", plan {} of {} for manifest {}", markdown_code(plan_.header.id.substr(0, kShort)),
                          to_rfc3339(plan_.header.created_at),
                          markdown_code(plan_.header.manifest_digest.substr(0, kShort)));
    }
    if (report_.run != nullptr) text += fmt::format(", run {}", markdown_code(report_.run->run_id));
    return text + ".\n\n";
  }

  [[nodiscard]] std::string counts() const {
    const plan::Summary summary = plan::summarize(plan_);
    const auto cells = {summary.update,  summary.downgrade, summary.create,  summary.delete_,    summary.invoke,
                        summary.pending, summary.no_op,     summary.blocked, summary.unreachable};
    std::string text =
        "| Update | Downgrade | Create | Remove | Invoke | Pending | Unchanged | Blocked | Unreachable hosts |\n"
        "|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n|";
    for (const std::size_t cell : cells) text += fmt::format(" {} |", cell);
    return text + "\n\n";
  }

  [[nodiscard]] std::string effort() const {
    const plan::Summary summary = plan::summarize(plan_);
    if (summary.hosts_to_change == 0) return {};
    const int limit = plan_.max_hosts_in_flight > 0 ? plan_.max_hosts_in_flight : apply::RunOptions().parallelism;
    const plan::Estimate estimate = plan::estimate(plan_, static_cast<std::size_t>(std::max(limit, 1)));
    return fmt::format("{} of {} to change, {}, {}, {} for the slowest host, {} for all ({} at a time).\n\n",
                       with_commas(summary.hosts_to_change), counted(summary.hosts, "host"),
                       counted(summary.host_restarts, "restart of a host", "restarts of hosts"),
                       counted(summary.bmc_restarts, "restart of a BMC", "restarts of BMCs"),
                       to_text(estimate.slowest_host), to_text(estimate.whole), limit);
  }

  void add(MarkdownSection section) {
    if (!section.items.empty()) sections_.push_back(std::move(section));
  }

  void findings(Kind kind, std::string title) {
    MarkdownSection section{.title = std::move(title), .items = {}, .noun = "problem", .least = 5'000};
    for (const FleetFinding& finding : findings_) {
      if (finding.kind == kind) section.items.push_back({line_of(finding)});
    }
    add(std::move(section));
  }

  static std::string line_of(const FleetFinding& finding) {
    constexpr std::size_t kLongestText = 1'500;
    constexpr std::size_t kLongestHelp = 300;
    std::string line =
        fmt::format("- <code>{}</code> {}", finding.rule, markdown_text(clipped(finding.message, kLongestText)));
    // The reasons of a plan name their place themselves.
    const bool has_place = finding.place && finding.kind == Kind::problem;
    if (has_place) {
      line += " " + markdown_code(
                        fmt::format("{}:{}:{}", finding.place->file, finding.place->line, finding.place->column), 200);
    }
    if (!finding.help.empty())
      line += fmt::format("<br>{}", markdown_text(clipped(finding.help.front(), kLongestHelp)));
    return line + "\n";
  }

  void policies() {
    MarkdownSection section{.title = "Policies",
                            .head = "| Result | Rule | What it says |\n|---|---|---|\n",
                            .items = {},
                            .noun = "rule",
                            .least = 7'000};
    std::size_t passed = 0;
    for (const PolicyResult& result : plan_.policies) {
      if (result.outcome == PolicyResult::Outcome::passed) {
        ++passed;
      } else {
        section.items.push_back({policy_row(result)});
      }
    }
    if (passed > 0)
      section.items.push_back({fmt::format("| passed | {} | |\n", counted(passed, "other rule")), passed});
    add(std::move(section));
  }

  static std::string policy_row(const PolicyResult& result) {
    constexpr std::size_t kLongestText = 1'000;
    std::string says = markdown_text(clipped(result.message, kLongestText));
    if (!result.subjects.empty()) says += ": " + hosts_cell(result.subjects, 5);
    if (result.outcome == PolicyResult::Outcome::overridden) {
      says += fmt::format("<br>overridden by {}: {}", markdown_text(clipped(result.by, 100)),
                          markdown_text(clipped(result.reason, kLongestText)));
    }
    return fmt::format("| {} | {} | {} |\n", symbol_of(result.outcome), markdown_code(result.rule), says);
  }

  void ways_back() {
    MarkdownSection section{.title = "No way back", .folded = true, .items = {}, .noun = "change"};
    for (const NoReturn& group : no_returns(plan_)) {
      const std::vector<std::string> components(group.components.begin(), group.components.end());
      std::string line = fmt::format("- {} on {}", hosts_cell(components, 6), counted(group.hosts.size(), "host"));
      line += group.is_door ? ": one-way door: " + markdown_text(clipped(group.text, 500))
                            : std::string(": the catalog has no image of what is installed now");
      section.items.push_back({line + "\n"});
    }
    add(std::move(section));
  }

  void firmware(const std::vector<PlanGroup>& groups) {
    MarkdownSection section{.title = "Firmware",
                            .head =
                                "| | Hosts | Component | From | To | Steps | Restart | Est. |\n"
                                "|---|---|---|---|---|---|---|--:|\n",
                            .items = {},
                            .noun = "host",
                            .least = 14'000};
    for (const PlanGroup& group : groups) {
      if (!group.rows.empty()) section.items.push_back({rows_of(group), group.hosts.size()});
    }
    add(std::move(section));
  }

  static std::string rows_of(const PlanGroup& group) {
    std::string text;
    std::string hosts = hosts_cell(group.hosts, 3);
    for (const PlanRow& row : group.rows) {
      text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", symbol_of(row.kind), std::exchange(hosts, {}),
                          row.kind == PlanRow::Kind::restart ? std::string("*restart*") : markdown_code(row.component),
                          markdown_code(row.from), markdown_code(row.to), markdown_text(clipped(row.steps, 200)),
                          row.reboot == "no" ? "" : row.reboot,
                          row.expected > Duration::zero() ? to_text(row.expected) : std::string());
    }
    return text;
  }

  void resources(const std::vector<PlanGroup>& groups) {
    MarkdownSection section{.title = "On the BMCs",
                            .folded = true,
                            .head = "| | Hosts | What | Content |\n|---|---|---|---|\n",
                            .items = {},
                            .noun = "host",
                            .least = 4'000};
    for (const PlanGroup& group : groups) {
      if (group.resources.empty()) continue;
      std::string text;
      std::string hosts = hosts_cell(group.hosts, 3);
      for (const ResourceLine& line : group.resources) {
        std::vector<std::string> details;
        for (const std::string& detail : line.details) details.push_back(markdown_text(clipped(detail, 200)));
        text += fmt::format("| {} | {} | {} | {} |\n", symbol_of(line.kind), std::exchange(hosts, {}),
                            markdown_code(line.text, 200), fmt::join(details, "<br>"));
      }
      section.items.push_back({std::move(text), group.hosts.size()});
    }
    add(std::move(section));
  }

  void restarts(const std::vector<PlanGroup>& groups) {
    MarkdownSection section{.title = "Why hosts restart more than once", .folded = true, .items = {}, .noun = "host"};
    for (const PlanGroup& group : groups) {
      if (group.restarts.empty()) continue;
      std::string text = fmt::format("- {}\n", hosts_cell(group.hosts, 3));
      for (std::size_t i = 0; i < group.restarts.size(); ++i) {
        const RestartLine& line = group.restarts[i];
        text += fmt::format("  - restart {}: {}", i + 1, markdown_text(clipped(line.activates, 500)));
        if (!line.because.empty()) {
          text += "; not with the one before: " +
                  markdown_text(clipped(fmt::format("{}", fmt::join(line.because, "; ")), 500));
        }
        text += "\n";
      }
      section.items.push_back({std::move(text), group.hosts.size()});
    }
    add(std::move(section));
  }

  void windows() {
    const std::string text = windows_text(plan_, kPreWidth);
    if (text.empty()) return;
    add({.title = "Windows", .folded = true, .items = {{pre(text)}}, .noun = "window"});
  }

  void rollout() {
    const std::string text = rollout_text(plan_, {.width = static_cast<int>(kPreWidth)});
    if (text.empty()) return;
    add({.title = "Rollout", .folded = true, .items = {{pre(text)}}, .noun = "wave", .least = 3'000});
  }

  void drift(bool folded) {
    using Key = std::tuple<plan::DriftClass, std::string, std::string, std::string>;
    std::map<Key, std::pair<const plan::DriftEntry*, std::vector<std::string>>> groups;
    for (const plan::DriftEntry& entry : report_.drift.entries) {
      const std::string& name = entry.name.empty() ? entry.component : entry.name;
      auto& [first, hosts] = groups[{entry.drift, name, entry.from.value_or(""), entry.to}];
      if (first == nullptr) first = &entry;
      if (hosts.empty() || hosts.back() != entry.host) hosts.push_back(entry.host);
    }
    MarkdownSection section{
        .title = folded ? fmt::format("Drift: {} of {} in line", with_commas(report_.drift.hosts_in_line),
                                      counted(report_.drift.hosts, "host"))
                        : std::string("Drift"),
        .folded = folded,
        .head = "| Class | Hosts | Component | Installed | Wanted | Policy |\n|---|---|---|---|---|---|\n",
        .items = {},
        .noun = "host",
        .least = 4'000};
    for (const auto& [key, group] : groups)
      section.items.push_back({drift_row(*group.first, group.second), group.second.size()});
    add(std::move(section));
  }

  /// Why it is no simple update, each cause once.
  void reasons_of_drift() {
    MarkdownSection section{.title = "Why", .items = {}, .noun = "cause", .least = 4'000};
    for (const FleetFinding& finding : findings_) {
      if (finding.kind == Kind::drift && !finding.help.empty()) section.items.push_back({line_of(finding)});
    }
    add(std::move(section));
  }

  static std::string drift_row(const plan::DriftEntry& entry, const std::vector<std::string>& hosts) {
    return fmt::format("| {} | {} | {} | {} | {} | {} |\n", plan::to_string(entry.drift), hosts_cell(hosts, 3),
                       markdown_code(entry.name.empty() ? entry.component : entry.name),
                       markdown_code(entry.from.value_or("")), markdown_code(entry.to),
                       entry.policy == manifest::DriftPolicy::fail ? "fails" : "reported");
  }

  void graph() {
    if (plan_.actions.empty() || plan_.actions.size() > kMostGraphActions) return;
    const std::string graph = plan_mermaid(plan_);
    // Names that mean something to Markdown or HTML are not worth the risk.
    if (graph.find_first_of("@<`") != std::string::npos) return;
    add({.title = "Graph of actions",
         .folded = true,
         .items = {{"````mermaid\n" + graph + "````\n"}},
         .noun = "graph",
         .least = 0});
  }

  /// Whole lists of what the tables shorten.
  void hosts(const std::vector<PlanGroup>& groups) {
    constexpr std::size_t kShown = 3;
    MarkdownSection section{.title = "Hosts of each group", .folded = true, .items = {}, .noun = "host", .least = 0};
    for (const PlanGroup& group : groups) {
      if (group.hosts.size() <= kShown) continue;
      section.items.push_back({fmt::format("- like {}: {}\n", markdown_code(group.hosts.front()),
                                           hosts_cell(group.hosts, group.hosts.size())),
                               group.hosts.size()});
    }
    add(std::move(section));
  }

  const FleetReport& report_;
  const plan::Plan& plan_;
  std::vector<FleetFinding> findings_;
  std::vector<MarkdownSection> sections_;
};

}  // namespace

std::string markdown_report(const FleetReport& report) {
  return Comment(report).write();
}

}  // namespace firmform::report
