// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_actions.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using plan::Action;
using plan::Condition;
using plan::Plan;

std::string words(const Condition& condition) {
  switch (condition.type) {
    case Condition::Type::same_system:
      return fmt::format("same system ({})", condition.value);
    case Condition::Type::installed_version:
      return condition.value.empty() ? fmt::format("{} shows no version", condition.component)
                                     : fmt::format("{} has \"{}\"", condition.component, condition.value);
    case Condition::Type::wanted_version:
      return fmt::format("{} is \"{}\"", condition.component, condition.value);
    case Condition::Type::update_service_idle:
      return "no update runs";
    case Condition::Type::power_state:
      return fmt::format("power is {}", condition.value);
    case Condition::Type::host_ready:
      return "POST and discovery are over";
    case Condition::Type::resource_present:
      return fmt::format("{} is there", condition.component);
    case Condition::Type::resource_absent:
      return fmt::format("{} is not there", condition.component);
    case Condition::Type::queue_unblocked:
      return "nothing blocks the installation queue";
    case Condition::Type::not_later:
      return fmt::format("it is not after {}", condition.value);
    case Condition::Type::not_before:
      return fmt::format("it is not before {}", condition.value);
    case Condition::Type::fact_changed:
      return condition.value.empty() ? fmt::format("{} is known", condition.component)
                                     : fmt::format("{} is not \"{}\" any more", condition.component, condition.value);
    case Condition::Type::clock_agrees:
      return fmt::format("the BMC's clock is at most {}s off", condition.value);
  }
  return {};
}

std::string words(const std::vector<Condition>& conditions) {
  std::vector<std::string> parts;
  for (const Condition& condition : conditions) parts.push_back(words(condition));
  return printable(fmt::format("{}", fmt::join(parts, "; ")));
}

std::string words(const plan::PlannedRequest& request) {
  std::string text = fmt::format("{} {}", http::to_string(request.method), request.target);
  if (!request.body.is_null()) text += " " + json::dump(request.body);
  return printable(text);
}

std::string words(const plan::Image& image) {
  constexpr std::size_t kShort = 16;
  std::string text =
      image.url.empty() ? fmt::format("pushed from {}", image.path) : fmt::format("pulled from {}", image.url);
  if (image.served) text = fmt::format("pulled from this machine, which serves {}", image.path);
  if (image.size > 0) text += fmt::format(", {} bytes", image.size);
  if (image.length > 0) text += fmt::format(", of these {} from {}", image.length, image.offset);
  if (!image.signature_path.empty()) text += fmt::format(", signature {}", image.signature_path);
  if (!image.sha256.empty()) text += fmt::format(", sha256 {}…", image.sha256.substr(0, kShort));
  return printable(text);
}

std::string times(const Action& action) {
  std::string text = fmt::format("expected {}, deadline {}", to_text(action.expected), to_text(action.deadline));
  if (action.restarts != plan::Restarts::nothing) text += fmt::format(", restarts the {}", to_string(action.restarts));
  return text;
}

std::string in_full(const Action& action, std::size_t width) {
  constexpr std::size_t kIndent = 8;
  std::string text =
      paragraph(fmt::format("#{} {}: {}", action.id, to_string(action.type), printable(action.summary)), 4, width);
  const auto line = [&](std::string_view title, const std::string& value) {
    if (!value.empty()) text += paragraph(fmt::format("{} {}", title, value), kIndent, width);
  };
  if (action.request) line("request", words(*action.request));
  if (action.image) line("image", words(*action.image));
  line("before", words(action.preconditions));
  line("after", words(action.postconditions));
  line("time", times(action));
  line("why", printable(fmt::format("{}", fmt::join(action.because, "; "))));
  if (!action.needs.empty()) line("needs", fmt::format("#{}", fmt::join(action.needs, ", #")));
  return text;
}

}  // namespace

std::string actions_text(const Plan& plan, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 0));
  std::vector<const Action*> ordered;
  for (const Action& action : plan.actions) ordered.push_back(&action);
  std::ranges::sort(ordered, {},
                    [](const Action* action) { return std::pair(std::string_view(action->host), action->id); });
  if (ordered.empty()) return {};
  std::string text = "Actions:\n";
  std::string_view host;
  for (const Action* action : ordered) {
    if (action->host != host) text += fmt::format("  {}\n", action->host);
    host = action->host;
    text += in_full(*action, width);
  }
  return text + "\n";
}

}  // namespace firmform::report
