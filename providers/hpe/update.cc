// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/update.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/package.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using catalog::CatalogImage;
using manifest::Permission;
using plan::PlannedRequest;
using redfish::is_pulled;
using redfish::Role;
using Refusal = std::optional<Impossible>;

/// Device class of all programmable logic.
constexpr std::string_view kLogicDeviceClass = "b1ad439a-9dd1-41c1-a496-2da9313f1f07";

Impossible impossible(Code code, std::string text, std::vector<std::string> help = {}) {
  return {{.code = code, .text = std::move(text), .help = std::move(help)}};
}

bool has_suffix(std::string_view name, std::string_view suffix) {
  return to_lower(name).ends_with(suffix);
}

bool is_package(const CatalogImage& image) {
  return image.format == catalog::ImageFormat::fwpkg || has_suffix(image.name, ".fwpkg");
}

bool is_third_party(const CatalogImage& image) {
  constexpr std::array<std::string_view, 3> kSuffixes = {".hpb", ".fup", ".pup"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return has_suffix(image.name, suffix); });
}

bool is_programmable_logic(const inventory::Component& component) {
  return component.device_class == kLogicDeviceClass ||
         component.description.find("ProgrammableLogicDevice") != std::string::npos ||
         component.description.find("CPLD") != std::string::npos;
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

Refusal refuse_component(const inventory::Component& component) {
  if (is_programmable_logic(component)) {
    return impossible(
        Code::reset_not_offered,
        fmt::format("{} becomes active only by an AC power cycle, which this version does not drive", component.name),
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
  const inventory::Component& component = request.component;
  if (!applies_to(package, component)) {
    return impossible(Code::image_not_applicable,
                      fmt::format("{} is made for other devices than {}", request.image.name, component.name),
                      {fmt::format("Its targets are: {}.", listed_targets(package))});
  }
  const std::string held = version_for(package, component);
  if (!held.empty() && !same_version(held, request.entry.version.value)) {
    return impossible(Code::package_version_differs,
                      fmt::format("{} holds version \"{}\", and \"{}\" is wanted", request.image.name, printable(held),
                                  request.entry.version.value));
  }
  switch (type_of(package, component)) {
    case PackageType::a:
    case PackageType::b:
      return std::nullopt;
    case PackageType::c:
      return impossible(Code::needs_install_queue,
                        fmt::format("{} is flashed by UEFI during POST", request.image.name));
    case PackageType::d:
      return impossible(Code::needs_install_queue,
                        fmt::format("{} is flashed by an agent in the operating system", request.image.name));
  }
  return std::nullopt;
}

/// SimpleUpdate answers every URL with success, and flashes two kinds of files only.
Refusal refuse_pull(const ChangeRequest& request) {
  if (!is_pulled(request.image)) return std::nullopt;
  if (request.host.update.simple_update_target.empty()) {
    return impossible(Code::no_update_path, "this iLO has no SimpleUpdate to pull a URL with");
  }
  const std::string name = redfish::file_name({.url = request.image.url});
  const bool flashes = (request.component.is_bmc && has_suffix(name, ".bin")) ||
                       (request.component.is_bios && has_suffix(name, ".signed.flash"));
  if (flashes && !is_package(request.image)) return std::nullopt;
  return impossible(Code::image_would_be_ignored,
                    fmt::format("SimpleUpdate flashes .bin files of the iLO and .signed.flash files of the System ROM; "
                                "{} for {} it would answer with success and ignore",
                                name, request.component.name));
}

Refusal refuse_push(const ChangeRequest& request) {
  if (is_pulled(request.image)) return std::nullopt;
  if (request.host.update.http_push_uri.empty()) {
    return impossible(Code::no_update_path, "this iLO shows no HttpPushUri to push a file to");
  }
  if (is_third_party(request.image) && !request.host.update.accepts_third_party) {
    return impossible(Code::no_update_path, fmt::format("{} is not packaged by HPE, and the iLO's "
                                                        "Accept3rdPartyFirmware is off",
                                                        request.image.name));
  }
  if (!is_package(request.image)) return std::nullopt;
  if (!request.image.package) {
    return impossible(Code::package_malformed, fmt::format("{} shows no payload.json", request.image.name));
  }
  return refuse_package(request, *request.image.package);
}

bool needs_tpm_override(const ChangeRequest& request) {
  return request.host.system.tpm_active && !request.component.is_bmc;
}

Refusal refuse_tpm(const ChangeRequest& request) {
  if (!needs_tpm_override(request) || request.policies.tpm_override == Permission::allow) return std::nullopt;
  return impossible(
      Code::tpm_override_needed,
      fmt::format("the TPM is enabled, and the iLO flashes {} only with an override", request.component.name));
}

Role role_of(const ChangeRequest& request) {
  const Role by_kind = dialect().role(request.component);
  if (by_kind == Role::bmc || by_kind == Role::bios || !request.image.package) return by_kind;
  return type_of(*request.image.package, request.component) == PackageType::a ? Role::independent : Role::device;
}

/// Tells our upload from those of others in Oem.Hpe.UploadCurrentEtag; at most 64 characters.
std::string upload_tag(const CatalogImage& image) {
  constexpr std::size_t kDigits = 32;
  return "firmform-" + (image.sha256.empty() ? std::to_string(image.size) : image.sha256.substr(0, kDigits));
}

PlannedRequest pull_request(const ChangeRequest& request) {
  json::Object body{{"ImageURI", request.image.url}};
  if (needs_tpm_override(request)) body.set("TPMOverrideFlag", true);
  return {.target = request.host.update.simple_update_target, .body = std::move(body)};
}

PlannedRequest push_request(const ChangeRequest& request) {
  json::Object parameters{{"UpdateRepository", false}, {"UpdateTarget", true}, {"ETag", upload_tag(request.image)}};
  if (needs_tpm_override(request)) parameters.set("TPMOverride", true);
  return {.target = request.host.update.http_push_uri,
          .body = std::move(parameters),
          .upload = PlannedRequest::Upload::ilo_form};
}

std::vector<plan::Reason> warnings(const ChangeRequest& request) {
  std::vector<plan::Reason> all = redfish::warnings_about(request.image);
  if (needs_tpm_override(request)) {
    all.push_back({.code = Code::tpm_override_needed,
                   .text = "the TPM is overridden: disk encryption bound to it (BitLocker) may ask for its recovery "
                           "key at the next boot",
                   .help = {"Suspend disk encryption on the host first."}});
  }
  const auto manager = request.host.vendor_facts.find(std::string(kExternalManager));
  if (manager != request.host.vendor_facts.end()) {
    all.push_back({.code = Code::external_manager,
                   .text = fmt::format("{} manages this server too, and may set its firmware to something else",
                                       printable(manager->second)),
                   .help = {"Agree on one of the two to own the firmware."}});
  }
  const bool restricted = request.host.update.downgrade_policy == "RecoveryDowngrade";
  if (restricted && request.kind == plan::ChangeKind::downgrade) {
    all.push_back({.code = Code::downgrade_denied,
                   .text = "the iLO's DowngradePolicy lets only accounts with the Recovery Set privilege downgrade",
                   .help = {}});
  }
  return all;
}

redfish::Timing timing_of(const ChangeRequest& request, Role role) {
  const redfish::Quirks& quirks = dialect().quirks;
  if (role == Role::bmc) return quirks.bmc;
  if (role == Role::bios) return quirks.bios;
  redfish::Timing timing = quirks.device;
  if (request.image.package && request.image.package->install_seconds > 0) {
    const Duration install = std::chrono::seconds(request.image.package->install_seconds);
    timing.expected = std::min(std::max(timing.expected, install), timing.deadline);
  }
  return timing;
}

Recipe recipe(const ChangeRequest& request) {
  const redfish::Quirks& quirks = dialect().quirks;
  const Role role = role_of(request);
  const bool staged_only = role == Role::bios || role == Role::device;
  plan::Action action = redfish::flash(request, timing_of(request, role), staged_only);
  action.request = is_pulled(request.image) ? pull_request(request) : push_request(request);
  action.completion = plan::Completion::update_state;
  if (role == Role::bmc) {
    action.completion = plan::Completion::bmc_back;
    action.restarts = plan::Restarts::bmc;
  }
  Recipe recipe{.actions = {std::move(action)}, .warnings = warnings(request)};
  recipe.needs_host_reset = staged_only;
  recipe.verify = redfish::verify(request, staged_only ? quirks.verify_after_reset : quirks.verify);
  return recipe;
}

}  // namespace

std::variant<Recipe, Impossible> plan_update(const ChangeRequest& request) {
  if (auto refused = refuse_host(request)) return *refused;
  if (auto refused = refuse_component(request.component)) return *refused;
  if (auto refused = refuse_pull(request)) return *refused;
  if (auto refused = refuse_push(request)) return *refused;
  if (auto refused = redfish::refuse_image(request)) return *refused;
  if (auto refused = refuse_tpm(request)) return *refused;
  const Role role = role_of(request);
  if (role == Role::bios || role == Role::device) {
    if (auto refused = redfish::refuse_host_reset(request.host)) return *refused;
  }
  return recipe(request);
}

}  // namespace firmform::hpe
