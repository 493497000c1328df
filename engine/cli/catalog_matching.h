// SPDX-License-Identifier: Apache-2.0
// Which images of the catalog fit which components of the hosts. Pure.
#pragma once

#include <string>
#include <vector>

#include "engine/cli/project_catalog.h"
#include "engine/inventory/snapshot.h"
#include "engine/json/value.h"
#include "engine/report/style.h"

namespace firmform::cli {

/// One image for one component.
struct Offer {
  std::string image;
  std::string version;   ///< that the image holds for this component
  std::string standing;  ///< to what is installed: "newer", "older", "same", "unknown"
};

struct ComponentMatch {
  std::string address;
  std::string name;
  std::string installed;
  std::vector<Offer> offers;
};

struct Misfit {
  std::string image;
  bool wanted = false;  ///< the manifest wants it for this host
  std::vector<std::string> reasons;
};

struct HostMatch {
  std::string host;
  std::size_t silent = 0;                  ///< images that say nothing of their devices
  std::string unread;                      ///< why the host could not be read; empty when it could
  std::vector<ComponentMatch> components;  ///< that some image fits
  std::vector<Misfit> misfits;
};

[[nodiscard]] std::vector<HostMatch> match_all(const manifest::Desired& desired, const inventory::Inventory& inventory,
                                               const catalog::Catalog& catalog);

[[nodiscard]] std::string matches_text(const std::vector<HostMatch>& matches, const report::Style& style);
[[nodiscard]] json::Value matches_json(const std::vector<HostMatch>& matches);

/// Images that the manifest wants for a host and that fit none of its components.
[[nodiscard]] Diagnostics misfits_of(const Project& project, const std::vector<HostMatch>& matches);

}  // namespace firmform::cli
