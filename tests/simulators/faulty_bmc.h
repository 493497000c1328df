// SPDX-License-Identifier: Apache-2.0
// FaultyBmc: a machine whose answers go wrong as its wire faults say.
#pragma once

#include <memory>
#include <vector>

#include "tests/simulators/faults.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {

class FaultyBmc final : public Bmc {
 public:
  FaultyBmc(std::unique_ptr<RedfishBmc> machine, std::vector<WireFault> faults);

  [[nodiscard]] const BmcOptions& options() const override { return machine_->options(); }
  [[nodiscard]] bool offline() const override { return machine_->offline(); }
  BmcResponse handle(const BmcRequest& request) override;
  void advance(UtcTime now) override { machine_->advance(now); }
  [[nodiscard]] std::optional<UtcTime> next_event() const override { return machine_->next_event(); }
  std::vector<ImageOrder> take_image_orders() override { return machine_->take_image_orders(); }
  void deliver_image(std::uint64_t order, Result<std::string> image) override {
    machine_->deliver_image(order, std::move(image));
  }
  [[nodiscard]] const std::vector<WriteRecord>& writes() const override { return machine_->writes(); }
  [[nodiscard]] int flashes() const override { return machine_->flashes(); }
  [[nodiscard]] std::string running_version(const std::string& component) const override {
    return machine_->running_version(component);
  }
  [[nodiscard]] int host_boots() const override { return machine_->host_boots(); }
  [[nodiscard]] int bmc_restarts() const override { return machine_->bmc_restarts(); }
  [[nodiscard]] std::size_t open_sessions() const override { return machine_->open_sessions(); }

 private:
  /// The fault that hits this request; every matching one counts it.
  WireFault* next_fault(const BmcRequest& request);

  std::unique_ptr<RedfishBmc> machine_;
  std::vector<WireFault> faults_;
};

}  // namespace firmform::simulators
