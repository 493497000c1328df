// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/sessions.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"

namespace firmform::simulators {

Sessions::Sessions(std::size_t limit, Duration timeout, std::uint64_t seed)
    : limit_(limit), timeout_(timeout), random_(seed) {}

std::string Sessions::random_hex(std::size_t digits) {
  std::string text;
  while (text.size() < digits) text += fmt::format("{:016x}", random_());
  text.resize(digits);
  return text;
}

const Session& Sessions::open(const std::string& user, UtcTime now, bool ilo_style) {
  ++last_number_;
  Session session{fmt::format("{}", last_number_), random_hex(32), user, now, now};
  if (ilo_style) {
    const auto epoch = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    session.id = fmt::format("{}{:016x}{:x}", to_lower(user), epoch, random_() & 0xFFFFFFFFU);
  }
  sessions_.push_back(std::move(session));
  return sessions_.back();
}

const Session* Sessions::use(std::string_view token, UtcTime now) {
  drop_idle(now);
  const auto found = std::ranges::find(sessions_, token, &Session::token);
  if (found == sessions_.end()) return nullptr;
  found->used = now;
  return &*found;
}

const Session* Sessions::find(std::string_view id) const {
  const auto found =
      std::ranges::find_if(sessions_, [&](const Session& one) { return equals_ignoring_case(one.id, id); });
  return found == sessions_.end() ? nullptr : &*found;
}

bool Sessions::close(std::string_view id) {
  return std::erase_if(sessions_, [&](const Session& one) { return equals_ignoring_case(one.id, id); }) > 0;
}

void Sessions::drop_idle(UtcTime now) {
  std::erase_if(sessions_, [&](const Session& one) { return now - one.used > timeout_; });
}

}  // namespace firmform::simulators
