// SPDX-License-Identifier: Apache-2.0
// The table. Read it from the bottom: `kManifest` is the file. Large sections have files of their own, schema_*.cc. A
// new key is a line there or here, a line where bind*.cc takes it up, and a regenerated schema (see schemas/README.md).
#include "engine/manifest/schema.h"

#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;
using enum KeyRule::Kind;

/// Joins tables of fields: settings are the same for hosts, groups and defaults.
template <std::size_t first_size, std::size_t second_size>
constexpr std::array<Field, first_size + second_size> joined(const std::array<Field, first_size>& first,
                                                             const std::array<Field, second_size>& second) {
  std::array<Field, first_size + second_size> result;
  for (std::size_t i = 0; i < first_size; ++i) result[i] = first[i];
  for (std::size_t i = 0; i < second_size; ++i) result[first_size + i] = second[i];
  return result;
}

// hosts, groups, defaults

constexpr Shape kPin = text(Format::pin);
constexpr std::array kTlsFields = {
    Field{"ca_file", &kText,
          "PEM file of the authorities that are trusted for this BMC; relative to the directory of "
          "the manifest."},
    Field{"pin_sha256", &kPin, "Trust only the key with this SHA-256 (of the public key, base64 or hexadecimal)."},
    Field{"verify", &kBoolean, "`false` accepts any certificate, and needs `policies: {insecure_tls: allow}`."},
};
constexpr std::array kTlsRules = {KeyRule{at_most_one, {"ca_file", "pin_sha256"}}};
constexpr Shape kTls = map("TLS settings", kTlsFields, kTlsRules);

constexpr std::array kDeliveries = {
    Choice{"auto", "What fits BMC, image and size best."},
    Choice{"push", "Firmform uploads the image to the BMC."},
    Choice{"pull", "The BMC fetches the image from a URL or from the image server."},
};
constexpr Shape kDelivery = choice("a way of delivery", kDeliveries);

constexpr std::array kSettings = {
    Field{"baseline", &kName, "Name of the baseline that says which firmware is wanted."},
    Field{"credentials", &kName, "Name of the credentials to log in with."},
    Field{"tls", &kTls, "How the BMC's certificate is checked. Without it, against the system's authorities."},
    Field{"maintenance_window", &kBmcName, "Name of the maintenance window in which changes may run."},
    Field{"install_sets", &kBmcNames,
          "Names of install sets that the BMC shall hold, or not hold where they are `absent`."},
    Field{"repository", &kName, "Name of the repository entry that says which images the BMC shall store."},
    Field{"delivery", &kDelivery, "How images come to the BMC. `auto` if not given."},
};

constexpr std::array kHostOwn = {
    Field{"bmc", &kBaseUrl, "Address of the BMC: https://host or https://host:port.", true},
    Field{"labels", &kLabels, "Facts about the host that groups and rollout limits refer to."},
    Field{"after", &kNames, "Hosts that must be done before this one starts."},
};
constexpr auto kHostFields = joined(kHostOwn, kSettings);
constexpr Shape kHost = map("a host", kHostFields);
constexpr Shape kHosts = named("a map of hosts by name", kHost);

constexpr std::array kMatchFields = {
    Field{"labels", &kLabels, "Labels that a host must have, with these values."},
    Field{"name", &kHostGlob, "Host name, with `*` and `?` for other characters."},
    Field{"model", &kText, "Model that the host reports, with `*` and `?` for other characters."},
};
constexpr std::array kMatchRules = {KeyRule{at_least_one, {"labels", "name", "model"}}};
constexpr Shape kMatch = map("a selection of hosts", kMatchFields, kMatchRules);
constexpr Shape kPriority = integer(-1000, 1000);
constexpr std::array kGroupOwn = {
    Field{"match", &kMatch, "Which hosts belong to the group; all conditions must hold.", true},
    Field{"priority", &kPriority, "Which group wins where several give a value: the higher one. 0 if not given."},
};
constexpr auto kGroupFields = joined(kGroupOwn, kSettings);
constexpr Shape kGroup = map("a group", kGroupFields);
constexpr Shape kGroups = named("a map of groups by name", kGroup);
constexpr Shape kDefaults = map("settings of all hosts", kSettings);

// hosts out of inventories of others

constexpr Shape kAnsibleVariable = text(Format::variable, "the name of a variable of the inventory");
constexpr Shape kLabelVariables =
    named("a map of labels to variables of the inventory", kAnsibleVariable, Format::label);
constexpr Shape kGroupChoices = list("a list of groups of the inventory", kText, false);
constexpr Shape kGroupLabels = named("a map of labels to lists of groups", kGroupChoices, Format::label);
constexpr Shape kLabelGroups = {.kind = ShapeKind::boolean,
                                .what = "true, false or a map of labels to lists of groups",
                                .shorthand = &kGroupLabels};
constexpr std::array kInventoryOwn = {
    Field{"ansible", &kText,
          "Inventory of Ansible: a file in INI or YAML, or a directory of such files; relative to the directory of the "
          "manifest. `group_vars` and `host_vars` beside it are read."},
    Field{"script", &kCommand,
          "Program that answers `--list` and `--host NAME` as a dynamic inventory of Ansible does, and its arguments."},
    Field{"timeout", &kDuration, "Longest time that an answer of the program may take. 1m if not given."},
    Field{"hosts", &kText,
          "Which of its hosts are taken, as a pattern of Ansible: `web:&paris:!lab`. All if not given. A term that "
          "matches nothing is an error."},
    Field{"bmc_variable", &kAnsibleVariable,
          "Variable that holds the address of the host's BMC; without a scheme, https. `bmc` if not given."},
    Field{"labels", &kLabelVariables, "Labels that hosts get, each with the variable that holds its value."},
    Field{"label_groups", &kLabelGroups,
          "`true`: each group of a host becomes a label with the value `yes`. Or labels, each with a list of groups: a "
          "host gets the one that it belongs to as value."},
};
constexpr auto kInventoryFields = joined(kInventoryOwn, kSettings);
constexpr std::array kInventoryRules = {KeyRule{exactly_one, {"ansible", "script"}},
                                        KeyRule{needs, {"timeout", "script"}}};
constexpr Shape kInventory = map("an inventory", kInventoryFields, kInventoryRules);
constexpr Shape kInventories = named("a map of inventories by name", kInventory);

// catalog

constexpr Shape kCatalogUrl = text(Format::catalog_url);
constexpr std::array kSourceFields = {
    Field{"directory", &kText, "Directory of image files; relative to the directory of the manifest."},
    Field{"url", &kCatalogUrl, "Base URL that BMCs fetch images from."},
    Field{"ca_file", &kText, "PEM file of the authorities that are trusted for the URL."},
};
constexpr std::array kSourceRules = {KeyRule{exactly_one, {"directory", "url"}}, KeyRule{needs, {"ca_file", "url"}}};
constexpr Shape kSource = map("a source of images", kSourceFields, kSourceRules);
constexpr Shape kCatalog = list("a list of image sources", kSource);

// image server

constexpr Shape kAddress = text(Format::address);
constexpr Shape kPorts = text(Format::ports);
constexpr Shape kBandwidth = text(Format::bandwidth);
constexpr Shape kConnections = integer(1, 10'000);
constexpr std::array kImageServerFields = {
    Field{"address", &kAddress,
          "Address by which BMCs reach this machine. If not given, that of the route to each BMC."},
    Field{"ports", &kPorts, "Port, or range of ports of which the first free one is taken. 63000-63005 if not given."},
    Field{"tls", &kBoolean,
          "`false`: images are served over plain http, which needs `policies: {plain_http_image: allow}`."},
    Field{"certificate", &kText,
          "PEM file of the server's certificate; relative to the directory of the manifest. If not given, one is made "
          "for each run."},
    Field{"key", &kText, "PEM file of its private key."},
    Field{"bandwidth", &kBandwidth, "Most bytes per second, over all connections. No limit if not given."},
    Field{"connections", &kConnections, "Most connections at the same time. 64 if not given."},
};
constexpr std::array kImageServerRules = {KeyRule{needs, {"certificate", "key"}},
                                          KeyRule{needs, {"key", "certificate"}}};
constexpr Shape kImageServer = map("the image server", kImageServerFields, kImageServerRules);

// hypervisors

constexpr std::array kHypervisorTypes = {Choice{"xenserver", "XenServer or XCP-ng, over XAPI."}};
constexpr Shape kHypervisorType = choice("a kind of hypervisor", kHypervisorTypes);
constexpr std::array kDrains = {
    Choice{"evacuate", "Move the guests to other hosts before a restart."},
    Choice{"none", "Leave the guests alone; a restart needs a host without guests."},
};
constexpr Shape kDrain = choice("a way to empty a host", kDrains);
constexpr Shape kMembers = named("a map of hosts to the names that the hypervisor has for them", kText);
constexpr std::array kHypervisorFields = {
    Field{"type", &kHypervisorType, "Kind of hypervisor.", true},
    Field{"url", &kBaseUrl, "Address of the pool or host.", true},
    Field{"credentials", &kName, "Name of the credentials to log in with.", true},
    Field{"tls", &kTls, "How the certificate is checked."},
    Field{"hosts", &kMembers, "Which hosts of the manifest it runs on, with the names that it has for them.", true},
    Field{"drain", &kDrain, "How a host is emptied before it restarts. `evacuate` if not given."},
};
constexpr Shape kHypervisor = map("a hypervisor", kHypervisorFields);
constexpr Shape kHypervisors = named("a map of hypervisors by name", kHypervisor);

// the file

constexpr std::array kHeaders = {Choice{kHeaderValue, "The first version of the format."}};
constexpr Shape kHeader = choice("the version of the format", kHeaders);
constexpr std::array kManifestFields = {
    Field{kHeaderKey, &kHeader, "Version of the manifest format. Every file begins with it.", true},
    Field{"credentials", &kAllCredentials, "How to log in to BMCs and hypervisors."},
    Field{"hosts", &kHosts, "The servers, each with the address of its BMC."},
    Field{"inventories", &kInventories,
          "Inventories of Ansible that hosts are taken from. The other keys are settings of each of these hosts."},
    Field{"groups", &kGroups, "Settings for many hosts, selected by labels, name or observed model."},
    Field{"defaults", &kDefaults, "Settings for hosts that neither they nor their groups give."},
    Field{"catalog", &kCatalog, "Where images come from."},
    Field{"baselines", &kBaselines, "Which firmware is wanted."},
    Field{"install_sets", &kInstallSets, "Install sets that BMCs hold, ready to be invoked."},
    Field{"maintenance_windows", &kWindows, "When changes may run."},
    Field{"freeze_periods", &kFreezes, "When nothing may be started, whatever windows say."},
    Field{"repositories", &kRepositories, "Images that BMCs store."},
    Field{"image_server", &kImageServer, "The built-in server that BMCs fetch images from."},
    Field{"rollout", &kRollout, "How changes spread over the fleet."},
    Field{"config_guard", &kGuard, "Settings that are read before a host is changed and compared after."},
    Field{"plan_signing", &kSigning, "Who must have signed a saved plan before it is applied."},
    Field{"notifications", &kNotifications, "Who is told what happens, where `-notify` is given."},
    Field{"watch", &kWatch, "How `firmform watch` looks at the fleet again and again."},
    Field{"policies", &kPolicies, "What firmform may do. What is not allowed is denied."},
    Field{"hypervisors", &kHypervisors,
          "Who runs on the hosts, and how they are emptied before a restart. Not enforced "
          "by this version: plan refuses such hosts."},
};
constexpr Shape kManifest = map("a manifest", kManifestFields);

}  // namespace

const Shape& manifest_shape() {
  return kManifest;
}

}  // namespace firmform::manifest
