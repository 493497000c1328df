// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/way_back.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/baseline.h"
#include "engine/plan/select.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using manifest::Baseline;
using manifest::FirmwareEntry;
using version::Ordering;
using version::Scheme;

/// UpdateService's word for a BMC that takes no older firmware, for good.
constexpr std::string_view kNeverDown = "NoDowngrade";

Scheme scheme_of(const FirmwareEntry* entry, const Component& component) {
  const std::string& name =
      entry != nullptr && entry->version_scheme ? entry->version_scheme->value : component.version_scheme;
  return version::parse_scheme(name).value_or(Scheme::automatic);
}

bool is_known(const std::optional<std::string>& version) {
  return version && !version::is_unknown(*version);
}

/// Going from `to` back to what is installed.
enum class Direction { up, down };

Direction direction_back(const ChangeDraft& draft) {
  const Scheme scheme = scheme_of(draft.entry, *draft.component);
  const Ordering order = version::compare(*draft.component->version, draft.entry->version.value, scheme);
  return order == Ordering::greater ? Direction::up : Direction::down;
}

/// Why neither BMC nor device would go back, whatever the image.
std::optional<std::string> one_way_reason(const HostDraft& host, const ChangeDraft& draft) {
  const Component& component = *draft.component;
  if (host.snapshot->update.downgrade_policy == kNeverDown) {
    return fmt::format("the BMC's downgrade policy is {}: it never takes older firmware again", kNeverDown);
  }
  const std::string& lowest = component.lowest_supported_version;
  if (!lowest.empty() && version::compare(*component.version, lowest) == Ordering::less) {
    return fmt::format("the device runs nothing below \"{}\", which its present version \"{}\" is", printable(lowest),
                       printable(*component.version));
  }
  return std::nullopt;
}

/// The range of versions that the image goes over directly, by the entry that names it.
const manifest::VersionRange* range_of(const VersionImage& found) {
  if (found.step != nullptr) return &found.step->from;
  return found.entry == nullptr ? nullptr : &found.entry->from;
}

/// Why the image could not be installed over the wanted version; empty when it could.
std::optional<std::string> not_over(const VersionImage& found, const ChangeDraft& draft) {
  const manifest::VersionRange* range = range_of(found);
  if (range == nullptr || !range->maximum) return std::nullopt;
  const std::string& wanted = draft.entry->version.value;
  const Scheme scheme = scheme_of(draft.entry, *draft.component);
  if (version::compare(wanted, range->maximum->value, scheme) != Ordering::greater) return std::nullopt;
  return fmt::format("\"{}\" goes over \"{}\" at most", found.image->name, range->maximum->value);
}

/// As if the manifest asked for the way back, and permitted it.
FirmwareEntry entry_back(const ChangeDraft& draft, const VersionImage& found) {
  FirmwareEntry entry = *draft.entry;
  entry.version.value = *draft.component->version;
  entry.image = manifest::Text{found.image->name, entry.version.span};
  entry.sha256.reset();
  entry.via.clear();
  entry.allow_downgrade = true;
  return entry;
}

/// What the provider has against the way back that does not pass by itself.
std::optional<Reason> refusal(const Scope& scope, const HostDraft& host, const ChangeDraft& draft,
                              const VersionImage& found, Direction direction) {
  if (host.provider == nullptr) return std::nullopt;
  const FirmwareEntry entry = entry_back(draft, found);
  const auto answer =
      host.provider->plan_change({.host = *host.snapshot,
                                  .component = *draft.component,
                                  .entry = entry,
                                  .image = *found.image,
                                  .policies = scope.inputs.desired.policies,
                                  .kind = direction == Direction::down ? ChangeKind::downgrade : ChangeKind::update,
                                  .delivery = host.desired->delivery});
  const auto* impossible = std::get_if<Impossible>(&answer);
  return impossible == nullptr ? std::nullopt : std::optional(impossible->reason);
}

bool is_permitted(const Scope& scope, const ChangeDraft& draft, const VersionImage& found) {
  return scope.inputs.desired.policies.downgrade == manifest::Permission::allow || draft.entry->allow_downgrade ||
         (found.entry != nullptr && found.entry->allow_downgrade);
}

WayBack with_image(const Scope& scope, const ChangeDraft& draft, const VersionImage& found, Direction direction) {
  const std::string held = fmt::format("\"{}\" holds \"{}\"", found.image->name, printable(*draft.component->version));
  if (direction == Direction::up || is_permitted(scope, draft, found)) {
    return {.kind = WayBack::Kind::image, .image = found.image->name, .text = held};
  }
  return {
      .kind = WayBack::Kind::denied,
      .image = found.image->name,
      .text = held + "; going back is a downgrade, which the manifest does not allow and `firmform rollback` asks for"};
}

WayBack no_image(const ChangeDraft& draft, const std::vector<std::string>& unfit) {
  std::string text = fmt::format("the catalog has no image of \"{}\"", printable(*draft.component->version));
  if (!unfit.empty()) text += fmt::format(" that could be used: {}", unfit.front());
  return {.kind = WayBack::Kind::no_image, .image = {}, .text = std::move(text)};
}

/// One for the whole plan: it remembers.
VersionImages& images_of(const Scope& scope) {
  auto& images = scope.memory->version_images;
  if (!images) images = std::make_shared<VersionImages>(scope.inputs.desired, scope.inputs.catalog);
  return *images;
}

Finding missing_way_back(const ChangeDraft& draft, const WayBack& way) {
  Finding finding{.code = Code::way_back_missing,
                  .what = way.text,
                  .span = draft.entry->version.span,
                  .label = "asked for here",
                  .group = way.text};
  if (way.kind == WayBack::Kind::one_way)
    finding.help = {"Be sure of this change before it is applied: it is for good."};
  return finding;
}

bool is_leaving(const Component& component, const FirmwareEntry& entry) {
  return is_known(component.version) &&
         !version::satisfies(*component.version, entry.version.value, scheme_of(&entry, component));
}

template <class Visit>
void for_each_leaving(const manifest::Desired& desired, const inventory::Inventory& inventory, Visit visit) {
  for (const auto& [name, snapshot] : inventory) {
    const auto host = desired.hosts.find(name);
    if (host == desired.hosts.end() || snapshot.status != inventory::HostStatus::ok) continue;
    const BaselineDecision decision = choose_baseline(host->second, snapshot);
    if (decision.choice == nullptr || decision.problem) continue;
    for (const FirmwareEntry& entry : decision.choice->baseline->firmware) {
      for (const Component* component : matching(entry.component.value, snapshot)) {
        if (is_leaving(*component, entry)) visit(snapshot, *component, entry);
      }
    }
  }
}

}  // namespace

WayBack way_back_of(const Scope& scope, const HostDraft& host, const ChangeDraft& draft) {
  const Component& component = *draft.component;
  if (!is_known(component.version)) {
    return {.kind = WayBack::Kind::unknown, .image = {}, .text = "the installed version is not known"};
  }
  const Direction direction = direction_back(draft);
  if (const auto why = one_way_reason(host, draft); why && direction == Direction::down) {
    return {.kind = WayBack::Kind::one_way, .image = {}, .text = *why};
  }
  std::vector<std::string> unfit;
  for (const VersionImage& found : images_of(scope).find(*host.snapshot, component, *component.version)) {
    if (const auto why = not_over(found, draft)) {
      unfit.push_back(*why);
      continue;
    }
    const auto refused = refusal(scope, host, draft, found, direction);
    if (!refused) return with_image(scope, draft, found, direction);
    if (refused->code == Code::downgrade_denied) {
      return {.kind = WayBack::Kind::one_way, .image = found.image->name, .text = refused->text};
    }
    unfit.push_back(refused->text);
  }
  return no_image(draft, unfit);
}

void note_ways_back(const Scope& scope, HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (!draft.wants_firmware() || draft.component == nullptr) continue;
    draft.change.way_back = way_back_of(scope, host, draft);
    const WayBack& way = *draft.change.way_back;
    if (way.kind == WayBack::Kind::one_way) warn(scope, draft, missing_way_back(draft, way));
    // Old images are seldom kept, so this is for who looks at the plan, and no warning about the fleet.
    if (way.kind == WayBack::Kind::no_image) {
      draft.change.reasons.push_back({Code::way_back_missing,
                                      fmt::format("{}/{}: {}: {}", host.name(), draft.change.address,
                                                  info(Code::way_back_missing).title, way.text),
                                      {std::string(info(Code::way_back_missing).next)}});
    }
  }
}

std::vector<catalog::VersionWanted> versions_to_leave(const manifest::Desired& desired,
                                                      const inventory::Inventory& inventory) {
  std::vector<catalog::VersionWanted> wanted;
  for_each_leaving(desired, inventory, [&](const HostSnapshot&, const Component& component, const FirmwareEntry&) {
    wanted.push_back({&component, *component.version, scheme_of(nullptr, component)});
  });
  return wanted;
}

std::vector<catalog::VersionWanted> versions_on_ways(const manifest::Desired& desired,
                                                     const inventory::Inventory& inventory) {
  std::vector<catalog::VersionWanted> wanted;
  for_each_leaving(desired, inventory,
                   [&](const HostSnapshot&, const Component& component, const FirmwareEntry& entry) {
                     for (const manifest::ViaStep& step : entry.via) {
                       if (!step.image)
                         wanted.push_back({&component, step.version.value, scheme_of(&entry, component)});
                     }
                   });
  return wanted;
}

std::vector<std::string> declared_images_of(const manifest::Desired& desired, const inventory::Inventory& inventory) {
  const catalog::Catalog none;
  VersionImages images(desired, none);
  std::set<std::string> names;
  for_each_leaving(desired, inventory, [&](const HostSnapshot& host, const Component& component, const FirmwareEntry&) {
    std::ranges::copy(images.names(host, component, *component.version), std::inserter(names, names.end()));
  });
  return {names.begin(), names.end()};
}

}  // namespace firmform::plan
