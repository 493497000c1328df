// SPDX-License-Identifier: Apache-2.0
// Runs programs that judge plans.
#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"

namespace firmform::policy {

struct Program {
  std::vector<std::string> argv;    ///< a name without a slash is looked up in PATH
  std::filesystem::path directory;  ///< to run in; a relative name with a slash starts there
  Duration timeout{0};
  std::set<std::string> withheld;  ///< environment variables that it does not get
};

/// How a program ended by itself, and what it wrote.
struct ProgramEnd {
  int status = 0;
  std::string out;
  std::string err;  ///< its beginning
};

/// Hands out pieces of a text.
using Source = std::function<void(const std::function<void(std::string_view)>& sink)>;

/// Runs it without a shell with `input` as its standard input, and blocks until it ends. Fails with policy_undecided
/// when it cannot be started, takes longer than its timeout (it is killed then, with all that it started), is ended by
/// a signal, or writes more than 16 MiB.
[[nodiscard]] Result<ProgramEnd> run(const Program& program, const Source& input);

}  // namespace firmform::policy
