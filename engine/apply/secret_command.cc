// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/secret_command.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

namespace firmform::apply {
namespace {

constexpr int kNotRun = 127;  ///< as shells say it

class Command {
 public:
  Command(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) return;
    process_ = ::fork();
    if (process_ == 0) run_child(argv, directory, pipe[1]);
    ::close(pipe[1]);
    output_ = pipe[0];
  }
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;
  ~Command() {
    if (output_ >= 0) ::close(output_);
  }

  /// What was printed, or why there is nothing.
  tl::expected<std::string, std::string> output() {
    if (process_ < 0) return tl::unexpected(fmt::format("it could not be started: {}", std::strerror(errno)));
    const char* problem = read_all();
    if (problem != nullptr) ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    if (problem != nullptr) return tl::unexpected(std::string(problem));
    if (WIFSIGNALED(status)) return tl::unexpected(fmt::format("signal {} ended it", WTERMSIG(status)));
    if (WEXITSTATUS(status) == kNotRun) return tl::unexpected(std::string("it was not found, or cannot be run"));
    if (WEXITSTATUS(status) != 0) return tl::unexpected(fmt::format("it ended with exit code {}", WEXITSTATUS(status)));
    return std::move(text_);
  }

 private:
  [[noreturn]] static void run_child(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                                     int output) {
    std::vector<char*> arguments;
    for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT
    arguments.push_back(nullptr);
    const bool ready = ::chdir(directory.c_str()) == 0 && ::dup2(output, STDOUT_FILENO) >= 0;
    if (ready) ::execvp(arguments[0], arguments.data());
    ::_exit(kNotRun);
  }

  /// Null, or what went wrong.
  const char* read_all() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    std::array<char, 512> buffer{};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      pollfd waiting{output_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) return "it took over a minute";
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return "its output could not be read";
      if (count == 0) return nullptr;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
      if (text_.size() > kLongestSecret) return "it printed more than a password";
    }
  }

  pid_t process_ = -1;
  int output_ = -1;
  std::string text_;
};

}  // namespace

Result<std::string> run_secret_command(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
  auto output = Command(argv, directory).output();
  if (output) return std::move(*output);
  return fail(Code::credentials_unavailable,
              fmt::format("the command `{}` gave no password: {}", argv.front(), output.error()));
}

}  // namespace firmform::apply
