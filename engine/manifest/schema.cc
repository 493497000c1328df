// SPDX-License-Identifier: Apache-2.0
// The table. Read it from the bottom: `kManifest` is the file. A new key is a line here, a line where
// bind.cc takes it up, and a regenerated schema (see schemas/README.md).
#include "engine/manifest/schema.h"

namespace firmform::manifest {
namespace {

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

constexpr Shape text(Format format, std::string_view what = {}) {
  return {.kind = ShapeKind::text, .what = what, .format = format};
}

constexpr Shape integer(std::int64_t least, std::int64_t most) {
  return {.kind = ShapeKind::integer, .what = "a whole number", .least = least, .most = most};
}

constexpr Shape list(std::string_view what, const Shape& element, bool may_be_empty = true) {
  return {.kind = ShapeKind::list, .what = what, .element = &element, .may_be_empty = may_be_empty};
}

constexpr Shape named(std::string_view what, const Shape& element, Format names = Format::name) {
  return {.kind = ShapeKind::named, .what = what, .format = names, .element = &element};
}

constexpr Shape map(std::string_view what, std::span<const Field> fields, std::span<const KeyRule> rules = {}) {
  return {.kind = ShapeKind::map, .what = what, .fields = fields, .rules = rules};
}

constexpr Shape choice(std::string_view what, std::span<const Choice> choices) {
  return {.kind = ShapeKind::choice, .what = what, .choices = choices};
}

constexpr Shape kText = text(Format::text);
constexpr Shape kName = text(Format::name);
constexpr Shape kBoolean = {.kind = ShapeKind::boolean, .what = "true or false"};
constexpr Shape kBaseUrl = text(Format::base_url);
constexpr Shape kFileName = text(Format::file_name);
constexpr Shape kDuration = text(Format::duration);
constexpr Shape kTimestamp = text(Format::timestamp);
constexpr Shape kShare = text(Format::share);
constexpr Shape kBmcName = text(Format::bmc_name);
constexpr Shape kTexts = list("a list of texts", kText);
constexpr Shape kNames = list("a list of names", kName);
constexpr Shape kBmcNames = list("a list of names", kBmcName);
constexpr Shape kFileNames = list("a list of file names", kFileName);

// credentials

constexpr Shape kVariable = text(Format::variable);
constexpr Shape kCommand = list("a command and its arguments, as a list of texts", kText, false);
constexpr std::array kPasswordFields = {
    Field{"env", &kVariable, "Environment variable that holds the password."},
    Field{"file", &kText, "File whose first line is the password; relative to the directory of the manifest."},
    Field{"exec", &kCommand,
          "Command that prints the password, such as `[pass, show, ilo]`. It is run without a shell."},
};
constexpr std::array kPasswordRules = {KeyRule{exactly_one, {"env", "file", "exec"}}};
constexpr Shape kPassword = {.kind = ShapeKind::map,
                             .what = "a source of a password",
                             .fields = kPasswordFields,
                             .rules = kPasswordRules,
                             .secret = true};
constexpr std::array kCredentialsFields = {
    Field{"username", &kText, "Name to log in with.", true},
    Field{"password", &kPassword, "Where the password comes from. Never the password itself.", true},
};
constexpr Shape kCredentials = map("credentials", kCredentialsFields);
constexpr Shape kAllCredentials = named("a map of credentials by name", kCredentials);

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

constexpr Shape kLabels = named("a map of labels", kText, Format::label);
constexpr std::array kHostOwn = {
    Field{"bmc", &kBaseUrl, "Address of the BMC: https://host or https://host:port.", true},
    Field{"labels", &kLabels, "Facts about the host that groups and rollout limits refer to."},
    Field{"after", &kNames, "Hosts that must be done before this one starts."},
};
constexpr auto kHostFields = joined(kHostOwn, kSettings);
constexpr Shape kHost = map("a host", kHostFields);
constexpr Shape kHosts = named("a map of hosts by name", kHost);

constexpr Shape kHostGlob = text(Format::host_glob);
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

// baselines

constexpr std::array kAppliesFields = {
    Field{"model", &kText, "Model that the host reports, with `*` and `?` for other characters.", true},
};
constexpr Shape kAppliesTo = map("the hosts that a baseline is made for", kAppliesFields);

constexpr std::array kSelectorFields = {
    Field{"name", &kText, "Redfish Name, Description, Id or address; `*` and `?` stand for other characters."},
    Field{"device_class", &kText, "Device class (GUID) of the component."},
    Field{"target", &kText, "Target (GUID) of the component."},
    Field{"location", &kText, "Where the component sits, such as \"Slot 1\"."},
    Field{"software_id", &kText, "Redfish SoftwareId."},
};
constexpr std::array kSelectorRules = {
    KeyRule{at_least_one, {"name", "device_class", "target", "location", "software_id"}}};
constexpr Shape kSelectorMap = map("a component", kSelectorFields, kSelectorRules);
constexpr Shape kSelector = {.kind = ShapeKind::text,
                             .what = "the name of a component, or a map that identifies it",
                             .format = Format::text,
                             .shorthand = &kSelectorMap};

constexpr std::array kSchemes = {
    Choice{"automatic", "The spellings of the vendors; exact text for anything else."},
    Choice{"semver", "Semantic Versioning 2.0.0."},
    Choice{"dotted", "Integers separated by dots; missing parts are 0."},
    Choice{"hex", "A hexadecimal number, as CPLDs have."},
    Choice{"opaque", "Equal or not equal; neither is newer."},
};
constexpr Shape kScheme = choice("a version scheme", kSchemes);
constexpr Shape kVersion = text(Format::version);
constexpr Shape kVersions = list("a list of versions", kVersion);
constexpr Shape kImage = text(Format::image);
constexpr Shape kSha256 = text(Format::sha256);
constexpr Shape kRequirement = text(Format::requirement);
constexpr Shape kRequirements = list("a list of requirements", kRequirement);
constexpr std::array kFirmwareFields = {
    Field{"component", &kSelector, "Which component: its name or a glob over names, or a map of what identifies it.",
          true},
    Field{"version", &kVersion,
          "Version that is wanted, as the BMC shows it. Quotes keep 2.10 from becoming 2.1 in other tools.", true},
    Field{"version_scheme", &kScheme,
          "How versions of this component compare, where the spelling alone does not tell."},
    Field{"image", &kImage, "File name in the catalog, or an http(s) URL. Needed when the component must change."},
    Field{"sha256", &kSha256, "SHA-256 that the image must have."},
    Field{"after", &kTexts,
          "Components of this baseline that must be done before this one, as written in their `component`."},
    Field{
        "requires", &kRequirements,
        "What must hold before this entry is applied, such as \"System ROM >= U46 v1.60\". Where the same plan brings "
        "it about, that is done first; else the change is refused."},
    Field{"via", &kVersions,
          "Versions to go through on the way, oldest first. A change that would skip one is refused, with the version "
          "that must come first."},
    Field{"every", &kBoolean, "`true`: the selector may match several components, and all are meant."},
    Field{"allow_downgrade", &kBoolean, "`true`: this entry may go back to an older version."},
};
constexpr Shape kFirmwareEntry = map("a firmware entry", kFirmwareFields);
constexpr Shape kFirmware = list("a list of firmware entries", kFirmwareEntry);
constexpr std::array kBaselineFields = {
    Field{"applies_to", &kAppliesTo, "Which hosts the baseline is made for. Others that are given it are refused."},
    Field{"firmware", &kFirmware, "The wanted firmware.", true},
};
constexpr Shape kBaseline = map("a baseline", kBaselineFields);
constexpr Shape kBaselines = named("a map of baselines by name", kBaseline);

// install sets

constexpr std::array kCommands = {
    Choice{"ResetServer", "Restart the server."},
    Choice{"ResetBmc", "Restart the BMC."},
    Choice{"Wait", "Wait for `seconds`."},
};
constexpr Shape kSetCommand = choice("a command", kCommands);
constexpr Shape kWaitSeconds = integer(1, 3600);
constexpr std::array kUpdaters = {
    Choice{"Bmc", "The BMC by itself."},
    Choice{"Uefi", "The boot firmware, during POST."},
    Choice{"RuntimeAgent", "An agent in the operating system."},
};
constexpr Shape kUpdater = choice("who installs an image", kUpdaters);
constexpr Shape kUpdatableBy = list("a list of who may install an image", kUpdater, false);
constexpr std::array kStepFields = {
    Field{"file", &kFileName, "File of the catalog that is stored on the BMC and installed."},
    Field{"updatable_by", &kUpdatableBy, "Who installs the file. What its package says if not given."},
    Field{"command", &kSetCommand, "Command that is run."},
    Field{"seconds", &kWaitSeconds, "How long `command: Wait` waits."},
};
constexpr std::array kStepRules = {KeyRule{exactly_one, {"file", "command"}}, KeyRule{needs, {"seconds", "command"}},
                                   KeyRule{needs, {"updatable_by", "file"}}};
constexpr Shape kStep = map("a step of an install set", kStepFields, kStepRules);
constexpr Shape kSequence = list("a list of steps", kStep, false);
constexpr Shape kSetDescription = text(Format::short_text);
constexpr std::array kInstallSetFields = {
    Field{"description", &kSetDescription, "What the set is for; at most 64 characters."},
    Field{"recovery", &kBoolean,
          "`true`: the system recovery set of the BMC, whatever the name of this entry. At most one for each host; "
          "changing it needs `policies: {recovery_set: allow}`."},
    Field{"sequence", &kSequence, "What is done, in this order."},
    Field{"absent", &kBoolean, "`true`: BMCs of hosts that list this set shall not have it."},
};
constexpr std::array kInstallSetRules = {KeyRule{exactly_one, {"sequence", "absent"}},
                                         KeyRule{needs, {"description", "sequence"}}};
constexpr Shape kInstallSet = map("an install set", kInstallSetFields, kInstallSetRules);
constexpr Shape kInstallSets = named("a map of install sets by name", kInstallSet, Format::bmc_name);

// maintenance windows

constexpr Shape kCron = text(Format::cron);
constexpr Shape kTimeZone = text(Format::time_zone);
constexpr std::array kWindowFields = {
    Field{"schedule", &kCron, "When the window opens, again and again: minute, hour, day, month, weekday."},
    Field{"duration", &kDuration, "How long it stays open."},
    Field{"time_zone", &kTimeZone, "Time zone of the schedule. UTC if not given."},
    Field{"start", &kTimestamp, "When a window opens that is open once."},
    Field{"end", &kTimestamp, "When it closes."},
    Field{"absent", &kBoolean, "`true`: no BMC shall have a window of this name."},
};
constexpr std::array kWindowRules = {
    KeyRule{exactly_one, {"schedule", "start", "absent"}},
    KeyRule{needs, {"schedule", "duration"}},
    KeyRule{needs, {"duration", "schedule"}},
    KeyRule{needs, {"time_zone", "schedule"}},
    KeyRule{needs, {"start", "end"}},
    KeyRule{needs, {"end", "start"}},
};
constexpr Shape kWindow = map("a maintenance window", kWindowFields, kWindowRules);
constexpr Shape kWindows = named("a map of maintenance windows by name", kWindow, Format::bmc_name);

// repositories

constexpr std::array kRepositoryFields = {
    Field{"present", &kFileNames, "Files of the catalog that the BMC shall store."},
    Field{"absent", &kFileNames, "Files that it shall not store; `*` and `?` stand for other characters."},
    Field{"prune", &kBoolean,
          "`true`: what is stored and neither listed, nor locked, nor needed by the host's work is removed."},
};
constexpr std::array kRepositoryRules = {KeyRule{at_least_one, {"present", "absent", "prune"}}};
constexpr Shape kRepository = map("the content of a repository", kRepositoryFields, kRepositoryRules);
constexpr Shape kRepositories = named("a map of repository contents by name", kRepository);

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

// rollout, policies

constexpr Shape kHostCount = integer(1, 1'000'000);
constexpr Shape kFailureCount = integer(0, 1'000'000);
constexpr std::array kCanaryFields = {
    Field{"hosts", &kHostCount, "How many hosts go first, at least."},
    Field{"cover", &kTexts, "`model` or component names: the canary hosts shall meet every combination of them."},
};
constexpr Shape kCanary = map("the first hosts of a rollout", kCanaryFields);
constexpr Shape kBatches = list("a list of counts and percentages", kShare, false);
constexpr Shape kPerLabel = named("a map of limits by label", kShare, Format::label);
constexpr std::array kInFlightFields = {
    Field{"hosts", &kHostCount, "How many hosts are changed at the same time."},
    Field{"uploads", &kHostCount, "How many images are uploaded at the same time."},
    Field{"per_label", &kPerLabel,
          "How many hosts with the same value of a label are changed at the same time. "
          "Not enforced by this version: plan refuses to change hosts."},
};
constexpr Shape kInFlight = map("limits of what is in work at the same time", kInFlightFields);
constexpr std::array kRolloutFields = {
    Field{"canary", &kCanary, "The hosts that go first. Not enforced by this version: plan refuses to change hosts."},
    Field{"batches", &kBatches, "Sizes of the batches, the last one repeated. Not enforced by this version."},
    Field{"soak", &kDuration, "How long to wait after a batch. Not enforced by this version."},
    Field{"max_failures", &kFailureCount, "After so many failed hosts no further host is started."},
    Field{"max_in_flight", &kInFlight, "How much is in work at the same time."},
};
constexpr Shape kRollout = map("rollout settings", kRolloutFields);

constexpr std::array kPermissions = {Choice{"deny", "Refuse."}, Choice{"allow", "Go on."}};
constexpr Shape kPermission = choice("a permission", kPermissions);
constexpr std::array kReboots = {
    Choice{"allow", "Restart hosts where the plan shows it."},
    Choice{"in_window", "Restart hosts that have a maintenance window inside of it only, others not at all."},
    Choice{"deny", "Never restart a host."},
};
constexpr Shape kReboot = choice("a policy on restarts", kReboots);
constexpr std::array kPolicyFields = {
    Field{"downgrade", &kPermission, "Going back to an older version."},
    Field{"unsigned_image", &kPermission, "Images without the signature that their kind of file comes with."},
    Field{"insecure_tls", &kPermission, "BMCs whose certificate is not verified, or that are reached over plain http."},
    Field{"tpm_override", &kPermission,
          "Flashing although a TPM is active; disk encryption may ask for its recovery key."},
    Field{"plain_http_image", &kPermission, "Letting a BMC fetch an image over plain http."},
    Field{"recovery_set", &kPermission, "Changing or removing the system recovery set."},
    Field{"clear_foreign_queue", &kPermission, "Removing entries of others that block a BMC's installation queue."},
    Field{"reboot", &kReboot, "Restarts of hosts."},
    Field{"max_clock_skew", &kDuration,
          "How far the clock of a BMC may be off where work waits for a window. 2m if not given."},
};
constexpr Shape kPolicies = map("policies", kPolicyFields);

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
    Field{"groups", &kGroups, "Settings for many hosts, selected by labels, name or observed model."},
    Field{"defaults", &kDefaults, "Settings for hosts that neither they nor their groups give."},
    Field{"catalog", &kCatalog, "Where images come from."},
    Field{"baselines", &kBaselines, "Which firmware is wanted."},
    Field{"install_sets", &kInstallSets, "Install sets that BMCs hold, ready to be invoked."},
    Field{"maintenance_windows", &kWindows, "When changes may run."},
    Field{"repositories", &kRepositories, "Images that BMCs store."},
    Field{"image_server", &kImageServer, "The built-in server that BMCs fetch images from."},
    Field{"rollout", &kRollout, "How changes spread over the fleet."},
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
