// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/install_sets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/gates.h"
#include "engine/plan/naming.h"
#include "engine/plan/resource.h"
#include "engine/plan/stores.h"

namespace firmform::plan {
namespace {

using inventory::InstallSet;
using inventory::Staging;
using inventory::Step;
using inventory::Updater;
using manifest::InstallSetChoice;
using manifest::InstallSetStep;
using manifest::Permission;

constexpr std::string_view kApply = "ApplyUpdate";

std::string by_text(const Step& step) {
  std::vector<std::string_view> names;
  for (const Updater updater : step.updatable_by) names.push_back(to_string(updater));
  return names.empty() ? "whoever the package says" : fmt::format("{}", fmt::join(names, ", "));
}

std::string work_of(const Step& step) {
  if (!step.file.empty()) return printable(step.file);
  return step.wait_seconds > 0 ? fmt::format("{} {}s", step.command, step.wait_seconds) : step.command;
}

bool same_updaters(std::vector<Updater> a, std::vector<Updater> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  return a == b;
}

void add_step_differences(std::size_t number, const Step& from, const Step& to, std::vector<std::string>& lines) {
  const auto line = [&](const std::string& now, const std::string& was) {
    lines.push_back(fmt::format("step {}: {}, was {}", number, now, was));
  };
  const bool does_other = from.command != to.command || from.file != to.file || from.wait_seconds != to.wait_seconds;
  if (does_other) line(work_of(to), work_of(from));
  // Another thing to do has another name, which says nothing more.
  if (!does_other && from.name != to.name) {
    line(fmt::format("named \"{}\"", printable(to.name)), fmt::format("\"{}\"", printable(from.name)));
  }
  if (!same_updaters(from.updatable_by, to.updatable_by)) line("by " + by_text(to), by_text(from));
  if (from.timeout_minutes != to.timeout_minutes) {
    line(fmt::format("timeout {} minutes", to.timeout_minutes), std::to_string(from.timeout_minutes));
  }
  if (from.targets != to.targets) {
    line(to.targets.empty() ? "for all components that fit" : fmt::format("for {}", fmt::join(to.targets, ", ")),
         fmt::format("for {}", fmt::join(from.targets, ", ")));
  }
}

/// The set of the BMC that a choice means: the recovery set is one, whatever its name.
const InstallSet* find_set(const Staging& staging, const InstallSetChoice& choice) {
  if (!choice.set->recovery) return staging.find_install_set(choice.name);
  const auto found = std::ranges::find(staging.install_sets, true, &InstallSet::is_recovery);
  return found == staging.install_sets.end() ? nullptr : &*found;
}

/// Who installs an image, by what is known of it; empty where only the BMC can tell.
std::vector<Updater> updaters_of(const Staging& staging, const std::string& file, const catalog::CatalogImage* image) {
  const inventory::StoredImage* stored = staging.repository ? staging.repository->find(file) : nullptr;
  if (stored != nullptr && !stored->updatable_by.empty()) return stored->updatable_by;
  if (image == nullptr) return {};
  if (!image->package) {
    return image->format == catalog::ImageFormat::raw ? std::vector{Updater::bmc} : std::vector<Updater>();
  }
  std::vector<Updater> updaters;
  if (image->package->updatable_by_bmc) updaters.push_back(Updater::bmc);
  if (image->package->updatable_by_uefi) updaters.push_back(Updater::uefi);
  if (image->package->updatable_by_agent) updaters.push_back(Updater::agent);
  return updaters;
}

/// Builds the set that the manifest asks for, in the BMC's words.
class Builder {
 public:
  Builder(const Scope& scope, HostDraft& host, const InstallSetChoice& choice, const InstallSet* known)
      : scope_(scope), host_(host), choice_(choice), known_(known) {}

  InstallSet build() {
    InstallSet set;
    set.name = known_ != nullptr ? known_->name : choice_.name;
    set.is_recovery = choice_.set->recovery;
    set.description = choice_.set->description;
    if (set.description.empty() && known_ != nullptr) set.description = known_->description;
    for (const InstallSetStep& step : choice_.set->steps) set.steps.push_back(build_step(step, set.steps));
    return set;
  }

  [[nodiscard]] const std::vector<Finding>& problems() const { return problems_; }
  [[nodiscard]] const std::vector<std::size_t>& needs() const { return needs_; }

 private:
  Step build_step(const InstallSetStep& wanted, const std::vector<Step>& before) {
    Step step{.command = wanted.command, .wait_seconds = static_cast<int>(wanted.wait_seconds)};
    const catalog::CatalogImage* image = wanted.file ? take_image(wanted, step) : nullptr;
    for (const std::string& text : wanted.updatable_by) {
      if (const auto updater = inventory::parse_updater(text)) step.updatable_by.push_back(*updater);
    }
    const Step* twin = twin_of(step, before.size());
    if (wanted.updatable_by.empty()) {
      step.updatable_by =
          step.command == kApply ? updaters_of(*host_.staging(), step.file, image) : std::vector{Updater::bmc};
      // What the manifest leaves open is as the BMC has it, which may not show it at all.
      if (twin != nullptr) step.updatable_by = twin->updatable_by;
    }
    step.name = name_of(step, twin, before);
    if (choice_.set->recovery && step.updatable_by != std::vector{Updater::bmc}) {
      problems_.push_back(
          {.code = Code::recovery_set_protected,
           .what = fmt::format("{} is not installed by the BMC alone, as everything in the recovery set "
                               "must be",
                               work_of(step)),
           .help = {"Use the raw image of the same firmware."},
           .span = wanted.span,
           .label = "has another updater"});
    }
    return step;
  }

  const catalog::CatalogImage* take_image(const InstallSetStep& wanted, Step& step) {
    const Staging& staging = *host_.staging();
    const catalog::CatalogImage* image = scope_.inputs.catalog.find(wanted.file->value);
    step.file = image != nullptr ? file_of(*image) : wanted.file->value;
    if (auto finding = queued_name_gate(staging, step.file, wanted.span)) problems_.push_back(std::move(*finding));
    if (image != nullptr) {
      const Need need{.image = *image, .span = wanted.span};
      if (auto finding = need_image(scope_, host_, need, needs_)) problems_.push_back(std::move(*finding));
    } else if (!staging.repository || staging.repository->find(step.file) == nullptr) {
      problems_.push_back(not_in_catalog(*wanted.file, scope_.inputs.catalog));
    }
    return image;
  }

  /// The step at that place of the BMC's set, when it does the same.
  [[nodiscard]] const Step* twin_of(const Step& step, std::size_t place) const {
    if (known_ == nullptr || place >= known_->steps.size()) return nullptr;
    const Step& twin = known_->steps[place];
    return twin.command == step.command && twin.file == step.file ? &twin : nullptr;
  }

  /// The manifest names no steps, so names that are there already are as good as ours.
  static std::string name_of(const Step& step, const Step* twin, const std::vector<Step>& before) {
    const auto is_taken = [&](std::string_view name) {
      return std::ranges::find(before, name, &Step::name) != before.end();
    };
    if (twin != nullptr && !twin->name.empty() && !is_taken(twin->name)) return twin->name;
    const std::string& file = step.file;
    const std::size_t dot = file.rfind('.');
    const std::string base = file.empty() ? step.command : file.substr(0, dot == 0 ? std::string::npos : dot);
    std::string name = base.substr(0, kLongestName);
    for (int number = 2; is_taken(name); ++number) {
      const std::string suffix = fmt::format(" {}", number);
      name = base.substr(0, kLongestName - suffix.size()) + suffix;
    }
    return name;
  }

  const Scope& scope_;
  HostDraft& host_;
  const InstallSetChoice& choice_;
  const InstallSet* known_;
  std::vector<Finding> problems_;
  std::vector<std::size_t> needs_;
};

ChangeDraft begin_set(const Scope& scope, const HostDraft& host, const InstallSetChoice& choice, ChangeKind kind,
                      const std::string& name) {
  return begin_resource(scope, host,
                        {.type = ResourceType::install_set,
                         .kind = kind,
                         .phase = kind == ChangeKind::delete_ ? Phase::remove_install_set : Phase::install_set,
                         .address = std::string(inventory::kInstallSetPrefix) + name,
                         .name = name,
                         .span = choice.span});
}

std::optional<Finding> protection(const Scope& scope, const InstallSetChoice& choice, const InstallSet* known) {
  const bool is_recovery = choice.set->recovery || (known != nullptr && known->is_recovery);
  if (!is_recovery) return std::nullopt;
  Finding finding{.code = Code::recovery_set_protected,
                  .what = "it is the system recovery set",
                  .span = choice.span,
                  .label = "asked for here"};
  if (scope.inputs.desired.policies.recovery_set == Permission::deny) return finding;
  if (choice.set->recovery || choice.set->absent) return std::nullopt;
  finding.what = "it is the system recovery set, and the manifest's set of that name is an ordinary one";
  finding.help = {"Write `recovery: true` in the set, or give it another name."};
  return finding;
}

void remove_set(const Scope& scope, HostDraft& host, const InstallSetChoice& choice, const InstallSet& known) {
  ChangeDraft draft = begin_set(scope, host, choice, ChangeKind::delete_, known.name);
  draft.change.details.push_back(counted(known.steps.size(), "step"));
  if (const auto finding = protection(scope, choice, &known)) {
    block(scope, draft, *finding);
  } else {
    plan_write(scope, host, draft, RemoveInstallSet{known});
  }
  add_change(host, std::move(draft));
}

std::vector<std::string> files_of(const InstallSet& set) {
  std::vector<std::string> files;
  for (const Step& step : set.steps) {
    if (!step.file.empty()) files.push_back(step.file);
  }
  return files;
}

std::vector<std::string> steps_of(const InstallSet& set) {
  std::vector<std::string> lines;
  for (const Step& step : set.steps) {
    lines.push_back(fmt::format("step {}: {} by {}", lines.size() + 1, work_of(step), by_text(step)));
  }
  return lines;
}

std::optional<Finding> name_gate(const Staging& staging, const InstallSet& set, const SourceSpan& span) {
  const std::size_t limit = staging.limits.name;
  if (limit == 0 || set.name.size() <= limit) return std::nullopt;
  return Finding{
      .code = Code::name_too_long,
      .what = fmt::format("\"{}\" has {} characters, and the BMC takes {}", set.name, set.name.size(), limit),
      .span = span,
      .label = "too long"};
}

/// The BMC may prescribe another name than the manifest's for a recovery set.
void adopt_address(ChangeDraft& draft) {
  if (!draft.work) return;
  for (const Action& action : draft.work->actions) {
    for (const Condition& condition : action.postconditions) {
      const bool is_set = condition.component.starts_with(inventory::kInstallSetPrefix);
      if (condition.type == Condition::Type::resource_present && is_set) draft.change.address = condition.component;
    }
  }
}

void provide_set(const Scope& scope, HostDraft& host, const InstallSetChoice& choice, const InstallSet* known) {
  Builder builder(scope, host, choice, known);
  const InstallSet wanted = builder.build();
  const bool is_same = known != nullptr && inventory::content_of(*known) == inventory::content_of(wanted);
  const ChangeKind kind = known == nullptr ? ChangeKind::create : is_same ? ChangeKind::no_op : ChangeKind::update;
  ChangeDraft draft = begin_set(scope, host, choice, kind, wanted.name);
  draft.files = files_of(wanted);
  draft.needs = builder.needs();
  draft.change.to = inventory::content_of(wanted);
  if (!is_same) {
    draft.change.details = known == nullptr ? steps_of(wanted) : differences(*known, wanted);
    std::vector<Finding> problems = builder.problems();
    for (auto& finding : {protection(scope, choice, known), name_gate(*host.staging(), wanted, choice.span)}) {
      if (finding) problems.push_back(*finding);
    }
    for (const Finding& finding : problems) block(scope, draft, finding);
    if (draft.is_wanted() && known == nullptr) plan_write(scope, host, draft, CreateInstallSet{wanted});
    if (draft.is_wanted() && known != nullptr) plan_write(scope, host, draft, ChangeInstallSet{*known, wanted});
    adopt_address(draft);
  }
  add_change(host, std::move(draft));
}

}  // namespace

std::vector<std::string> differences(const InstallSet& from, const InstallSet& to) {
  std::vector<std::string> lines;
  if (from.is_recovery != to.is_recovery) {
    lines.emplace_back(to.is_recovery ? "is the recovery set" : "is no recovery set");
  }
  if (from.description != to.description) {
    lines.push_back(
        fmt::format("description \"{}\", was \"{}\"", printable(to.description), printable(from.description)));
  }
  const std::size_t both = std::min(from.steps.size(), to.steps.size());
  for (std::size_t i = 0; i < both; ++i) add_step_differences(i + 1, from.steps[i], to.steps[i], lines);
  for (std::size_t i = both; i < to.steps.size(); ++i) {
    lines.push_back(fmt::format("step {} added: {} by {}", i + 1, work_of(to.steps[i]), by_text(to.steps[i])));
  }
  for (std::size_t i = both; i < from.steps.size(); ++i) {
    lines.push_back(fmt::format("step {} removed: {}", i + 1, work_of(from.steps[i])));
  }
  return lines;
}

void check_install_set_limit(const Scope& scope, HostDraft& host) {
  const std::size_t limit = host.staging()->limits.install_sets;
  if (limit == 0) return;
  const auto is_set = [](const ChangeDraft& draft, ChangeKind kind) {
    return draft.change.resource == ResourceType::install_set && draft.change.kind == kind;
  };
  const std::size_t there = host.staging()->install_sets.size();
  const auto removed = static_cast<std::size_t>(std::ranges::count_if(
      host.changes, [&](const ChangeDraft& draft) { return is_set(draft, ChangeKind::delete_); }));
  std::size_t count = there - removed;
  for (ChangeDraft& draft : host.changes) {
    if (!is_set(draft, ChangeKind::create) || ++count <= limit) continue;
    block(scope, draft,
          {.code = Code::too_many_install_sets,
           .what = fmt::format("it keeps {} of at most {}, and this plan removes {}", there, limit, removed),
           .span = draft.span,
           .label = "one too many"});
  }
}

void plan_install_sets(const Scope& scope, HostDraft& host) {
  for (const InstallSetChoice& choice : host.desired->install_sets) {
    if (host.staging() == nullptr || host.staging()->install_sets_uri.empty()) {
      if (choice.set->absent) continue;
      ChangeDraft draft = begin_set(scope, host, choice, ChangeKind::create, choice.name);
      block(scope, draft,
            {.code = Code::feature_not_offered,
             .what = "the BMC has no install sets",
             .span = choice.span,
             .label = "asked for here"});
      add_change(host, std::move(draft));
      continue;
    }
    const InstallSet* known = find_set(*host.staging(), choice);
    if (!choice.set->absent) {
      provide_set(scope, host, choice, known);
    } else if (known != nullptr) {
      remove_set(scope, host, choice, *known);
    }
  }
  if (host.staging() != nullptr) check_install_set_limit(scope, host);
}

}  // namespace firmform::plan
