// SPDX-License-Identifier: Apache-2.0
#include "engine/base/process.h"

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

#include "engine/base/time_text.h"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves its declaration to the program.
extern char** environ;

namespace firmform::process {
namespace {

constexpr std::size_t kMostErrors = 4096;
constexpr auto kGrace = std::chrono::seconds(2);

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
File filled(const Input& input) {
  File file(std::tmpfile());
  if (!file) return nullptr;
  ::fcntl(::fileno(file.get()), F_SETFD, FD_CLOEXEC);
  bool written = true;
  if (input) {
    input([&](std::string_view piece) {
      written = written && std::fwrite(piece.data(), 1, piece.size(), file.get()) == piece.size();
    });
  }
  if (!written || std::fflush(file.get()) != 0) return nullptr;
  return std::fseek(file.get(), 0, SEEK_SET) == 0 ? std::move(file) : nullptr;
}

std::string_view name_of(std::string_view variable) {
  return variable.substr(0, variable.find('='));
}

std::vector<std::string> environment_of(const Command& command) {
  std::vector<std::string> kept;
  const auto is_added = [&](std::string_view name) {
    return std::ranges::any_of(command.added, [&](const std::string& added) { return name_of(added) == name; });
  };
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view name = name_of(*entry);
    if (!command.withheld.contains(std::string(name)) && !is_added(name)) kept.emplace_back(*entry);
  }
  kept.insert(kept.end(), command.added.begin(), command.added.end());
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
  bool leads_group = true;
  Descriptor out;
  Descriptor err;

  void end(int signal) const { ::kill(leads_group ? -id : id, signal); }
};

/// We ignore SIGPIPE; a program expects its usual effect.
void set_attributes(posix_spawnattr_t& attributes, bool leads_group) {
  sigset_t usual;
  ::sigemptyset(&usual);
  ::sigaddset(&usual, SIGPIPE);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setsigdefault(&attributes, &usual);
  const int flags = POSIX_SPAWN_SETSIGDEF | (leads_group ? POSIX_SPAWN_SETPGROUP : 0);
  ::posix_spawnattr_setflags(&attributes, static_cast<short>(flags));
}

/// 0 or an errno.
int spawn(const Command& command, const Input& input, Child& child) {
  const File in = command.at_terminal ? File() : filled(input);
  if (!in && !command.at_terminal) return errno == 0 ? ENOSPC : errno;
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  if (out.write.get() < 0 || err.write.get() < 0) return EMFILE;
  std::vector<std::string> arguments = command.argv;
  std::vector<std::string> variables = environment_of(command);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  if (in) ::posix_spawn_file_actions_adddup2(&actions, ::fileno(in.get()), STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, out.write.get(), STDOUT_FILENO);
  if (!command.at_terminal) ::posix_spawn_file_actions_adddup2(&actions, err.write.get(), STDERR_FILENO);
  if (!command.directory.empty()) ::posix_spawn_file_actions_addchdir_np(&actions, command.directory.c_str());
  posix_spawnattr_t attributes;
  child.leads_group = !command.at_terminal;
  set_attributes(attributes, child.leads_group);
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
class Follower {
 public:
  Follower(const Command& command, Child& child, Ended& end)
      : command_(command), child_(child), end_(end), over_(static_cast<int>(::syscall(SYS_pidfd_open, child.id, 0))) {}

  Stop follow() {
    if (over_.get() < 0) return Stop::lost;
    Stop stop = until(std::chrono::steady_clock::now() + command_.timeout);
    if (stop != Stop::late) return stop;
    child_.end(SIGTERM);
    stop = until(std::chrono::steady_clock::now() + kGrace);
    return Stop::late;
  }

 private:
  Stop until(std::chrono::steady_clock::time_point deadline) {
    while (true) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
      if (left <= 0) return Stop::late;
      std::array<pollfd, 3> watched{
          {{child_.out.get(), POLLIN, 0}, {child_.err.get(), POLLIN, 0}, {over_.get(), POLLIN, 0}}};
      const int ready = ::poll(watched.data(), watched.size(), static_cast<int>(std::min<std::int64_t>(left, 60'000)));
      if (ready < 0 && errno != EINTR) return Stop::lost;
      if (ready <= 0) continue;
      const bool is_over = watched[2].revents != 0;
      if (child_.out.get() >= 0 && !drain(child_.out, end_.out, command_.most_output + 1)) child_.out.close();
      if (child_.err.get() >= 0 && !drain(child_.err, end_.err, kMostErrors)) child_.err.close();
      if (end_.out.size() > command_.most_output) return Stop::too_much;
      if (is_over) return Stop::ended;
    }
  }

  const Command& command_;
  Child& child_;
  Ended& end_;
  Descriptor over_;
};

int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  return status;
}

}  // namespace

tl::expected<Ended, Failure> run(const Command& command, const Input& input) {
  const auto failed = [](Failure::Kind kind, int number, std::string err) {
    return tl::unexpected(Failure{kind, number, std::move(err)});
  };
  Child child;
  if (const int error = spawn(command, input, child); error != 0) return failed(Failure::Kind::not_started, error, {});
  Ended end;
  const Stop stop = Follower(command, child, end).follow();
  child.end(SIGKILL);  // what it left behind included
  const int status = reap(child.id);
  switch (stop) {
    case Stop::late:
      return failed(Failure::Kind::late, 0, std::move(end.err));
    case Stop::too_much:
      return failed(Failure::Kind::too_much, 0, std::move(end.err));
    case Stop::lost:
      return failed(Failure::Kind::lost, 0, std::move(end.err));
    case Stop::ended:
      break;
  }
  if (!WIFEXITED(status)) return failed(Failure::Kind::signalled, WTERMSIG(status), std::move(end.err));
  end.status = WEXITSTATUS(status);
  return end;
}

std::string describe(const Failure& failure, const Command& command) {
  switch (failure.kind) {
    case Failure::Kind::not_started:
      return fmt::format("cannot be run: {}", std::generic_category().message(failure.number));
    case Failure::Kind::late:
      return fmt::format("took longer than {}", to_text(command.timeout));
    case Failure::Kind::too_much:
      return fmt::format("wrote more than {} bytes", command.most_output);
    case Failure::Kind::signalled:
      return fmt::format("was ended by signal {}", failure.number);
    case Failure::Kind::lost:
      break;
  }
  return "cannot be followed on this system";
}

}  // namespace firmform::process
