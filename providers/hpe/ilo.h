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
  Task<Result<inventory::HostSnapshot>> read(redfish::Client& client) const override;
  Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const override;
  Task<Result<Progress>> poll(redfish::Client& client, const plan::Action& action,
                              const Accepted& accepted) const override;
  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override;
};

}  // namespace firmform::hpe
