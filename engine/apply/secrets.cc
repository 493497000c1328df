// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/secrets.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace firmform::apply {
namespace {

constexpr std::size_t kLongestSecret = 4096;

Error unavailable(const std::string& what) {
  return {Code::credentials_unavailable, what};
}

Result<Secret> accept(std::string text, const std::string& origin) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return fail(unavailable(fmt::format("{} is empty", origin)));
  return Secret(std::move(text));
}

Result<Secret> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return fail(unavailable(fmt::format("the environment variable {} is not set", name))
                    .with_help(fmt::format("export {}=… before the command", name)));
  }
  return accept(value, fmt::format("the environment variable {}", name));
}

Result<Secret> from_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(unavailable(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno))));
  std::string text(kLongestSecret, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return accept(std::move(text), path.string());
}

/// Runs without a shell; its standard output is the secret, its standard error goes to ours.
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

  /// Empty when the command failed or took longer than a minute.
  std::optional<std::string> output() {
    if (process_ < 0) return std::nullopt;
    const bool in_time = read_all();
    if (!in_time) ::kill(process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    const bool succeeded = in_time && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return succeeded ? std::optional(std::move(text_)) : std::nullopt;
  }

 private:
  [[noreturn]] static void run_child(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                                     int output) {
    std::vector<char*> arguments;
    for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));  // NOLINT
    arguments.push_back(nullptr);
    const bool ready = ::chdir(directory.c_str()) == 0 && ::dup2(output, STDOUT_FILENO) >= 0;
    if (ready) ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }

  bool read_all() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    std::array<char, 512> buffer{};
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      pollfd waiting{output_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&waiting, 1, static_cast<int>(left.count())) == 0) return false;
      const ssize_t count = ::read(output_, buffer.data(), buffer.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return count == 0;
      text_.append(buffer.data(), static_cast<std::size_t>(count));
      if (text_.size() > kLongestSecret) return false;
    }
  }

  pid_t process_ = -1;
  int output_ = -1;
  std::string text_;
};

Result<Secret> from_command(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
  std::optional<std::string> output = Command(argv, directory).output();
  if (!output) return fail(unavailable(fmt::format("the command `{}` gave no password", argv.front())));
  return accept(std::move(*output), fmt::format("the output of `{}`", argv.front()));
}

}  // namespace

Secrets::Secrets(std::filesystem::path directory) : directory_(std::move(directory)) {}

Result<Secret> Secrets::resolve(const manifest::PasswordSource& source) {
  const std::string key =
      fmt::format("{}\n{}\n{}", static_cast<int>(source.kind), source.name, fmt::join(source.argv, "\n"));
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  const auto ask = [&]() -> Result<Secret> {
    switch (source.kind) {
      case manifest::PasswordSource::Kind::env:
        return from_environment(source.name);
      case manifest::PasswordSource::Kind::file:
        return from_file(directory_ / source.name);
      case manifest::PasswordSource::Kind::exec:
        return from_command(source.argv, directory_);
      case manifest::PasswordSource::Kind::systemd:
      case manifest::PasswordSource::Kind::ansible_vault:
      case manifest::PasswordSource::Kind::sops:
      case manifest::PasswordSource::Kind::vault:
        break;
    }
    return fail(unavailable("unknown kind of password source"));
  };
  Result<Secret> secret = ask();
  if (secret) known_.emplace(key, *secret);
  return secret;
}

}  // namespace firmform::apply
