// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/finding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"

namespace firmform::plan {
namespace {

std::string text_of(const Findings::Subject& subject) {
  return subject.component.empty() ? subject.host : fmt::format("{}/{}", subject.host, subject.component);
}

std::vector<std::string> help_of(const Finding& finding) {
  if (!finding.help.empty()) return finding.help;
  return {std::string(info(finding.code).next)};
}

Diagnostic diagnostic_of(Severity severity, const Findings::Subject& subject, const Finding& finding) {
  Diagnostic diagnostic{.code = finding.code,
                        .severity = severity,
                        .message = finding.what,
                        .primary = {},
                        .secondary = finding.also,
                        .notes = finding.notes,
                        .help = help_of(finding),
                        .subject = text_of(subject)};
  if (finding.span.line > 0) {
    diagnostic.primary = Label{finding.span, finding.label};
  } else if (!subject.origin.empty()) {
    diagnostic.notes.push_back(fmt::format("asked for at {}", subject.origin));
  }
  return diagnostic;
}

/// "the same on 41 more hosts: web-02, web-03, web-04, …"
std::string more_hosts(const std::vector<std::string>& hosts) {
  constexpr std::size_t kShown = 8;
  const std::size_t more = hosts.size() - 1;
  const std::size_t shown = std::min(more, kShown);
  const auto first = hosts.begin() + 1;
  const auto last = first + static_cast<std::ptrdiff_t>(shown);
  return fmt::format("the same on {}: {}{}", counted(more, "more host"), fmt::join(first, last, ", "),
                     more > shown ? ", …" : "");
}

}  // namespace

Reason Findings::add(Severity severity, const Subject& subject, const Finding& finding) {
  const std::string place = finding.span.line > 0 ? sources_.describe(finding.span) : subject.origin;
  Reason reason{finding.code, fmt::format("{}: {}: {}", text_of(subject), info(finding.code).title, finding.what),
                help_of(finding)};
  if (!place.empty()) reason.text += fmt::format(" ({})", place);
  reason.help.insert(reason.help.end(), finding.notes.begin(), finding.notes.end());

  const auto [group, is_new] =
      places_.try_emplace(Key{severity, finding.code, finding.span, finding.group}, groups_.size());
  if (is_new) groups_.push_back({diagnostic_of(severity, subject, finding), {}});
  std::vector<std::string>& hosts = groups_[group->second].hosts;
  if (hosts.empty() || hosts.back() != subject.host) hosts.push_back(subject.host);
  return reason;
}

void Findings::add(Diagnostic diagnostic) {
  groups_.push_back({std::move(diagnostic), {}});
}

Diagnostics Findings::diagnostics() const {
  Diagnostics all;
  for (const Group& group : groups_) {
    Diagnostic diagnostic = group.first;
    if (group.hosts.size() > 1) {
      diagnostic.message += fmt::format(" (and {})", counted(group.hosts.size() - 1, "more host"));
      diagnostic.notes.push_back(more_hosts(group.hosts));
    }
    all.add(std::move(diagnostic));
  }
  return all;
}

}  // namespace firmform::plan
