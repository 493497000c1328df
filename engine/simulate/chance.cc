// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/chance.h"

namespace firmform::simulate {
namespace {

/// The finalizer of SplitMix64: every bit of the input changes half of the output's.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// FNV-1a.
std::uint64_t add(std::uint64_t hash, std::string_view text) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return (hash ^ 0xffU) * 0x100000001b3U;
}

constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15U;

}  // namespace

double Chance::unit(std::string_view purpose, std::string_view host, std::uint64_t number) const {
  const std::uint64_t hash = add(add(mixed(seed_ + kStep), purpose), host);
  constexpr int kMantissa = 53;
  return static_cast<double>(mixed(hash + number * kStep) >> (64 - kMantissa)) /
         static_cast<double>(std::uint64_t{1} << kMantissa);
}

std::uint64_t Sequence::next() {
  state_ += kStep;
  return mixed(state_);
}

std::size_t Sequence::below(std::size_t count) {
  return static_cast<std::size_t>(next() % count);
}

int Sequence::between(int least, int most) {
  return least + static_cast<int>(below(static_cast<std::size_t>(most - least) + 1));
}

}  // namespace firmform::simulate
