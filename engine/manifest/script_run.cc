// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/script_run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/process.h"

namespace firmform::manifest {

Result<std::string> run_script(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                               Duration timeout, std::size_t most_bytes) {
  const auto failed = [&](const std::string& what) {
    return fail(Error(Code::inventory_malformed, fmt::format("`{}` {}", fmt::join(argv, " "), what))
                    .with_help("run it by hand to see what it says"));
  };
  const process::Command command{.argv = argv, .directory = directory, .timeout = timeout, .most_output = most_bytes};
  auto ended = process::run(command);
  if (!ended) return failed(process::describe(ended.error(), command));
  if (ended->status != 0) return failed(fmt::format("ended with exit code {}", ended->status));
  return std::move(ended->out);
}

}  // namespace firmform::manifest
