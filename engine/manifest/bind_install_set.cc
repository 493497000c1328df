// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_install_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

class InstallSetBinder {
 public:
  InstallSetBinder(const YamlEntry& entry, Diagnostics& diagnostics) : entry_(entry), diagnostics_(diagnostics) {}

  InstallSet run() {
    set_.span = entry_.key_span;
    set_.complete = entry_.value.valid;
    set_.description = text_or_empty(entry_.value, "description");
    set_.recovery = flag(entry_.value, "recovery");
    set_.absent = absent_flag(entry_.value, diagnostics_);
    if (const YamlNode* sequence = entry_.value.find("sequence")) {
      for (const YamlNode& item : sequence->items) {
        if (item.valid) take_step(item);
      }
    }
    return std::move(set_);
  }

 private:
  void report(Diagnostic found) {
    diagnostics_.add(std::move(found));
    set_.complete = false;
  }

  void take_step(const YamlNode& node) {
    InstallSetStep step;
    step.file = text(node, "file");
    if (const auto command = plain_text(node, "command")) step.command = *command;
    for (Text& updater : texts(node, "updatable_by")) step.updatable_by.push_back(std::move(updater.value));
    step.wait_seconds = number(node, "seconds").value_or(0);
    step.span = node.span;
    if (step.file) check_file(*step.file);
    check_wait(node, step);
    check_updaters(node);
    set_.steps.push_back(std::move(step));
  }

  void check_file(const Text& file) {
    if (auto found = one_file(file)) return report(*std::move(found));
    const auto [place, fresh] = files_.emplace(file.value, file.span);
    if (!fresh) report(listed_twice(file, place->second, fmt::format("install set `{}`", entry_.key)));
  }

  void check_wait(const YamlNode& node, const InstallSetStep& step) {
    const YamlNode* seconds = node.find("seconds");
    const bool waits = step.command == "Wait";
    if (waits && seconds == nullptr) {
      report(problem(Code::missing_key, "the command Wait needs the key `seconds`", node.find("command")->span,
                     "for how long?"));
    }
    if (waits || seconds == nullptr || step.file) return;
    report(problem(Code::unusable_setting, fmt::format("`seconds` has no meaning for the command {}", step.command),
                   seconds->span, "only `Wait` waits"));
  }

  void check_updaters(const YamlNode& node) {
    std::map<std::string, SourceSpan> known;
    for (const Text& updater : texts(node, "updatable_by")) {
      const auto [place, fresh] = known.emplace(updater.value, updater.span);
      if (!fresh) report(listed_twice(updater, place->second, "this step"));
      if (set_.recovery && updater.value != "Bmc") refuse_in_recovery(updater);
    }
  }

  /// The recovery set works on a server that does not boot.
  void refuse_in_recovery(const Text& updater) {
    Diagnostic found =
        problem(Code::unusable_setting, fmt::format("a step of the recovery set cannot be left to {}", updater.value),
                updater.span, "does not run on a server that does not boot");
    found.secondary.push_back({entry_.value.find("recovery")->span, "makes this the recovery set"});
    found.help.emplace_back("keep only files in it that the BMC installs by itself");
    report(std::move(found));
  }

  const YamlEntry& entry_;
  Diagnostics& diagnostics_;
  InstallSet set_;
  std::map<std::string, SourceSpan> files_;
};

}  // namespace

InstallSet bind_install_set(const YamlEntry& entry, Diagnostics& diagnostics) {
  return InstallSetBinder(entry, diagnostics).run();
}

}  // namespace firmform::manifest
