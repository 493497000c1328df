// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/suitability.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "engine/base/text.h"
#include "engine/catalog/match.h"
#include "providers/hpe/delivery.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/facts.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using catalog::CatalogImage;
using inventory::Component;
using inventory::Updater;
using manifest::Permission;
using redfish::is_pulled;
using redfish::Role;
using Refusal = std::optional<Impossible>;

/// Device class of all programmable logic.
constexpr std::string_view kLogicDeviceClass = "b1ad439a-9dd1-41c1-a496-2da9313f1f07";

std::string file_of(const CatalogImage& image) {
  return is_pulled(image) ? redfish::file_name({.url = image.url}) : image.name;
}

bool has_suffix(std::string_view name, std::span<const std::string_view> suffixes) {
  const std::string lower = to_lower(name);
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) { return lower.ends_with(suffix); });
}

bool is_third_party(const CatalogImage& image) {
  constexpr std::array<std::string_view, 3> kSuffixes = {".hpb", ".fup", ".pup"};
  return has_suffix(file_of(image), kSuffixes);
}

/// Smart components that only an agent can unpack (ilo.md 8.4).
bool is_agents_alone(const CatalogImage& image) {
  constexpr std::array<std::string_view, 3> kSuffixes = {".rpm", ".zip", ".scexe"};
  return image.format == catalog::ImageFormat::smart_component && has_suffix(image.name, kSuffixes);
}

Refusal refuse_host(const ChangeRequest& request) {
  if (is_ilo4(request.host)) {
    return impossible(Code::unsupported_generation, "an iLO 4 is read, and not changed by this version");
  }
  const bool never_down = request.host.update.downgrade_policy == "NoDowngrade";
  if (never_down && request.kind == plan::ChangeKind::downgrade) {
    return impossible(Code::downgrade_denied, "the iLO's DowngradePolicy is NoDowngrade, which cannot be undone",
                      {"Raise `version:`; this iLO takes no older firmware again."});
  }
  return std::nullopt;
}

Refusal refuse_component(const ChangeRequest& request) {
  const Component& component = request.component;
  if (is_programmable_logic(component) && request.appointment) {
    return impossible(
        Code::reset_not_offered,
        fmt::format("{} becomes active only by an AC power cycle, which the iLO's queue cannot do", component.name),
        {"Change it without a maintenance window, or cut the power of the server by hand."});
  }
  if (is_programmable_logic(component) && fact(request.host, kAuxCycle).empty()) {
    return impossible(
        Code::reset_not_offered,
        fmt::format("{} becomes active only by an AC power cycle, which this iLO does not offer", component.name),
        {"Update it by hand and cut the power of the server."});
  }
  if (component.targets.empty()) {
    return impossible(Code::not_updateable, fmt::format("the iLO shows no flash target for {}", component.name));
  }
  return std::nullopt;
}

std::string listed_targets(const catalog::PackageMetadata& package) {
  std::vector<std::string> targets;
  for (const catalog::PackageDevice& device : package.devices) targets.push_back(device.target);
  return fmt::format("{}", fmt::join(targets, ", "));
}

/// What the package says of itself against what is asked of it.
Refusal refuse_package(const ChangeRequest& request, const catalog::PackageMetadata& package) {
  const Component& component = request.component;
  if (!catalog::applies_to(package, component)) {
    return impossible(Code::image_not_applicable,
                      fmt::format("{} is made for other devices than {}", request.image.name, component.name),
                      {fmt::format("Its targets are: {}.", listed_targets(package))});
  }
  const std::string held = catalog::version_for(package, component);
  if (held.empty() || same_version(held, request.entry.version.value)) return std::nullopt;
  return impossible(Code::package_version_differs,
                    fmt::format("{} holds version \"{}\", and \"{}\" is wanted", request.image.name, printable(held),
                                request.entry.version.value));
}

/// Nothing but the name of a raw image behind a URL is known.
Refusal refuse_kind_of_url(const ChangeRequest& request) {
  constexpr std::array<std::string_view, 1> kIlo = {".bin"};
  constexpr std::array<std::string_view, 3> kRom = {".signed.flash", ".flash", ".full"};
  if (!is_pulled(request.image) || is_package(request.image)) return std::nullopt;
  const std::string file = file_of(request.image);
  const bool fits =
      !(request.component.is_bmc && !has_suffix(file, kIlo)) && !(request.component.is_bios && !has_suffix(file, kRom));
  if (fits) return std::nullopt;
  return impossible(Code::image_not_applicable,
                    fmt::format("{} is no raw image of {}", printable(file), request.component.name),
                    {request.component.is_bmc ? "Images of an iLO end in .bin or .fwpkg."
                                              : "Images of the System ROM end in .signed.flash or .fwpkg."});
}

Refusal refuse_image(const ChangeRequest& request) {
  if (is_third_party(request.image) && !request.host.update.accepts_third_party) {
    return impossible(Code::no_update_path, fmt::format("{} is not packaged by HPE, and the iLO's "
                                                        "Accept3rdPartyFirmware is off",
                                                        request.image.name));
  }
  if (auto refused = refuse_kind_of_url(request)) return refused;
  if (request.image.package) return refuse_package(request, *request.image.package);
  const bool must_show = is_package(request.image) && (!is_pulled(request.image) || request.appointment);
  if (!must_show) return std::nullopt;
  return impossible(Code::package_malformed,
                    fmt::format("{} shows no payload.json, so who installs it is not known", request.image.name));
}

Refusal refuse_tpm(const ChangeRequest& request) {
  if (!needs_tpm_override(request) || request.policies.tpm_override == Permission::allow) return std::nullopt;
  return impossible(
      Code::tpm_override_needed,
      fmt::format("the TPM is enabled, and the iLO flashes {} only with an override", request.component.name));
}

plan::Reason warning(Code code, std::string text, std::vector<std::string> help = {}) {
  return {.code = code, .text = std::move(text), .help = std::move(help)};
}

std::vector<Updater> updaters_of_package(const catalog::PackageMetadata& package) {
  std::vector<Updater> updaters;
  if (package.updatable_by_bmc) updaters.push_back(Updater::bmc);
  if (package.updatable_by_uefi) updaters.push_back(Updater::uefi);
  if (package.updatable_by_agent) updaters.push_back(Updater::agent);
  return updaters;
}

}  // namespace

std::optional<Impossible> refuse_change(const ChangeRequest& request) {
  if (auto refused = refuse_host(request)) return refused;
  if (auto refused = refuse_component(request)) return refused;
  if (auto refused = refuse_image(request)) return refused;
  if (auto refused = redfish::refuse_image(request)) return refused;
  return refuse_tpm(request);
}

std::vector<plan::Reason> warnings_about(const ChangeRequest& request) {
  std::vector<plan::Reason> all = redfish::warnings_about(request.image);
  if (is_package(request.image) && !request.image.package) {
    all.push_back(warning(Code::image_not_applicable,
                          fmt::format("nobody looked into {}: the iLO alone judges whether it fits {}",
                                      request.image.name, request.component.name)));
  }
  if (needs_tpm_override(request)) {
    all.push_back(warning(Code::tpm_override_needed,
                          "the TPM is overridden: disk encryption bound to it (BitLocker) may ask for its recovery "
                          "key at the next boot",
                          {"Suspend disk encryption on the host first."}));
  }
  if (const std::string_view manager = fact(request.host, kExternalManager); !manager.empty()) {
    all.push_back(warning(
        Code::external_manager,
        fmt::format("{} manages this server too, and may set its firmware to something else", printable(manager)),
        {"Agree on one of the two to own the firmware."}));
  }
  const bool restricted = request.host.update.downgrade_policy == "RecoveryDowngrade";
  if (restricted && request.kind == plan::ChangeKind::downgrade) {
    all.push_back(warning(Code::downgrade_denied,
                          "the iLO's DowngradePolicy lets only accounts with the Recovery Set privilege downgrade"));
  }
  return all;
}

PackageType type_of(const ChangeRequest& request) {
  if (is_agents_alone(request.image)) return PackageType::d;
  if (request.image.package) return type_of(*request.image.package, request.component);
  return PackageType::b;
}

bool needs_queue(const ChangeRequest& request) {
  const PackageType type = type_of(request);
  return request.appointment || type == PackageType::c || type == PackageType::d;
}

std::vector<Updater> updaters_of(const ChangeRequest& request) {
  const PackageType type = type_of(request);
  if (type == PackageType::c) return {Updater::uefi};
  std::vector<Updater> said;
  if (request.image.package) said = updaters_of_package(*request.image.package);
  if (!said.empty()) return said;
  return {type == PackageType::d ? Updater::agent : Updater::bmc};
}

Role role_of(const ChangeRequest& request) {
  const Role by_kind = dialect().role(request.component);
  if (by_kind == Role::bmc || by_kind == Role::bios) return by_kind;
  if (!request.image.package) return by_kind;
  return type_of(request) == PackageType::a ? Role::independent : Role::device;
}

bool needs_tpm_override(const ChangeRequest& request) {
  return request.host.system.tpm_active && !request.component.is_bmc;
}

std::vector<std::string> targets_among_equals(const ChangeRequest& request) {
  if (!takes_targets(firmware_of(request.host))) return {};
  const auto shares_target = [&](const Component& other) {
    const auto is_ours = [&](const std::string& target) {
      return std::ranges::find(request.component.targets, target) != request.component.targets.end();
    };
    return other.address != request.component.address && other.kind == inventory::Kind::firmware &&
           other.device_class == request.component.device_class && std::ranges::any_of(other.targets, is_ours);
  };
  const bool is_alone = std::ranges::none_of(request.host.components, shares_target) && others_reached(request).empty();
  return is_alone ? std::vector<std::string>() : std::vector{request.component.uri};
}

std::vector<const Component*> others_reached(const ChangeRequest& request) {
  std::vector<const Component*> others;
  for (const Component* component : catalog::applicable(request.image, request.host)) {
    const bool is_meant = component->address == request.component.address ||
                          std::ranges::find(request.also, component->address) != request.also.end();
    if (is_meant) continue;
    const std::string said = catalog::version_for(*request.image.package, *component);
    const std::string& brought = said.empty() ? request.entry.version.value : said;
    const bool stays = component->version && same_version(brought, *component->version);
    if (!stays) others.push_back(component);
  }
  return others;
}

Impossible reaches_others(std::string_view image, const std::vector<const Component*>& others, bool by_pull) {
  std::vector<std::string> names;
  for (const Component* other : others) names.push_back(fmt::format("{} ({})", other->address, printable(other->name)));
  std::vector<std::string> help = {"Write `every: true`, with a selector that fits all of them, if they are meant.",
                                   "Name an image that is made for this component alone."};
  if (by_pull) help.emplace_back("Write `delivery: pull`: then the iLO can be told which component is meant.");
  return impossible(Code::image_fits_others,
                    fmt::format("the iLO would flash {} onto {} as well", image, fmt::join(names, ", ")),
                    std::move(help));
}

bool is_programmable_logic(const Component& component) {
  return component.device_class == kLogicDeviceClass ||
         component.description.find("ProgrammableLogicDevice") != std::string::npos ||
         component.description.find("CPLD") != std::string::npos;
}

bool is_package(const CatalogImage& image) {
  constexpr std::array<std::string_view, 1> kSuffix = {".fwpkg"};
  return image.format == catalog::ImageFormat::fwpkg || has_suffix(file_of(image), kSuffix);
}

bool simple_update_flashes(const ChangeRequest& request) {
  constexpr std::array<std::string_view, 1> kIlo = {".bin"};
  constexpr std::array<std::string_view, 1> kRom = {".signed.flash"};
  if (is_package(request.image)) return false;
  const std::string file = file_of(request.image);
  return (request.component.is_bmc && has_suffix(file, kIlo)) || (request.component.is_bios && has_suffix(file, kRom));
}

}  // namespace firmform::hpe
