// SPDX-License-Identifier: Apache-2.0
#include "engine/base/codes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace firmform {
namespace {

constexpr std::array kExits = {
    ExitInfo{Exit::ok, "ok", "done; nothing to do, or everything was done"},
    ExitInfo{Exit::error, "error", "an error that no other code describes"},
    ExitInfo{Exit::changes, "changes", "changes are pending (with -detailed-exitcode)"},
    ExitInfo{Exit::unformatted, "unformatted", "fmt -check found files that are not formatted"},
    ExitInfo{Exit::hosts_failed, "hosts_failed", "at least one host failed"},
    ExitInfo{Exit::hosts_unreachable, "hosts_unreachable", "at least one BMC was unreachable or refused us; none failed"},
    ExitInfo{Exit::denied, "denied", "a policy denies the plan"},
    ExitInfo{Exit::blocked, "blocked", "desired changes cannot be planned; the reasons are in the plan"},
    ExitInfo{Exit::locked, "locked", "another run holds the lock"},
    ExitInfo{Exit::stale, "stale", "the saved plan no longer fits the manifest or the hosts"},
    ExitInfo{Exit::interrupted, "interrupted", "interrupted; `firmform resume` continues"},
    ExitInfo{Exit::internal, "internal", "a bug in firmform"},
    ExitInfo{Exit::timed_out, "timed_out", "a deadline passed; `firmform resume` continues"},
    ExitInfo{Exit::usage, "usage", "wrong command line"},
    ExitInfo{Exit::manifest_invalid, "manifest_invalid", "the manifest is not valid"},
    ExitInfo{Exit::drift, "drift", "drift was found"},
    ExitInfo{Exit::journal_unavailable, "journal_unavailable", "the journal cannot be read or written"},
    ExitInfo{Exit::nothing_selected, "nothing_selected", "the selection matches no host"},
    ExitInfo{Exit::scheduled, "scheduled", "the rest is done by BMCs in their maintenance windows (plan and apply with -detailed-exitcode)"},
    ExitInfo{Exit::paused, "paused", "the rollout waits for a person; `firmform rollout continue` goes on"},
};

constexpr std::array kCodes = {
#define FF_CODE(number, name, exit, title, meaning, next) \
  CodeInfo{Code::name, #name, Exit::exit, title, meaning, next},
#include "engine/base/codes_all.def"
#undef FF_CODE
};

// Severity of outcomes, mildest first: a run reports the worst that happened. What needs a person at
// once (a bug, a failed host) outranks what a later run mends by itself.
constexpr std::array kSeverity = {
    Exit::ok,          Exit::scheduled,        Exit::changes,          Exit::unformatted, Exit::drift,       Exit::nothing_selected,
    Exit::blocked,     Exit::hosts_unreachable, Exit::denied,     Exit::stale,       Exit::timed_out,
    Exit::paused,      Exit::interrupted, Exit::hosts_failed,     Exit::locked,      Exit::journal_unavailable,
    Exit::manifest_invalid, Exit::usage,       Exit::error,       Exit::internal,
};

}  // namespace

std::span<const ExitInfo> exit_table() { return kExits; }

std::string_view exit_name(Exit code) {
  const auto* found = std::ranges::find(kExits, code, &ExitInfo::code);
  return found == kExits.end() ? "error" : found->name;
}

Exit worst(Exit a, Exit b) {
  const auto* place_a = std::ranges::find(kSeverity, a);
  const auto* place_b = std::ranges::find(kSeverity, b);
  return place_a < place_b ? b : a;
}

std::span<const CodeInfo> code_table() { return kCodes; }

const CodeInfo& info(Code code) {
  return *std::ranges::lower_bound(kCodes, code, {}, &CodeInfo::code);
}

std::string to_string(Code code) { return fmt::format("FF{:04}", static_cast<int>(code)); }

std::optional<Code> parse_code(std::string_view text) {
  if (text.starts_with("FF") || text.starts_with("ff") || text.starts_with("Ff")) text.remove_prefix(2);
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  const auto* found = std::ranges::find(kCodes, static_cast<Code>(number), &CodeInfo::code);
  if (found == kCodes.end()) return std::nullopt;
  return found->code;
}

}  // namespace firmform
