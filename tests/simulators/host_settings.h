// SPDX-License-Identifier: Apache-2.0
// HostSettings: which resources of a machine hold settings, what of them a client may change, and what a factory reset
// makes of them. Reference: redfish.md A.6 (settings objects).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulators/captured_tree.h"
#include "tests/simulators/patching.h"

namespace firmform::simulators {

/// URIs as captured; empty where the machine has no such resource.
struct SettingPlaces {
  std::string system;
  std::string bios;
  std::string bios_settings;  ///< takes changes of BIOS attributes, which pend
  std::string boot_settings;  ///< takes changes of the boot order, which pend
  std::string services;       ///< ManagerNetworkProtocol
  std::vector<std::string> interfaces;
  std::vector<std::string> sensors;  ///< Thermal and Power of the chassis
};

[[nodiscard]] SettingPlaces setting_places(const CapturedTree& tree);

/// What a PATCH of `document` may change. For a settings object of the BIOS, `attributes` are those that run.
[[nodiscard]] std::vector<Writable> writable_settings(const SettingPlaces& places, std::string_view uri,
                                                      const json::Value& document, const json::Value& attributes,
                                                      bool boot_order_is_fixed);

/// Path and value of what a factory reset changes in `document`. Nobody captured the defaults of these machines, so
/// they are made up: some switches are turned, addresses come from DHCP, names and servers are forgotten.
using SettingValues = std::vector<std::pair<std::string, json::Value>>;
[[nodiscard]] SettingValues factory_bios(const json::Value& document);
[[nodiscard]] SettingValues factory_boot(const json::Value& document);
[[nodiscard]] SettingValues factory_services(const json::Value& document);
[[nodiscard]] SettingValues factory_interface(const json::Value& document);
/// The addresses that an interface shows follow from its settings.
void show_addresses(json::Value& interface);

}  // namespace firmform::simulators
