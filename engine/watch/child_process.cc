// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/child_process.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX names it so, and not every header does

namespace firmform::watch {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostOutput = 64U << 10U;
constexpr std::size_t kMostProblem = 4U << 10U;
constexpr auto kLook = std::chrono::milliseconds(5);
constexpr auto kGrace = std::chrono::seconds(2);

/// The variables of ours that are not replaced, and the new ones; a program's view of both.
class Variables {
 public:
  explicit Variables(std::vector<std::string> added) : added_(std::move(added)) {
    for (char** entry = environ; *entry != nullptr; ++entry) {
      if (!is_replaced(*entry)) pointers_.push_back(*entry);
    }
    for (std::string& entry : added_) pointers_.push_back(entry.data());
    pointers_.push_back(nullptr);
  }
  [[nodiscard]] char* const* get() const { return pointers_.data(); }

 private:
  [[nodiscard]] bool is_replaced(std::string_view entry) const {
    for (const std::string& added : added_) {
      if (entry.starts_with(std::string_view(added).substr(0, added.find('=') + 1))) return true;
    }
    return false;
  }

  std::vector<std::string> added_;
  std::vector<char*> pointers_;
};

struct Started {
  pid_t process = -1;
  int output = -1;
  int problem = -1;
};

/// The number of an error, or 0.
int start(const std::vector<std::string>& argv, const Variables& variables, Started& started) {
  std::array<int, 2> output{};
  std::array<int, 2> problem{};
  if (::pipe2(output.data(), O_CLOEXEC) != 0) return errno;
  if (::pipe2(problem.data(), O_CLOEXEC) != 0) {
    const int reason = errno;
    ::close(output[0]);
    ::close(output[1]);
    return reason;
  }
  posix_spawn_file_actions_t files;
  ::posix_spawn_file_actions_init(&files);
  ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&files, output[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&files, problem[1], STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setpgroup(&attributes, 0);
  sigset_t usual;
  ::sigemptyset(&usual);
  ::sigaddset(&usual, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT
  arguments.push_back(nullptr);
  const int reason =
      ::posix_spawnp(&started.process, arguments[0], &files, &attributes, arguments.data(), variables.get());
  ::posix_spawn_file_actions_destroy(&files);
  ::posix_spawnattr_destroy(&attributes);
  ::close(output[1]);
  ::close(problem[1]);
  started.output = output[0];
  started.problem = problem[0];
  if (reason != 0) {
    ::close(output[0]);
    ::close(problem[0]);
  }
  return reason;
}

/// Takes what is there; what is beyond `most` is dropped. False at the end.
bool drain(int descriptor, std::string& text, std::size_t most) {
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    if (count == 0) return false;
    const std::size_t room = most - std::min(most, text.size());
    text.append(buffer.data(), std::min(room, static_cast<std::size_t>(count)));
  }
}

/// Ends the program and what it started, should its reader go away first.
class Child {
 public:
  explicit Child(const Started& started) : started_(started) {
    for (const int descriptor : {started_.output, started_.problem}) {
      ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    }
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::close(started_.output);
    ::close(started_.problem);
    if (ended_) return;
    kill(SIGKILL);
    int status = 0;
    while (::waitpid(started_.process, &status, 0) < 0 && errno == EINTR) {
    }
  }

  void kill(int signal) const { ::kill(-started_.process, signal); }

  /// True when it has ended; what it wrote is in the result.
  bool look(ChildResult& result) {
    int status = 0;
    const bool over = ::waitpid(started_.process, &status, WNOHANG) == started_.process;
    static_cast<void>(drain(started_.output, result.output, kMostOutput));
    static_cast<void>(drain(started_.problem, result.problem, kMostProblem));
    if (!over) return false;
    ended_ = true;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
  }

 private:
  Started started_;
  bool ended_ = false;
};

}  // namespace

Task<Result<ChildResult>> run_child(std::vector<std::string> argv, std::vector<std::string> environment,
                                    Duration patience, Code code) {
  const Variables variables(std::move(environment));
  Started started;
  if (const int reason = start(argv, variables, started); reason != 0) {
    co_return fail(code, fmt::format("cannot run {}: {}", argv.front(), std::strerror(reason)));
  }
  Child child(started);
  ChildResult result;
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor);
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!child.look(result)) {
    const auto now = std::chrono::steady_clock::now();
    if (now > end + kGrace) {
      child.kill(SIGKILL);
    } else if (now > end) {
      result.timed_out = true;
      child.kill(SIGTERM);
    }
    timer.expires_after(kLook);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return result;
}

}  // namespace firmform::watch
