// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/direct_verbs.h"

#include <initializer_list>

namespace firmform::cli {
namespace {

const PositionalSpec kHosts{"HOST", "name, glob, or several with commas; none: all", false, true};
const PositionalSpec kHost{"HOST", "name, glob, or several with commas", true};

const OptionSpec kJson{"json", "", "Machine-readable output on standard output."};
const OptionSpec kFromSnapshot{"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."};
const OptionSpec kTpmOverride{"tpm-override", "",
                              "Flash although a TPM is active; disk encryption may ask for its recovery key."};
const OptionSpec kUpdateRecoverySet{"update-recovery-set", "",
                                    "Let the image also replace its older one in the recovery set."};
const OptionSpec kWindow{"window", "NAME", "Run in this maintenance window of the BMC; its name or Id."};
const OptionSpec kStartAfter{"start-after", "TIME", "Not before; 2026-12-05T22:00:00Z, or +2h by the BMC's clock."};
const OptionSpec kExpire{"expire", "TIME", "Not after."};
const OptionSpec kAll{"all", "", "Also what others made."};

std::vector<OptionSpec> reading() {
  return {kJson, kFromSnapshot};
}

/// What every verb that writes takes, after its own.
std::vector<OptionSpec> writing(std::initializer_list<OptionSpec> own = {}) {
  std::vector<OptionSpec> options = own;
  options.insert(options.end(), {{"dry-run", "", "Show every request with its body; send nothing."},
                                 {"out", "FILE", "Save the plan, for `apply FILE`; send nothing."},
                                 {"auto-approve", "", "Do not ask; send at once."},
                                 {"input", "BOOL", "false: never ask; fail where an answer is needed."},
                                 kJson});
  return options;
}

PositionalSpec named(std::string_view name, std::string_view help, bool repeatable = false) {
  return {name, help, true, repeatable};
}

}  // namespace

Verb repository_verb() {
  return {
      "repository",
      "What images BMCs keep",
      "A BMC with a repository keeps images, for its installation queue and install sets. Locked ones are referred to "
      "and "
      "can be neither replaced nor removed.",
      {},
      {},
      nullptr,
      {{"repository list", "Show stored images, totals and free space", "", {kHosts}, reading(), run_repository_list},
       {"repository show",
        "Show one stored image in full",
        "",
        {kHost, named("FILE", "its name or Id")},
        reading(),
        run_repository_show},
       {"repository add",
        "Store images of the catalog",
        "Space, names and signatures are checked before the first byte. Nothing is installed.",
        {kHost, named("FILE", "file name of the catalog", true)},
        writing({{"pull", "", "Let the BMC fetch the image."},
                 {"push", "", "Send the image to the BMC."},
                 kUpdateRecoverySet}),
        run_repository_add},
       {"repository delete",
        "Remove stored images",
        "",
        {kHost, named("FILE", "its name or Id", true)},
        writing(),
        run_repository_delete},
       {"repository clear",
        "Remove all stored images that are not locked",
        "",
        {kHost},
        writing(),
        run_repository_clear}}};
}

Verb queue_verb() {
  return {
      "queue",
      "The installation queue of BMCs",
      "The queue is strictly first in, first out: an entry that failed or expired, or that has no image, lets nothing "
      "behind "
      "it run.",
      {},
      {},
      nullptr,
      {{"queue list", "Show the entries in their order, and what blocks them", "", {kHosts}, reading(), run_queue_list},
       {"queue show",
        "Show one entry in full",
        "",
        {kHost, named("NAME", "its name or Id")},
        reading(),
        run_queue_show},
       {"queue add",
        "Append an entry",
        "Installs a stored image, or runs a command. Without -updatable-by the image's own word is taken.",
        {kHost},
        writing({{"file", "FILE", "Stored image to install."},
                 {"command", "COMMAND", "ApplyUpdate (default), ResetServer, ResetBmc or Wait."},
                 {"name", "NAME", "Name of the entry; without one it is named as firmform's own."},
                 {"updatable-by", "LIST", "Bmc, Uefi, RuntimeAgent."},
                 {"targets", "LIST", "Only these components; addresses of `firmform inventory`, or URIs.", true},
                 kWindow,
                 kStartAfter,
                 kExpire,
                 {"wait-seconds", "N", "For the command Wait."},
                 kTpmOverride,
                 kUpdateRecoverySet}),
        run_queue_add},
       {"queue delete",
        "Remove entries",
        "",
        {kHost, named("NAME", "its name or Id", true)},
        writing(),
        run_queue_delete},
       {"queue clear",
        "Remove all entries that firmform made",
        "An entry that is being worked on stays: a flash that runs is never cut off.",
        {kHost},
        writing({kAll, {"finished", "", "Only those that are complete or canceled."}}),
        run_queue_clear}}};
}

Verb window_verb() {
  return {"window",
          "Maintenance windows of BMCs",
          "A BMC's window is open once; its queue refers to it. Times are judged by the BMC's clock.",
          {},
          {},
          nullptr,
          {{"window list", "Show the windows and the BMC's clock", "", {kHosts}, reading(), run_window_list},
           {"window show",
            "Show one window in full",
            "",
            {kHost, named("NAME", "its name or Id")},
            reading(),
            run_window_show},
           {"window add",
            "Create a window",
            "",
            {kHost, {"NAME", "of the new window; not with -from", false}},
            writing({{"start", "TIME", "2026-12-05T22:00:00Z, or +2h from now."},
                     {"end", "TIME", "Likewise."},
                     {"description", "TEXT", "For people."},
                     {"from", "WINDOW", "The next occurrence of this window of the manifest."}}),
            run_window_add},
           {"window delete",
            "Remove windows; entries that refer to them are canceled",
            "",
            {kHost, named("NAME", "its name or Id", true)},
            writing(),
            run_window_delete},
           {"window clear",
            "Remove all windows that firmform made",
            "",
            {kHost},
            writing({kAll, {"finished", "", "Only those that are over."}}),
            run_window_clear}}};
}

Verb install_set_verb() {
  return {"install-set",
          "Install sets of BMCs",
          "An install set is a list of steps that the BMC keeps and puts into its queue when it is invoked. The system "
          "recovery "
          "set is protected.",
          {},
          {},
          nullptr,
          {{"install-set list", "Show the install sets", "", {kHosts}, reading(), run_install_set_list},
           {"install-set show",
            "Show one install set with its steps",
            "",
            {kHost, named("NAME", "its name or Id")},
            reading(),
            run_install_set_show},
           {"install-set add",
            "Create install sets of the manifest, or bring them to what it says",
            "",
            {kHost, named("SET", "name in the manifest", true)},
            writing(),
            run_install_set_add},
           {"install-set delete",
            "Remove install sets",
            "",
            {kHost, named("NAME", "its name or Id", true)},
            writing(),
            run_install_set_delete},
           {"install-set invoke",
            "Put the steps of an install set into the queue",
            "The BMC appends the steps to what is queued already, and works on them at once unless a window or a time "
            "is given.",
            {kHost, named("NAME", "its name or Id")},
            writing({{"clear-queue", "", "Empty the queue first, entries of others included."},
                     kWindow,
                     kStartAfter,
                     kExpire,
                     kTpmOverride,
                     kUpdateRecoverySet}),
            run_install_set_invoke},
           {"install-set clear",
            "Remove all install sets but the recovery set",
            "",
            {kHost},
            writing(),
            run_install_set_clear}}};
}

Verb integrity_verb() {
  return {"integrity",
          "The check of firmware by BMCs",
          "A BMC that keeps signatures of its firmware can look whether it is still what its maker signed.",
          {},
          {},
          nullptr,
          {{"integrity show",
            "Show result and time of the last check, and when the BMC checks by itself",
            "",
            {kHosts},
            reading(),
            run_integrity_show},
           {"integrity check",
            "Start a check, and wait for its result",
            "Nothing can be stored or installed meanwhile. Fails when the BMC finds firmware that is not what it was.",
            {kHost},
            writing(),
            run_integrity_check}}};
}

Verb log_verb() {
  return {"log",
          "Show the event logs of BMCs",
          "Entries of all logs that the BMC keeps, oldest first, by its clock.",
          {kHosts},
          {{"since", "TIME", "Only newer ones; 2h, or 2026-12-05T22:00:00Z."},
           {"severity", "LEVEL", "Only this level and worse: ok, warning or critical."},
           kJson},
          run_log,
          {}};
}

Verb reset_verb() {
  return {"reset",
          "Restart a host or its BMC",
          "Asks first. What the BMC allows is shown when the type is another.",
          {kHost, {"WHAT", "host or bmc", true}},
          writing({{"type", "TYPE", "ResetType, such as GracefulRestart or ForceOff; without one a restart is chosen."},
                   {"message", "TEXT", "Tell this to the users of the host, where the BMC offers that."},
                   {"delay", "DURATION", "Wait this long before the restart, where the BMC offers that."}}),
          run_reset,
          {}};
}

Verb recover_verb() {
  return {"recover",
          "Show what a cut-off flash left, and the ways out",
          "Without -way it only looks. With it, the way becomes a plan that is shown and asked about like any other.",
          {kHost},
          writing({{"way", "NAME", "The way to plan: a name that `recover` shows."}}),
          run_recover,
          {}};
}

}  // namespace firmform::cli
