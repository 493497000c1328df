// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: install sets, windows, freeze periods and repositories.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;
using enum KeyRule::Kind;

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

// maintenance windows

constexpr Shape kCron = text(Format::cron);
constexpr Shape kTimeZone = text(Format::time_zone);
constexpr Shape kRecurrence = text(Format::recurrence);
constexpr Shape kWallTime = text(Format::wall_time);
constexpr std::array kHolders = {
    Choice{"auto", "The BMC where it can, else firmform."},
    Choice{"bmc", "The BMC: work is put into its queue ahead, and it does the work by itself."},
    Choice{"engine", "Firmform: `apply` runs inside of the window."},
};
constexpr Shape kHolder = choice("who holds a window", kHolders);
constexpr std::array kWindowFields = {
    Field{"schedule", &kCron, "When the window opens, again and again: minute, hour, day, month, weekday."},
    Field{"recurrence", &kRecurrence,
          "When the window opens, as a recurrence rule of RFC 5545, such as `FREQ=MONTHLY;BYDAY=2SA`."},
    Field{"first", &kWallTime,
          "From when on the recurrence counts, by the clock of its time zone, such as 2026-11-14T22:00. What the rule "
          "leaves open, such as the time of the day, is taken from it."},
    Field{"duration", &kDuration, "How long it stays open."},
    Field{"time_zone", &kTimeZone, "Time zone of schedule or recurrence. UTC if not given."},
    Field{"start", &kTimestamp, "When a window opens that is open once."},
    Field{"end", &kTimestamp, "When it closes."},
    Field{"held_by", &kHolder, "Who sees to it that work stays inside of the window. `auto` if not given."},
    Field{"absent", &kBoolean, "`true`: no BMC shall have a window of this name."},
};
constexpr std::array kWindowRules = {
    KeyRule{exactly_one, {"schedule", "recurrence", "start", "absent"}},
    KeyRule{needs, {"schedule", "duration"}},
    KeyRule{needs, {"recurrence", "duration"}},
    KeyRule{needs, {"recurrence", "first"}},
    KeyRule{needs, {"first", "recurrence"}},
    KeyRule{needs, {"duration", "schedule", "recurrence"}},
    KeyRule{needs, {"time_zone", "schedule", "recurrence"}},
    KeyRule{needs, {"start", "end"}},
    KeyRule{needs, {"end", "start"}},
    KeyRule{needs, {"held_by", "schedule", "recurrence", "start"}},
};
constexpr Shape kWindow = map("a maintenance window", kWindowFields, kWindowRules);

// freeze periods

constexpr std::array kConcernedFields = {
    Field{"labels", &kLabels, "Labels that a host must have, with these values."},
    Field{"name", &kHostGlob, "Host name, with `*` and `?` for other characters."},
};
constexpr std::array kConcernedRules = {KeyRule{at_least_one, {"labels", "name"}}};
constexpr Shape kConcerned = map("a selection of hosts", kConcernedFields, kConcernedRules);
constexpr std::array kFreezeFields = {
    Field{"start", &kTimestamp, "When a freeze begins that comes once."},
    Field{"end", &kTimestamp, "When it ends."},
    Field{"schedule", &kCron, "When it begins, again and again: minute, hour, day, month, weekday."},
    Field{"recurrence", &kRecurrence,
          "When it begins, as a recurrence rule of RFC 5545, such as `FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=20`."},
    Field{"first", &kWallTime, "From when on the recurrence counts, by the clock of its time zone."},
    Field{"duration", &kDuration, "How long it lasts."},
    Field{"time_zone", &kTimeZone, "Time zone of schedule or recurrence. UTC if not given."},
    Field{"reason", &kText, "Why nothing may be started; shown where it stands in the way."},
    Field{"match", &kConcerned, "Which hosts it is for; all conditions must hold. All hosts if not given."},
};
constexpr std::array kFreezeRules = {
    KeyRule{exactly_one, {"schedule", "recurrence", "start"}},
    KeyRule{needs, {"schedule", "duration"}},
    KeyRule{needs, {"recurrence", "duration"}},
    KeyRule{needs, {"recurrence", "first"}},
    KeyRule{needs, {"first", "recurrence"}},
    KeyRule{needs, {"duration", "schedule", "recurrence"}},
    KeyRule{needs, {"time_zone", "schedule", "recurrence"}},
    KeyRule{needs, {"start", "end"}},
    KeyRule{needs, {"end", "start"}},
};
constexpr Shape kFreeze = map("a freeze period", kFreezeFields, kFreezeRules);

// repositories

constexpr std::array kRepositoryFields = {
    Field{"present", &kFileNames, "Files of the catalog that the BMC shall store."},
    Field{"absent", &kFileNames, "Files that it shall not store; `*` and `?` stand for other characters."},
    Field{"prune", &kBoolean,
          "`true`: what is stored and neither listed, nor locked, nor needed by the host's work is removed."},
};
constexpr std::array kRepositoryRules = {KeyRule{at_least_one, {"present", "absent", "prune"}}};
constexpr Shape kRepository = map("the content of a repository", kRepositoryFields, kRepositoryRules);

}  // namespace

constexpr Shape kInstallSets = named("a map of install sets by name", kInstallSet, Format::bmc_name);
constexpr Shape kWindows = named("a map of maintenance windows by name", kWindow, Format::bmc_name);
constexpr Shape kFreezes = named("a map of freeze periods by name", kFreeze);
constexpr Shape kRepositories = named("a map of repository contents by name", kRepository);

}  // namespace firmform::manifest
