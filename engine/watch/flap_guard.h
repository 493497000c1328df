// SPDX-License-Identifier: Apache-2.0
// Flap guard: a component that is sent the same version again and again does not stay as it is set, and is left alone.
// It counts what the journal has, so a restart forgets nothing. Pure, but for History, which reads the journal.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/journal/journal.h"
#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"

namespace firmform::watch {

/// That a run sent something to a component, whatever became of it: a flash that fails wears it out as well.
struct Sending {
  std::string host;
  std::string component;  ///< address
  std::string to;         ///< the wanted version or content
  UtcTime at{};           ///< of the first request
  bool operator==(const Sending&) const = default;
};

/// Of one run, one for each component at most.
[[nodiscard]] std::vector<Sending> sendings_of(const plan::Plan& plan, const std::vector<journal::Event>& events);

/// What all runs of a journal sent; each finished run is read once.
class History {
 public:
  /// Of runs that began at `since` or later. What cannot be read fails the whole: without it nobody could say what
  /// flaps.
  [[nodiscard]] Result<std::vector<Sending>> since(journal::Journal& journal, UtcTime since);

 private:
  std::map<std::string, std::vector<Sending>> finished_;  ///< by run id
};

struct FlapGuard {
  std::size_t changes = 3;
  Duration within = std::chrono::hours(24 * 7);
};

[[nodiscard]] FlapGuard guard_of(const manifest::Watch& watch);

/// A component that is left alone.
struct Flap {
  std::string host;
  std::string component;
  std::string name;         ///< for people
  std::string to;           ///< another wanted version is tried at once
  std::size_t changes = 0;  ///< within the guard's time
  UtcTime until{};          ///< then it is tried again
  bool operator==(const Flap&) const = default;
};

/// What of the plan's work flaps, in the order of its changes.
[[nodiscard]] std::vector<Flap> flapping(const plan::Plan& plan, const std::vector<Sending>& sent,
                                         const FlapGuard& guard, UtcTime now);

/// The plan without what flaps, and without the work that needs it: of the same host, and of hosts that come after it.
/// Without any work left, it has no actions.
[[nodiscard]] plan::Plan without(const plan::Plan& plan, const std::vector<Flap>& flaps);

/// FF0817 for people: which component, how often, until when.
[[nodiscard]] Error to_error(const Flap& flap, const FlapGuard& guard);

}  // namespace firmform::watch
