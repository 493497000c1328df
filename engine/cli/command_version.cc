// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/cli/commands.h"
#include "engine/cli/completion.h"
#include "engine/cli/insight_verbs.h"
#include "engine/cli/reference.h"
#include "engine/cli/version.h"
#include "engine/json/value.h"
#include "engine/plan/codec.h"

namespace firmform::cli {

Exit run_version(const Arguments& arguments, Context& context) {
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(json::Object{{"firmform_version", kVersion}, {"plan_format", plan::kPlanFormat}}));
  } else {
    context.out.print(fmt::format("firmform {}\n", kVersion));
  }
  return Exit::ok;
}

Exit run_completion(const Arguments& arguments, Context& context) {
  const std::string& shell = arguments.positionals().front();
  const auto script = completion_script(shell);
  if (!script) return context.report(Error(Code::usage, fmt::format("no completion for `{}`", shell)).with_help("use bash, zsh or fish"));
  context.out.print(*script);
  return Exit::ok;
}

Exit run_reference(const Arguments& arguments, Context& context) {
  const std::string& name = arguments.positionals().front();
  std::vector<std::string> names;
  for (const ReferenceTopic& topic : reference_topics()) {
    if (topic.name == name) {
      context.out.print(topic.write());
      return Exit::ok;
    }
    names.emplace_back(topic.name);
  }
  return context.report(Error(Code::usage, fmt::format("there is no reference of `{}`", name))
                            .with_help(fmt::format("there are {}", fmt::join(names, ", "))));
}

Exit run_man(const Arguments&, Context& context) {
  context.out.print(man_page());
  return Exit::ok;
}

Exit run_explain(const Arguments& arguments, Context& context) {
  if (arguments.positionals().empty()) {
    for (const CodeInfo& entry : code_table()) context.out.print(fmt::format("{}  {}\n", to_string(entry.code), entry.title));
    return Exit::ok;
  }
  const std::string& text = arguments.positionals().front();
  const auto code = parse_code(text);
  const bool is_code = text.find_first_not_of("Ff0123456789") == std::string::npos;
  if (!code && is_code) {
    return context.report(Error(Code::usage, fmt::format("there is no code `{}`", text)).with_help("`firmform explain` lists all codes"));
  }
  if (!code) return explain_component(text, arguments, context);
  const CodeInfo& entry = info(*code);
  context.out.print(fmt::format("{}: {}\n\n{}\n\nWhat to do: {}\n\nExit code: {} ({})\n", to_string(*code), entry.title, entry.meaning,
                                entry.next, static_cast<int>(entry.exit), exit_name(entry.exit)));
  return Exit::ok;
}

}  // namespace firmform::cli
