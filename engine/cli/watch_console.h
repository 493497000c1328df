// SPDX-License-Identifier: Apache-2.0
// What a watch prints: a line for each cycle, as text or JSON, and problems once, when they come.
#pragma once

#include <string>

#include "engine/cli/verb.h"
#include "engine/manifest/manifest.h"
#include "engine/watch/state.h"

namespace firmform::cli {

/// What something prints that is called with its context, kept instead of shown.
class Captured {
 public:
  explicit Captured(const Context& like);
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;
  ~Captured();
  [[nodiscard]] Context& context() { return context_; }
  [[nodiscard]] std::string text();

 private:
  char* buffer_ = nullptr;
  std::size_t size_ = 0;
  Context context_;
};

/// "FF0203: unknown key `versoin`" of what render() makes of a problem: its first line.
[[nodiscard]] std::string headline(const std::string& rendered);

class WatchConsole {
 public:
  /// The context outlives it. Where it streams events, the lines are events; they are printed as text unless the
  /// events go to standard output.
  WatchConsole(const Context& context, bool silent) : context_(context), silent_(silent) {}

  void started(const std::string& directory, const std::string& address);
  /// Printed when they are not what they were the last time.
  void settings(const manifest::Watch& watch);
  void ended(const watch::Cycle& cycle, const watch::State& state);
  void stopped(bool interrupted_run);
  /// All that is wrong now, as render() makes it: printed when it is not what it was the last time.
  void problems(const std::string& rendered);

 private:
  void say(std::string_view type, const std::string& message, json::Object fields, const std::string& line);

  const Context& context_;
  bool silent_;
  std::string settings_;
  std::string problems_;
};

}  // namespace firmform::cli
