// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/secret_command.h"

#include <fmt/format.h>

#include "engine/base/process.h"

namespace firmform::apply {

Result<std::string> run_secret_command(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
  const auto failed = [&](const std::string& why) {
    return fail(Code::credentials_unavailable,
                fmt::format("the command `{}` gave no password: it {}", argv.front(), why));
  };
  // It may ask its user for what unlocks it.
  const process::Command command{
      .argv = argv, .directory = directory, .most_output = kLongestSecret, .at_terminal = true};
  auto ended = process::run(command);
  if (!ended) return failed(process::describe(ended.error(), command));
  if (ended->status != 0) return failed(fmt::format("ended with exit code {}", ended->status));
  return std::move(ended->out);
}

}  // namespace firmform::apply
