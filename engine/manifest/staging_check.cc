// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/staging_check.h"

#include <fmt/format.h>

#include <set>
#include <string>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

constexpr std::size_t kMostInstallSets = 8;  ///< of HPE iLO, the recovery set included

class StagingCheck {
 public:
  explicit StagingCheck(const Manifest& manifest) : manifest_(manifest) {}

  void use_of_window(const std::optional<Text>& name) {
    if (!name) return;
    const auto window = manifest_.maintenance_windows.find(name->value);
    if (window == manifest_.maintenance_windows.end() || !window->second.value.absent) return;
    Diagnostic found = problem(Code::unusable_setting, fmt::format("window `{}` is declared absent", name->value),
                               name->span, "can never be open");
    found.secondary.push_back({window->second.span, "shall not be there"});
    diagnostics_.add(std::move(found));
  }

  void check(const DesiredHost& host) {
    check_count(host);
    check_recovery(host);
    if (!host.repository) return;
    for (const InstallSetChoice& choice : host.install_sets) check_files(choice, *host.repository);
  }

  [[nodiscard]] Diagnostics take() { return std::move(diagnostics_); }

 private:
  /// Reports once for each pair of places.
  void report(SourceSpan a, SourceSpan b, Diagnostic found) {
    if (reported_.emplace(a, b).second) diagnostics_.add(std::move(found));
  }

  void check_count(const DesiredHost& host) {
    std::size_t count = 0;
    for (const InstallSetChoice& choice : host.install_sets) {
      if (choice.set->absent || ++count <= kMostInstallSets) continue;
      Diagnostic found =
          problem(Code::more_than_held, fmt::format("a BMC holds at most {} install sets", kMostInstallSets),
                  choice.span, fmt::format("number {}", count));
      found.secondary.push_back({host.span, "for this host"});
      return report(choice.span, {}, std::move(found));
    }
  }

  void check_recovery(const DesiredHost& host) {
    const InstallSetChoice* first = nullptr;
    for (const InstallSetChoice& choice : host.install_sets) {
      if (!choice.set->recovery) continue;
      if (first == nullptr) {
        first = &choice;
        continue;
      }
      Diagnostic found =
          problem(Code::more_than_held,
                  fmt::format("`{}` and `{}` are both the recovery set of a host", first->name, choice.name),
                  choice.span, "a second recovery set");
      found.secondary.push_back({first->span, "the first one"});
      report(first->span, choice.span, std::move(found));
    }
  }

  void check_files(const InstallSetChoice& choice, const RepositoryChoice& repository) {
    for (const InstallSetStep& step : choice.set->steps) {
      if (!step.file) continue;
      for (const Text& absent : repository.repository->absent) {
        if (!glob_match(absent.value, step.file->value)) continue;
        Diagnostic found = problem(Code::wanted_both_ways,
                                   fmt::format("install set `{}` needs `{}`, which repository `{}` wants absent",
                                               choice.name, step.file->value, repository.name),
                                   absent.span, "shall be absent");
        found.secondary.push_back({step.file->span, "needed here"});
        report(absent.span, step.file->span, std::move(found));
      }
    }
  }

  const Manifest& manifest_;
  Diagnostics diagnostics_;
  std::set<std::pair<SourceSpan, SourceSpan>> reported_;
};

}  // namespace

Diagnostics check_staging(const Manifest& manifest, const Desired& desired) {
  StagingCheck check(manifest);
  check.use_of_window(manifest.defaults.maintenance_window);
  for (const auto& [name, group] : manifest.groups) check.use_of_window(group.value.settings.maintenance_window);
  for (const auto& [name, host] : manifest.hosts) check.use_of_window(host.value.settings.maintenance_window);
  for (const auto& [name, host] : desired.hosts) check.check(host);
  return check.take();
}

}  // namespace firmform::manifest
