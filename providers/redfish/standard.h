// SPDX-License-Identifier: Apache-2.0
// StandardProvider: any BMC that keeps to the standard, in a vendor's dialect. Vendors whose differences fit into
// a Dialect need no class of their own.
#pragma once

#include <vector>

#include "providers/provider.h"
#include "providers/redfish/quirks.h"

namespace firmform::redfish {

class StandardProvider : public Provider {
 public:
  /// `others`: dialects that only the Manager tells, tried while reading.
  explicit StandardProvider(Dialect dialect, std::vector<Dialect> others = {});

  [[nodiscard]] std::string_view name() const override { return dialect_.quirks.name; }
  [[nodiscard]] int match(const ServiceFacts& facts) const override { return dialect_.match(facts); }
  [[nodiscard]] std::variant<Recipe, Impossible> plan_change(const ChangeRequest& request) const override;
  [[nodiscard]] std::variant<plan::Action, Impossible> plan_host_reset(
      const inventory::HostSnapshot& host, const std::vector<std::string>& components) const override;

  [[nodiscard]] std::vector<plan::PlannedRequest> plan_settings(const inventory::Settings& wanted,
                                                                const inventory::Settings& present) const override;

  Task<Result<inventory::HostSnapshot>> read(Client& client) const override;
  Task<Result<Accepted>> perform(Client& client, const plan::Action& action) const override;
  Task<Result<Progress>> poll(Client& client, const plan::Action& action, const Accepted& accepted) const override;
  Task<Result<Probe>> probe(Client& client, const plan::Action& action) const override;
  Task<Result<std::vector<LogEntry>>> read_log(Client& client, std::optional<UtcTime> since) const override;
  /// Counts the entries of read_log(), which a vendor may replace.
  Task<Result<inventory::Health>> read_health(Client& client, std::optional<UtcTime> since) const override;
  Task<Result<inventory::Settings>> read_settings(Client& client, std::vector<std::string> categories) const override;

 protected:
  [[nodiscard]] const Dialect& dialect() const { return dialect_; }

 private:
  Dialect dialect_;
  std::vector<Dialect> others_;
};

}  // namespace firmform::redfish
