// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_program.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "engine/base/text.h"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves its declaration to the program.
extern char** environ;

namespace firmform::report {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// The three standard streams as unnamed files: unlike pipes they never fill up, so nothing can block.
struct Streams {
  File in{std::tmpfile()};
  File out{std::tmpfile()};
  File err{std::tmpfile()};
  [[nodiscard]] bool are_open() const { return in && out && err; }
};

std::string read_all(std::FILE* file) {
  constexpr std::size_t kPiece = 65536;
  std::string text;
  std::array<char, kPiece> piece{};
  std::rewind(file);
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file)) text.append(piece.data(), count);
  return text;
}

bool fill(std::FILE* file, std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size() && std::fflush(file) == 0;
  std::rewind(file);
  return written;
}

/// 0 or an errno.
int spawn(const std::vector<std::string>& arguments, const Streams& streams, pid_t& child) {
  std::vector<char*> argv;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): posix_spawn does not write to its arguments.
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.in.get()), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.out.get()), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(streams.err.get()), STDERR_FILENO);
  const int error = ::posix_spawnp(&child, argv.front(), &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  return error;
}

/// True when the child ended by itself with 0.
bool wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return false;
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& arguments, std::string_view input) {
  const std::string& name = arguments.front();
  const Streams streams;
  if (!streams.are_open() || !fill(streams.in.get(), input)) {
    return fail(Code::output_failed, fmt::format("no room for temporary files to run {}", name));
  }
  pid_t child = 0;
  if (const int error = spawn(arguments, streams, child); error != 0) {
    return fail(Code::tool_missing,
                fmt::format("the program {} cannot be run: {}", name, std::generic_category().message(error)));
  }
  if (wait_for(child)) return read_all(streams.out.get());
  return fail(Error(Code::output_failed, fmt::format("the program {} failed", name))
                  .with_note(printable(trim(read_all(streams.err.get())))));
}

}  // namespace firmform::report
