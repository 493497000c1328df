// SPDX-License-Identifier: Apache-2.0
// The program: parse, run the verb, map to an exit code.
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

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
    exit = invocation.verb->run(invocation.arguments, context);
  }
  const Status flushed = context.out.flush();
  return flushed ? exit : worst(exit, context.report(flushed.error()));
}

Exit run(std::vector<std::string> arguments) {
  const auto invocation = parse_command_line(std::move(arguments));
  if (invocation) return execute(*invocation);
  return make_context({}).report(invocation.error());
}

}  // namespace
}  // namespace firmform::cli

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of a write, not a death
  try {
    return static_cast<int>(firmform::cli::run({argv + 1, argv + argc}));
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "error[FF0899]: %s\nThis is a bug in firmform.\n", exception.what());
    return static_cast<int>(firmform::Exit::internal);
  }
}
