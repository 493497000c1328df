// SPDX-License-Identifier: Apache-2.0
// The command line as one table: parser, --help, man page, reference and shell completions are all made from it.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/cli/terminal.h"

namespace firmform::report {
class EventStream;
}

namespace firmform::cli {

struct OptionSpec {
  std::string_view name;        ///< without dashes: "out"
  std::string_view value_name;  ///< empty for a switch
  std::string_view help;
  bool repeatable = false;
};

struct PositionalSpec {
  std::string_view name;
  std::string_view help;
  bool required = false;
  bool repeatable = false;
};

/// What was given on the command line.
class Arguments {
 public:
  [[nodiscard]] bool has(std::string_view option) const;
  /// The last value given, as in Terraform.
  [[nodiscard]] std::optional<std::string> value(std::string_view option) const;
  [[nodiscard]] std::vector<std::string> values(std::string_view option) const;
  /// A whole number within the bounds; `fallback` when not given. Fails with usage.
  [[nodiscard]] Result<int> integer(std::string_view option, int fallback, int least, int most) const;
  [[nodiscard]] const std::vector<std::string>& positionals() const { return positionals_; }

  void add(std::string_view option, std::string value);
  void add_positional(std::string value) { positionals_.push_back(std::move(value)); }

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> options_;
  std::vector<std::string> positionals_;
};

class ReportScope;

struct Context {
  Terminal out;
  Terminal err;
  std::string directory;           ///< -chdir, or "."
  report::EventStream* events = nullptr;  ///< of -json and -json-into: gets what is reported; null: there is none
  ReportScope* reports = nullptr;  ///< what a verb keeps for the reports that it was asked for; null: for none

  /// Prints one problem without a place in a file to standard error and returns its exit code.
  [[nodiscard]] Exit report(const Error& error) const;
  /// Prints all of them to standard error.
  void report(const Diagnostics& diagnostics, const SourceMap& sources) const;
};

struct Verb {
  std::string_view name;         ///< of a subcommand with its verb's in front: "queue add"
  std::string_view summary;      ///< one line
  std::string_view description;  ///< paragraphs for --help and the man page
  std::vector<PositionalSpec> positionals;
  std::vector<OptionSpec> options;
  Exit (*run)(const Arguments& arguments, Context& context);  ///< null for a verb with subcommands
  std::vector<Verb> subcommands;  ///< when there are any, the first word after the verb is one of them

  /// The last word of the name: "add" of "queue add".
  [[nodiscard]] std::string_view word() const;
  /// The subcommand of that word; null when there is none.
  [[nodiscard]] const Verb* find(std::string_view subcommand) const;
};

/// All verbs in the order of the help text.
[[nodiscard]] std::span<const Verb> verbs();
[[nodiscard]] const Verb* find_verb(std::string_view name);

/// Options that every verb takes.
[[nodiscard]] std::span<const OptionSpec> common_options();

[[nodiscard]] std::string help_text();
[[nodiscard]] std::string help_text(const Verb& verb);
/// The man page firmform(1) in roff.
[[nodiscard]] std::string man_page();
/// "firmform queue add [options] HOST"
[[nodiscard]] std::string usage_line(const Verb& verb);

struct Invocation {
  const Verb* verb = nullptr;  ///< null: only help was asked for
  bool help = false;
  Arguments arguments;
};

/// Accepts -x, --x, -x=v, --x=v, -x v. Fails with usage and what was probably meant.
[[nodiscard]] Result<Invocation> parse_command_line(std::vector<std::string> arguments);

}  // namespace firmform::cli
