// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: baselines.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;
using enum KeyRule::Kind;

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
constexpr Shape kImage = text(Format::image);
constexpr Shape kSha256 = text(Format::sha256);
constexpr Shape kRequirement = text(Format::requirement);
constexpr Shape kRequirements = list("a list of requirements", kRequirement);
constexpr std::array kRangeFields = {
    Field{"minimum", &kVersion, "The oldest version."},
    Field{"maximum", &kVersion, "The newest version."},
};
constexpr std::array kRangeRules = {KeyRule{at_least_one, {"minimum", "maximum"}}};
constexpr Shape kRange = map("a range of versions", kRangeFields, kRangeRules);
constexpr std::array kViaFields = {
    Field{"version", &kVersion, "Version on the way, as the BMC shows it.", true},
    Field{"image", &kImage,
          "File name in the catalog, or an http(s) URL. If not given, the image of the catalog with that version."},
    Field{"sha256", &kSha256, "SHA-256 that the image must have."},
    Field{"from", &kRange, "Installed versions that this step's image goes over directly."},
    Field{"requires", &kRequirements, "What must hold before this step."},
};
constexpr Shape kViaMap = map("a version on the way", kViaFields);
constexpr Shape kViaStep = {.kind = ShapeKind::text,
                            .what = "a version, or a map with a version and its image",
                            .format = Format::version,
                            .shorthand = &kViaMap};
constexpr Shape kVia = list("a list of versions", kViaStep);
constexpr std::array kPowerStates = {Choice{"On", "The host is on."}, Choice{"Off", "The host is off."}};
constexpr Shape kPowerState = choice("a state of power", kPowerStates);
constexpr std::array kPowerFields = {
    Field{"state", &kPowerState, "State of the host's power in which this entry is applied. Any if not given."},
    Field{"hold", &kDuration, "How long the host must stay in that state after it was applied."},
};
constexpr std::array kPowerRules = {KeyRule{at_least_one, {"state", "hold"}}};
constexpr Shape kPower = map("a need of power", kPowerFields, kPowerRules);
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
          "Components of this baseline that come before this one, as written in their `component`. They may become "
          "active "
          "with the same restart; `requires` waits until they are."},
    Field{
        "requires", &kRequirements,
        "What must hold before this entry is applied, such as \"System ROM >= U46 v1.60\". Where the same plan brings "
        "it about, that is done first; else the change is refused."},
    Field{"conflicts", &kRequirements,
          "What this version must never be installed beside, such as \"System ROM < U46 v1.60\"."},
    Field{"via", &kVia,
          "Versions that the way to `version` leads through, oldest first: a version, or a map with its image and what "
          "it needs."},
    Field{"from", &kRange, "Installed versions that `image` goes over directly. From others the way leads over `via`."},
    Field{"separate_restart", &kTexts,
          "Components of this baseline that must not become active in the same restart of the host as this one."},
    Field{"power", &kPower, "The state of the host's power that this entry needs."},
    Field{"every", &kBoolean, "`true`: the selector may match several components, and all are meant."},
    Field{"allow_downgrade", &kBoolean, "`true`: this entry may go back to an older version."},
};
constexpr Shape kFirmwareEntry = map("a firmware entry", kFirmwareFields);
constexpr Shape kFirmware = list("a list of firmware entries", kFirmwareEntry);
constexpr std::array kConstraintFields = {
    Field{"when", &kRequirement, "While this holds, such as \"iLO 5 >= 3.00\", what follows must hold, too.", true},
    Field{"requires", &kRequirements, "What must be installed beside it."},
    Field{"conflicts", &kRequirements, "What must not be installed beside it."},
};
constexpr std::array kConstraintRules = {KeyRule{at_least_one, {"requires", "conflicts"}}};
constexpr Shape kConstraint = map("a constraint", kConstraintFields, kConstraintRules);
constexpr Shape kConstraints = list("a list of constraints", kConstraint);
constexpr std::array kBaselineFields = {
    Field{"applies_to", &kAppliesTo, "Which hosts the baseline is made for. Others that are given it are refused."},
    Field{"firmware", &kFirmware, "The wanted firmware.", true},
    Field{"constraints", &kConstraints, "What must hold on a host at every moment, whatever is being changed."},
};
constexpr Shape kBaseline = map("a baseline", kBaselineFields);

}  // namespace

constexpr Shape kBaselines = named("a map of baselines by name", kBaseline);

}  // namespace firmform::manifest
