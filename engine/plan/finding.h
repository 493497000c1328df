// SPDX-License-Identifier: Apache-2.0
// Finding: one thing that is wrong with a wanted change. It becomes a Reason in the plan (per host) and a
// diagnostic for the whole fleet (once, however many hosts it concerns).
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/plan/plan.h"

namespace firmform::plan {

struct Finding {
  Code code;
  std::string what;                ///< without host, component and place, which are added
  std::vector<std::string> notes;  ///< facts, such as the candidates of a selector
  std::vector<std::string> help;   ///< empty: the code's own next step
  SourceSpan span;                 ///< of the manifest line concerned; line 0: none
  std::string label;               ///< under the carets
  std::vector<Label> also;         ///< the other side of a conflict
  std::string group;               ///< findings of equal code, span and group are one diagnostic
};

/// Turns findings into reasons and collects the diagnostics. The findings of a host come together.
class Findings {
 public:
  explicit Findings(const SourceMap& sources) : sources_(sources) {}

  /// Whom a finding concerns.
  struct Subject {
    const std::string& host;
    const std::string& component;  ///< address; empty when the whole host is concerned
    const std::string& origin;     ///< place in the manifest, for findings without one of their own
  };
  /// The reason to put into the plan.
  Reason add(Severity severity, const Subject& subject, const Finding& finding);
  /// A problem of the manifest itself, such as a cycle.
  void add(Diagnostic diagnostic);
  /// One diagnostic per group, in order of first appearance.
  [[nodiscard]] Diagnostics diagnostics() const;

 private:
  using Key = std::tuple<Severity, Code, SourceSpan, std::string>;
  struct Group {
    Diagnostic first;
    std::vector<std::string> hosts;  ///< distinct
  };
  const SourceMap& sources_;
  std::map<Key, std::size_t> places_;
  std::vector<Group> groups_;
};

}  // namespace firmform::plan
