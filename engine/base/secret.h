// SPDX-License-Identifier: Apache-2.0
// Secret: text that cannot be formatted, compared, copied by accident or left behind in memory.
#pragma once

#include <string>
#include <string_view>

namespace firmform {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text);
  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  [[nodiscard]] bool empty() const { return text_.empty(); }
  /// The text itself, for the one place that sends it. Never log or store the result.
  [[nodiscard]] std::string_view reveal() const { return text_; }

 private:
  void wipe();
  std::string text_;
};

}  // namespace firmform
