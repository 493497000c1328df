// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: policy rules and programs that judge plans.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;
using enum KeyRule::Kind;

constexpr std::array kEnforcements = {
    Choice{"warn", "Show it."},
    Choice{"override", "Refuse to apply, unless a person overrides it with `-override RULE -reason TEXT`."},
    Choice{"deny", "Refuse to apply."},
};
constexpr Shape kEnforcement = choice("what a policy does with a plan that it speaks against", kEnforcements);

constexpr std::array kChangeWords = {
    Choice{"update", "Firmware goes to a newer version, or something on a BMC is changed."},
    Choice{"downgrade", "Firmware goes back to an older version."},
    Choice{"create", "Something is made on a BMC: a stored image, a window, an install set, an entry of a queue."},
    Choice{"delete", "Something on a BMC is removed."},
    Choice{"invoke", "A BMC is asked to do something: to install a set, to restart, to check its firmware."},
    Choice{"pending", "The BMC has the work in its queue already."},
    Choice{"blocked", "What is wanted cannot be done."},
};
constexpr Shape kChangeWord = choice("a kind of change", kChangeWords);
constexpr Shape kChanges = list("a list of kinds of changes", kChangeWord, false);
constexpr std::array kRestarted = {Choice{"host", "The server."}, Choice{"bmc", "Its BMC."}};
constexpr Shape kRestart = choice("what is restarted", kRestarted);
constexpr Shape kComponents = list("a list of components", kText, false);

constexpr std::array kRuleFields = {
    Field{"enforcement", &kEnforcement, "What becomes of a plan that the rule speaks against. `deny` if not given."},
    Field{"message", &kText, "Why, for those who read the plan. Made from the rule if not given."},
    Field{"host", &kHostGlob, "Only changes of hosts with this name, with `*` and `?` for other characters."},
    Field{"model", &kText, "Only changes of hosts that report this model, with `*` and `?` for other characters."},
    Field{"labels", &kLabels, "Only changes of hosts with these labels."},
    Field{"component", &kText, "Only changes of components with this name or address, with `*` and `?`."},
    Field{"changes", &kChanges,
          "Only changes of these kinds. If not given, all that do something: `update`, `downgrade`, `create`, `delete` "
          "and `invoke`."},
    Field{"restarts", &kRestart, "Only changes that restart this."},
    Field{"one_way", &kBoolean, "`true`: only changes that cannot be taken back; `false`: only those that can."},
    Field{"in_window", &kBoolean,
          "`true`: only changes that are kept in a maintenance window; `false`: only those that are not."},
    Field{"more_than", &kTolerance,
          "Speaks only if more hosts than this have such changes. A percentage is of the hosts of the plan."},
    Field{"together", &kComponents,
          "Speaks only of hosts on which each of these components, by name or address, has such a change."},
};
constexpr std::array kRuleRules = {KeyRule{at_most_one, {"component", "together"}}};
constexpr Shape kRule = map("a policy rule", kRuleFields, kRuleRules);

constexpr std::array kCommandFields = {
    Field{"run", &kCommand,
          "The program and its arguments, such as `[conftest, test, -, --output, json]`. It is run without a shell in "
          "the directory of the manifest, gets the plan as JSON on its standard input, and answers on its standard "
          "output as conftest does, or with SARIF 2.1.0.",
          true},
    Field{"enforcement", &kEnforcement,
          "What becomes of a plan in which the program finds a failure; its warnings only warn. `deny` if not given. A "
          "program without a verdict denies, unless this is `warn`."},
    Field{"timeout", &kDuration, "How long it may take. 1m if not given."},
};
constexpr Shape kProgram = map("a program that judges plans", kCommandFields);

}  // namespace

constexpr Shape kPolicyRules = named("a map of policy rules by name", kRule);
constexpr Shape kPolicyCommands = named("a map of programs by name", kProgram);

}  // namespace firmform::manifest
