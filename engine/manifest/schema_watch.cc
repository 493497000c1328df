// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: how `firmform watch` reconciles.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {
namespace {

using namespace shapes;

constexpr Shape kChangeCount = integer(1, 1'000);
constexpr std::array kWatchApplies = {
    Choice{"never", "Only tell what is found."},
    Choice{"automatic", "Carry it out without asking, within windows, budgets, waves and policies."},
};
constexpr Shape kWatchApply = choice("what becomes of what is found", kWatchApplies);
constexpr std::array kFlapGuardFields = {
    Field{"changes", &kChangeCount,
          "So many runs that sent a component the same version stop the next one. 3 if not given."},
    Field{"within", &kDuration, "The time in which they are counted. 168h (a week) if not given."},
};
constexpr Shape kFlapGuard = map("a flap guard", kFlapGuardFields);
constexpr std::array kWatchFields = {
    Field{"interval", &kDuration, "How long to wait after a look at the fleet. 15m if not given."},
    Field{"jitter", &kDuration,
          "Up to so much is added to each interval, by chance, so that many watches do not look at once. 1m if not "
          "given, and never more than the interval."},
    Field{"apply", &kWatchApply, "What becomes of what is found. `never` if not given."},
    Field{"flap_guard", &kFlapGuard,
          "When a component that does not stay as it is set is left alone; another wanted version is tried again."},
};

}  // namespace

constexpr Shape kWatch = map("watch settings", kWatchFields);

}  // namespace firmform::manifest
