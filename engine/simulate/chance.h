// SPDX-License-Identifier: Apache-2.0
// Chance: reproducible randomness. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace firmform::simulate {

/// Draws that depend on nothing but the seed and what they are for: the order in which things happen changes none.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed) {}
  /// In [0, 1).
  [[nodiscard]] double unit(std::string_view purpose, std::string_view host, std::uint64_t number = 0) const;

 private:
  std::uint64_t seed_;
};

/// A sequence of draws, the same for the same seed on every machine.
class Sequence {
 public:
  explicit Sequence(std::uint64_t seed) : state_(seed) {}
  [[nodiscard]] std::uint64_t next();
  /// In [0, count); `count` is at least 1.
  [[nodiscard]] std::size_t below(std::size_t count);
  /// In [least, most].
  [[nodiscard]] int between(int least, int most);
  /// True once in `count` times.
  [[nodiscard]] bool one_in(std::size_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

}  // namespace firmform::simulate
