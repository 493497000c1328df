// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/reserved.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
void ReservedUses::add(const std::string& feature, SourceSpan span, const std::string& host) {
  Use& use = uses_[feature];
  use.places.insert(span);
  if (host.empty() || use.last_host == host) return;
  use.last_host = host;
  ++use.hosts;
}

Diagnostics ReservedUses::warnings() const {
  Diagnostics diagnostics;
  for (const auto& [feature, use] : uses_) {
    Diagnostic warning = problem(Code::not_enforced,
                                 fmt::format("{} are not enforced by this version; plan refuses to change {}", feature,
                                             counted(use.hosts, "host")),
                                 *use.places.begin(), "asked for here");
    warning.severity = Severity::warning;
    if (use.places.size() > 1) {
      warning.notes.push_back(fmt::format("and in {}", counted(use.places.size() - 1, "more place")));
    }
    diagnostics.add(std::move(warning));
  }
  return diagnostics;
}

}  // namespace firmform::manifest
