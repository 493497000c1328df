// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/program.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/policy/line.h"

namespace firmform::policy {

Result<ProgramEnd> run(const Program& program, const process::Input& input) {
  auto ended = process::run(program, input);
  if (ended) return std::move(*ended);
  const Error error(Code::policy_undecided,
                    fmt::format("{} {}", printable(program.argv.front()), process::describe(ended.error(), program)));
  const std::string said = one_line(ended.error().err);
  return fail(said.empty() ? error : error.with_note(said));
}

}  // namespace firmform::policy
