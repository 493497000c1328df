// SPDX-License-Identifier: Apache-2.0
// The real git, on repositories in a directory of the test.
#include "engine/watch/git_tree.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>

#include "engine/watch/child_process.h"
#include "tests/support/temporary_directory.h"

namespace firmform::tests {
namespace {

using namespace std::chrono_literals;
using watch::GitRevision;
using watch::GitTree;

template <class T>
T run_real(Task<T> task) {
  boost::asio::io_context loop;
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr problem, T value) {
    if (problem) std::rethrow_exception(problem);
    result.emplace(std::move(value));
  });
  loop.run();
  return std::move(*result);
}

/// A server with one branch, somebody who pushes to it, and the clone that a watch follows.
class Repositories {
 public:
  Repositories() {
    git(".", {"init", "--quiet", "--bare", "--initial-branch=main", "server.git"});
    git(".", {"clone", "--quiet", "server.git", "person"});
    git("person", {"checkout", "--quiet", "-B", "main"});
    push("first");
    git(".", {"clone", "--quiet", "server.git", "tree"});
  }

  [[nodiscard]] std::filesystem::path tree() const { return directory_.path() / "tree"; }

  void push(const std::string& text) {
    commit("person", text);
    git("person", {"push", "--quiet", "origin", "main"});
  }

  void commit(const std::string& where, const std::string& text) {
    write(where, text);
    git(where, {"add", "hosts.yaml"});
    git(where, {"commit", "--quiet", "-m", text});
  }

  void write(const std::string& where, const std::string& text) const {
    std::ofstream(directory_.path() / where / "hosts.yaml") << text;
  }

  [[nodiscard]] std::string read() const {
    std::ifstream file(tree() / "hosts.yaml");
    std::string text;
    file >> text;
    return text;
  }

  void git(const std::string& where, std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"git", "-C", (directory_.path() / where).string(), "-c", "user.name=Test",
                                         "-c", "user.email=test@example.org"});
    const auto child = run_real(watch::run_child(std::move(arguments), {"GIT_CONFIG_NOSYSTEM=1", "HOME=/nonexistent"},
                                                 30s, Code::revision_unavailable));
    REQUIRE(child);
    INFO(child->problem);
    REQUIRE(child->status == 0);
  }

  void break_server() const {
    std::filesystem::rename(directory_.path() / "server.git", directory_.path() / "gone.git");
  }

 private:
  TemporaryDirectory directory_;
};

GitRevision follow(const Repositories& repositories) {
  const auto revision = run_real(GitTree(repositories.tree()).follow());
  if (!revision) FAIL(revision.error().one_line());
  return *revision;
}

}  // namespace

TEST_CASE("A pushed commit is fetched, and the work tree moves to it") {
  Repositories repositories;
  const GitRevision before = follow(repositories);
  CHECK(before.problem.empty());
  CHECK(before.commit.size() == 40);
  repositories.push("second");
  CHECK(run_real(GitTree(repositories.tree()).has_news()).value());
  CHECK(repositories.read() == "first");
  const GitRevision after = follow(repositories);
  CHECK(after.problem.empty());
  CHECK(after.commit != before.commit);
  CHECK(repositories.read() == "second");
  CHECK_FALSE(run_real(GitTree(repositories.tree()).has_news()).value());
}

TEST_CASE("A dirty work tree keeps what it has") {
  Repositories repositories;
  const GitRevision before = follow(repositories);
  repositories.push("second");
  repositories.write("tree", "mine");
  const GitRevision after = follow(repositories);
  CHECK(after.dirty);
  CHECK(after.problem == "the work tree has changes that are not committed");
  CHECK(after.commit == before.commit);
  CHECK(repositories.read() == "mine");
}

TEST_CASE("Files that git does not know do not make a work tree dirty") {
  const Repositories repositories;
  std::ofstream(repositories.tree() / "notes.txt") << "x";
  CHECK_FALSE(follow(repositories).dirty);
}

TEST_CASE("A branch with commits of its own keeps what it has") {
  Repositories repositories;
  repositories.commit("tree", "mine");
  const GitRevision ahead = follow(repositories);
  CHECK(ahead.problem == "the branch has commits that its upstream does not have");
  repositories.push("second");
  const GitRevision diverged = follow(repositories);
  CHECK(diverged.problem == "the branch and its upstream have diverged");
  CHECK(diverged.commit == ahead.commit);
  CHECK(repositories.read() == "mine");
}

TEST_CASE("A server that does not answer leaves the commit at hand") {
  const Repositories repositories;
  const GitRevision before = follow(repositories);
  repositories.break_server();
  const GitRevision after = follow(repositories);
  CHECK(after.commit == before.commit);
  CHECK(after.problem.find("`git fetch --quiet` failed: ") == 0);
}

TEST_CASE("A branch without an upstream, and no branch at all, are said") {
  const Repositories repositories;
  repositories.git("tree", {"checkout", "--quiet", "--detach"});
  CHECK_FALSE(follow(repositories).problem.empty());
}

TEST_CASE("A directory without a work tree has no revision") {
  const TemporaryDirectory directory;
  const auto revision = run_real(GitTree(directory.path()).follow());
  REQUIRE_FALSE(revision);
  CHECK(revision.error().code() == Code::revision_unavailable);
}

TEST_CASE("A git that hangs is ended, with what it started") {
  const Repositories repositories;
  const std::filesystem::path slow = repositories.tree() / "slow-git";
  std::ofstream(slow) << "#!/bin/sh\nsleep 1000 & wait\n";
  std::filesystem::permissions(slow, std::filesystem::perms::owner_all);
  const auto began = std::chrono::steady_clock::now();
  const auto revision = run_real(GitTree(repositories.tree(), {.program = slow.string(), .patience = 100ms}).current());
  REQUIRE_FALSE(revision);
  CHECK(revision.error().message().find("did not end within 100ms") != std::string::npos);
  CHECK(std::chrono::steady_clock::now() - began < 10s);
}

TEST_CASE("A git that is not there is said") {
  const TemporaryDirectory directory;
  const auto revision = run_real(GitTree(directory.path(), {.program = "no-such-git", .patience = 1s}).current());
  REQUIRE_FALSE(revision);
  CHECK(revision.error().message().find("cannot run no-such-git") == 0);
}

}  // namespace firmform::tests
