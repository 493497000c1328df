// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/integrity.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/naming.h"
#include "providers/hpe/delivery.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/facts.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using inventory::HostSnapshot;
using plan::Action;
using plan::Condition;
using namespace std::chrono_literals;

constexpr Duration kScan = 1min;
constexpr Duration kScanDeadline = 15min;

std::string known(const HostSnapshot& host, std::string_view key) {
  return std::string(fact(host, key));
}

bool is_hidden(const HostSnapshot& host) {
  return fact(host, kIntegrityTime).empty() && fact(host, kIntegrityBackground).empty();
}

/// The time of the last scan when the check was planned, which must move.
const Condition* moved_time(const Action& action) {
  const auto found = std::ranges::find(action.postconditions, Condition::Type::fact_changed, &Condition::type);
  return found == action.postconditions.end() ? nullptr : &*found;
}

bool is_good(std::string_view result) {
  return equals_ignoring_case(result, "OK") || equals_ignoring_case(result, "Repaired");
}

std::string finding(std::string_view result, std::string_view failed_image) {
  std::string text = fmt::format("the scan ended with {}", result.empty() ? "no result" : printable(result));
  if (equals_ignoring_case(result, "Failure")) {
    text +=
        ": firmware is not what its maker signed; the event log (`firmform log HOST`) and the iLO's "
        "InvalidImageRepository name it, and `firmform recover HOST` shows the ways out";
  }
  if (!failed_image.empty()) text += fmt::format(" (the failed image: {})", printable(failed_image));
  return text;
}

}  // namespace

std::optional<IntegrityState> integrity_state(const HostSnapshot& host) {
  if (is_hidden(host)) return std::nullopt;
  return IntegrityState{.result = known(host, kIntegrity),
                        .time = known(host, kIntegrityTime),
                        .background = known(host, kIntegrityBackground),
                        .on_failure = known(host, kIntegrityOnFailure)};
}

std::variant<std::vector<Action>, Impossible> plan_integrity_check(const HostSnapshot& host) {
  if (!fact(host, kUnlicensed).empty()) {
    return impossible(Code::license_missing, "the iLO checks its firmware only with a licence for it, and it has none");
  }
  if (fact(host, kIntegrityCheck).empty() || is_hidden(host)) {
    return impossible(Code::feature_not_offered, "this iLO offers no check of its firmware");
  }
  Action action;
  action.type = plan::ActionType::invoke;
  action.components = {std::string(plan::kIntegrityAddress)};
  action.summary = "let the iLO check its firmware";
  action.request = plan::PlannedRequest{.target = known(host, kIntegrityCheck), .body = json::Object()};
  action.completion = plan::Completion::update_state;
  action.preconditions = {redfish::idle()};
  action.postconditions = {{.type = Condition::Type::fact_changed,
                            .component = std::string(kIntegrityTime),
                            .value = known(host, kIntegrityTime)}};
  action.expected = kScan;
  action.deadline = kScanDeadline;
  return std::vector{std::move(action)};
}

bool checks_integrity(const Action& action) {
  return action.type == plan::ActionType::invoke &&
         std::ranges::find(action.components, plan::kIntegrityAddress) != action.components.end();
}

Progress progress_of_check(const Action& action, const json::Value& update_service) {
  const json::Value& integrity = oem(update_service)["FirmwareIntegrity"];
  const Condition* planned = moved_time(action);
  if (planned == nullptr || integrity.text("LastScanTime") == planned->value) {
    return {.state = ProgressState::running, .percent = {}, .text = "the iLO checks its firmware"};
  }
  const std::string_view result = integrity.text("LastScanResult");
  if (is_good(result)) return {.state = ProgressState::succeeded, .percent = 100, .text = finding(result, {})};
  return {.state = ProgressState::failed, .percent = {}, .text = finding(result, integrity.text("LastFailedImageUri"))};
}

Probe weigh_check(const Action& action, const HostSnapshot& host) {
  const Condition* planned = moved_time(action);
  if (planned == nullptr || plan::check(*planned, host)) {
    return {.evidence = Evidence::ambiguous,
            .task_uri = {},
            .text =
                "no scan has ended since, and an iLO does not show one that runs; `firmform integrity show` says "
                "when one has"};
  }
  const std::string_view result = fact(host, kIntegrity);
  // A look at the iLO as at a check that was accepted makes a bad result the failure that it is.
  const Evidence evidence = is_good(result) ? Evidence::done : Evidence::running;
  return {.evidence = evidence, .task_uri = {}, .text = finding(result, {})};
}

}  // namespace firmform::hpe
