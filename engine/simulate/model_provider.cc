// SPDX-License-Identifier: Apache-2.0
#include "engine/simulate/model_provider.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/redfish/client.h"

namespace firmform::simulate {
namespace {

using namespace std::chrono_literals;

constexpr Duration kLostAfter = 5s;      // a broken connection is noticed then
constexpr Duration kLongestReply = 30s;  // of a request that is answered when it is done

constexpr std::string_view kRoot =
    R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.6.0","Vendor":"Simulated","Product":"Simulated BMC"})";

tl::unexpected<Error> no_answer() {
  return fail(Code::connection_refused, "the simulated BMC does not answer");
}

/// A request on its way. It ends with the coroutine, also when that is destroyed in the middle.
class Sending {
 public:
  explicit Sending(int& count) : count_(count) { ++count_; }
  Sending(const Sending&) = delete;
  Sending& operator=(const Sending&) = delete;
  ~Sending() { --count_; }

 private:
  int& count_;
};

int percent_of(const Deed& deed, UtcTime now) {
  const auto whole = std::max<Duration::rep>(1, (deed.ends - deed.begun).count());
  return static_cast<int>((now - deed.begun).count() * 100 / whole);
}

}  // namespace

std::variant<Recipe, Impossible> ModelProvider::plan_change(const ChangeRequest& request) const {
  return real_.plan_change(request);
}

std::variant<plan::Action, Impossible> ModelProvider::plan_host_reset(
    const inventory::HostSnapshot& host, const std::vector<std::string>& components) const {
  return real_.plan_host_reset(host, components);
}

std::vector<plan::Reason> ModelProvider::preflight(const inventory::HostSnapshot& host) const {
  return fleet_.options_.preflight ? real_.preflight(host) : std::vector<plan::Reason>();
}

Result<ModelProvider::Host*> ModelProvider::reach(const redfish::Client& client) const {
  Host* host = fleet_.find(client.endpoint().url);
  if (host == nullptr || !host->machine.answers(fleet_.clock_.now())) return no_answer();
  return host;
}

Task<Result<inventory::HostSnapshot>> ModelProvider::read(redfish::Client& client) const {
  const Result<Host*> host = reach(client);
  if (!host) co_return fail(host.error());
  co_return (*host)->machine.seen(fleet_.clock_.now());
}

Task<Result<Accepted>> ModelProvider::perform(redfish::Client& client, const plan::Action& action) const {
  const Result<Host*> reached = reach(client);
  if (!reached) co_return fail(reached.error());
  Host& host = **reached;
  Clock& clock = fleet_.clock_;
  const UtcTime arrived = clock.now();
  const auto attempt = static_cast<std::uint64_t>(++host.arrivals[action.id]);
  const std::uint64_t draw = action.id * 16 + attempt;
  fleet_.prepare(host, arrived);
  if (!fleet_.inspect(host, action)) co_return fail(Code::bmc_refused_update, "no such action is planned");
  const Sending sending(host.sending);
  if (fleet_.strikes(Fault::lost_request, host, draw)) {
    co_await clock.sleep(kLostAfter);
    co_return fail(Code::connection_lost, "the connection broke");
  }
  co_await clock.sleep(fleet_.upload_time(host, fleet_.plan_.actions[action.id]));
  if (!host.machine.answers(clock.now())) co_return fail(Code::connection_lost, "the connection broke");
  const Deed deed = fleet_.begin(host, action, arrived);
  if (fleet_.strikes(Fault::lost_reply, host, draw)) {
    co_await clock.sleep(kLostAfter);
    co_return fail(Code::no_reply, "the reply was lost");
  }
  if (action.completion == plan::Completion::immediate) {
    co_await clock.sleep(std::min(deed.ends - deed.begun, kLongestReply));
    if (deed.fails) co_return fail(Code::bmc_refused_update, "the simulated BMC refused it");
  }
  co_return Accepted{202, "/simulated/tasks/1", "accepted"};
}

Task<Result<Progress>> ModelProvider::poll(redfish::Client& client, const plan::Action& action, const Accepted&) const {
  const Result<Host*> reached = reach(client);
  if (!reached) co_return fail(reached.error());
  Host& host = **reached;
  const UtcTime now = fleet_.clock_.now();
  const auto fetched = host.fetched_at.find(action.id);
  if (fetched != host.fetched_at.end() && now >= fetched->second && host.on_fetch) host.on_fetch(1, 1);
  const Deed* deed = host.machine.deed(action.id);
  if (deed == nullptr) co_return Progress{ProgressState::gone, {}, "no such task"};
  if (now < deed->ends) co_return Progress{ProgressState::running, percent_of(*deed, now), "Running"};
  if (deed->fails) co_return Progress{ProgressState::failed, {}, "the image was not installed (simulated)"};
  co_return Progress{ProgressState::succeeded, 100, "Completed"};
}

Task<Result<Probe>> ModelProvider::probe(redfish::Client& client, const plan::Action& action) const {
  const Result<Host*> reached = reach(client);
  if (!reached) co_return fail(reached.error());
  const Deed* deed = (*reached)->machine.deed(action.id);
  if (deed == nullptr) co_return Probe{Evidence::not_started, {}, "nothing shows that the request arrived"};
  const bool is_done = fleet_.clock_.now() >= deed->ends && !deed->fails && !deed->changes_nothing;
  if (is_done) co_return Probe{Evidence::done, {}, "its effect is there"};
  co_return Probe{Evidence::running, "/simulated/tasks/1", "its task is on the BMC"};
}

Task<Result<inventory::Health>> ModelProvider::read_health(redfish::Client& client, std::optional<UtcTime>) const {
  const Result<Host*> host = reach(client);
  if (!host) co_return fail(host.error());
  co_return (*host)->machine.health(fleet_.clock_.now());
}

Task<Result<inventory::Settings>> ModelProvider::read_settings(redfish::Client& client,
                                                               std::vector<std::string> categories) const {
  const Result<Host*> host = reach(client);
  if (!host) co_return fail(host.error());
  inventory::Settings settings;
  std::ranges::sort(categories);
  for (const std::string& category : categories) {
    settings.push_back({category, "/simulated/settings", "/Attributes/Kept", "true", true});
  }
  co_return settings;
}

Task<Result<http::Response>> ModelTransport::send(http::Request request) {
  const ModelFleet::Host* host = fleet_.find(request.endpoint->url);
  if (host == nullptr || !host->machine.answers(fleet_.clock_.now())) co_return no_answer();
  http::Response response;
  response.status = request.method == http::Method::get ? 200 : 204;
  response.headers.add("Content-Type", "application/json");
  if (request.method == http::Method::get) response.body = kRoot;
  co_return response;
}

Task<Result<apply::PublishedImage>> ModelPublisher::publish(plan::Image image, std::string, std::string bmc,
                                                            apply::OnFetch on_fetch) {
  if (ModelFleet::Host* host = fleet_.find(bmc)) host->on_fetch = std::move(on_fetch);
  co_return apply::PublishedImage{"https://image-server.invalid/" + image.name,
                                  "https://image-server.invalid/" + image.name + ".sig"};
}

}  // namespace firmform::simulate
