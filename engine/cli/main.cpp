// SPDX-License-Identifier: Apache-2.0
// The program: parse, run the verb, map to an exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "engine/cli/completion_names.h"
#include "engine/cli/core_dumps.h"
#include "engine/cli/event_output.h"
#include "engine/cli/report_outputs.h"
#include "engine/cli/tracing.h"
#include "engine/cli/verb.h"

namespace firmform::cli {
namespace {

ColorChoice color_choice(const Arguments& arguments) {
  if (arguments.has("no-color")) return ColorChoice::never;
  const std::string when = arguments.value("color").value_or("auto");
  if (when == "always") return ColorChoice::always;
  return when == "never" ? ColorChoice::never : ColorChoice::automatic;
}

Context make_context(const Arguments& arguments) {
  const ColorChoice color = color_choice(arguments);
  return {make_terminal(stdout, color), make_terminal(stderr, color), arguments.value("chdir").value_or(".")};
}

Exit execute(const Invocation& invocation) {
  Context context = make_context(invocation.arguments);
  Exit exit = Exit::ok;
  if (invocation.help) {
    context.out.print(invocation.verb == nullptr ? help_text() : help_text(*invocation.verb));
  } else {
    begin_tracing(invocation.verb->name);
    exit = run_with_reports(*invocation.verb, invocation.arguments, context);
    end_tracing(exit, context);
  }
  const Status flushed = context.out.flush();
  return flushed ? exit : worst(exit, context.report(flushed.error()));
}

/// Asked by the completion scripts. Its words are unfinished, so they are not parsed as a command line.
constexpr std::string_view kComplete = "__complete";

Exit complete_words(std::vector<std::string> words) {
  const auto names = make_project_names(directory_of(words));
  Context context = make_context({});
  context.out.print(to_lines(complete(std::move(words), *names)));
  return Exit::ok;
}

Exit run(std::vector<std::string> arguments) {
  if (!arguments.empty() && arguments.front() == kComplete) {
    return complete_words({arguments.begin() + 1, arguments.end()});
  }
  const auto invocation = parse_command_line(arguments);
  if (invocation) return execute(*invocation);
  Context context = make_context({});
  return report_usage(invocation.error(), arguments, context);
}

}  // namespace
}  // namespace firmform::cli

int main(int argc, char** argv) {
  firmform::cli::forbid_core_dumps();
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of a write, not a death
  try {
    return static_cast<int>(firmform::cli::run({argv + 1, argv + argc}));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "error[FF0899]: %s\nThis is a bug in firmform.\n", exception.what());
    return static_cast<int>(firmform::Exit::internal);
  }
}
