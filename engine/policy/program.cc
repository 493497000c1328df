// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <system_error>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/policy/line.h"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves its declaration to the program.
extern char** environ;

namespace firmform::policy {
namespace {

constexpr std::size_t kMostOutput = 16U << 20U;
constexpr std::size_t kMostErrors = 4096;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};

Pipe make_pipe() {
  std::array<int, 2> ends{-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return {};
  Pipe made{Descriptor(ends[0]), Descriptor(ends[1])};
  return ::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 ? std::move(made) : Pipe();
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

/// An unnamed file: unlike a pipe it never fills up, so that a program which does not read blocks nobody.
File filled(const Source& input) {
  File file(std::tmpfile());
  if (!file) return nullptr;
  ::fcntl(::fileno(file.get()), F_SETFD, FD_CLOEXEC);
  bool written = true;
  input([&](std::string_view piece) {
    written = written && std::fwrite(piece.data(), 1, piece.size(), file.get()) == piece.size();
  });
  if (!written || std::fflush(file.get()) != 0) return nullptr;
  return std::fseek(file.get(), 0, SEEK_SET) == 0 ? std::move(file) : nullptr;
}

std::vector<std::string> environment_without(const std::set<std::string>& withheld) {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!withheld.contains(std::string(text.substr(0, text.find('='))))) kept.emplace_back(text);
  }
  return kept;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Child {
  pid_t id = -1;
  Descriptor out;
  Descriptor err;
};

/// In a process group of its own, so that it can be ended with all that it started. 0 or an errno.
int spawn(const Program& program, std::FILE* in, Child& child) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  if (out.write.get() < 0 || err.write.get() < 0) return EMFILE;
  std::vector<std::string> arguments = program.argv;
  std::vector<std::string> variables = environment_without(program.withheld);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(in), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  ::posix_spawn_file_actions_addchdir_np(&actions, program.directory.c_str());
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  const int error = ::posix_spawnp(&child.id, arguments.front().c_str(), &actions, &attributes,
                                   pointers(arguments).data(), pointers(variables).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  child.out = std::move(out.read);
  child.err = std::move(err.read);
  return error;
}

/// Reads what there is, and no more than a pipe can hold: whoever writes without end must not keep us. False at the end
/// of the stream.
bool drain(const Descriptor& stream, std::string& text, std::size_t most) {
  constexpr int kPieces = 32;
  std::array<char, 65536> piece{};
  for (int i = 0; i < kPieces; ++i) {
    const ssize_t count = ::read(stream.get(), piece.data(), piece.size());
    if (count == 0) return false;
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    const std::size_t room = most - std::min(most, text.size());
    text.append(piece.data(), std::min(room, static_cast<std::size_t>(count)));
  }
  return true;
}

enum class Stop { ended, late, too_much, lost };

/// Follows the streams until the program itself is over; what others that it started still hold open is not waited for.
Stop follow(Child& child, Duration timeout, ProgramEnd& end) {
  const Descriptor over(static_cast<int>(::syscall(SYS_pidfd_open, child.id, 0)));
  if (over.get() < 0) return Stop::lost;
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return Stop::late;
    std::array<pollfd, 3> watched{
        {{child.out.get(), POLLIN, 0}, {child.err.get(), POLLIN, 0}, {over.get(), POLLIN, 0}}};
    const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(left));
    if (ready < 0 && errno != EINTR) return Stop::lost;
    if (ready <= 0) continue;
    const bool is_over = watched[2].revents != 0;
    if (child.out.get() >= 0 && !drain(child.out, end.out, kMostOutput + 1)) child.out.close();
    if (child.err.get() >= 0 && !drain(child.err, end.err, kMostErrors)) child.err.close();
    if (end.out.size() > kMostOutput) return Stop::too_much;
    if (is_over) return Stop::ended;
  }
}

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

tl::unexpected<Error> undecided(std::string message, const std::string& said = {}) {
  const Error error(Code::policy_undecided, std::move(message));
  const std::string line = one_line(said);
  return fail(line.empty() ? error : error.with_note(line));
}

}  // namespace

Result<ProgramEnd> run(const Program& program, const Source& input) {
  const std::string name = printable(program.argv.front());
  const File in = filled(input);
  if (!in) return undecided("there is no room for a temporary file with the plan");
  Child child;
  if (const int error = spawn(program, in.get(), child); error != 0) {
    return undecided(fmt::format("{} cannot be run: {}", name, std::generic_category().message(error)));
  }
  ProgramEnd end;
  const Stop stop = follow(child, program.timeout, end);
  ::kill(-child.id, SIGKILL);  // what it left behind included
  const int status = reap(child.id);
  switch (stop) {
    case Stop::late:
      return undecided(fmt::format("{} took longer than {}", name, to_text(program.timeout)), end.err);
    case Stop::too_much:
      return undecided(fmt::format("{} wrote more than 16 MiB", name), end.err);
    case Stop::lost:
      return undecided(fmt::format("this system does not tell when {} ends", name));
    case Stop::ended:
      break;
  }
  if (!WIFEXITED(status)) {
    return undecided(fmt::format("{} was ended by signal {}", name, WTERMSIG(status)), end.err);
  }
  end.status = WEXITSTATUS(status);
  return end;
}

}  // namespace firmform::policy
