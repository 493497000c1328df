// SPDX-License-Identifier: Apache-2.0
// Runs another program and takes what it writes: never a shell, always with an end.
#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"

namespace firmform::process {

struct Command {
  std::vector<std::string> argv;    ///< a name without a slash is looked up in PATH
  std::filesystem::path directory;  ///< to run in; a relative name with a slash starts there. Empty: ours
  std::vector<std::string> added;   ///< to our environment: "NAME=value"
  std::set<std::string> withheld;   ///< variables of ours that it does not get
  Duration timeout = std::chrono::minutes(1);
  std::size_t most_output = 16U << 20U;  ///< bytes on standard output; more is a failure
  /// It shares our terminal: standard input and standard error are ours, and so is the process group. Else it has a
  /// process group of its own, which is ended as a whole.
  bool at_terminal = false;
};

struct Ended {
  int status = 0;
  std::string out;
  std::string err;  ///< its first 4 KiB; empty at_terminal
};

struct Failure {
  enum class Kind {
    not_started,  ///< number: errno
    late,         ///< it took longer than its timeout, and was ended
    too_much,     ///< it wrote more than it may, and was ended
    signalled,    ///< number: the signal that ended it
    lost,         ///< this system does not tell when it ends
  };
  Kind kind = Kind::lost;
  int number = 0;
  std::string err;  ///< as of Ended
};

/// Hands out pieces of the standard input.
using Input = std::function<void(const std::function<void(std::string_view)>& sink)>;

/// Blocks until the program itself is over; what it has started and left behind is ended then. One that is late gets
/// SIGTERM, and two seconds later SIGKILL.
[[nodiscard]] tl::expected<Ended, Failure> run(const Command& command, const Input& input = {});

/// "cannot be run: No such file or directory", "took longer than 1m", to follow the program's name.
[[nodiscard]] std::string describe(const Failure& failure, const Command& command);

}  // namespace firmform::process
