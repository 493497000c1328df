// SPDX-License-Identifier: Apache-2.0
// The words that plan files use for choices of the manifest.
#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "engine/plan/plan.h"

namespace firmform::plan {

template <class E, std::size_t n>
using Words = std::array<std::pair<std::string_view, E>, n>;

inline constexpr Words<manifest::GuardAction, 4> kGuardWords = {{{"ignore", manifest::GuardAction::ignore},
                                                                 {"report", manifest::GuardAction::report},
                                                                 {"fail", manifest::GuardAction::fail},
                                                                 {"restore", manifest::GuardAction::restore}}};

inline constexpr Words<manifest::ForeignWork, 3> kForeignWords = {{{"refuse", manifest::ForeignWork::refuse},
                                                                   {"wait", manifest::ForeignWork::wait},
                                                                   {"adopt", manifest::ForeignWork::adopt}}};

inline constexpr Words<PolicyResult::Outcome, 5> kOutcomeWords = {
    {{"passed", PolicyResult::Outcome::passed},
     {"warned", PolicyResult::Outcome::warned},
     {"override-needed", PolicyResult::Outcome::override_needed},
     {"overridden", PolicyResult::Outcome::overridden},
     {"denied", PolicyResult::Outcome::denied}}};

template <class E, std::size_t n>
[[nodiscard]] constexpr std::string_view word_of(const Words<E, n>& words, E value) {
  for (const auto& [word, candidate] : words) {
    if (candidate == value) return word;
  }
  return words.front().first;
}

}  // namespace firmform::plan
