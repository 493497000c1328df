// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/path_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/manifest/problem.h"
#include "engine/version/version.h"

namespace firmform::manifest {
namespace {

using version::Scheme;

class PathCheck {
 public:
  explicit PathCheck(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  void check(const FirmwareEntry& entry) {
    const Scheme scheme =
        version::parse_scheme(entry.version_scheme ? entry.version_scheme->value : "").value_or(Scheme::automatic);
    check_range(entry.from, scheme);
    check_both_ways(entry.requires_, entry.conflicts);
    for (std::size_t i = 0; i < entry.via.size(); ++i) check_step(entry, i, scheme);
  }

  void check(const Constraint& constraint) { check_both_ways(constraint.requires_, constraint.conflicts); }

 private:
  void report(std::string message, const Text& where, std::string label, Label other, std::string help = {}) {
    Diagnostic found = problem(Code::unreachable_version, std::move(message), where.span, std::move(label));
    found.secondary.push_back(std::move(other));
    if (!help.empty()) found.help.push_back(std::move(help));
    diagnostics_.add(std::move(found));
  }

  void check_range(const VersionRange& range, Scheme scheme) {
    if (!range.minimum || !range.maximum) return;
    // What cannot be compared may be right: the planner compares with what is installed.
    if (version::compare(range.minimum->value, range.maximum->value, scheme) != version::Ordering::greater) return;
    report(fmt::format("no version is from `{}` to `{}`", range.minimum->value, range.maximum->value), *range.minimum,
           "newer than the maximum", {range.maximum->span, "the maximum"});
  }

  void check_step(const FirmwareEntry& entry, std::size_t index, Scheme scheme) {
    const ViaStep& step = entry.via[index];
    check_range(step.from, scheme);
    if (same(step.version, entry.version, scheme)) {
      return report(fmt::format("the way to `{0}` cannot lead through `{0}`", step.version.value), step.version,
                    "is the wanted version itself", {entry.version.span, "wanted here"}, "remove it from `via:`");
    }
    const auto earlier =
        std::ranges::find_if(entry.via.begin(), entry.via.begin() + static_cast<std::ptrdiff_t>(index),
                             [&](const ViaStep& other) { return same(other.version, step.version, scheme); });
    if (earlier == entry.via.begin() + static_cast<std::ptrdiff_t>(index)) return;
    report(fmt::format("the way leads through `{}` twice", step.version.value), step.version, "listed again",
           {earlier->version.span, "first listed here"}, "keep one of them");
  }

  static bool same(const Text& a, const Text& b, Scheme scheme) {
    return a.value == b.value || version::compare(a.value, b.value, scheme) == version::Ordering::equal;
  }

  void check_both_ways(const std::vector<Text>& required, const std::vector<Text>& conflicting) {
    for (const Text& requirement : required) {
      const auto conflict = std::ranges::find(conflicting, requirement.value, &Text::value);
      if (conflict == conflicting.end()) continue;
      report(fmt::format("`{}` is required and a conflict", requirement.value), *conflict, "must never be",
             {requirement.span, "must always be"}, "remove one of the two");
    }
  }

  Diagnostics& diagnostics_;
};

}  // namespace

void check_paths(const Baseline& baseline, Diagnostics& diagnostics) {
  PathCheck check(diagnostics);
  for (const FirmwareEntry& entry : baseline.firmware) check.check(entry);
  for (const Constraint& constraint : baseline.constraints) check.check(constraint);
}

}  // namespace firmform::manifest
