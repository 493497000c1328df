// SPDX-License-Identifier: Apache-2.0
// ModelProvider: a provider whose BMCs are the machines of a ModelFleet. Internal to engine/simulate.
#pragma once

#include "engine/simulate/model_fleet.h"

namespace firmform::simulate {

/// Carries the name of the real one, and plans and judges as that does.
class ModelProvider final : public Provider {
 public:
  ModelProvider(ModelFleet& fleet, const Provider& real) : fleet_(fleet), real_(real) {}

  [[nodiscard]] std::string_view name() const override { return real_.name(); }
  [[nodiscard]] int match(const ServiceFacts&) const override { return 1; }
  [[nodiscard]] std::variant<Recipe, Impossible> plan_change(const ChangeRequest& request) const override;
  [[nodiscard]] std::variant<plan::Action, Impossible> plan_host_reset(
      const inventory::HostSnapshot& host, const std::vector<std::string>& components) const override;
  [[nodiscard]] std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host) const override;

  Task<Result<inventory::HostSnapshot>> read(redfish::Client& client) const override;
  Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const override;
  Task<Result<Progress>> poll(redfish::Client& client, const plan::Action& action,
                              const Accepted& accepted) const override;
  Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const override;
  Task<Result<inventory::Health>> read_health(redfish::Client& client, std::optional<UtcTime> since) const override;
  Task<Result<inventory::Settings>> read_settings(redfish::Client& client,
                                                  std::vector<std::string> categories) const override;

 private:
  using Host = ModelFleet::Host;
  [[nodiscard]] Result<Host*> reach(const redfish::Client& client) const;

  ModelFleet& fleet_;
  const Provider& real_;
};

/// Answers what a Redfish client asks before the provider takes over.
class ModelTransport final : public http::Transport {
 public:
  explicit ModelTransport(ModelFleet& fleet) : fleet_(fleet) {}
  Task<Result<http::Response>> send(http::Request request) override;

 private:
  ModelFleet& fleet_;
};

class ModelPublisher final : public apply::ImagePublisher {
 public:
  explicit ModelPublisher(ModelFleet& fleet) : fleet_(fleet) {}
  Task<Result<apply::PublishedImage>> publish(plan::Image image, std::string host, std::string bmc,
                                              apply::OnFetch on_fetch) override;

 private:
  ModelFleet& fleet_;
};

}  // namespace firmform::simulate
