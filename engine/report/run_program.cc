// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_program.h"

#include <fmt/format.h>

#include "engine/base/process.h"
#include "engine/base/text.h"

namespace firmform::report {

Result<std::string> run_program(const std::vector<std::string>& arguments, std::string_view input) {
  constexpr Duration kPatience = std::chrono::minutes(10);  // the graph of a fleet takes long to lay out
  constexpr std::size_t kMostOutput = std::size_t{1} << 30U;
  const process::Command command{.argv = arguments, .timeout = kPatience, .most_output = kMostOutput};
  auto ended = process::run(command, [&](const auto& sink) { sink(input); });
  const std::string name = fmt::format("the program {}", arguments.front());
  if (!ended) {
    const bool missing = ended.error().kind == process::Failure::Kind::not_started;
    return fail(missing ? Code::tool_missing : Code::output_failed,
                fmt::format("{} {}", name, process::describe(ended.error(), command)));
  }
  if (ended->status == 0) return std::move(ended->out);
  return fail(Error(Code::output_failed, fmt::format("{} failed", name)).with_note(printable(trim(ended->err))));
}

}  // namespace firmform::report
