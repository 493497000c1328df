// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/catalog_matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/catalog/match.h"
#include "engine/catalog/release.h"
#include "engine/manifest/images.h"
#include "engine/report/table.h"
#include "engine/version/version.h"

namespace firmform::cli {
namespace {

using catalog::CatalogImage;
using inventory::Component;
using inventory::HostSnapshot;

/// How what the image holds stands to what is installed.
std::string standing(const std::string& installed, const std::string& held) {
  if (installed.empty() || held.empty()) return "unknown";
  if (version::satisfies(installed, held) || version::satisfies(installed, held.substr(0, held.find('_'))))
    return "same";
  switch (catalog::move_between(installed, held)) {
    case catalog::Move::up:
      return "newer";
    case catalog::Move::down:
      return "older";
    case catalog::Move::added:
    case catalog::Move::removed:
    case catalog::Move::other:
      return "unknown";
  }
  return "unknown";
}

std::vector<std::string> wanted_for(const manifest::Desired& desired, const std::string& host) {
  const auto found = desired.hosts.find(host);
  if (found == desired.hosts.end()) return {};
  manifest::Desired one;
  one.hosts.insert(*found);
  return manifest::images_of(one);
}

ComponentMatch match_of(const Component& component) {
  return {.address = component.address, .name = component.name, .installed = component.version.value_or("")};
}

void add_image(HostMatch& match, std::map<std::string, ComponentMatch>& by_address, const CatalogImage& image,
               const HostSnapshot& host, bool wanted) {
  const auto components = catalog::applicable(image, host);
  if (!image.package) ++match.silent;
  if (components.empty() && image.package) {
    match.misfits.push_back({image.name, wanted, catalog::why_not_applicable(image, host)});
  }
  for (const Component* component : components) {
    auto& entry = by_address.try_emplace(component->address, match_of(*component)).first->second;
    const std::string held = catalog::version_for(*image.package, *component);
    entry.offers.push_back({image.name, held, standing(entry.installed, held)});
  }
}

HostMatch match_one(const HostSnapshot& host, const std::vector<std::string>& wanted, const catalog::Catalog& catalog) {
  HostMatch match{.host = host.name};
  if (host.error) {
    match.unread = host.error->message();
    return match;
  }
  std::map<std::string, ComponentMatch> by_address;
  for (const CatalogImage* image : catalog.images()) {
    const bool is_wanted =
        std::ranges::any_of(wanted, [&](const std::string& name) { return catalog.find(name) == image; });
    add_image(match, by_address, *image, host, is_wanted);
  }
  for (auto& [address, component] : by_address) match.components.push_back(std::move(component));
  return match;
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

json::Array texts(const std::vector<std::string>& items) {
  json::Array array;
  for (const std::string& item : items) array.emplace_back(item);
  return array;
}

json::Value component_json(const ComponentMatch& component) {
  json::Array images;
  for (const Offer& offer : component.offers) {
    images.emplace_back(json::Object{{"image", offer.image}, {"version", offer.version}, {"standing", offer.standing}});
  }
  return json::Object{{"address", component.address},
                      {"name", component.name},
                      {"installed", component.installed.empty() ? json::Value() : json::Value(component.installed)},
                      {"images", std::move(images)}};
}

}  // namespace

std::vector<HostMatch> match_all(const manifest::Desired& desired, const inventory::Inventory& inventory,
                                 const catalog::Catalog& catalog) {
  std::vector<HostMatch> matches;
  for (const auto& [name, host] : inventory) matches.push_back(match_one(host, wanted_for(desired, name), catalog));
  return matches;
}

std::string matches_text(const std::vector<HostMatch>& matches, const report::Style& style) {
  report::Table table(
      {{"HOST", 6}, {"COMPONENT", 16}, {"INSTALLED", 12}, {"IMAGE", 12}, {"HOLDS", 8}, {"WHICH IS", 8}});
  std::string rest;
  std::size_t rows = 0;
  for (const HostMatch& match : matches) {
    for (const ComponentMatch& component : match.components) {
      for (const Offer& offer : component.offers) {
        table.add({match.host, printable(component.name), or_dash(component.installed), printable(offer.image),
                   or_dash(offer.version), offer.standing});
        ++rows;
      }
    }
    if (!match.unread.empty()) rest += fmt::format("{}: not read: {}\n", match.host, printable(match.unread));
    if (match.silent > 0) {
      rest += fmt::format("{}: {} nothing of the devices that they are for; the manifest's entries decide.\n",
                          match.host, counted(match.silent, "image says", "images say"));
    }
    if (!match.misfits.empty()) {
      rest +=
          fmt::format("{}: {} of the catalog fit no component.\n", match.host, counted(match.misfits.size(), "image"));
    }
  }
  constexpr int kNarrowest = 40;
  const std::string found =
      rows == 0 ? "No image fits any component.\n"
                : table.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color);
  return rest.empty() ? found : found + "\n" + rest;
}

json::Value matches_json(const std::vector<HostMatch>& matches) {
  json::Array hosts;
  for (const HostMatch& match : matches) {
    json::Array components;
    for (const ComponentMatch& component : match.components) components.push_back(component_json(component));
    json::Array misfits;
    for (const Misfit& misfit : match.misfits) {
      misfits.emplace_back(
          json::Object{{"image", misfit.image}, {"wanted", misfit.wanted}, {"reasons", texts(misfit.reasons)}});
    }
    hosts.emplace_back(json::Object{{"name", match.host},
                                    {"unread", match.unread.empty() ? json::Value() : json::Value(match.unread)},
                                    {"components", std::move(components)},
                                    {"misfits", std::move(misfits)}});
  }
  return json::Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}};
}

Diagnostics misfits_of(const Project& project, const std::vector<HostMatch>& matches) {
  Diagnostics diagnostics;
  for (const HostMatch& match : matches) {
    for (const Misfit& misfit : match.misfits) {
      if (!misfit.wanted) continue;
      Error error(Code::image_matches_nothing, fmt::format("{} fits no component of {}", misfit.image, match.host));
      for (const std::string& reason : misfit.reasons) error = error.with_note(reason);
      Diagnostic diagnostic = image_diagnostic(project, {misfit.image, error});
      diagnostic.subject = match.host + "/" + misfit.image;
      diagnostics.add(std::move(diagnostic));
    }
  }
  return diagnostics;
}

}  // namespace firmform::cli
