// SPDX-License-Identifier: Apache-2.0
#include "engine/watch/git_tree.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/watch/child_process.h"

namespace firmform::watch {
namespace {

constexpr const char* kUpstream = "@{upstream}";

std::string shown(const std::vector<std::string>& arguments) {
  return fmt::format("git {}", fmt::join(arguments, " "));
}

/// One line of what a program said, without what a URL may hold of a login.
std::string last_line(const std::string& text) {
  std::string line;
  for (const std::string& candidate : split(text, '\n')) {
    if (!trim(candidate).empty()) line = printable(trim(candidate));
  }
  const std::size_t scheme = line.find("://");
  const std::size_t at = scheme == std::string::npos ? std::string::npos : line.find('@', scheme);
  if (at != std::string::npos && line.find_first_of(" /", scheme + 3) > at) line.erase(scheme + 3, at - scheme - 2);
  return line;
}

}  // namespace

GitTree::GitTree(std::filesystem::path directory, GitOptions options)
    : directory_(std::move(directory)), options_(std::move(options)) {}

Task<Result<std::string>> GitTree::git(std::vector<std::string> arguments) {
  // Hooks of the work tree are not ours to run, and nobody answers a question for a password.
  std::vector<std::string> argv = {options_.program, "-C", directory_.string(), "-c", "core.hooksPath=/dev/null"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto child = co_await run_child(
      std::move(argv), {"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", "LC_ALL=C"},
      options_.patience, Code::revision_unavailable);
  if (!child) co_return fail(child.error());
  if (child->timed_out) {
    co_return fail(Code::revision_unavailable,
                   fmt::format("`{}` did not end within {}", shown(arguments), to_text(options_.patience)));
  }
  if (child->status != 0) {
    co_return fail(Code::revision_unavailable,
                   fmt::format("`{}` failed: {}", shown(arguments), last_line(child->problem)));
  }
  co_return std::string(trim(child->output));
}

Task<Result<bool>> GitTree::ask(std::vector<std::string> arguments) {
  std::vector<std::string> argv = {options_.program, "-C", directory_.string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto child = co_await run_child(std::move(argv), {"LC_ALL=C"}, options_.patience, Code::revision_unavailable);
  if (!child) co_return fail(child.error());
  if (child->status == 0) co_return true;
  if (child->status == 1 && !child->timed_out) co_return false;
  co_return fail(Code::revision_unavailable,
                 fmt::format("`{}` failed: {}", shown(arguments), last_line(child->problem)));
}

Task<Result<GitRevision>> GitTree::current() {
  const auto commit = co_await git({"rev-parse", "--verify", "HEAD^{commit}"});
  if (!commit) co_return fail(commit.error());
  const auto changed = co_await git({"status", "--porcelain", "--untracked-files=no"});
  if (!changed) co_return fail(changed.error());
  co_return GitRevision{.commit = *commit, .dirty = !changed->empty(), .problem = {}};
}

Task<Result<GitRevision>> GitTree::follow() {
  auto revision = co_await current();
  if (!revision) co_return revision;
  const auto keep = [&revision](const std::string& why) {
    revision->problem = why;
    return *revision;
  };
  const auto fetched = co_await git({"fetch", "--quiet"});
  if (!fetched) co_return keep(fetched.error().message());
  const auto upstream = co_await git({"rev-parse", "--verify", kUpstream});
  if (!upstream) co_return keep(upstream.error().message());
  if (revision->dirty) co_return keep("the work tree has changes that are not committed");
  if (*upstream == revision->commit) co_return *revision;
  const auto ahead = co_await ask({"merge-base", "--is-ancestor", kUpstream, "HEAD"});
  if (ahead && *ahead) co_return keep("the branch has commits that its upstream does not have");
  const auto behind = co_await ask({"merge-base", "--is-ancestor", "HEAD", kUpstream});
  if (!behind) co_return keep(behind.error().message());
  if (!*behind) co_return keep("the branch and its upstream have diverged");
  const auto merged = co_await git({"merge", "--ff-only", "--quiet", kUpstream});
  if (!merged) co_return keep(merged.error().message());
  revision->commit = *upstream;
  co_return *revision;
}

Task<Result<bool>> GitTree::has_news() {
  const auto fetched = co_await git({"fetch", "--quiet"});
  if (!fetched) co_return fail(fetched.error());
  const auto contained = co_await ask({"merge-base", "--is-ancestor", kUpstream, "HEAD"});
  if (!contained) co_return fail(contained.error());
  co_return !*contained;
}

}  // namespace firmform::watch
