// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/reference.h"

#include <fmt/format.h>

#include <array>

#include "engine/base/codes.h"
#include "engine/base/text.h"
#include "engine/cli/verb.h"
#include "engine/manifest/manual.h"

namespace firmform::cli {
namespace {

constexpr std::string_view kGenerated = "Generated from the program's own tables";

std::string title(std::string_view heading, std::string_view topic) {
  return fmt::format("# {}\n\n{} (`firmform reference {}`).\n\n", heading, kGenerated, topic);
}

/// Text in a cell of a table: on one line, and without what would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c == '\n' ? ' ' : c;
  }
  return result;
}

std::string option_table(std::span<const OptionSpec> options) {
  if (options.empty()) return {};
  std::string text = "\n| option | meaning |\n|---|---|\n";
  for (const OptionSpec& option : options) {
    const std::string value = option.value_name.empty() ? "" : fmt::format(" {}", option.value_name);
    text += fmt::format("| `-{}{}` | {} |\n", option.name, cell(value), cell(option.help));
  }
  return text;
}

std::string positional_list(const Verb& verb) {
  std::string text;
  for (const PositionalSpec& positional : verb.positionals) {
    text += fmt::format("- `{}`: {}\n", positional.name, positional.help);
  }
  return text.empty() ? text : "\n" + text;
}

std::string describe(const Verb& verb, std::string_view marks) {
  std::string text = fmt::format("\n{} {}\n\n{}.\n\n```\n{}\n```\n", marks, verb.name, verb.summary, usage_line(verb));
  for (const std::string& paragraph : split(verb.description, '\n')) {
    if (!paragraph.empty()) text += fmt::format("\n{}\n", paragraph);
  }
  return text + positional_list(verb) + option_table(verb.options);
}

std::string commands() {
  std::string text = title("Commands", "commands");
  text +=
      "Options take one dash or two, before or after other arguments, and a value after a blank or `=`: `-out "
      "web.plan`, "
      "`--out=web.plan`.\n\n| verb | what it does |\n|---|---|\n";
  for (const Verb& verb : verbs())
    text += fmt::format("| [{}](#{}) | {} |\n", verb.name, verb.name, cell(verb.summary));
  for (const Verb& verb : verbs()) {
    text += describe(verb, "##");
    for (const Verb& subcommand : verb.subcommands) text += describe(subcommand, "###");
  }
  return text + "\n## Options of all verbs\n" + option_table(common_options());
}

std::string exit_codes() {
  std::string text = title("Exit codes", "exit-codes");
  text +=
      "The same for every verb. The worst of what happened wins; codes 0, 1 and 2 mean what they mean for "
      "Terraform.\n\n"
      "| code | name | meaning |\n|---|---|---|\n";
  for (const ExitInfo& exit : exit_table()) {
    text += fmt::format("| {} | {} | {} |\n", static_cast<int>(exit.code), exit.name, cell(exit.meaning));
  }
  return text;
}

std::string diagnostics() {
  std::string text = title("Diagnostic codes", "diagnostics");
  text += "`firmform explain FF0303` prints one of them. A code never changes its meaning.\n";
  for (const CodeInfo& code : code_table()) {
    text += fmt::format("\n## {}: {}\n\n{}\n\n{}\n\nExit code {} ({}).\n", to_string(code.code), code.title,
                        code.meaning, code.next, static_cast<int>(code.exit), exit_name(code.exit));
  }
  return text;
}

constexpr std::array kTopics = {
    ReferenceTopic{"commands", "verbs and options", commands},
    ReferenceTopic{"manifest", "what a manifest may contain", manifest::manifest_markdown},
    ReferenceTopic{"exit-codes", "what the program ends with", exit_codes},
    ReferenceTopic{"diagnostics", "diagnostic codes, what they mean and what to do", diagnostics},
};

}  // namespace

std::span<const ReferenceTopic> reference_topics() {
  return kTopics;
}

}  // namespace firmform::cli
