// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/summary.h"
#include "engine/report/plan_actions.h"
#include "engine/report/plan_groups.h"
#include "engine/report/plan_policies.h"
#include "engine/report/plan_windows.h"
#include "engine/report/rollout_text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using plan::Change;
using plan::ChangeKind;
using plan::Plan;
using plan::PlannedHost;
using plan::Reason;

struct Symbol {
  std::string_view unicode;
  std::string_view ascii;
  Ink ink;
};

constexpr Symbol kUpdate{"↑", "^", Ink::green};
constexpr Symbol kDowngrade{"↓", "v", Ink::yellow};
constexpr Symbol kUnchanged{"=", "=", Ink::dim};
constexpr Symbol kCreate{"+", "+", Ink::green};
constexpr Symbol kChange{"~", "~", Ink::yellow};
constexpr Symbol kRemove{"-", "-", Ink::red};
constexpr Symbol kInvoke{"→", ">", Ink::green};
constexpr Symbol kBlocked{"!", "!", Ink::red};
constexpr Symbol kUnknown{"?", "?", Ink::red};
constexpr Symbol kNone{"", "", Ink::plain};

const Symbol& symbol_of(PlanRow::Kind kind) {
  switch (kind) {
    case PlanRow::Kind::update:
      return kUpdate;
    case PlanRow::Kind::downgrade:
      return kDowngrade;
    case PlanRow::Kind::blocked:
      return kBlocked;
    case PlanRow::Kind::restart:
      return kNone;
  }
  return kNone;
}

const Symbol& symbol_of(ResourceLine::Kind kind) {
  switch (kind) {
    case ResourceLine::Kind::create:
      return kCreate;
    case ResourceLine::Kind::change:
      return kChange;
    case ResourceLine::Kind::remove:
      return kRemove;
    case ResourceLine::Kind::invoke:
      return kInvoke;
    case ResourceLine::Kind::pending:
      return kUnchanged;
    case ResourceLine::Kind::blocked:
      return kBlocked;
  }
  return kNone;
}

/// "web-01, web-02, web-03 and 38 more"
std::string names(const std::vector<std::string>& hosts) {
  constexpr std::size_t kShown = 6;
  const auto last = hosts.begin() + static_cast<std::ptrdiff_t>(std::min(hosts.size(), kShown));
  const std::string text = fmt::format("{}", fmt::join(hosts.begin(), last, ", "));
  return hosts.size() <= kShown ? text : fmt::format("{} and {} more", text, hosts.size() - kShown);
}

class Writer {
 public:
  Writer(const Plan& plan, const PlanTextOptions& options)
      : plan_(plan),
        options_(options),
        summary_(plan::summarize(plan)),
        width_(static_cast<std::size_t>(std::max(options.style.width, 40))) {}

  std::string write() {
    head();
    changes();
    reasons(true, "Blocked:");
    reasons(false, "Look twice:");
    text_ += policies_text(plan_, options_.style);
    ways_back();
    unread_hosts();
    unchanged_hosts();
    order_of_hosts();
    rollout();
    if (options_.verbose) text_ += actions_text(plan_, options_.style);
    totals();
    return std::move(text_);
  }

 private:
  [[nodiscard]] std::string shown(const Symbol& symbol) const {
    return paint(symbol.ink, options_.style.unicode ? symbol.unicode : symbol.ascii, options_.style.color);
  }

  void head() {
    constexpr std::size_t kShort = 12;
    const plan::Header& header = plan_.header;
    text_ += paragraph(fmt::format("Plan {} for {}, made {} from {} (manifest {})", header.id.substr(0, kShort),
                                   counted(plan_.hosts.size(), "host"), to_rfc3339(header.created_at), header.directory,
                                   header.manifest_digest.substr(0, kShort)),
                       0, width_);
    text_ += "\n";
  }

  void changes() {
    const std::vector<PlanGroup> groups = group_hosts(plan_);
    firmware(groups);
    restarts(groups);
    resources(groups);
    text_ += windows_text(plan_, width_);
  }

  void firmware(const std::vector<PlanGroup>& groups) {
    if (std::ranges::all_of(groups, [](const PlanGroup& group) { return group.rows.empty(); })) return;
    constexpr std::size_t kUsual = 72;  // with room for versions that need no break
    constexpr std::size_t kLeast = 6;
    const bool is_narrow = width_ < kUsual;
    Table table({{"", 1},
                 {"HOSTS", is_narrow ? kLeast : 8},
                 {"COMPONENT", is_narrow ? kLeast : 10},
                 {"FROM", is_narrow ? kLeast : 8},
                 {"TO", is_narrow ? kLeast : 8},
                 {"STEPS", is_narrow ? kLeast : 10},
                 {"REBOOT", 6},
                 {"EST.", 4, true}});
    for (const PlanGroup& group : groups) add_group(table, group);
    text_ += table.render(width_, options_.style.color) + "\n";
  }

  /// Why hosts are restarted more than once.
  void restarts(const std::vector<PlanGroup>& groups) {
    for (const PlanGroup& group : groups) {
      if (group.restarts.empty()) continue;
      text_ += paragraph(fmt::format("Restarts of {}:", names(group.hosts)), 0, width_);
      for (std::size_t i = 0; i < group.restarts.size(); ++i) {
        const RestartLine& line = group.restarts[i];
        std::string words = fmt::format("{}. {}", i + 1, printable(line.activates));
        if (!line.because.empty()) {
          words +=
              fmt::format("; not with the one before: {}", printable(fmt::format("{}", fmt::join(line.because, "; "))));
        }
        text_ += paragraph(words, 2, width_);
      }
      text_ += "\n";
    }
  }

  /// What the BMCs keep beside their firmware, host by host.
  void resources(const std::vector<PlanGroup>& groups) {
    for (const PlanGroup& group : groups) {
      if (group.resources.empty()) continue;
      text_ += paragraph(fmt::format("On the {} of {}:", group.hosts.size() == 1 ? "BMC" : "BMCs", names(group.hosts)),
                         0, width_);
      for (const ResourceLine& line : group.resources) add_line(line);
      text_ += "\n";
    }
  }

  void add_line(const ResourceLine& line) {
    constexpr std::size_t kIndent = 2;
    std::string body = paragraph(line.text, kIndent + 2, width_);
    body.replace(kIndent, 1, shown(symbol_of(line.kind)));
    text_ += body;
    for (const std::string& detail : line.details) text_ += paragraph(detail, kIndent + 6, width_);
  }

  void add_group(Table& table, const PlanGroup& group) const {
    constexpr std::size_t kFew = 2;
    std::string hosts = group.hosts.size() <= kFew ? fmt::format("{}", fmt::join(group.hosts, ", "))
                                                   : fmt::format("{} like {}", group.hosts.size(), group.hosts.front());
    for (const PlanRow& row : group.rows) {
      const Symbol& symbol = symbol_of(row.kind);
      table.add({std::string(options_.style.unicode ? symbol.unicode : symbol.ascii), std::exchange(hosts, {}),
                 row.component, row.from, row.to, row.steps, row.reboot,
                 row.expected > Duration::zero() ? to_text(row.expected) : std::string()},
                symbol.ink);
    }
  }

  /// One paragraph per cause, however many hosts and components it concerns.
  void reasons(bool of_blocked, std::string_view title) {
    const std::vector<ReasonGroup> groups = group_reasons(plan_, of_blocked);
    if (groups.empty()) return;
    text_ += fmt::format("{}\n", title);
    for (const ReasonGroup& group : groups) add_reason(group);
    text_ += "\n";
  }

  void add_reason(const ReasonGroup& group) {
    const Reason& reason = *group.reason;
    std::string line = fmt::format("{} {}", to_string(reason.code), printable(reason.text));
    if (group.components > 1) {
      line += fmt::format(" [in all {} of {}]", counted(group.components, "component"),
                          counted(group.hosts.size(), "host"));
    }
    marked(kBlocked, line);
    if (!reason.help.empty()) text_ += paragraph(printable(reason.help.front()), 4, width_);
  }

  /// What apply cannot undo, the doors that close behind it first.
  void ways_back() {
    const std::vector<NoReturn> groups = no_returns(plan_);
    for (const NoReturn& group : groups) {
      const std::string which = fmt::format("{} on {}", printable(fmt::format("{}", fmt::join(group.components, ", "))),
                                            counted(group.hosts.size(), "host"));
      if (group.is_door) {
        marked(kBlocked, fmt::format("One-way door: {}: {}", which, printable(group.text)));
      } else {
        marked(kNone, fmt::format("No way back: the catalog has no image of what is installed now: {}", which));
      }
    }
    if (!groups.empty()) text_ += "\n";
  }

  void unread_hosts() {
    std::map<std::string, std::vector<const PlannedHost*>> by_status;
    for (const PlannedHost& host : plan_.hosts) {
      if (host.status != "ok") by_status[host.status].push_back(&host);
    }
    for (const auto& [status, hosts] : by_status) {
      std::vector<std::string> shown_names;
      for (const PlannedHost* host : hosts) shown_names.push_back(host->name);
      marked(kUnknown, fmt::format("{} {}: {}", counted(hosts.size(), "host"), status, names(shown_names)));
      for (const Reason& reason : hosts.front()->problems) {
        text_ += paragraph(fmt::format("{} {}", to_string(reason.code), printable(reason.text)), 4, width_);
      }
    }
    if (!by_status.empty()) text_ += "\n";
  }

  /// Hosts of which nothing changes: at the wanted versions, or without any.
  void unchanged_hosts() {
    std::map<std::string_view, bool> has_baseline;
    std::set<std::string_view> moving;
    for (const Change& change : plan_.changes) {
      has_baseline[change.host] = true;
      if (change.kind != ChangeKind::no_op) moving.insert(change.host);
    }
    std::vector<std::string> unchanged;
    std::vector<std::string> unmanaged;
    for (const PlannedHost& host : plan_.hosts) {
      if (host.status != "ok" || moving.contains(host.name)) continue;
      (has_baseline.contains(host.name) ? unchanged : unmanaged).push_back(host.name);
    }
    if (!unchanged.empty()) {
      marked(kUnchanged, fmt::format("{} unchanged: {}", counted(unchanged.size(), "host"), names(unchanged)));
    }
    if (!unmanaged.empty()) {
      marked(kUnchanged, fmt::format("{} for which the manifest wants nothing: {}", counted(unmanaged.size(), "host"),
                                     names(unmanaged)));
    }
    if (!unchanged.empty() || !unmanaged.empty()) text_ += "\n";
  }

  /// A paragraph with the symbol in its margin.
  void marked(const Symbol& symbol, std::string_view line) {
    std::string body = paragraph(line, 2, width_);
    if (&symbol != &kNone) body.replace(0, 1, shown(symbol));
    text_ += body;
  }

  /// Hosts that wait for other hosts.
  void order_of_hosts() {
    std::map<std::string_view, std::set<std::string_view>> waits;
    for (const plan::Action& action : plan_.actions) {
      for (const plan::ActionId need : action.needs) {
        const std::string& before = plan_.actions[need].host;
        if (before != action.host) waits[action.host].insert(before);
      }
    }
    if (waits.empty()) return;
    std::vector<std::string> lines;
    for (const auto& [host, before] : waits) {
      lines.push_back(before.size() == 1 ? fmt::format("{} after {}", host, *before.begin())
                                         : fmt::format("{} after {}", host, counted(before.size(), "host")));
    }
    text_ += paragraph(fmt::format("Order between hosts: {}", names(lines)), 0, width_) + "\n";
  }

  /// Waves, gates and budgets.
  void rollout() {
    const std::string text = rollout_text(plan_, options_.style);
    if (!text.empty()) text_ += text + "\n";
  }

  void totals() {
    if (summary_.is_converged()) {
      text_ += plan_totals(summary_) + "\n";
      return;
    }
    if (summary_.changes() > 0) {
      const int limit =
          plan_.max_hosts_in_flight > 0 ? plan_.max_hosts_in_flight : std::max(options_.hosts_in_flight, 1);
      const plan::Estimate estimate = plan::estimate(plan_, static_cast<std::size_t>(limit));
      text_ +=
          paragraph(fmt::format("Hosts to change: {} of {}. Restarts: {}, {}. Estimated duration: {} for the slowest "
                                "host, {} for all, {} at a time.",
                                summary_.hosts_to_change, summary_.hosts,
                                counted(summary_.host_restarts, "of a host", "of hosts"),
                                counted(summary_.bmc_restarts, "of a BMC", "of BMCs"), to_text(estimate.slowest_host),
                                to_text(estimate.whole), limit),
                    0, width_);
    }
    if (summary_.scheduled > 0) {
      text_ += paragraph(fmt::format("{} by the BMCs themselves, in windows ahead: apply ends before that, and a later "
                                     "plan shows what became of it.",
                                     counted(summary_.scheduled, "change is made", "changes are made")),
                         0, width_);
    }
    text_ += plan_totals(summary_) + "\n";
  }

  const Plan& plan_;
  const PlanTextOptions& options_;
  plan::Summary summary_;
  std::size_t width_;
  std::string text_;
};

/// Where UTF-8 is not to be had, the few marks that this program itself writes are put in ASCII.
std::string to_ascii(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kMarks[] = {{"…", "..."}, {"→", "->"}};
  for (const auto& [mark, ascii] : kMarks) {
    for (std::size_t place = text.find(mark); place != std::string::npos; place = text.find(mark, place)) {
      text.replace(place, mark.size(), ascii);
    }
  }
  return text;
}

}  // namespace

std::string plan_totals(const plan::Summary& summary) {
  if (summary.is_converged()) return "No changes. The fleet matches the manifest.";
  std::string text = fmt::format("Plan: {} to update, {} to downgrade", summary.update, summary.downgrade);
  // What there always is, and in between what there is in this plan.
  const auto add = [&](std::size_t count, std::string_view what) {
    if (count > 0) text += fmt::format(", {} {}", count, what);
  };
  add(summary.create, "to create");
  add(summary.delete_, "to remove");
  add(summary.invoke, "to invoke");
  add(summary.pending, "pending");
  return text + fmt::format(", {} unchanged, {} blocked, {} unreachable.", summary.no_op, summary.blocked,
                            summary.unreachable);
}

std::string plan_text(const Plan& plan, const PlanTextOptions& options) {
  std::string text = Writer(plan, options).write();
  return options.style.unicode ? text : to_ascii(std::move(text));
}

}  // namespace firmform::report
