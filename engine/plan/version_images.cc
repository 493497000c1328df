// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/version_images.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/versions.h"
#include "engine/plan/select.h"
#include "engine/version/version.h"

namespace firmform::plan {
namespace {

using inventory::Component;
using inventory::HostSnapshot;
using manifest::Baseline;
using manifest::FirmwareEntry;
using version::Scheme;

Scheme scheme_of(const FirmwareEntry& entry, const Component& component) {
  const std::string& name = entry.version_scheme ? entry.version_scheme->value : component.version_scheme;
  return version::parse_scheme(name).value_or(Scheme::automatic);
}

const manifest::Text* pointer(const std::optional<manifest::Text>& text) {
  return text ? &*text : nullptr;
}

bool is_for(const Baseline& baseline, const HostSnapshot& host) {
  return !baseline.applies_to_model ||
         glob_match(to_lower(baseline.applies_to_model->value), to_lower(host.system.model));
}

bool means(const FirmwareEntry& entry, const HostSnapshot& host, const Component& component) {
  const std::vector<const Component*> meant = matching(entry.component.value, host);
  return std::ranges::find(meant, &component) != meant.end();
}

}  // namespace

VersionImages::VersionImages(const manifest::Desired& desired, const catalog::Catalog& catalog)
    : desired_(desired), catalog_(catalog) {
  for (const auto& [name, baseline] : desired.baselines) shared_.insert(baseline.get());
}

std::vector<VersionImage> VersionImages::find(const HostSnapshot& host, const Component& component,
                                              const std::string& version) {
  std::vector<VersionImage> found;
  const auto add = [&](const VersionImage& one) {
    if (std::ranges::find(found, one.image, &VersionImage::image) == found.end()) found.push_back(one);
  };
  for (const Named& named : named_for(host, component, version)) {
    const catalog::CatalogImage* image = catalog_.find(named.image->value);
    if (image == nullptr) continue;
    const bool is_other =
        named.sha256 != nullptr && !image->sha256.empty() && !equals_ignoring_case(named.sha256->value, image->sha256);
    if (!is_other) add({image, named.entry, named.step});
  }
  for (const catalog::CatalogImage* image : packages(component, version)) add({.image = image});
  return found;
}

std::vector<std::string> VersionImages::names(const HostSnapshot& host, const Component& component,
                                              const std::string& version) {
  std::set<std::string> names;
  for (const Named& named : named_for(host, component, version)) names.insert(named.image->value);
  return {names.begin(), names.end()};
}

void VersionImages::add_named(const Baseline& baseline, const Component& component, const std::string& version,
                              std::vector<Named>& all) {
  for (const FirmwareEntry& entry : baseline.firmware) {
    const Scheme scheme = scheme_of(entry, component);
    if (entry.image && version::satisfies(version, entry.version.value, scheme)) {
      all.push_back({&baseline, &entry, nullptr, pointer(entry.image), pointer(entry.sha256)});
    }
    for (const manifest::ViaStep& step : entry.via) {
      if (!step.image || !version::satisfies(version, step.version.value, scheme)) continue;
      all.push_back({&baseline, &entry, &step, pointer(step.image), pointer(step.sha256)});
    }
  }
}

const std::vector<VersionImages::Named>& VersionImages::named_anywhere(const Component& component,
                                                                       const std::string& version) {
  const auto [place, is_new] = named_.try_emplace({version, component.version_scheme});
  if (!is_new) return place->second;
  for (const auto& [name, baseline] : desired_.baselines) add_named(*baseline, component, version, place->second);
  return place->second;
}

std::vector<VersionImages::Named> VersionImages::named_for(const HostSnapshot& host, const Component& component,
                                                           const std::string& version) {
  const std::vector<Named>& anywhere = named_anywhere(component, version);
  std::vector<Named> all;
  std::vector<const Baseline*> own;
  if (const auto desired = desired_.hosts.find(host.name); desired != desired_.hosts.end()) {
    for (const manifest::BaselineChoice& choice : desired->second.baselines) {
      const Baseline* baseline = choice.baseline.get();
      if (std::ranges::find(own, baseline) != own.end()) continue;
      own.push_back(baseline);
      if (!shared_.contains(baseline)) add_named(*baseline, component, version, all);
      std::ranges::copy_if(anywhere, std::back_inserter(all),
                           [&](const Named& named) { return named.baseline == baseline; });
    }
  }
  std::ranges::copy_if(anywhere, std::back_inserter(all),
                       [&](const Named& named) { return std::ranges::find(own, named.baseline) == own.end(); });
  std::erase_if(
      all, [&](const Named& named) { return !is_for(*named.baseline, host) || !means(*named.entry, host, component); });
  return all;
}

const std::vector<const catalog::CatalogImage*>& VersionImages::packages(const Component& component,
                                                                         const std::string& version) {
  const auto [place, is_new] =
      packages_.try_emplace({version, component.version_scheme, component.device_class, component.targets});
  if (is_new) {
    const Scheme scheme = version::parse_scheme(component.version_scheme).value_or(Scheme::automatic);
    place->second = catalog::find_versions(catalog_, {&component, version, scheme});
  }
  return place->second;
}

}  // namespace firmform::plan
