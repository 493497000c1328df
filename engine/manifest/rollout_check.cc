// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/rollout_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/labels.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

/// The label that every host has, with its observed value.
constexpr std::string_view kModelLabel = "model";

std::int64_t size_of(const Share& share, std::int64_t whole) {
  constexpr std::int64_t kHundred = 100;
  return share.percent ? (share.value * whole + kHundred - 1) / kHundred : share.value;
}

/// How many batches `hosts` hosts make when all of them change.
std::int64_t batches_of(const Rollout& rollout, std::int64_t hosts) {
  std::int64_t left = hosts;
  std::int64_t count = 0;
  while (left > 0) {
    const std::size_t index = std::min(static_cast<std::size_t>(count), rollout.batches.size() - 1);
    left -= std::max<std::int64_t>(size_of(rollout.batches[index].value, hosts), 1);
    ++count;
  }
  return count;
}

/// The most batches that there can be, however many of the hosts change. Percentages of few hosts round up so much that
/// more hosts may make fewer batches; that evens out below this many hosts.
std::int64_t most_batches(const Rollout& rollout, std::size_t hosts) {
  constexpr std::int64_t kFew = 200;
  const auto all = static_cast<std::int64_t>(hosts);
  if (rollout.batches.empty()) return rollout.canary ? 1 : 0;
  std::int64_t most = batches_of(rollout, all);
  for (std::int64_t some = 1; some < std::min(all, kFew); ++some) most = std::max(most, batches_of(rollout, some));
  return most;
}

class RolloutCheck {
 public:
  explicit RolloutCheck(const Manifest& manifest)
      : rollout_(manifest.rollout), hosts_(manifest.hosts.size()), labels_(manifest) {}

  Diagnostics run() {
    for (const auto& [label, share] : rollout_.per_label) check_label(label);
    for (const Text& wave : rollout_.pause_after) check_wave(wave);
    return std::move(diagnostics_);
  }

 private:
  void check_label(const Text& label) {
    if (label.value == kModelLabel || hosts_ == 0) return;
    if (auto unknown = labels_.unknown(label)) diagnostics_.add(*std::move(unknown));
  }

  void check_wave(const Text& wave) {
    if (hosts_ == 0) return;
    if (wave.value == "canary") {
      if (!rollout_.canary) refuse(wave, "there is no canary", "add `canary:`, or name another wave");
      return;
    }
    const std::int64_t most = most_batches(rollout_, hosts_);
    if (most == 0) return refuse(wave, "all hosts are one wave", "add `canary:` or `batches:`");
    const auto number = parse_batch(wave.value);
    if (!number || *number <= most) return;
    refuse(wave, fmt::format("{} can make at most {}", counted(hosts_, "host"), waves(most)),
           "name a wave that can be, or make batches smaller");
  }

  static std::string waves(std::int64_t count) { return counted(static_cast<std::size_t>(count), "batch", "batches"); }

  void refuse(const Text& wave, std::string why, std::string help) {
    Diagnostic found =
        problem(Code::unusable_setting, fmt::format("there can be no wave `{}` to pause after", wave.value), wave.span,
                std::move(why));
    if (wave.value == "every") found.message = "there is only one wave, and nothing to pause for";
    found.help.push_back(std::move(help));
    diagnostics_.add(std::move(found));
  }

  const Rollout& rollout_;
  std::size_t hosts_;
  KnownLabels labels_;
  Diagnostics diagnostics_;
};

}  // namespace

Diagnostics check_rollout(const Manifest& manifest) {
  const bool refers = !manifest.rollout.per_label.empty() || !manifest.rollout.pause_after.empty();
  return refers ? RolloutCheck(manifest).run() : Diagnostics{};
}

}  // namespace firmform::manifest
