// SPDX-License-Identifier: Apache-2.0
#include "providers/lenovo/lenovo.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "providers/redfish/client.h"
#include "providers/redfish/identity.h"
#include "providers/redfish/read.h"
#include "providers/redfish/resource.h"
#include "providers/redfish/send.h"

namespace firmform::lenovo {
namespace {

using redfish::Client;
using redfish::Role;

constexpr std::string_view kBusy = "HttpPushUriTargetsBusy";

int match(const ServiceFacts& facts) {
  if (equals_ignoring_case(facts.vendor, "Lenovo")) return 100;
  return std::ranges::find(facts.oem_keys, "Lenovo") != facts.oem_keys.end() ? 60 : 0;
}

/// LXPM and its drivers live on the BMC's own storage.
Role role(const inventory::Component& component) {
  const Role standard = redfish::standard_role(component);
  return component.id.starts_with("LXPM") ? Role::independent : standard;
}

redfish::Quirks quirks() {
  using namespace std::chrono_literals;
  redfish::Quirks data;
  data.name = "lenovo";
  data.vendor = "Lenovo";
  data.push_targets = redfish::TargetRule::empty;  // only the BMC's backup bank may be named
  data.pull_targets = redfish::TargetRule::absent;
  data.assumes_push_apply_times = true;
  data.staged_apply_time = "Immediate";  // UEFI is written at once and runs after the next boot
  data.force_on_downgrade = true;
  data.bmc_needs_reset = true;
  return data;
}

bool is_push(const plan::Action& action) {
  return action.request->upload != plan::PlannedRequest::Upload::none;
}

/// Writing the same value twice changes nothing.
Task<Status> set_busy(Client& client, bool busy) {
  http::Headers headers;
  headers.set("Content-Type", "application/json");
  const json::Value body = json::Object{{std::string(kBusy), busy}};
  const auto reply = co_await client.write(http::Method::patch, redfish::link(client.root(), "UpdateService"),
                                           std::move(headers), json::dump(body), http::Deadlines());
  if (!reply) co_return fail(reply.error().with_context(fmt::format("while setting {} to {}", kBusy, busy)));
  co_return Status();
}

}  // namespace

const redfish::Dialect& dialect() {
  static const redfish::Dialect xcc{
      .quirks = quirks(), .match = match, .identify = redfish::identify_by_id, .role = role};
  return xcc;
}

XccProvider::XccProvider() : StandardProvider(lenovo::dialect()) {}

Task<Result<Accepted>> XccProvider::perform(Client& client, const plan::Action& action) const {
  if (!is_push(action)) co_return co_await redfish::send_planned(client, action);
  const Status claimed = co_await set_busy(client, true);
  if (!claimed) co_return fail(claimed.error());
  auto accepted = co_await redfish::send_planned(client, action);
  const Status released = co_await set_busy(client, false);
  if (accepted && !released)
    accepted->message += fmt::format("; {} stayed set ({})", kBusy, released.error().message());
  co_return accepted;
}

Task<Result<Probe>> XccProvider::probe(Client& client, const plan::Action& action) const {
  auto probe = co_await StandardProvider::probe(client, action);
  if (!probe || !is_push(action)) co_return probe;
  const auto service = co_await client.get(redfish::link(client.root(), "UpdateService"));
  if (!service || !(*service)[kBusy].as_bool().value_or(false)) co_return probe;
  const Status released = co_await set_busy(client, false);
  probe->text += released ? fmt::format("; {} was set and is given back", kBusy)
                          : fmt::format("; {} is set and could not be given back", kBusy);
  co_return probe;
}

}  // namespace firmform::lenovo
