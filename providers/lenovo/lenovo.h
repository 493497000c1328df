// SPDX-License-Identifier: Apache-2.0
// Lenovo XCC: a push must be announced by HttpPushUriTargetsBusy, and new BMC firmware waits for a restart of
// the BMC.
#pragma once

#include "providers/redfish/standard.h"

namespace firmform::lenovo {

[[nodiscard]] const redfish::Dialect& dialect();

class XccProvider final : public redfish::StandardProvider {
 public:
  XccProvider();

  /// Takes the busy flag, pushes, and gives it back whatever came of the push.
  Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const override;
  /// Gives back a busy flag that a run which was cut off has left behind.
  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override;
};

}  // namespace firmform::lenovo
