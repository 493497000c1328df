// SPDX-License-Identifier: Apache-2.0
// Which groups a host belongs to.
#pragma once

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "engine/manifest/manifest.h"

namespace firmform::manifest {

/// A group by its entry in the manifest, which must outlive this.
using NamedGroup = const Named<Group>::value_type*;

class Membership {
 public:
  explicit Membership(const Manifest& manifest);

  /// Groups that the host belongs to, as far as labels and names tell; highest priority first. Groups that
  /// select by model are among them: whether they apply shows only when the host is read.
  [[nodiscard]] std::vector<NamedGroup> groups_of(const std::string& host_name, const Host& host);

  /// Reports groups that no host came to belong to so far, and why.
  [[nodiscard]] Diagnostics unmatched() const;

 private:
  const Manifest& manifest_;
  // Groups are found by their first label or their name, so that cost does not grow with hosts × groups.
  std::map<std::pair<std::string_view, std::string_view>, std::vector<NamedGroup>> by_label_;
  std::map<std::string_view, std::vector<NamedGroup>> by_name_;
  std::vector<NamedGroup> others_;  ///< name globs and models
  std::set<NamedGroup> matched_;
};

}  // namespace firmform::manifest
