// SPDX-License-Identifier: Apache-2.0
// Drift: how each host stands to the manifest, in classes that a policy judges one by one. Pure; from a plan alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"

namespace firmform::plan {

enum class DriftClass {
  older,            ///< installed is older than wanted
  newer,            ///< installed is newer than wanted
  format_only,      ///< equal, and written in another way
  staged,           ///< a version that nobody wants waits for a restart
  pending_restart,  ///< the wanted version is staged or in the BMC's queue
  unknown,          ///< installed is not known, or cannot be compared with what is wanted
  unmatched,        ///< the manifest names what the host does not have, or a baseline that is not for it
  foreign,          ///< others manage the BMC, or have work in it
  content,          ///< windows, install sets or stored images are not as wanted
  unreachable,      ///< the host could not be read
};

/// In the order above.
[[nodiscard]] const std::vector<DriftClass>& drift_classes();
[[nodiscard]] std::string_view to_string(DriftClass drift);   ///< "older", "format_only", …
[[nodiscard]] std::string_view meaning_of(DriftClass drift);  ///< for people, without a dot
[[nodiscard]] std::optional<DriftClass> parse_drift_class(std::string_view text);

/// Empty when the resource is exactly as wanted, or there only to serve another.
[[nodiscard]] std::optional<DriftClass> classify(const Change& change);

struct DriftEntry {
  DriftClass drift = DriftClass::older;
  manifest::DriftPolicy policy = manifest::DriftPolicy::report;
  std::string host;
  std::string component;  ///< address; empty: the whole host
  std::string name;
  std::optional<std::string> from;
  std::optional<std::string> staged;
  std::string to;
  std::string origin;           ///< place in the manifest
  std::vector<Reason> reasons;  ///< why it is not simply an update
};

struct Drift {
  std::vector<DriftEntry> entries;           ///< sorted by host, then component; without those that policy ignores
  std::map<DriftClass, std::size_t> counts;  ///< all, ignored ones included; classes without any left out
  std::map<DriftClass, std::size_t> hosts_of_class;  ///< hosts with at least one
  std::size_t hosts = 0;
  std::size_t hosts_in_line = 0;  ///< without an entry

  /// host_drifted when a class is present that policy lets fail; unreachable hosts have the exit code of their own.
  [[nodiscard]] Exit exit() const;
};

/// What a class means where the manifest says nothing: format_only is ignored; staged, pending_restart and foreign are
/// reported; the others fail.
[[nodiscard]] manifest::DriftPolicy policy_of(DriftClass drift, const manifest::Policies& policies);

/// `only`: classes to look at; empty: all.
[[nodiscard]] Drift drift_of(const Plan& plan, const manifest::Policies& policies,
                             const std::vector<DriftClass>& only = {});

}  // namespace firmform::plan
