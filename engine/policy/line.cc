// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/line.h"

#include "engine/base/text.h"

namespace firmform::policy {

std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 1000;
  const std::string_view kept = trim(text);
  if (kept.size() <= kLongest) return printable(kept);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(kept[end]) & 0xC0U) == 0x80U) --end;
  return printable(kept.substr(0, end)) + "…";
}

}  // namespace firmform::policy
