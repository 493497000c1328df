// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_policies.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/base/codes.h"
#include "engine/base/text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using plan::PolicyResult;
using Outcome = PolicyResult::Outcome;

/// What stands in front of the message; `code` where the outcome has one.
struct Heading {
  std::optional<Code> code;
  std::string text;
  std::string_view symbol = "!";
  Ink ink = Ink::red;
};

Heading heading_of(const PolicyResult& result) {
  switch (result.outcome) {
    case Outcome::warned:
      return {.code = Code::policy_warned, .text = result.rule + " warns", .ink = Ink::yellow};
    case Outcome::override_needed:
      return {.code = Code::override_needed, .text = result.rule + " asks to be overridden"};
    case Outcome::denied:
      return {.code = Code::policy_denied, .text = result.rule + " denies the plan"};
    case Outcome::overridden:
      return {.text = fmt::format("{} is overridden by {} ({})", result.rule, result.by, result.reason),
              .symbol = "=",
              .ink = Ink::dim};
    case Outcome::passed:
      break;
  }
  return {};
}

std::string quoted(const std::string& rule) {
  return rule.find(' ') == std::string::npos ? rule : fmt::format("\"{}\"", rule);
}

std::string result_text(const PolicyResult& result, std::size_t width, bool color) {
  constexpr std::size_t kIndent = 4;
  const Heading heading = heading_of(result);
  const std::string code = heading.code ? to_string(*heading.code) + " " : std::string();
  std::string text = paragraph(printable(fmt::format("{}{}: {}", code, heading.text, result.message)), 2, width);
  text.replace(0, 1, paint(heading.ink, heading.symbol, color));
  if (!result.subjects.empty()) text += paragraph(printable(folded(result.subjects)), kIndent, width);
  if (!result.origin.empty()) text += paragraph(printable("defined at " + result.origin), kIndent, width);
  if (result.outcome == Outcome::override_needed) {
    text +=
        paragraph(printable(fmt::format("To go on all the same: apply -override {} -reason TEXT", quoted(result.rule))),
                  kIndent, width);
  }
  return text;
}

}  // namespace

std::string folded(const std::vector<std::string>& subjects) {
  constexpr std::size_t kShown = 6;
  const std::size_t shown = std::min(subjects.size(), kShown);
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += fmt::format("{}{}", i == 0 ? "" : ", ", subjects[i]);
  return subjects.size() == shown ? text : fmt::format("{} and {} more", text, subjects.size() - shown);
}

std::string policies_text(const plan::Plan& plan, const Style& style) {
  constexpr int kNarrowest = 40;
  const auto width = static_cast<std::size_t>(std::max(style.width, kNarrowest));
  std::string text;
  for (const PolicyResult& result : plan.policies) {
    if (result.outcome != Outcome::passed) text += result_text(result, width, style.color);
  }
  return text.empty() ? text : fmt::format("Policies:\n{}\n", text);
}

}  // namespace firmform::report
