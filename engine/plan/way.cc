// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/way.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <ranges>
#include <utility>

#include "engine/base/text.h"
#include "engine/catalog/versions.h"
#include "engine/plan/gates.h"

namespace firmform::plan {
namespace {

using catalog::CatalogImage;
using manifest::FirmwareEntry;
using manifest::ViaStep;
using version::Ordering;
using version::Scheme;

Scheme own_scheme(const ChangeDraft& draft) {
  return scheme_of(*draft.entry, *draft.component);
}

/// On the way up: not behind the installed version, and not beyond the wanted one.
bool lies_above(const ChangeDraft& draft, const std::string& stop) {
  const Scheme scheme = own_scheme(draft);
  const std::string installed = draft.component->version.value_or("");
  if (version::satisfies(installed, stop, scheme) || version::satisfies(stop, draft.change.to, scheme)) return false;
  return version::compare(installed, stop, scheme) != Ordering::greater &&
         version::compare(stop, draft.change.to, scheme) != Ordering::greater;
}

bool lies_below(const ChangeDraft& draft, const std::string& stop) {
  const Scheme scheme = own_scheme(draft);
  const std::string installed = draft.component->version.value_or("");
  if (version::satisfies(installed, stop, scheme) || version::satisfies(stop, draft.change.to, scheme)) return false;
  return version::compare(stop, installed, scheme) == Ordering::less &&
         version::compare(stop, draft.change.to, scheme) == Ordering::greater;
}

Finding no_image(const ChangeDraft& draft, const ViaStep& via) {
  return {.code = Code::via_image_missing,
          .what = fmt::format("the way from \"{}\" to \"{}\" leads through \"{}\", and no package of the catalog says "
                              "that it brings that version",
                              printable(draft.component->version.value_or("")), draft.change.to, via.version.value),
          .span = via.version.span,
          .label = "names no image"};
}

/// The catalog's package of that version, for whoever names none.
const CatalogImage* look_up(const Scope& scope, const ChangeDraft& draft, const ViaStep& via) {
  const inventory::Component& component = *draft.component;
  const Memory::ImageKey key{&via, component.device_class, component.targets};
  const auto known = scope.memory->images.find(key);
  if (known != scope.memory->images.end()) return known->second;
  const CatalogImage* image =
      catalog::find_version(scope.inputs.catalog, component, via.version.value, own_scheme(draft));
  return scope.memory->images.emplace(key, image).first->second;
}

/// The entry as it would be if it asked for just this version.
const FirmwareEntry& entry_of(const Scope& scope, const FirmwareEntry& entry, const ViaStep& via,
                              const CatalogImage& image) {
  std::unique_ptr<FirmwareEntry>& made = scope.memory->steps[{&via, &image}];
  if (made == nullptr) {
    made = std::make_unique<FirmwareEntry>();
    made->component = entry.component;
    made->version = via.version;
    made->version_scheme = entry.version_scheme;
    made->image = via.image.value_or(manifest::Text{image.name, via.version.span});
    made->sha256 = via.sha256;
    made->from = via.from;
    made->power = entry.power;
    made->every = entry.every;
    made->allow_downgrade = entry.allow_downgrade;
    made->span = via.span;
  }
  return *made;
}

std::optional<Finding> add_stop(const Scope& scope, const HostDraft& host, ChangeDraft& draft, const ViaStep& via) {
  WayStop stop{.via = &via};
  if (via.image) {
    if (auto finding = find_image(scope, host, *via.image, via.sha256, stop.image)) return finding;
  } else {
    stop.image = look_up(scope, draft, via);
    if (stop.image == nullptr) return no_image(draft, via);
  }
  stop.entry = &entry_of(scope, *draft.entry, via, *stop.image);
  draft.stops.push_back(stop);
  return std::nullopt;
}

bool is_within(const std::string& installed, const manifest::VersionRange& range, Scheme scheme) {
  const auto stands = [&](const manifest::Text& bound, Ordering side) {
    return version::satisfies(installed, bound.value, scheme) ||
           version::compare(installed, bound.value, scheme) == side;
  };
  if (range.minimum && !stands(*range.minimum, Ordering::greater)) return false;
  return !range.maximum || stands(*range.maximum, Ordering::less);
}

bool package_goes_over(const CatalogImage& image, const std::string& installed, Scheme scheme) {
  if (!image.package || version::is_unknown(image.package->minimum_version)) return true;
  return version::compare(installed, image.package->minimum_version, scheme) != Ordering::less;
}

bool device_runs(const ChangeDraft& draft, const std::string& wanted) {
  const std::string& lowest = draft.component->lowest_supported_version;
  return lowest.empty() || version::compare(wanted, lowest, own_scheme(draft)) != Ordering::less;
}

}  // namespace

Scheme scheme_of(const FirmwareEntry& entry, const inventory::Component& component) {
  const std::string& name = entry.version_scheme ? entry.version_scheme->value : component.version_scheme;
  return version::parse_scheme(name).value_or(Scheme::automatic);
}

std::vector<Finding> find_stops(const Scope& scope, const HostDraft& host, ChangeDraft& draft) {
  draft.stops.clear();
  std::vector<Finding> found;
  const std::vector<ViaStep>& via = draft.entry->via;
  const bool is_down = draft.change.kind == ChangeKind::downgrade;
  for (std::size_t i = 0; i < via.size(); ++i) {
    const ViaStep& step = is_down ? via[via.size() - 1 - i] : via[i];
    const bool is_between = is_down ? lies_below(draft, step.version.value) : lies_above(draft, step.version.value);
    if (!is_between) continue;
    if (auto finding = add_stop(scope, host, draft, step)) found.push_back(std::move(*finding));
  }
  draft.route.resize(draft.stops.size());
  std::iota(draft.route.begin(), draft.route.end(), std::size_t{0});
  return found;
}

const std::string& version_at(const ChangeDraft& draft, std::size_t place) {
  static const std::string kNone;
  if (place == 0) return draft.component->version ? *draft.component->version : kNone;
  return entry_at(draft, place).version.value;
}

const FirmwareEntry& entry_at(const ChangeDraft& draft, std::size_t place) {
  return place > draft.stops.size() ? *draft.entry : *draft.stops[place - 1].entry;
}

const CatalogImage& image_at(const ChangeDraft& draft, std::size_t place) {
  return place > draft.stops.size() ? *draft.image : *draft.stops[place - 1].image;
}

bool must_pass_stops(const ChangeDraft& draft) {
  return !draft.entry->from.minimum && !draft.entry->from.maximum;
}

bool goes_over(const ChangeDraft& draft, std::size_t from, std::size_t to) {
  const Scheme scheme = own_scheme(draft);
  const std::string& installed = version_at(draft, from);
  const bool leaves_out_stops = to - from > 1;
  if (leaves_out_stops && must_pass_stops(draft)) return false;
  return is_within(installed, entry_at(draft, to).from, scheme) &&
         package_goes_over(image_at(draft, to), installed, scheme) && device_runs(draft, version_at(draft, to));
}

std::vector<std::size_t> places_of_route(const ChangeDraft& draft) {
  std::vector<std::size_t> places;
  for (const std::size_t stop : draft.route) places.push_back(stop + 1);
  places.push_back(draft.stops.size() + 1);
  return places;
}

}  // namespace firmform::plan
