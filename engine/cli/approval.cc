// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/approval.h"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "engine/base/text.h"

namespace firmform::cli {

OrExit<bool> approved(std::string_view question, const Arguments& arguments, Context& context) {
  if (arguments.has("auto-approve")) return true;
  const bool may_ask =
      ::isatty(STDIN_FILENO) == 1 && arguments.value("input").value_or("true") != "false" && !arguments.has("json");
  if (!may_ask)
    return leave(context.report(Error(Code::input_needed, "the plan is not approved, and nobody can be asked")));
  context.out.print(fmt::format("\n{}\nOnly 'yes' will be accepted to approve.\n\nEnter a value: ", question));
  static_cast<void>(context.out.flush());
  std::string answer;
  std::getline(std::cin, answer);
  return trim(answer) == "yes";
}

}  // namespace firmform::cli
