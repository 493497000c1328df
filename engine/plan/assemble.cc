// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/assemble.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <utility>

#include "engine/plan/codec.h"
#include "engine/plan/fleet.h"

namespace firmform::plan {
namespace {

http::TlsOptions tls_of(const manifest::Tls& tls, const std::filesystem::path& directory) {
  http::TlsOptions options{.verify = tls.verify, .ca_file = {}, .pin_sha256 = tls.pin_sha256};
  if (tls.ca_file) options.ca_file = directory / *tls.ca_file;
  return options;
}

PlannedHost planned_host(const HostDraft& host, const std::string& directory) {
  const inventory::HostSnapshot& snapshot = *host.snapshot;
  const manifest::DesiredHost& desired = *host.desired;
  return {.name = desired.name,
          .bmc = desired.bmc,
          .provider = snapshot.provider,
          .username = desired.credentials.username,
          .password = desired.credentials.password,
          .tls = tls_of(desired.tls, directory),
          .model = snapshot.system.model,
          .serial = snapshot.system.serial,
          .fingerprint = inventory::fingerprint(snapshot),
          .status = std::string(to_string(snapshot.status)),
          .labels = desired.labels,
          .window = host.held,
          .problems = host.problems};
}

/// Never plain http without the policy that allows it.
ImageServerSettings image_server_settings(const manifest::Desired& desired) {
  const manifest::ImageServer server = desired.image_server.value_or(manifest::ImageServer());
  const auto path = [&](const std::optional<manifest::Text>& text) {
    return text ? (std::filesystem::path(desired.directory) / text->value).string() : std::string();
  };
  return {.address = server.address ? server.address->value : std::string(),
          .first_port = server.first_port,
          .last_port = server.last_port,
          .certificate = path(server.certificate),
          .key = path(server.key),
          .tls = server.tls || desired.policies.plain_http_image == manifest::Permission::deny,
          .bytes_per_second = static_cast<std::uint64_t>(server.bytes_per_second.value_or(0)),
          .max_connections = static_cast<std::uint32_t>(server.max_connections)};
}

bool is_served(const Action& action) {
  return action.image && action.image->served;
}

}  // namespace

Plan assemble(const Inputs& inputs, std::vector<HostDraft> hosts, std::vector<HostChain> chains) {
  const manifest::Desired& desired = inputs.desired;
  Plan plan;
  plan.header = {.format_version = kPlanFormat,
                 .tool_version = inputs.tool_version,
                 .id = {},
                 .manifest_digest = desired.digest,
                 .directory = desired.directory,
                 .created_at = std::chrono::floor<std::chrono::seconds>(inputs.now)};
  plan.max_hosts_in_flight = static_cast<int>(desired.rollout.max_hosts_in_flight.value_or(0));
  plan.max_uploads_in_flight = static_cast<int>(desired.rollout.max_uploads_in_flight.value_or(0));
  if (desired.rollout.max_failures) plan.max_failures = static_cast<int>(desired.rollout.max_failures->value.value);

  plan.foreign_work = desired.policies.foreign_work;
  if (desired.config_guard) plan.config_guard = desired.config_guard->categories;

  FleetActions fleet = join(hosts, std::move(chains));
  plan.actions = std::move(fleet.actions);
  if (std::ranges::any_of(plan.actions, is_served)) plan.image_server = image_server_settings(desired);
  plan.hosts.reserve(hosts.size());
  std::size_t changes = 0;
  for (const HostDraft& host : hosts) changes += host.changes.size();
  plan.changes.reserve(changes);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    plan.hosts.push_back(planned_host(hosts[i], desired.directory));
    const std::size_t begin = plan.changes.size();
    for (std::size_t j = 0; j < hosts[i].changes.size(); ++j) {
      if (hosts[i].changes[j].is_dropped()) continue;
      Change& change = plan.changes.emplace_back(std::move(hosts[i].changes[j].change));
      change.actions = std::move(fleet.of_change[i][j]);
      std::ranges::sort(change.actions);
    }
    // Entries that match nothing may have the same text, but never the same place.
    const auto key = [](const Change& change) { return std::tie(change.address, change.origin); };
    std::ranges::sort(plan.changes.begin() + static_cast<std::ptrdiff_t>(begin), plan.changes.end(), {}, key);
  }
  return plan;
}

}  // namespace firmform::plan
