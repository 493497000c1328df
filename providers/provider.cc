// SPDX-License-Identifier: Apache-2.0
#include "providers/provider.h"

#include <algorithm>
#include <utility>

namespace firmform {

Providers::Providers(std::vector<std::unique_ptr<Provider>> providers) : providers_(std::move(providers)) {}

const Provider& Providers::choose(const ServiceFacts& facts) const {
  const auto score = [&](const std::unique_ptr<Provider>& provider) { return provider->match(facts); };
  return **std::ranges::max_element(providers_, {}, score);
}

const Provider* Providers::find(std::string_view name) const {
  const auto found = std::ranges::find(providers_, name, [](const auto& provider) { return provider->name(); });
  return found == providers_.end() ? nullptr : found->get();
}

std::variant<std::vector<plan::Action>, Impossible> Provider::plan_resource(const ResourceRequest&) const {
  return Impossible{{.code = Code::feature_not_offered,
                     .text = "this BMC has no repository, queue, windows or install sets of its own",
                     .help = {}}};
}

std::string Provider::window_id(const inventory::HostSnapshot&, std::string_view) const {
  return {};
}

std::optional<IntegrityState> Provider::integrity(const inventory::HostSnapshot&) const {
  return std::nullopt;
}

std::vector<plan::Reason> Provider::preflight(const inventory::HostSnapshot&) const {
  return {};
}

std::vector<RecoveryWay> Provider::recovery(const inventory::HostSnapshot&) const {
  return {};
}

std::vector<plan::PlannedRequest> Provider::plan_settings(const inventory::Settings&,
                                                          const inventory::Settings&) const {
  return {};
}

Task<Result<inventory::Health>> Provider::read_health(redfish::Client&, std::optional<UtcTime>) const {
  co_return inventory::Health();
}

Task<Result<inventory::Settings>> Provider::read_settings(redfish::Client&, std::vector<std::string>) const {
  co_return inventory::Settings();
}

Task<Result<std::vector<LogEntry>>> Provider::read_log(redfish::Client&, std::optional<UtcTime>) const {
  co_return std::vector<LogEntry>();
}

}  // namespace firmform
