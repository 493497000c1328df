// SPDX-License-Identifier: Apache-2.0
// Everything that is made from the table of verbs for people and shells.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/verb.h"
#include "engine/cli/version.h"

namespace firmform::cli {
namespace {

constexpr std::size_t kWidth = 88;

/// Breaks `text` into lines of at most kWidth, each after the first indented.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string result;
  std::size_t column = indent;
  for (const std::string& word : split(text, ' ')) {
    if (column > indent && column + 1 + word.size() > kWidth) {
      result += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      result += ' ';
      ++column;
    }
    result += word;
    column += word.size();
  }
  return result;
}

std::string flag_text(const OptionSpec& option) {
  return option.value_name.empty() ? fmt::format("-{}", option.name)
                                   : fmt::format("-{} {}", option.name, option.value_name);
}

template <class Row>
std::string two_columns(const std::vector<Row>& rows) {
  std::size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, utf8_length(left));
  std::string text;
  for (const auto& [left, right] : rows) {
    text += fmt::format("  {}{}  {}\n", left, std::string(width - utf8_length(left), ' '), wrapped(right, width + 4));
  }
  return text;
}

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows option_rows(std::span<const OptionSpec> options) {
  Rows rows;
  for (const OptionSpec& option : options) rows.emplace_back(flag_text(option), std::string(option.help));
  return rows;
}

Rows exit_rows() {
  Rows rows;
  for (const ExitInfo& exit : exit_table()) {
    rows.emplace_back(fmt::format("{:>2} {}", static_cast<int>(exit.code), exit.name), std::string(exit.meaning));
  }
  return rows;
}

std::string paragraphs(std::string_view text) {
  std::string result;
  for (const std::string& line : split(text, '\n')) result += wrapped(line, 0) + '\n';
  return result;
}

/// Text as roff: dashes and backslashes are special, and a leading dot is a request.
std::string roff(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\' || c == '-') result += '\\';
    result += c;
  }
  if (result.starts_with('.') || result.starts_with('\'')) result.insert(0, "\\&");
  return result;
}

std::string roff_option(const OptionSpec& option) {
  const std::string value = option.value_name.empty() ? "" : fmt::format(" \\fI{}\\fR", roff(option.value_name));
  return fmt::format(".TP\n\\fB\\-{}\\fR{}\n{}\n", roff(option.name), value, roff(option.help));
}

std::string roff_verb(const Verb& verb) {
  std::string text = fmt::format(".SS {}\n.B {}\n.PP\n", roff(verb.name), roff(usage_line(verb)));
  for (const std::string& line : split(verb.description, '\n')) text += line.empty() ? ".PP\n" : roff(line) + "\n";
  for (const OptionSpec& option : verb.options) text += roff_option(option);
  return text;
}

}  // namespace

std::string usage_line(const Verb& verb) {
  if (!verb.subcommands.empty()) return fmt::format("firmform {} SUBCOMMAND [options] …", verb.name);
  std::string line = fmt::format("firmform {} [options]", verb.name);
  for (const PositionalSpec& positional : verb.positionals) {
    const std::string dots = positional.repeatable ? "…" : "";
    line += positional.required ? fmt::format(" {}{}", positional.name, dots)
                                : fmt::format(" [{}{}]", positional.name, dots);
  }
  return line;
}

std::string help_text() {
  Rows rows;
  for (const Verb& verb : verbs()) rows.emplace_back(std::string(verb.name), std::string(verb.summary));
  return fmt::format(
      "firmform keeps the firmware of servers at the baseline that a manifest declares.\n\n"
      "Usage: firmform [-chdir DIR] VERB [options]\n\n"
      "Verbs:\n{}\n"
      "`firmform VERB -help` tells more. Options take one dash or two, and -x v or -x=v.\n\n"
      "Exit codes:\n{}",
      two_columns(rows), two_columns(exit_rows()));
}

std::string help_text(const Verb& verb) {
  std::string text = fmt::format("{}\n\nUsage: {}\n", verb.summary, usage_line(verb));
  if (!verb.description.empty()) text += "\n" + paragraphs(verb.description);
  if (!verb.positionals.empty()) {
    Rows rows;
    for (const PositionalSpec& positional : verb.positionals) {
      rows.emplace_back(std::string(positional.name), std::string(positional.help));
    }
    text += "\nArguments:\n" + two_columns(rows);
  }
  if (!verb.subcommands.empty()) {
    Rows rows;
    for (const Verb& subcommand : verb.subcommands)
      rows.emplace_back(std::string(subcommand.word()), std::string(subcommand.summary));
    text += "\nSubcommands:\n" + two_columns(rows);
    text += fmt::format("\n`firmform {} SUBCOMMAND -help` tells more.\n", verb.name);
  }
  if (!verb.options.empty()) text += "\nOptions:\n" + two_columns(option_rows(verb.options));
  text += "\nCommon options:\n" + two_columns(option_rows(common_options()));
  return text;
}

std::string man_page() {
  std::string text = fmt::format(
      ".TH FIRMFORM 1 \"\" \"firmform {}\" \"User Commands\"\n"
      ".SH NAME\nfirmform \\- declarative reconciler for server firmware\n"
      ".SH SYNOPSIS\n.B firmform\n[\\fB\\-chdir\\fR \\fIDIR\\fR] \\fIVERB\\fR [\\fIoptions\\fR]\n"
      ".SH DESCRIPTION\n"
      "firmform compares the firmware that YAML manifests declare with the live inventory that BMCs show over Redfish, "
      "plans the actions that close the difference, and applies exactly that plan.\n"
      ".SH VERBS\n",
      kVersion);
  for (const Verb& verb : verbs()) {
    text += roff_verb(verb);
    for (const Verb& subcommand : verb.subcommands) text += roff_verb(subcommand);
  }
  text += ".SH COMMON OPTIONS\n";
  for (const OptionSpec& option : common_options()) text += roff_option(option);
  text += ".SH EXIT STATUS\n";
  for (const ExitInfo& exit : exit_table()) {
    text += fmt::format(".TP\n\\fB{}\\fR {}\n{}\n", static_cast<int>(exit.code), roff(exit.name), roff(exit.meaning));
  }
  text +=
      ".SH FILES\n.TP\n\\fI.firmform/journal.sqlite\\fR\nhistory of runs and evidence after a crash\n"
      ".TP\n\\fI.firmform/lock\\fR\nheld by the kernel while a run works\n"
      ".SH ENVIRONMENT\n.TP\n\\fBNO_COLOR\\fR, \\fBFORCE_COLOR\\fR\ncolours off, colours on\n"
      ".TP\n\\fBFIRMFORM_LOG\\fR, \\fBFIRMFORM_LOG_PATH\\fR\n\\fIdebug\\fR logs every request (no headers, no bodies), "
      "to the "
      "path or to standard error\n";
  return text;
}

}  // namespace firmform::cli
