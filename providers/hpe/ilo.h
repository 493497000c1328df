// SPDX-License-Identifier: Apache-2.0
// IloProvider: HPE iLO 5, 6 and 7; an iLO 4 is read only.
#pragma once

#include "providers/provider.h"
#include "providers/redfish/standard.h"

namespace firmform::hpe {

class IloProvider final : public redfish::StandardProvider {
 public:
  IloProvider();

  [[nodiscard]] std::variant<Recipe, Impossible> plan_change(const ChangeRequest& request) const override;
  [[nodiscard]] std::variant<std::vector<plan::Action>, Impossible> plan_resource(
      const ResourceRequest& request) const override;
  [[nodiscard]] std::string window_id(const inventory::HostSnapshot& host, std::string_view name) const override;
  [[nodiscard]] std::variant<plan::Action, Impossible> plan_host_reset(
      const inventory::HostSnapshot& host, const std::vector<std::string>& components) const override;
  [[nodiscard]] std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host) const override;
  [[nodiscard]] std::vector<RecoveryWay> recovery(const inventory::HostSnapshot& host) const override;
  [[nodiscard]] std::optional<IntegrityState> integrity(const inventory::HostSnapshot& host) const override;
  Task<Result<inventory::HostSnapshot>> read(redfish::Client& client) const override;
  Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const override;
  Task<Result<Progress>> poll(redfish::Client& client, const plan::Action& action,
                              const Accepted& accepted) const override;
  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override;
  Task<Result<std::vector<LogEntry>>> read_log(redfish::Client& client, std::optional<UtcTime> since) const override;
};

}  // namespace firmform::hpe
