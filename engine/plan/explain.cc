// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/plan/baseline.h"
#include "engine/plan/drift.h"
#include "engine/plan/select.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using manifest::DesiredHost;
using manifest::FirmwareEntry;

std::string quoted(const std::optional<std::string>& version) {
  return version ? fmt::format("\"{}\"", printable(*version)) : "no version";
}

/// What is known of one component of one host.
struct Subject {
  const Grounds& grounds;
  const DesiredHost& desired;
  const HostSnapshot& snapshot;
  const Component* component = nullptr;  ///< null: the manifest names what the host does not have
  const Change* change = nullptr;        ///< null: the plan has nothing for it
};

class Derivation {
 public:
  explicit Derivation(const Subject& subject)
      : subject_(subject), baseline_(choose_baseline(subject.desired, subject.snapshot)) {
    if (baseline_.choice != nullptr && subject.component != nullptr) entry_ = entry_for(*subject.component);
  }

  Explanation take() {
    add_installed();
    add_wanted();
    add_comparison();
    add_rules();
    add_way();
    add_time();
    Explanation result{
        .host = subject_.desired.name,
        .component = subject_.component != nullptr ? subject_.component->address : subject_.change->address,
        .name = subject_.component != nullptr ? subject_.component->name : std::string(),
        .answer = answer(),
        .steps = {}};
    for (ExplanationStep& step : steps_) {
      if (!step.lines.empty()) result.steps.push_back(std::move(step));
    }
    return result;
  }

 private:
  [[nodiscard]] const FirmwareEntry* entry_for(const Component& component) const {
    for (const FirmwareEntry& entry : baseline_.choice->baseline->firmware) {
      const auto named = matching(entry.component.value, subject_.snapshot);
      if (std::ranges::find(named, &component) != named.end()) return &entry;
    }
    return nullptr;
  }

  void begin(std::string title) { steps_.push_back({std::move(title), {}}); }
  void say(std::string text, std::string origin = {}) {
    steps_.back().lines.push_back({std::move(text), std::move(origin)});
  }
  [[nodiscard]] std::string place(const SourceSpan& span) const { return subject_.grounds.sources.describe(span); }

  void add_installed() {
    begin("Installed");
    const Component* component = subject_.component;
    if (component == nullptr) {
      say(fmt::format("the host shows no component \"{}\"", printable(subject_.change->address)));
      return;
    }
    say(fmt::format("{} was installed at {}", quoted(component->version), to_rfc3339(subject_.snapshot.captured_at)),
        component->uri);
    if (component->staged_version)
      say(fmt::format("{} is staged for the next restart", quoted(component->staged_version)), component->uri);
    if (component->updateable == false) say("the BMC shows Updateable false", component->uri);
    if (!component->lowest_supported_version.empty()) {
      say(fmt::format("the device runs nothing below \"{}\"", printable(component->lowest_supported_version)),
          component->uri);
    }
  }

  void add_wanted() {
    begin("Wanted");
    for (const manifest::BaselineChoice& choice : subject_.desired.baselines) {
      const bool is_chosen = baseline_.choice == &choice;
      say(fmt::format("{} gives baseline {}{}", choice.assigned_by, choice.name,
                      is_chosen ? "" : ", which does not hold here"),
          place(choice.span));
    }
    if (subject_.desired.baselines.empty()) say("no line of the manifest gives the host a baseline");
    if (baseline_.choice == nullptr || subject_.component == nullptr) return;
    if (entry_ == nullptr) {
      say(fmt::format("no entry of baseline {} names it", baseline_.choice->name));
      return;
    }
    say(fmt::format("component \"{}\" names it", printable(entry_->component.value.describe())),
        place(entry_->component.span));
    say(fmt::format("version \"{}\" is wanted", printable(entry_->version.value)), place(entry_->version.span));
    if (entry_->image)
      say(fmt::format("from the image \"{}\"", printable(entry_->image->value)), place(entry_->image->span));
  }

  void add_comparison() {
    if (entry_ == nullptr || subject_.component == nullptr) return;
    begin("Compared");
    const std::string& named =
        entry_->version_scheme ? entry_->version_scheme->value : subject_.component->version_scheme;
    const auto scheme = version::parse_scheme(named).value_or(version::Scheme::automatic);
    const std::string how = fmt::format("by the scheme \"{}\"", version::to_string(scheme));
    const std::string installed = subject_.component->version.value_or("");
    if (version::satisfies(installed, entry_->version.value, scheme)) {
      say(fmt::format("the installed version is the wanted one, {}", how));
      return;
    }
    switch (version::compare(installed, entry_->version.value, scheme)) {
      case version::Ordering::less:
        return say(fmt::format("the installed version is older, {}", how));
      case version::Ordering::equal:
        return say(fmt::format("both are equal, {}", how));
      case version::Ordering::greater:
        return say(fmt::format("the installed version is newer, {}", how));
      case version::Ordering::incomparable:
        return say(fmt::format("neither is known to be newer, {}", how));
    }
  }

  void add_texts(std::string_view what, const std::vector<manifest::Text>& texts) {
    for (const manifest::Text& text : texts) say(fmt::format("{} {}", what, printable(text.value)), place(text.span));
  }

  void add_rules() {
    begin("Rules");
    if (entry_ != nullptr) {
      add_texts("it comes after", entry_->after);
      add_texts("it requires", entry_->requires_);
      add_texts("it must not be beside", entry_->conflicts);
      for (const manifest::ViaStep& step : entry_->via) {
        say(fmt::format("the way leads through {}", printable(step.version.value)), place(step.span));
      }
      if (entry_->allow_downgrade)
        say("an older version may be installed (`allow_downgrade: true`)", place(entry_->span));
    }
    if (subject_.change == nullptr) return;
    for (const Reason& reason : subject_.change->reasons) {
      say(printable(reason.text), firmform::to_string(reason.code));
      for (const std::string& help : reason.help) say(printable(help));
    }
  }

  void add_way() {
    if (subject_.change == nullptr) return;
    begin("What is done");
    const Change& change = *subject_.change;
    if (!change.path.empty()) {
      say(fmt::format("versions on the way: {} -> {} -> {}", printable(change.from.value_or("?")),
                      fmt::join(change.path, " -> "), change.to));
    }
    for (const ActionId id : change.actions) {
      const Action& action = subject_.grounds.plan.actions[id];
      say(fmt::format("{}, expected to take {}", printable(action.summary), to_text(action.expected)),
          fmt::format("action {}", id));
      for (const std::string& because : action.because) say(fmt::format("why this restart: {}", because));
    }
    if (change.way_back)
      say(fmt::format("the way back: {}", change.way_back->text.empty() ? std::string(to_string(change.way_back->kind))
                                                                        : change.way_back->text));
  }

  void add_time() {
    if (subject_.change == nullptr || subject_.change->actions.empty()) return;
    begin("When");
    if (subject_.desired.window) {
      say(fmt::format("in the maintenance window {}", subject_.desired.window->name),
          place(subject_.desired.window->span));
    }
    if (subject_.change->scheduled) {
      say(fmt::format("the BMC does it by itself between {} and {}", to_rfc3339(subject_.change->scheduled->start),
                      to_rfc3339(subject_.change->scheduled->end)));
    }
    const PlannedHost& host = *subject_.grounds.plan.host(subject_.desired.name);
    if (host.window) {
      say(fmt::format("apply begins between {} and {}, for the work is expected to take {}",
                      to_rfc3339(host.window->start), to_rfc3339(host.window->latest_start),
                      to_text(host.window->expected)));
    }
    for (const manifest::FreezeChoice& freeze : subject_.desired.freezes) {
      say(fmt::format("not in the freeze period {}{}{}", freeze.name, freeze.period->reason.empty() ? "" : ": ",
                      freeze.period->reason),
          place(freeze.period->span));
    }
    add_texts("when the host is done that must come first:", subject_.desired.after);
    add_rollout();
  }

  void add_rollout() {
    // The waves of a single host say nothing of those of the fleet.
    if (!subject_.grounds.plan.rollout || subject_.grounds.plan.hosts.size() < 2) return;
    const auto has_host = [&](const std::vector<std::string>& hosts) {
      return std::ranges::find(hosts, subject_.desired.name) != hosts.end();
    };
    const std::vector<Wave>& waves = subject_.grounds.plan.rollout->waves;
    for (std::size_t i = 0; i < waves.size(); ++i) {
      if (has_host(waves[i].hosts)) say(fmt::format("in wave {} of {}: {}", i + 1, waves.size(), waves[i].name));
    }
    for (const Budget& budget : subject_.grounds.plan.rollout->budgets) {
      if (has_host(budget.hosts)) {
        say(fmt::format("at most {} with {} {} in work at the same time",
                        counted(static_cast<std::size_t>(budget.limit), "host"), budget.label,
                        printable(budget.value)));
      }
    }
  }

  [[nodiscard]] std::string answer() const {
    const Change* change = subject_.change;
    if (change == nullptr) {
      return "It is left alone: no line of the manifest says which version it shall have.";
    }
    const std::string to = printable(change->to);
    switch (change->kind) {
      case ChangeKind::no_op:
        return "Nothing is done: what is installed is what is wanted.";
      case ChangeKind::update:
        return fmt::format("It is updated from {} to \"{}\".", quoted(change->from), to);
      case ChangeKind::downgrade:
        return fmt::format("It goes back from {} to \"{}\".", quoted(change->from), to);
      case ChangeKind::create:
      case ChangeKind::delete_:
      case ChangeKind::invoke:
        return "It is changed as the manifest asks.";
      case ChangeKind::pending:
        return fmt::format("Nothing is sent: the BMC has \"{}\" already and does it later.", to);
      case ChangeKind::blocked:
        return change->reasons.empty()
                   ? "It is not changed."
                   : fmt::format("It is not changed to \"{}\": {}.", to, info(change->reasons.back().code).title);
    }
    return {};
  }

  const Subject& subject_;
  BaselineDecision baseline_;
  const FirmwareEntry* entry_ = nullptr;
  std::vector<ExplanationStep> steps_;
};

std::vector<const Change*> changes_of(const Plan& plan, const std::string& host) {
  std::vector<const Change*> changes;
  for (const Change& change : plan.changes) {
    if (change.host == host && change.resource == ResourceType::firmware) changes.push_back(&change);
  }
  return changes;
}

const Change* change_of(const std::vector<const Change*>& changes, const Component& component) {
  const auto found = std::ranges::find(changes, component.address, &Change::address);
  return found == changes.end() ? nullptr : *found;
}

/// Also what the manifest names in vain: its text is the address of the change.
bool is_named(const Change& change, const std::string& name) {
  return equals_ignoring_case(change.address, name) || equals_ignoring_case(change.name, name) ||
         (is_glob(name) && (glob_match(name, change.address) || glob_match(name, change.name)));
}

Error no_such_component(const HostSnapshot& snapshot, const std::string& component) {
  Error error(Code::component_not_found,
              fmt::format("{} has no component \"{}\"", snapshot.name, printable(component)));
  std::vector<std::string> names;
  for (const Component& known : snapshot.components) {
    names.push_back(known.address);
    names.push_back(known.name);
  }
  const auto near = nearest(component, names);
  return near ? error.with_help(fmt::format("did you mean `{}`?", *near)) : error;
}

}  // namespace

Result<std::vector<Explanation>> explain(const Grounds& grounds, const std::string& host,
                                         const std::string& component) {
  const auto desired = grounds.desired.hosts.find(host);
  const auto snapshot = grounds.inventory.find(host);
  if (desired == grounds.desired.hosts.end() || snapshot == grounds.inventory.end()) {
    return fail(Code::unknown_host, fmt::format("the plan has no host `{}`", host));
  }
  if (snapshot->second.error) return fail(*snapshot->second.error);

  const std::vector<const Change*> changes = changes_of(grounds.plan, host);
  std::vector<Explanation> result;
  const auto add = [&](const Component* found, const Change* change) {
    const Subject subject{grounds, desired->second, snapshot->second, found, change};
    result.push_back(Derivation(subject).take());
  };
  if (component.empty()) {
    for (const Change* change : changes) add(snapshot->second.find(change->address), change);
    return result;
  }
  for (const Component* found : matching({.name = component}, snapshot->second)) add(found, change_of(changes, *found));
  if (!result.empty()) return result;
  for (const Change* change : changes) {
    if (is_named(*change, component)) add(snapshot->second.find(change->address), change);
  }
  if (result.empty()) return fail(no_such_component(snapshot->second, component));
  return result;
}

}  // namespace firmform::plan
