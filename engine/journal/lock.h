// SPDX-License-Identifier: Apache-2.0
// The lock of a manifest directory: one run at a time. A kernel lock, so it dies with its process and
// never has to be removed by hand.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/result.h"

namespace firmform::journal {

class Lock {
 public:
  /// Takes `directory`/lock (created with its directory, mode 0700) and writes who holds it: `holder` is one line.
  /// Fails at once with lock_held, naming the holder, or with journal_failed.
  [[nodiscard]] static Result<Lock> acquire(const std::filesystem::path& directory, const std::string& holder);
  /// Who holds the lock, as it was written; empty when nobody does. Takes nothing.
  [[nodiscard]] static std::string holder(const std::filesystem::path& directory);
  Lock(Lock&& other) noexcept;
  Lock& operator=(Lock&& other) noexcept;
  ~Lock();

 private:
  explicit Lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace firmform::journal
