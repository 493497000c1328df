// SPDX-License-Identifier: Apache-2.0
// The ways of an image into an iLO: its upload form, SimpleUpdate, AddFromUri, or the standard's multipart push
// (ilo.md 5, 6, 7). Pure.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "providers/provider.h"

namespace firmform::hpe {

/// What the iLO shall do with the image.
enum class Purpose { flash, store };

struct Handover {
  const inventory::HostSnapshot& host;
  const manifest::Policies& policies;
  const catalog::CatalogImage& image;
  std::string name;     ///< file name under which the iLO gets it
  std::string concern;  ///< address that it is for; tells uploads of one file apart
  Purpose purpose = Purpose::flash;
  manifest::Delivery delivery = manifest::Delivery::automatic;
  bool tpm_override = false;
  bool update_recovery_set = false;
  /// SimpleUpdate answers every URL with success and flashes few kinds of files; this is one of them.
  bool simple_update_flashes = false;
  std::vector<std::string> targets;  ///< URIs of the devices that are meant; empty: all that fit
  /// Devices that fit and are not meant: only a way that names `targets` will do.
  std::vector<const inventory::Component*> others;
};

/// One request with the bytes that it is about.
struct Delivery {
  plan::PlannedRequest request;
  plan::Image image;
};

/// One delivery, or one for each section of a file with detached signatures, in order; or why there is no way.
[[nodiscard]] std::variant<std::vector<Delivery>, Impossible> deliver(const Handover& handover);

/// "push" or "let the iLO pull", for summaries.
[[nodiscard]] std::string_view verb_of(const Delivery& delivery);

[[nodiscard]] Impossible impossible(Code code, std::string text, std::vector<std::string> help = {});

}  // namespace firmform::hpe
