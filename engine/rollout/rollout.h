// SPDX-License-Identifier: Apache-2.0
// Rollout: which hosts go first and which may be in work at the same time. Pure: the same hosts and the same seed give
// the same waves, whatever the order in which hosts come. A percentage is of the hosts it is about; batches round up,
// limits round down, and neither rounds to nothing. Failures are compared exactly: more than the percentage is too
// many.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/manifest/manifest.h"

namespace firmform::rollout {

/// A host that has something to do.
struct Subject {
  std::string name;
  std::map<std::string, std::string> labels;
  /// What a canary may have to cover: "model", "lineage" (the versions of all that changes, as one text), and versions
  /// by component name.
  std::map<std::string, std::string> traits;
  std::vector<std::string> after;  ///< subjects that must be done before it
};

/// How many hosts a share is, and how that came about: "10% of 48 hosts = 4.8, rounded up to 5".
struct Counted {
  std::int64_t count = 0;
  std::string text;
};
/// At least 1 where `whole` is and the share is not zero.
[[nodiscard]] Counted round_up(const manifest::Share& share, std::size_t whole);
[[nodiscard]] Counted round_down(const manifest::Share& share, std::size_t whole);
/// Most hosts that may go wrong without being more than the share; may be none: 10% of 9 hosts is less than one.
[[nodiscard]] Counted tolerated(const manifest::Share& share, std::size_t whole);

struct Wave {
  std::string name;                ///< "canary", "batch 1", or "all" where there is neither
  std::vector<std::string> hosts;  ///< in the order in which they are begun
  std::string arithmetic;
};

/// The smallest set of hosts that meets every combination of the traits named in `cover`, at least `hosts` many;
/// greedy where the smallest cannot be found in reasonable time. What a chosen host comes `after` is chosen, too. In
/// the order in which they are begun.
[[nodiscard]] std::vector<std::string> choose_canary(const manifest::Canary& canary,
                                                     const std::vector<Subject>& subjects, std::uint64_t seed);

/// Canary, then batches, of which the last one repeats. Without batches, all others at once. The order of hosts is by
/// chance (the seed's), and a host comes behind all that it is `after`.
[[nodiscard]] std::vector<Wave> make_waves(const manifest::Rollout& settings, const std::vector<Subject>& subjects);

/// `host` is begun before `predecessor`, which it must follow.
struct Contradiction {
  std::string host;
  std::string predecessor;
  std::string wave;  ///< of the host
};
/// The first one, if waves and `after` contradict each other; a run of such waves would wait for ever.
[[nodiscard]] std::optional<Contradiction> find_contradiction(const std::vector<Wave>& waves,
                                                              const std::vector<Subject>& subjects);

/// Most hosts of a set that may be in work at the same time.
struct Budget {
  std::string label;
  std::string value;
  int limit = 1;
  std::set<std::string> hosts;
  std::string arithmetic;
};

/// One budget for each value of each limited label that a subject has; `fleet` are the labels of all hosts of the
/// manifest, of which percentages are taken ("model" is a label that the caller adds). In order of labels in the
/// manifest, then of values.
[[nodiscard]] std::vector<Budget> make_budgets(const manifest::Rollout& settings, const std::vector<Subject>& subjects,
                                               const std::map<std::string, std::map<std::string, std::string>>& fleet);

/// Who may begin now. Holds every budget at every instant; a host that is refused does not keep others from beginning.
/// A host must not be admitted while it waits for another one: it would hold places that the other may need.
class Admission {
 public:
  /// `most_hosts`: over all budgets; 0: any number.
  Admission(std::vector<Budget> budgets, int most_hosts);

  /// Takes a place for the host in all its budgets, or none and false. True again for one that is in work.
  [[nodiscard]] bool admit(const std::string& host);
  /// A host that an earlier process began has its places whatever the limits say.
  void readmit(const std::string& host);
  void leave(const std::string& host);
  /// What refuses the host now, for people: "rack a12: 1 of 1 in work"; empty when it may begin.
  [[nodiscard]] std::string obstacle(const std::string& host) const;
  [[nodiscard]] std::size_t in_work() const { return in_work_.size(); }

 private:
  [[nodiscard]] bool is_full() const;
  [[nodiscard]] const std::vector<std::size_t>& budgets_of(const std::string& host) const;
  [[nodiscard]] bool has_place(std::size_t budget) const { return used_[budget] < budgets_[budget].limit; }

  std::vector<Budget> budgets_;
  std::unordered_map<std::string, std::vector<std::size_t>> budgets_of_;
  std::vector<int> used_;
  std::set<std::string> in_work_;
  std::size_t most_hosts_;
};

}  // namespace firmform::rollout
