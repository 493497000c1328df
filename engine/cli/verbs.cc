// SPDX-License-Identifier: Apache-2.0
// The table of verbs.
#include <algorithm>
#include <array>

#include "engine/cli/commands.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/event_output.h"
#include "engine/cli/import_verb.h"
#include "engine/cli/insight_verbs.h"
#include "engine/cli/policy_gate.h"
#include "engine/cli/notifying.h"
#include "engine/cli/report_outputs.h"
#include "engine/cli/rollout_verb.h"
#include "engine/cli/simulation_verbs.h"
#include "engine/cli/trust_verbs.h"
#include "engine/cli/watch_verb.h"

namespace firmform::cli {
namespace {

const OptionSpec kJson{"json", "", "Machine-readable output on standard output."};
const OptionSpec kJsonEvents{"json", "", "What happens as one JSON object a line on standard output (schemas/event.v1.schema.json)."};
const OptionSpec kParallelism{"parallelism", "N", "Hosts at work at a time (default 10)."};
const OptionSpec kReadParallelism{"read-parallelism", "N", "Hosts read at a time (default 512)."};
const OptionSpec kTarget{"target", "HOST", "Only this host; a name or a glob. May be given several times.", true};
const OptionSpec kApplyTarget{"target", "HOST",
                              "Only this host; a name or a glob. Of a saved plan also HOST/COMPONENT. May be given several times.", true};
const OptionSpec kFromSnapshot{"from-snapshot", "DIR", "Read a recorded inventory instead of the BMCs."};
const OptionSpec kApprove{"auto-approve", "", "Do not ask; apply at once."};
const OptionSpec kInput{"input", "BOOL", "false: never ask; fail where an answer is needed."};
const OptionSpec kDetailedExit{"detailed-exitcode", "", "Exit with 0 when all is as wanted, 2 when there are changes, 18 when BMCs have the rest in their queues; another code on errors."};

/// With the options about windows that apply keeps.
std::vector<OptionSpec> with_windows(std::vector<OptionSpec> options) {
  for (const OptionSpec& option : window_options()) options.push_back(option);
  return options;
}

const std::vector<Verb>& table() {
  static const std::vector<Verb> verbs = {
      {"init", "Write a manifest to begin with",
       "Writes a commented manifest that validates. Never writes over a file.",
       {}, {}, run_init},
      import_verb(),
      {"validate", "Check the manifest without touching any host",
       "Reads all *.yaml files of the directory as one configuration and reports every problem at once.",
       {}, {kJson, report_option()}, run_validate},
      {"fmt", "Format manifests, keeping comments and order",
       "Formats the given files, or all manifests of the directory. A file that cannot be formatted without risk is refused.",
       {{"FILE", "manifest to format", false, true}},
       {{"check", "", "Write nothing; exit with 3 when a file is not formatted."}, {"diff", "", "Show what would change."}},
       run_fmt},
      {"inventory", "Show what firmware the hosts run",
       "Reads system, BMC, firmware and software components of all hosts, or of those named. A host that cannot be read is a row "
       "with its reason.",
       {{"HOST", "name or glob", false, true}},
       {kJson, {"record", "DIR", "Also record what was read, redacted, for `plan -from-snapshot`."}, kReadParallelism, kFromSnapshot},
       run_inventory},
      {"plan", "Show what would be changed, and in what order",
       "Compares the manifest with the live inventory. Never writes to a BMC. With -notify, a plan that has something to do is "
       "posted to the receivers of `notifications:`; where one does not take it, the exit code is 1.",
       {},
       {{"out", "FILE", "Save the plan, for `apply FILE`. The file has mode 0600 and holds no secrets."},
        kJsonEvents, json_into_option(), kTarget, kDetailedExit, kFromSnapshot, kReadParallelism, {"verbose", "", "Show every action with its request and conditions."}, report_option(), notify_option()},
       run_plan},
      {"show", "Show a saved plan", "Shows a plan file as text, or as JSON that policy tools for Terraform's plans can read (schemas/plan.v1.schema.json).",
       {{"FILE", "a plan file", true}},
       {kJson, {"verbose", "", "Show every action with its request and conditions."}, report_option()},
       run_show},
      {"graph", "Draw the graph of actions of a plan",
       "Prints the graph of a saved plan, or of a fresh one, for Graphviz or Mermaid, or draws it as SVG.",
       {{"FILE", "a plan file", false}},
       {{"format", "FORMAT", "dot (default), mermaid or svg."}, kTarget, kFromSnapshot, kReadParallelism},
       run_graph},
      {"apply", "Carry out a plan",
       "Applies a saved plan, or makes one and asks. Checks each precondition just before acting, refuses only the hosts that moved, "
       "and calls a component done only when the installed version is the wanted one. The first Ctrl-C detaches: what runs on the "
       "BMCs goes on, and `firmform resume` takes it up again.",
       {{"FILE", "a plan file", false}},
       with_windows({kApprove, kParallelism, kReadParallelism, kApplyTarget, kJsonEvents, json_into_option(), kInput, kDetailedExit, report_option(), notify_run_option(), override_option()}),
       run_apply},
      {"resume", "Continue a run that was interrupted or killed",
       "Looks at what the BMCs show of the requests that were sent, and goes on from there. Nothing is blindly repeated.",
       {}, with_windows({kParallelism, kJsonEvents, json_into_option(), report_option(), notify_run_option()}), run_resume},
      rollout_verb(),
      drift_verb(),
      watch_verb(),
      status_verb(),
      sign_verb(),
      verify_verb(),
      rollback_verb(),
      simulate_verb(),
      calendar_verb(),
      selftest_verb(),
      catalog_verb(),
      repository_verb(),
      queue_verb(),
      window_verb(),
      install_set_verb(),
      integrity_verb(),
      log_verb(),
      reset_verb(),
      recover_verb(),
      {"support-bundle", "Pack what helps to understand a problem",
       "Writes version, manifest, plans, events and traces of the last runs, and recorded inventories found here into one archive "
       "with mode 0600, and lists what is in it. Passwords and session tokens are left out. Never writes over a file.",
       {}, {{"out", "FILE", "The archive (default: firmform-support-TIME.tar.gz)."}}, run_support_bundle},
      {"lab", "Start simulated BMCs on this machine",
       "Serves simulated BMCs over HTTPS on loopback, and writes a manifest, CA, password file and images for them into DIR.",
       {{"DIR", "directory for the lab's files (default: lab)", false}},
       {{"models", "LIST", "Models, separated by commas (default ilo5,ilo6,ilo7). MODEL*N makes N of one."},
        {"port", "N", "First port; 0 lets the system choose (default 8443)."},
        {"speed", "X", "How many times faster than real machines time passes (default 60)."},
        {"delay", "DURATION", "Wait this long before each reply."},
        {"faults", "FILE", "Faults as JSON; see the simulators' README."},
        {"seed", "N", "Seed for identifiers and faults (default 1)."}},
       run_lab},
      {"schema", "Print the JSON Schema of the manifest", "For editors and for checks without firmform.", {}, {}, run_schema},
      {"explain", "Explain a diagnostic code, or what is planned for a component",
       "With a code such as FF0303: what it means and what to do. With HOST/COMPONENT, or HOST alone: why it is updated or not, derived "
       "from the inventory, the lines of the manifest and the rules that hold. Without either: lists all codes.",
       {{"WHAT", "for example FF0303, or web-01/System ROM", false}}, {kJson, kFromSnapshot}, run_explain},
      {"completion", "Print a shell completion script", "For bash, zsh or fish.", {{"SHELL", "bash, zsh or fish", true}}, {},
       run_completion},
      {"reference", "Print a reference as Markdown", "From the same tables as -help and the man page.",
       {{"TOPIC", "commands, manifest, exit-codes or diagnostics", true}}, {}, run_reference},
      {"man", "Print the manual page", "In roff, for man(1).", {}, {}, run_man},
      {"version", "Print the version", "Prints the version of the program.", {}, {kJson}, run_version},
  };
  return verbs;
}

constexpr std::array kCommon = {
    OptionSpec{"chdir", "DIR", "Work in this directory instead of the current one."},
    OptionSpec{"no-color", "", "No colours, as NO_COLOR."},
    OptionSpec{"color", "WHEN", "always, never or auto."},
    OptionSpec{"help", "", "Show this text."},
};

}  // namespace

std::span<const Verb> verbs() { return table(); }

const Verb* find_verb(std::string_view name) {
  const auto found = std::ranges::find(table(), name, &Verb::name);
  return found == table().end() ? nullptr : &*found;
}

std::span<const OptionSpec> common_options() { return kCommon; }

}  // namespace firmform::cli
