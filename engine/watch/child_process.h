// SPDX-License-Identifier: Apache-2.0
// A program that is run without a shell, on the event loop: nothing else waits for it.
#pragma once

#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/task.h"

namespace firmform::watch {

struct ChildResult {
  int status = 0;       ///< exit status; 128 and the signal's number when one ended it
  std::string output;   ///< of standard output, at most 64 KiB
  std::string problem;  ///< of standard error, its first 4 KiB
  bool timed_out = false;
};

/// `argv[0]` is looked for in PATH. Its standard input is empty; `environment` ("NAME=value") is added to ours. It is a
/// process group of its own, which is ended after `patience`. Fails when it cannot be started: the system's words.
Task<Result<ChildResult>> run_child(std::vector<std::string> argv, std::vector<std::string> environment,
                                    Duration patience, Code code);

}  // namespace firmform::watch
