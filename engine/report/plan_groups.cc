// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_groups.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"

namespace firmform::report {
namespace {

using plan::Action;
using plan::ActionType;
using plan::Change;
using plan::ChangeKind;
using plan::Plan;
using plan::ResourceType;
using plan::Restarts;

using Changes = std::span<const Change>;

std::string_view step_of(const Action& action) {
  switch (action.type) {
    case ActionType::flash:
      return "flash";
    case ActionType::start_update:
      return "start";
    case ActionType::reset_host:
      return "restart";
    case ActionType::reset_bmc:
      return "BMC reset";
    case ActionType::store:
      return "store";
    case ActionType::create:
      return "create";
    case ActionType::change:
      return "change";
    case ActionType::remove:
      return "remove";
    case ActionType::invoke:
      return "invoke";
    case ActionType::verify:
      return "verify";
    case ActionType::hold:
      return "hold";
    case ActionType::restore:
      return "restore";
  }
  return "verify";
}

std::string_view reboot_of(const std::vector<const Action*>& actions) {
  const auto restarts = [&](Restarts what) {
    return std::ranges::any_of(actions, [&](const Action* action) { return action->restarts == what; });
  };
  if (restarts(Restarts::host)) return "host";
  return restarts(Restarts::bmc) ? "BMC" : "no";
}

/// The name for people; with the address where several components of the host share it.
std::string label_of(const Change& change, Changes of_host) {
  if (change.name.empty()) return printable(change.address);
  const auto same_name = [&](const Change& other) { return other.name == change.name; };
  if (std::ranges::count_if(of_host, same_name) == 1) return printable(change.name);
  return fmt::format("{} ({})", printable(change.name), change.address);
}

std::vector<const Action*> own_actions(const Plan& plan, const Change& change) {
  std::vector<const Action*> actions;
  for (const plan::ActionId id : change.actions) {
    const Action& action = plan.actions[id];
    if (action.type != ActionType::reset_host) actions.push_back(&action);
  }
  return actions;
}

/// The restarts that a change shares with the others of its host.
std::vector<const Action*> resets_of(const Plan& plan, const Change& change) {
  std::vector<const Action*> resets;
  for (const plan::ActionId id : change.actions) {
    if (plan.actions[id].type == ActionType::reset_host) resets.push_back(&plan.actions[id]);
  }
  return resets;
}

/// Whether the BMC restarts the host for it, by an entry of its queue.
bool is_restarted_by_queue(const std::vector<const Action*>& actions) {
  return std::ranges::any_of(actions, [](const Action* action) {
    return action->type == ActionType::create && action->restarts == Restarts::host;
  });
}

/// A step as it reads in a line about firmware; empty for what need not be said each time.
std::string flash_step_of(const Action& action) {
  switch (action.type) {
    case ActionType::verify:
    case ActionType::remove:
      return {};
    case ActionType::create:
      return "queue";
    case ActionType::hold:
      return fmt::format("hold {}", to_text(action.expected));
    case ActionType::flash:
    case ActionType::start_update:
    case ActionType::store:
    case ActionType::change:
    case ActionType::invoke:
    case ActionType::reset_host:
    case ActionType::reset_bmc:
    case ActionType::restore:
      return std::string(step_of(action));
  }
  return std::string(step_of(action));
}

/// "2.50 -> 3.11" of a way that leads through 2.50.
std::string way_of(const Change& change) {
  std::vector<std::string> versions = change.path;
  versions.push_back(change.to);
  return printable(fmt::format("{}", fmt::join(versions, " -> ")));
}

PlanRow row_of(const Plan& plan, const Change& change) {
  PlanRow row{.from = printable(change.from.value_or("unknown")), .to = way_of(change)};
  if (change.kind == ChangeKind::blocked) {
    const Code code = change.reasons.empty() ? Code::internal_error : change.reasons.back().code;
    row.kind = PlanRow::Kind::blocked;
    if (!change.from) row.from.clear();
    row.steps = fmt::format("blocked {}", to_string(code));
    return row;
  }
  row.kind = change.kind == ChangeKind::downgrade ? PlanRow::Kind::downgrade : PlanRow::Kind::update;
  std::vector<std::string> steps;
  for (const Action* action : own_actions(plan, change)) {
    const std::string step = flash_step_of(*action);
    if (!step.empty() && std::ranges::find(steps, step) == steps.end()) steps.push_back(step);
    row.expected += action->expected;
  }
  const std::size_t resets = resets_of(plan, change).size();
  const bool is_reset = resets > 0 || is_restarted_by_queue(own_actions(plan, change));
  if (is_reset) steps.push_back(resets > 1 ? fmt::format("{} restarts", resets) : std::string("restart"));
  if (change.scheduled) steps.push_back(fmt::format("in the window of {}", to_rfc3339(change.scheduled->start)));
  row.steps = fmt::format("{}", fmt::join(steps, ", "));
  row.reboot = is_reset ? "host" : reboot_of(own_actions(plan, change));
  return row;
}

/// Equal changes of components of one name, such as the drives of a host.
struct Batch {
  PlanRow row;
  std::vector<const Change*> changes;
};

std::vector<Batch> batches_of(const Plan& plan, const std::vector<const Change*>& ordered) {
  std::vector<Batch> batches;
  for (const Change* change : ordered) {
    const PlanRow row = row_of(plan, *change);
    const auto same = [&](const Batch& batch) {
      return batch.row == row && !change->name.empty() && batch.changes.front()->name == change->name;
    };
    const auto found = std::ranges::find_if(batches, same);
    if (found == batches.end()) {
      batches.push_back({row, {change}});
    } else {
      found->changes.push_back(change);
    }
  }
  return batches;
}

std::string label_of(const Batch& batch, Changes of_host) {
  const Change& first = *batch.changes.front();
  if (batch.changes.size() == 1) return label_of(first, of_host);
  return fmt::format("{} x {}", batch.changes.size(), printable(first.name));
}

/// The restarts of a host, with what needs them, in their order.
std::vector<PlanRow> restart_rows(const Plan& plan, const std::vector<PlanRow>& rows,
                                  const std::vector<Batch>& batches) {
  std::map<plan::ActionId, PlanRow> restarts;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    for (const Action* reset : resets_of(plan, *batches[i].changes.front())) {
      PlanRow& row = restarts[reset->id];
      row.kind = PlanRow::Kind::restart;
      row.reboot = "host";
      row.expected = reset->expected;
      row.steps += (row.steps.empty() ? "activates " : ", ") + rows[i].component;
    }
  }
  std::vector<PlanRow> found;
  for (auto& [id, row] : restarts) {
    row.component = restarts.size() > 1 ? fmt::format("(restart {})", found.size() + 1) : "(restart)";
    found.push_back(std::move(row));
  }
  return found;
}

bool is_row(const Change& change) {
  return change.resource == ResourceType::firmware && change.kind != ChangeKind::no_op &&
         change.kind != ChangeKind::pending;
}

/// Those that are carried out in their order, then the others.
void sort_by_place(std::vector<const Change*>& changes) {
  std::ranges::sort(changes, {}, [](const Change* change) {
    const bool is_idle = change->actions.empty();
    return std::tuple(is_idle, is_idle ? 0 : change->actions.front(), std::tie(change->address, change->origin));
  });
}

std::vector<PlanRow> rows_of(const Plan& plan, Changes of_host) {
  std::vector<const Change*> ordered;
  for (const Change& change : of_host) {
    if (is_row(change)) ordered.push_back(&change);
  }
  sort_by_place(ordered);
  const std::vector<Batch> batches = batches_of(plan, ordered);
  std::vector<PlanRow> rows;
  for (const Batch& batch : batches) {
    PlanRow& row = rows.emplace_back(batch.row);
    row.component = label_of(batch, of_host);
    row.expected *= static_cast<Duration::rep>(batch.changes.size());
  }
  const std::vector<PlanRow> restarts = restart_rows(plan, rows, batches);
  const auto first_blocked = std::ranges::find(rows, PlanRow::Kind::blocked, &PlanRow::kind);
  rows.insert(first_blocked, restarts.begin(), restarts.end());
  return rows;
}

/// One restart needs no words: the rows say what it activates.
std::vector<RestartLine> restarts_of(const Plan& plan, Changes of_host) {
  std::set<plan::ActionId> resets;
  for (const Change& change : of_host) {
    for (const Action* reset : resets_of(plan, change)) resets.insert(reset->id);
  }
  std::vector<RestartLine> lines;
  if (resets.size() < 2) return lines;
  for (const plan::ActionId id : resets) {
    RestartLine& line = lines.emplace_back();
    const std::vector<std::string>& because = plan.actions[id].because;
    if (because.empty()) continue;
    line.activates = because.front();
    line.because.assign(because.begin() + 1, because.end());
  }
  return lines;
}

ResourceLine::Kind line_kind(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::create:
      return ResourceLine::Kind::create;
    case ChangeKind::update:
    case ChangeKind::downgrade:
    case ChangeKind::no_op:
      return ResourceLine::Kind::change;
    case ChangeKind::delete_:
      return ResourceLine::Kind::remove;
    case ChangeKind::invoke:
      return ResourceLine::Kind::invoke;
    case ChangeKind::pending:
      return ResourceLine::Kind::pending;
    case ChangeKind::blocked:
      return ResourceLine::Kind::blocked;
  }
  return ResourceLine::Kind::change;
}

ResourceLine line_of(const Change& change) {
  ResourceLine line{.kind = line_kind(change.kind), .text = printable(change.address), .details = {}};
  if (change.kind == ChangeKind::pending) {
    const bool comes_later =
        std::ranges::find(change.reasons, Code::path_continues, &plan::Reason::code) != change.reasons.end();
    line.text += comes_later ? fmt::format(" to {}, with a later plan", way_of(change))
                             : std::string(", pending in the queue of the BMC");
  }
  if (change.kind == ChangeKind::blocked) {
    line.text += fmt::format(", blocked {}", to_string(change.reasons.back().code));
  }
  if (change.scheduled) {
    line.text += fmt::format(", window {} opens {}", change.scheduled->window, to_rfc3339(change.scheduled->start));
  }
  for (const std::string& detail : change.details) line.details.push_back(printable(detail));
  return line;
}

std::vector<ResourceLine> lines_of(Changes of_host) {
  std::vector<const Change*> ordered;
  for (const Change& change : of_host) {
    if (change.kind != ChangeKind::no_op && !is_row(change)) ordered.push_back(&change);
  }
  sort_by_place(ordered);
  std::vector<ResourceLine> lines;
  for (const Change* change : ordered) lines.push_back(line_of(*change));
  return lines;
}

std::string key_of(const PlanGroup& group) {
  std::string key;
  for (const PlanRow& row : group.rows) {
    key += fmt::format("{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1f{}\x1e", static_cast<int>(row.kind), row.component,
                       row.from, row.to, row.steps, row.reboot, row.expected.count());
  }
  for (const ResourceLine& line : group.resources) {
    key += fmt::format("{}\x1f{}\x1f{}\x1e", static_cast<int>(line.kind), line.text, fmt::join(line.details, "\x1f"));
  }
  for (const RestartLine& line : group.restarts) {
    key += fmt::format("{}\x1f{}\x1e", line.activates, fmt::join(line.because, "\x1f"));
  }
  return key;
}

/// Nothing of it is carried out.
bool is_idle(const PlanGroup& group) {
  const auto is_blocked = [](const PlanRow& row) { return row.kind == PlanRow::Kind::blocked; };
  const auto waits = [](const ResourceLine& line) {
    return line.kind == ResourceLine::Kind::pending || line.kind == ResourceLine::Kind::blocked;
  };
  return std::ranges::all_of(group.rows, is_blocked) && std::ranges::all_of(group.resources, waits);
}

/// The reason without its subject in front and its place behind, which differ between components.
std::string_view cause_of(const plan::Reason& reason) {
  std::string_view text = reason.text;
  text.remove_prefix(std::min(text.find(": ") + 1, text.size()));
  return text.substr(0, text.rfind(" ("));
}

}  // namespace

std::vector<ReasonGroup> group_reasons(const Plan& plan, bool of_blocked) {
  std::vector<ReasonGroup> groups;
  std::map<std::tuple<Code, std::string>, std::size_t> by_origin;
  std::map<std::tuple<Code, std::string_view>, std::size_t> by_cause;
  for (const Change& change : plan.changes) {
    if (of_blocked != (change.kind == ChangeKind::blocked)) continue;
    for (const plan::Reason& reason : change.reasons) {
      if (reason.code == Code::work_pending || reason.code == Code::way_back_missing) continue;
      const auto [known, is_new] = by_origin.try_emplace({reason.code, change.origin}, groups.size());
      if (is_new) known->second = by_cause.try_emplace({reason.code, cause_of(reason)}, groups.size()).first->second;
      if (known->second == groups.size()) groups.push_back({&reason, {}, 0});
      ReasonGroup& group = groups[known->second];
      group.hosts.insert(change.host);
      ++group.components;
    }
  }
  return groups;
}

std::vector<NoReturn> no_returns(const Plan& plan) {
  std::vector<NoReturn> found;
  for (const Change& change : plan.changes) {
    if (!change.way_back || change.actions.empty()) continue;
    const plan::WayBack::Kind kind = change.way_back->kind;
    const bool is_door = kind == plan::WayBack::Kind::one_way;
    if (!is_door && kind != plan::WayBack::Kind::no_image) continue;
    // What lacks an image is one group; doors are told apart.
    const std::string text = is_door ? change.way_back->text : std::string();
    const std::string& name = change.name.empty() ? change.address : change.name;
    const auto same = [&](const NoReturn& known) {
      return known.is_door == is_door && known.text == text && (!is_door || known.components.contains(name));
    };
    auto group = std::ranges::find_if(found, same);
    if (group == found.end()) group = found.insert(found.end(), NoReturn{.is_door = is_door, .text = text});
    group->hosts.insert(change.host);
    group->components.insert(name);
  }
  std::ranges::sort(found, {}, [](const NoReturn& group) {
    return std::tuple(!group.is_door, std::string_view(group.text), std::string_view(*group.components.begin()));
  });
  return found;
}

std::vector<PlanGroup> group_hosts(const Plan& plan) {
  std::vector<PlanGroup> groups;
  std::map<std::string, std::size_t> places;
  for (auto begin = plan.changes.begin(); begin != plan.changes.end();) {
    const auto end = std::find_if(begin, plan.changes.end(), [&](const Change& c) { return c.host != begin->host; });
    const Changes of_host(begin, end);
    PlanGroup group{.hosts = {},
                    .rows = rows_of(plan, of_host),
                    .resources = lines_of(of_host),
                    .restarts = restarts_of(plan, of_host)};
    if (!group.rows.empty() || !group.resources.empty()) {
      const auto [place, is_new] = places.try_emplace(key_of(group), groups.size());
      if (is_new) groups.push_back(std::move(group));
      groups[place->second].hosts.push_back(begin->host);
    }
    begin = end;
  }
  std::ranges::sort(groups, {}, [](const PlanGroup& group) {
    return std::tuple(is_idle(group), -static_cast<std::ptrdiff_t>(group.hosts.size()),
                      std::string_view(group.hosts.front()));
  });
  return groups;
}

}  // namespace firmform::report
