// SPDX-License-Identifier: Apache-2.0
// The git work tree that the manifest is in, by the git command: fetched, and moved forward where nothing is lost by
// it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/task.h"

namespace firmform::watch {

struct GitOptions {
  std::string program = "git";
  Duration patience = std::chrono::seconds(60);  ///< for each command
};

struct GitRevision {
  std::string commit;   ///< that the work tree is at
  bool dirty = false;   ///< tracked files are not as in that commit
  std::string problem;  ///< why it may not be the newest, one line; empty: it is
};

class GitTree {
 public:
  explicit GitTree(std::filesystem::path directory, GitOptions options = {});

  /// The commit at hand. Fails with revision_unavailable where there is no work tree with a commit.
  Task<Result<GitRevision>> current();
  /// Fetches the upstream of the current branch, and moves the branch and the work tree forward to it. A tree that is
  /// dirty or has commits of its own, and a server that does not answer, leave the commit at hand. Fails as current().
  Task<Result<GitRevision>> follow();
  /// Fetches, and moves nothing: whether the upstream has commits that follow could move to.
  Task<Result<bool>> has_news();

 private:
  /// The output without its line end. Fails with revision_unavailable.
  Task<Result<std::string>> git(std::vector<std::string> arguments);
  /// Whether the command's answer is yes; a failure is none.
  Task<Result<bool>> ask(std::vector<std::string> arguments);

  std::filesystem::path directory_;
  GitOptions options_;
};

}  // namespace firmform::watch
