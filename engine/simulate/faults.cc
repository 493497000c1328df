// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "engine/base/text.h"

namespace firmform::simulate {
namespace {

std::optional<double> rate_of(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  if (is_percent) text.remove_suffix(1);
  double rate = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), rate);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (is_percent) rate /= 100;
  return rate >= 0 && rate <= 1 ? std::optional(rate) : std::nullopt;
}

Error no_rate(std::string_view text) {
  return Error(Code::usage, fmt::format("`{}` is no rate of faults", text))
      .with_help("give a share such as 0.02 or 2%, for all kinds or as KIND=RATE");
}

Error no_kind(const std::string& name) {
  std::vector<std::string> names;
  for (const Fault fault : kAllFaults) names.emplace_back(to_string(fault));
  const Error error(Code::usage, fmt::format("there is no kind of fault `{}`", name));
  const auto near = nearest(name, names);
  if (near) return error.with_help(fmt::format("did you mean `{}`?", *near));
  return error.with_help(fmt::format("kinds are {}", fmt::join(names, ", ")));
}

}  // namespace

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::lost_request:
      return "lost-request";
    case Fault::lost_reply:
      return "lost-reply";
    case Fault::failed_flash:
      return "failed-flash";
    case Fault::wrong_version:
      return "wrong-version";
    case Fault::unreachable:
      return "unreachable";
    case Fault::dead:
      return "dead";
    case Fault::slow:
      return "slow";
    case Fault::unhealthy:
      return "unhealthy";
  }
  return "dead";
}

bool Faults::any() const {
  return std::ranges::any_of(rates_, [](double rate) { return rate > 0; });
}

std::string Faults::describe() const {
  const double first = rate(kAllFaults.front());
  const auto is_first = [&](Fault fault) { return rate(fault) == first; };
  if (first > 0 && std::ranges::all_of(kAllFaults, is_first)) return fmt::format("{:g}", first);
  std::vector<std::string> parts;
  for (const Fault fault : kAllFaults) {
    if (rate(fault) > 0) parts.push_back(fmt::format("{}={:g}", to_string(fault), rate(fault)));
  }
  return parts.empty() ? "none" : fmt::format("{}", fmt::join(parts, ","));
}

Result<Faults> parse_faults(std::string_view text) {
  Faults faults;
  for (const std::string& part : split(text, ',')) {
    const std::size_t equals = part.find('=');
    const std::string_view number = trim(std::string_view(part).substr(equals == std::string::npos ? 0 : equals + 1));
    const auto rate = rate_of(number);
    if (!rate) return fail(no_rate(number));
    if (equals == std::string::npos) {
      for (const Fault fault : kAllFaults) faults.set(fault, *rate);
      continue;
    }
    const std::string name(trim(std::string_view(part).substr(0, equals)));
    const auto* const kind =
        std::ranges::find_if(kAllFaults, [&](Fault fault) { return equals_ignoring_case(to_string(fault), name); });
    if (kind == kAllFaults.end()) return fail(no_kind(name));
    faults.set(*kind, *rate);
  }
  return faults;
}

}  // namespace firmform::simulate
