// SPDX-License-Identifier: Apache-2.0
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "providers/hpe/dialect.h"
#include "providers/hpe/staging.h"
#include "providers/redfish/resource.h"

namespace firmform::hpe {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using redfish::Client;

struct Part {
  std::optional<redfish::Collection> collection;
  std::vector<std::string> warnings;
};

/// A collection that is missing or cannot be read must not look like an empty one: an empty queue invites new entries.
Task<Result<Part>> read_part(Client& client, const json::Value& update_service, std::string name) {
  Part part;
  const std::string uri = redfish::link(oem(update_service), name);
  if (uri.empty()) co_return part;
  auto read = co_await client.collection(uri, part.warnings);
  if (!read) {
    const Status tolerated = redfish::tolerate(read.error(), name, part.warnings);
    if (!tolerated) co_return fail(tolerated.error());
    co_return part;
  }
  if (read->resource.is_null()) {
    part.warnings.push_back(fmt::format("{} is missing: {} links to nothing", name, uri));
    co_return part;
  }
  part.collection = std::move(*read);
  co_return part;
}

/// A resource that need not be there; null when it is not.
Task<Result<json::Value>> read_optional(Client& client, std::string uri) {
  if (uri.empty()) co_return json::Value();
  auto read = co_await client.get(uri);
  if (read) co_return std::move(*read);
  std::vector<std::string> unused;
  const Status tolerated = redfish::tolerate(read.error(), uri, unused);
  if (!tolerated) co_return fail(tolerated.error());
  co_return json::Value();
}

std::optional<redfish::Collection> take(Part& part, std::vector<std::string>& warnings) {
  std::ranges::move(part.warnings, std::back_inserter(warnings));
  return std::move(part.collection);
}

}  // namespace

Task<Result<Extras>> fetch_extras(Client& client, const redfish::Resources& resources) {
  Extras extras;
  const json::Value& service = resources.update_service;
  if (service.is_null()) co_return extras;
  const std::string agent_uri = redfish::link(oem(resources.system)["Links"], "SUT");
  auto [repository, queue, windows, sets, invalid, agent, session] =
      co_await (read_part(client, service, "ComponentRepository") && read_part(client, service, "UpdateTaskQueue") &&
                read_part(client, service, "MaintenanceWindows") && read_part(client, service, "InstallSets") &&
                read_part(client, service, "InvalidImageRepository") && read_optional(client, agent_uri) &&
                read_optional(client, client.session_uri()));
  for (const auto* part : {&repository, &queue, &windows, &sets, &invalid}) {
    if (!*part) co_return fail(part->error());
  }
  if (!agent) co_return fail(agent.error());
  if (!session) co_return fail(session.error());
  extras.repository = take(*repository, extras.warnings);
  extras.queue = take(*queue, extras.warnings);
  extras.windows = take(*windows, extras.warnings);
  extras.install_sets = take(*sets, extras.warnings);
  extras.invalid_images = take(*invalid, extras.warnings);
  extras.agent = std::move(*agent);
  extras.session = std::move(*session);
  co_return extras;
}

}  // namespace firmform::hpe
