// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: rollout, policies, config guard and signing of plans.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;
using enum KeyRule::Kind;

// rollout, policies

constexpr Shape kSeed = integer(0, 999'999'999);
constexpr Shape kCanaryCount = integer(1, 1'000'000);
constexpr Shape kLimit = limit(integer(1, 1'000'000));
constexpr Shape kLimitShare = limit(text(Format::share));
constexpr Shape kEntryCount = integer(0, 100'000);
constexpr std::array kCanaryFields = {
    Field{"hosts", &kCanaryCount, "How many hosts go first, at least. 1 if not given."},
    Field{"cover", &kTexts,
          "`model`, `lineage` (the versions that a host comes from) or component names: the canary hosts meet every "
          "combination of them that the fleet has."},
};
constexpr Shape kCanary = map("the first hosts of a rollout", kCanaryFields);
constexpr Shape kBatches = list("a list of counts and percentages", kShare, false);
constexpr std::array kHealthFields = {
    Field{"bmc", &kBoolean, "Health of BMC and system are as good as before. `true` if not given."},
    Field{"sensors", &kBoolean, "No sensor is worse than before. `true` if not given."},
    Field{"post", &kBoolean, "POST ends as before. `true` if not given."},
    Field{"max_log_entries", &kEntryCount,
          "How many new warnings and worse the event logs of a host may have. Any number if not given."},
};
constexpr Shape kHealth = map("a health gate", kHealthFields);
constexpr Shape kWave = text(Format::wave);
constexpr Shape kPauses = list("a list of waves", kWave);
constexpr Shape kPerLabel = named("a map of limits by label", kLimitShare, Format::label);
constexpr std::array kInFlightFields = {
    Field{"hosts", &kLimit, "How many hosts are changed at the same time."},
    Field{"uploads", &kLimit, "How many images are uploaded at the same time."},
    Field{"per_label", &kPerLabel,
          "How many hosts with the same value of a label are changed at the same time; `model` is a label that every "
          "host has. A percentage is of the hosts with that value, and at least one."},
};
constexpr Shape kInFlight = map("limits of what is in work at the same time", kInFlightFields);
constexpr std::array kRolloutFields = {
    Field{"seed", &kSeed,
          "Number that the choice and order of hosts come from: the same one, the same order. 1 if not "
          "given."},
    Field{"canary", &kCanary, "The hosts that go first."},
    Field{"batches", &kBatches,
          "Sizes of the batches after the canary, the last one repeated. All at once if not given."},
    Field{"soak", &kDuration,
          "How long to wait after a wave, before health is looked at again and the next one begins."},
    Field{"health", &kHealth, "What is compared before a host is changed and after. Not compared if not given."},
    Field{"pause_after", &kPauses,
          "Waves after which `firmform rollout continue` is needed: `canary`, `batch 1`, `every`."},
    Field{"max_failures", &kTolerance,
          "After more failed hosts no further host is started. A percentage counts in each wave as well. With "
          "`canary` or `batches`, 10% if not given."},
    Field{"max_unreachable", &kTolerance,
          "After more hosts that cannot be reached no further host is started; they are no failures. Any number if not "
          "given."},
    Field{"max_in_flight", &kInFlight, "How much is in work at the same time."},
};

constexpr std::array kPermissions = {Choice{"deny", "Refuse."}, Choice{"allow", "Go on."}};
constexpr Shape kPermission = choice("a permission", kPermissions);
constexpr std::array kReboots = {
    Choice{"allow", "Restart hosts where the plan shows it."},
    Choice{"in_window", "Restart hosts that have a maintenance window inside of it only, others not at all."},
    Choice{"deny", "Never restart a host."},
};
constexpr Shape kReboot = choice("a policy on restarts", kReboots);
constexpr std::array kForeignWorks = {
    Choice{"refuse", "Leave the host alone."},
    Choice{"wait", "Wait until it is done."},
    Choice{"adopt", "Wait, and count its result where it is what the manifest asks for."},
};
constexpr Shape kForeignWork = choice("a policy on the work of others", kForeignWorks);
constexpr std::array kDriftPolicies = {
    Choice{"ignore", "Say nothing."},
    Choice{"report", "Show it."},
    Choice{"fail", "Show it, and end with the exit code for drift."},
};
constexpr Shape kDriftPolicy = choice("a policy on drift", kDriftPolicies);
constexpr std::array kDriftFields = {
    Field{"older", &kDriftPolicy, "Installed is older than wanted."},
    Field{"newer", &kDriftPolicy, "Installed is newer than wanted."},
    Field{"format_only", &kDriftPolicy, "The same version, written in another way."},
    Field{"staged", &kDriftPolicy, "A version that nobody wants waits for a restart."},
    Field{"pending_restart", &kDriftPolicy, "The wanted version waits for a restart or its window."},
    Field{"unknown", &kDriftPolicy, "The installed version is not known, or cannot be compared."},
    Field{"unmatched", &kDriftPolicy, "The manifest names what the host does not have."},
    Field{"foreign", &kDriftPolicy, "Others manage the BMC, or have work in it."},
    Field{"content", &kDriftPolicy, "Windows, install sets or stored images are not as wanted."},
    Field{"unreachable", &kDriftPolicy, "The host could not be read."},
};
constexpr Shape kDrift = map("policies on drift", kDriftFields);
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
    Field{"foreign_work", &kForeignWork,
          "Tasks and queue entries of others that stand in the way. `refuse` if not given."},
    Field{"drift", &kDrift, "What classes of drift mean for the result of `firmform drift`."},
    Field{"max_clock_skew", &kDuration,
          "How far the clock of a BMC may be off where work waits for a window. 2m if not given."},
    Field{"rules", &kPolicyRules, "Rules about plans, by name."},
    Field{"commands", &kPolicyCommands, "Programs that judge plans, by name."},
};

// config guard, signing of plans

constexpr std::array kGuardActions = {
    Choice{"ignore", "Do not compare."},
    Choice{"report", "Show what changed."},
    Choice{"fail", "Count the host as failed."},
    Choice{"restore", "Set what changed back, and count the host as failed where that cannot be done."},
};
constexpr Shape kGuardAction = choice("what becomes of a changed setting", kGuardActions);
constexpr std::array kGuardFields = {
    Field{"bios", &kGuardAction, "Settings of the boot firmware."},
    Field{"boot", &kGuardAction, "Boot order and boot mode."},
    Field{"bmc", &kGuardAction, "Settings of the BMC."},
    Field{"network", &kGuardAction, "Network settings of the BMC."},
};
constexpr std::array kGuardRules = {KeyRule{at_least_one, {"bios", "boot", "bmc", "network"}}};

constexpr Shape kKeyFiles = list("a list of key files", kText, false);
constexpr std::array kDangers = {
    Choice{"downgrade", "Going back to an older version."},
    Choice{"one_way", "Changes that cannot be taken back."},
    Choice{"recovery_set", "Changes of the system recovery set."},
};
constexpr Shape kDanger = choice("a kind of change", kDangers);
constexpr Shape kDangerous = list("a list of kinds of changes", kDanger);
constexpr std::array kSigningFields = {
    Field{"keys", &kKeyFiles,
          "PEM files of the Ed25519 public keys that may sign plans; relative to the directory of the manifest.", true},
    Field{"required", &kBoolean, "`true`: a plan without the signature of one of them is not applied."},
    Field{"two_keys_for", &kDangerous, "What needs the signatures of two of them."},
};

}  // namespace

constexpr Shape kRollout = map("rollout settings", kRolloutFields);
constexpr Shape kPolicies = map("policies", kPolicyFields);
constexpr Shape kGuard = map("the guard of settings", kGuardFields, kGuardRules);
constexpr Shape kSigning = map("the signing of plans", kSigningFields);

}  // namespace firmform::manifest
