// SPDX-License-Identifier: Apache-2.0
#include "engine/http/retry.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/text.h"
#include "engine/http/transport.h"

namespace firmform::http {
namespace {

/// A failure that used up a deadline is repeated once: more would keep a dead BMC in the run for minutes.
constexpr int kAttemptsAfterTimeout = 2;
/// Internal errors of BMCs are rarely transient.
constexpr int kAttemptsAfterInternalError = 3;

// Last segments of message ids that say "not now": redfish.md A.11, ilo.md 1.7.
constexpr std::array<std::string_view, 15> kBusyKeys{
    "ServiceTemporarilyUnavailable",
    "ServiceInUnknownState",
    "ServiceShuttingDown",
    "ResourceInUse",
    "ResourceInUseWithDetail",
    "ResourceInStandby",
    "ResourceTemporarilyUnavailable",
    "ResourceNotReadyRetry",
    "ResourceBeingFlashed",
    "ResetInProgress",
    "DeviceIsBusy",
    "UpdateTemporarilyUnavailable",
    "UpdateRepositoryUnavailable",
    "UpdateRepositoryUnavailableDueToBMCReset",
    "NandMountFailed",
};

// Refusals that some BMCs send with 401 although the session is fine; a new login would not help.
constexpr std::array<std::string_view, 6> kDeniedKeys{
    "InsufficientPrivilege", "AccessForbidden",    "AccessDenied",
    "LicenseRequired",       "LicenseKeyRequired", "PasswordChangeRequired",
};

template <std::size_t N>
bool any_of(const std::vector<std::string>& message_ids, const std::array<std::string_view, N>& keys) {
  return std::ranges::any_of(
      message_ids, [&](const std::string& id) { return std::ranges::find(keys, message_key(id)) != keys.end(); });
}

bool is_read(Method method) {
  return method == Method::get || method == Method::head;
}

/// How often a failed exchange of this kind may be attempted in all; 1 means never again.
int attempts_after_failure(Method method, Code failure, int max_attempts) {
  const bool transient_before_sending = failure == Code::connection_refused || failure == Code::connect_timeout ||
                                        failure == Code::name_not_resolved || failure == Code::tls_failed;
  const bool lost_reply = failure == Code::no_reply || failure == Code::connection_lost;
  const bool timed_out = failure == Code::connect_timeout || failure == Code::no_reply;

  if (method == Method::post) return 1;
  if (!transient_before_sending && !(lost_reply && is_read(method))) return 1;
  return timed_out ? std::min(max_attempts, kAttemptsAfterTimeout) : max_attempts;
}

int attempts_after_status(const Attempt& attempt, int max_attempts) {
  if (!is_read(attempt.method) || attempt.status < 400) return 1;
  if (any_of(attempt.message_ids, kBusyKeys)) return max_attempts;
  if (attempt.status == 500) return std::min(max_attempts, kAttemptsAfterInternalError);
  const bool busy = attempt.status == 429 || attempt.status == 502 || attempt.status == 503 || attempt.status == 504;
  return busy ? max_attempts : 1;
}

/// Seconds or HTTP-date, as RFC 9110 10.2.3 has it; anything else reads as absent.
std::optional<Duration> parse_retry_after(const std::string& text, UtcTime now) {
  const std::string_view value = trim(text);
  std::uint32_t seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && end == value.data() + value.size()) return std::chrono::seconds(seconds);

  const std::time_t date = curl_getdate(std::string(value).c_str(), nullptr);
  if (date == -1) return std::nullopt;
  const UtcTime then{std::chrono::seconds(date)};
  return std::max(Duration(0), std::chrono::duration_cast<Duration>(then - now));
}

Duration scaled(Duration duration, double factor) {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
}

/// Doubles from attempt to attempt; the jitter takes away up to half, so that hosts do not march in step.
Duration backoff(int attempt_number, const RetryPolicy& policy, double jitter) {
  Duration delay = std::min(policy.first_delay, policy.max_delay);
  for (int i = 1; i < attempt_number && delay < policy.max_delay; ++i) delay = std::min(delay * 2, policy.max_delay);
  return scaled(delay, 1.0 - jitter / 2);
}

/// What the BMC asked for, plus up to a first delay of jitter; never above the policy's longest delay.
Duration delay_before_next(const Attempt& attempt, const RetryPolicy& policy, double jitter, UtcTime now) {
  if (attempt.retry_after) {
    if (const auto asked = parse_retry_after(*attempt.retry_after, now)) {
      if (*asked >= policy.max_delay) return policy.max_delay;
      return std::min(policy.max_delay, *asked + scaled(policy.first_delay, jitter));
    }
  }
  return backoff(attempt.number, policy, jitter);
}

}  // namespace

Decision classify(const Attempt& attempt, const RetryPolicy& policy, double jitter, UtcTime now) {
  if (!attempt.failure && attempt.status == 401 && !any_of(attempt.message_ids, kDeniedKeys)) {
    return {Verdict::login, Duration(0)};
  }
  const int attempts = attempt.failure ? attempts_after_failure(attempt.method, *attempt.failure, policy.max_attempts)
                                       : attempts_after_status(attempt, policy.max_attempts);
  if (attempt.number >= attempts) return {Verdict::done, Duration(0)};
  return {Verdict::again, delay_before_next(attempt, policy, jitter, now)};
}

bool says_busy(const std::vector<std::string>& message_ids) {
  return any_of(message_ids, kBusyKeys);
}

std::string_view message_key(std::string_view message_id) {
  const std::size_t dot = message_id.rfind('.');
  return dot == std::string_view::npos ? message_id : message_id.substr(dot + 1);
}

}  // namespace firmform::http
