// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/script_run.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "engine/base/time_text.h"

namespace firmform::manifest {
namespace {

constexpr int kCannotRun = 127;

class Script {
 public:
  Script(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
    std::vector<char*> words;
    for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));  // NOLINT
    words.push_back(nullptr);
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) run_child(words, directory.c_str(), pipe[1]);
    if (process_ > 0) ::setpgid(process_, process_);  // here as well: whoever comes first
    ::close(pipe[1]);
    output_ = pipe[0];
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  ~Script() {
    if (output_ >= 0) ::close(output_);
  }

  [[nodiscard]] bool started() const { return process_ > 0; }

  enum class End { done, late, too_much, broken };

  End run(Duration timeout, std::size_t most_bytes) {
    const Deadline deadline = std::chrono::steady_clock::now() + timeout;
    End end = read(deadline, most_bytes);
    if (end == End::done && !ends_before(deadline)) end = End::late;
    if (end != End::done) ::kill(-process_, SIGKILL);
    while (!ended_ && ::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
    }
    return end;
  }

  /// Of a program that ran to its end; -1 when it was killed.
  [[nodiscard]] int exit_code() const { return WIFEXITED(status_) ? WEXITSTATUS(status_) : -1; }

  std::string text;

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  End read(Deadline deadline, std::size_t most_bytes) {
    std::array<char, 1U << 14U> buffer{};
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
      pollfd waiting{output_, POLLIN, 0};
      const int ready =
          left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), 1000)));
      if (ready < 0 && errno != EINTR) return End::broken;
      if (ready <= 0 && left.count() <= 0) return End::late;
      if (ready <= 0) continue;
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return End::broken;
      if (count == 0) return End::done;
      text.append(buffer.data(), static_cast<std::size_t>(count));
      if (text.size() > most_bytes) return End::too_much;
    }
  }

  /// A program may close its output and go on.
  bool ends_before(Deadline deadline) {
    for (;;) {
      const pid_t ended = ::waitpid(process_, &status_, WNOHANG);
      if (ended == process_) return ended_ = true;
      if (ended < 0 && errno != EINTR) return false;
      if (std::chrono::steady_clock::now() >= deadline) return false;
      ::usleep(1000);
    }
  }

  [[noreturn]] static void run_child(const std::vector<char*>& words, const char* directory, int output) {
    ::setpgid(0, 0);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const bool ready = nothing >= 0 && ::dup2(nothing, STDIN_FILENO) >= 0 && ::dup2(nothing, STDERR_FILENO) >= 0 &&
                       ::dup2(output, STDOUT_FILENO) >= 0 && ::chdir(directory) == 0;
    if (ready) ::execvp(words[0], words.data());
    ::_exit(kCannotRun);
  }

  pid_t process_ = -1;
  int output_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace

Result<std::string> run_script(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                               Duration timeout, std::size_t most_bytes) {
  const auto failed = [&](const std::string& what) {
    return fail(Error(Code::inventory_malformed, fmt::format("`{}` {}", fmt::join(argv, " "), what))
                    .with_help("run it by hand to see what it says"));
  };
  Script script(argv, directory);
  if (!script.started()) return failed(fmt::format("cannot be started: {}", std::strerror(errno)));
  switch (script.run(timeout, most_bytes)) {
    case Script::End::late:
      return failed(fmt::format("gave no answer within {}", to_text(timeout)));
    case Script::End::too_much:
      return failed(fmt::format("prints more than {} bytes", most_bytes));
    case Script::End::broken:
      return failed("cannot be read from");
    case Script::End::done:
      break;
  }
  const int code = script.exit_code();
  if (code == kCannotRun) return failed("cannot be run");
  if (code != 0) return failed(code < 0 ? "was killed" : fmt::format("failed with exit code {}", code));
  return std::move(script.text);
}

}  // namespace firmform::manifest
