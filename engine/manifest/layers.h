// SPDX-License-Identifier: Apache-2.0
// Which of several places that give a setting wins: the host, then its groups by priority, then the
// defaults. Groups of equal priority must not disagree.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "engine/manifest/desired.h"
#include "engine/manifest/membership.h"

namespace firmform::manifest {

/// A place that gives settings to a host.
struct Layer {
  int precedence = 0;
  const Settings* settings = nullptr;
  std::string_view kind;             ///< "host", "group", "defaults"
  std::string_view name;             ///< of the host or group
  std::optional<std::string> model;  ///< it applies only to hosts that report such a model

  /// "group web"
  [[nodiscard]] std::string describe() const;
};

/// Highest precedence first.
[[nodiscard]] std::vector<Layer> layers_of(const std::string& host_name, const Host& host,
                                           const std::vector<NamedGroup>& groups, const Settings& defaults);

/// Disagreements between groups, each reported once however many hosts it concerns.
class Conflicts {
 public:
  struct Side {
    const Layer& layer;
    SourceSpan span;
    std::string value;
  };
  void add(std::string_view key, const Side& a, const Side& b, const std::string& host, SourceSpan host_span);
  [[nodiscard]] Diagnostics take();

 private:
  struct Entry {
    Diagnostic diagnostic;
    std::string first_host;
    std::size_t hosts = 0;
  };
  std::map<std::tuple<std::string, SourceSpan, SourceSpan>, Entry> entries_;
};

}  // namespace firmform::manifest
