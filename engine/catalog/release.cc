// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/release.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "engine/base/text.h"
#include "engine/catalog/image_kind.h"
#include "engine/version/version.h"

namespace firmform::catalog {
namespace {

using version::Ordering;

std::string device_names(const PackageMetadata& package) {
  const std::string& first = package.devices.front().name;
  const std::string name = first.empty() ? package.devices.front().target : first;
  const auto same = [&](const PackageDevice& device) { return device.name == first; };
  const auto others = package.devices.size() - static_cast<std::size_t>(std::ranges::count_if(package.devices, same));
  return others == 0 ? name : fmt::format("{} (and {} more)", name, others);
}

bool share_target(const Release& one, const Release& other) {
  return std::ranges::any_of(one.targets, [&](const std::string& target) {
    return !target.empty() && std::ranges::find(other.targets, target) != other.targets.end();
  });
}

bool same_component(const Release& one, const Release& other) {
  if (one.targets.empty() || other.targets.empty()) return equals_ignoring_case(one.component, other.component);
  return one.device_class == other.device_class && share_target(one, other);
}

Ordering order(std::string_view a, std::string_view b) {
  const Ordering whole = version::compare(a, b);
  if (whole != Ordering::incomparable) return whole;
  return version::compare(a.substr(0, a.find('_')), b.substr(0, b.find('_')));
}

bool is_change(const ReleaseChange& change) {
  return !change.before || !change.after || change.before->version != change.after->version;
}

/// Of equal components, what is gone comes before what is new.
std::tuple<std::string, bool, std::string> place_of(const ReleaseChange& change) {
  const Release& release = change.before ? *change.before : *change.after;
  return {release.component, !change.before.has_value(), release.version + "\n" + release.image};
}

}  // namespace

Release release_of(const CatalogImage& image) {
  Release release{.component = image.name, .image = image.name};
  if (image.package && !image.package->devices.empty()) {
    release.component = device_names(*image.package);
    release.version = image.package->devices.front().version;
    release.device_class = image.package->device_class;
    for (const PackageDevice& device : image.package->devices) release.targets.push_back(device.target);
  } else if (const auto hint = hint_of(image.name)) {
    release.component = hint->component;
    release.version = hint->version;
    release.guessed = true;
  }
  return release;
}

std::vector<Release> releases_of(const manifest::Baseline& baseline) {
  std::vector<Release> releases;
  for (const manifest::FirmwareEntry& entry : baseline.firmware) {
    releases.push_back({.component = entry.component.value.describe(),
                        .version = entry.version.value,
                        .image = entry.image ? entry.image->value : std::string()});
  }
  return releases;
}

std::string_view to_string(Move move) {
  switch (move) {
    case Move::added:
      return "added";
    case Move::removed:
      return "removed";
    case Move::up:
      return "up";
    case Move::down:
      return "down";
    case Move::other:
      return "other";
  }
  return "";
}

Move move_between(std::string_view before, std::string_view after) {
  switch (order(before, after)) {
    case Ordering::less:
      return Move::up;
    case Ordering::greater:
      return Move::down;
    case Ordering::equal:
    case Ordering::incomparable:
      return Move::other;
  }
  return Move::other;
}

std::vector<ReleaseChange> compare(const std::vector<Release>& before, const std::vector<Release>& after) {
  std::vector<ReleaseChange> changes;
  std::vector<bool> used(after.size(), false);
  for (const Release& old : before) {
    ReleaseChange change{.move = Move::removed, .before = old};
    for (std::size_t i = 0; i < after.size() && !change.after; ++i) {
      if (used[i] || !same_component(old, after[i])) continue;
      used[i] = true;
      change.after = after[i];
      change.move = move_between(old.version, after[i].version);
    }
    if (is_change(change)) changes.push_back(std::move(change));
  }
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (!used[i]) changes.push_back({.move = Move::added, .after = after[i]});
  }
  std::ranges::sort(changes, {}, place_of);
  return changes;
}

}  // namespace firmform::catalog
