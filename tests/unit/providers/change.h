// SPDX-License-Identifier: Apache-2.0
// One change to plan, with everything in it open to a test.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan/contract.h"
#include "providers/provider.h"
#include "tests/unit/providers/lab.h"

namespace firmform::tests {

struct Change {
  inventory::HostSnapshot host;
  std::string address;
  manifest::FirmwareEntry entry;
  catalog::CatalogImage image;
  manifest::Policies policies;
  plan::ChangeKind kind = plan::ChangeKind::update;
  manifest::Delivery delivery = manifest::Delivery::automatic;
  std::optional<plan::Appointment> appointment;
  std::vector<std::string> also;

  /// A change on a simulated BMC of that model, as it is read.
  static Change on(const std::string& model, const std::string& address) {
    Change change;
    change.host = Lab(model).read();
    change.address = address;
    change.entry.version.value = "9.99";
    change.image = {.name = "image.bin", .path = "/images/image.bin", .size = 1000, .sha256 = std::string(64, 'a')};
    return change;
  }

  [[nodiscard]] inventory::Component& component() {
    return *std::ranges::find(host.components, address, &inventory::Component::address);
  }

  void pull(const std::string& url) {
    image.path.clear();
    image.url = url;
    image.name = url.substr(url.rfind('/') + 1);
  }

  [[nodiscard]] std::variant<Recipe, Impossible> answer() {
    const Providers providers = all_providers();
    const ChangeRequest request{host, component(), entry, image, policies, kind, delivery, appointment, also};
    auto result = providers.find(host.provider)->plan_change(request);
    if (const auto* recipe = std::get_if<Recipe>(&result)) broken = plan::violations(*recipe, request);
    return result;
  }

  /// The code of the refusal; absent when there is a recipe.
  [[nodiscard]] std::optional<Code> refusal() {
    const auto result = answer();
    const auto* impossible = std::get_if<Impossible>(&result);
    return impossible == nullptr ? std::nullopt : std::optional(impossible->reason.code);
  }

  /// Throws when the change is refused.
  [[nodiscard]] Recipe recipe() { return std::get<Recipe>(answer()); }

  std::vector<std::string> broken;  ///< what the last recipe breaks of the planner's contract
};

}  // namespace firmform::tests
