// SPDX-License-Identifier: Apache-2.0
// The one table of diagnostic codes (FF0101 …) and of exit codes. Every refusal of the program carries
// one code; `firmform explain FF0207` prints its entry, and the exit code of a run is the worst of
// those it met. The entries live in codes_*.def, one file per part of the program.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace firmform {

/// Exit codes, the same for every verb. The number is a contract with scripts.
enum class Exit : int {
  ok = 0,
  error = 1,
  changes = 2,
  unformatted = 3,
  hosts_failed = 4,
  hosts_unreachable = 5,
  denied = 6,
  blocked = 7,
  locked = 8,
  stale = 9,
  interrupted = 10,
  internal = 11,
  timed_out = 12,
  usage = 13,
  manifest_invalid = 14,
  drift = 15,
  journal_unavailable = 16,
  nothing_selected = 17,
  scheduled = 18,
  paused = 19,
};

struct ExitInfo {
  Exit code;
  std::string_view name;
  std::string_view meaning;
};

/// All exit codes in numerical order, for --help, README and the man page.
[[nodiscard]] std::span<const ExitInfo> exit_table();
[[nodiscard]] std::string_view exit_name(Exit code);
/// The worse of two outcomes; the order is documented beside the table in codes.cc.
[[nodiscard]] Exit worst(Exit a, Exit b);

enum class Code : std::uint16_t {
#define FF_CODE(number, name, exit, title, meaning, next) name = number,
#include "engine/base/codes_all.def"
#undef FF_CODE
};

struct CodeInfo {
  Code code;
  std::string_view name;     ///< identifier, as in the source
  Exit exit;                 ///< exit code of a run whose worst problem this is
  std::string_view title;    ///< one line
  std::string_view meaning;  ///< what it means and why it matters
  std::string_view next;     ///< what to do next
};

/// All codes in numerical order.
[[nodiscard]] std::span<const CodeInfo> code_table();
[[nodiscard]] const CodeInfo& info(Code code);
/// "FF0207"
[[nodiscard]] std::string to_string(Code code);
/// Accepts "FF0207", "ff207" and "207"; empty when there is no such code.
[[nodiscard]] std::optional<Code> parse_code(std::string_view text);

}  // namespace firmform
