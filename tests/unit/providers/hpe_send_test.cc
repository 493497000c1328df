// SPDX-License-Identifier: Apache-2.0
// What an iLO answers to writes on its repository and queue, and what is made of it.
#include <catch2/catch.hpp>

#include <memory>

#include "providers/hpe/evidence.h"
#include "providers/hpe/resources.h"
#include "providers/hpe/send.h"
#include "providers/redfish/client.h"
#include "tests/support/fake_transport.h"
#include "tests/support/virtual_clock.h"
#include "tests/unit/providers/hpe_host.h"

namespace firmform {
namespace {

using http::Method;
using inventory::QueueEntry;
using inventory::QueueState;
using tests::FakeTransport;

constexpr const char* kRoot = R"({"@odata.id":"/redfish/v1/","RedfishVersion":"1.20.0",
  "Links":{"Sessions":{"@odata.id":"/redfish/v1/SessionService/Sessions"}},
  "UpdateService":{"@odata.id":"/redfish/v1/UpdateService"},
  "Oem":{"Hpe":{"Manager":[{"ManagerType":"iLO 5"}]}}})";
constexpr const char* kQueue = "/redfish/v1/UpdateService/UpdateTaskQueue";

class Ilo {
 public:
  Ilo() {
    transport.on(Method::get, "/redfish/v1/", tests::reply(200, kRoot));
    http::Headers session = tests::header("X-Auth-Token", "token-1");
    session.add("Location", "/redfish/v1/SessionService/Sessions/1");
    transport.on(Method::post, "/redfish/v1/SessionService/Sessions", tests::reply(201, "{}", session));
    transport.on(Method::get, "/redfish/v1/UpdateService",
                 tests::reply(200, R"({"@odata.id":"/redfish/v1/UpdateService"})"));
  }

  Result<Accepted> perform(const plan::Action& action) { return tests::run(io_, clock_, perform_connected(action)); }
  Result<Progress> poll(const plan::Action& action, const Accepted& accepted) {
    return tests::run(io_, clock_, providers_.find("hpe")->poll(client_, action, accepted));
  }

  FakeTransport transport;

 private:
  Task<Result<Accepted>> perform_connected(plan::Action action) {
    const Status connected = co_await client_.connect();
    if (!connected) co_return fail(connected.error());
    co_return co_await providers_.find("hpe")->perform(client_, action);
  }

  boost::asio::io_context io_;
  tests::VirtualClock clock_;
  Providers providers_ = all_providers();
  redfish::Client client_{transport,
                          clock_,
                          std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                          {"admin", Secret("secret")}};
};

QueueEntry entry() {
  return {.step = {.name = "MyTask", .file = "cp040154.exe", .updatable_by = {inventory::Updater::bmc}}};
}

plan::Action enqueue() {
  return hpe::enqueue(tests::ilo_host(), {}, entry());
}

constexpr const char* kBound = R"({"@odata.id":"/redfish/v1/UpdateService/UpdateTaskQueue/9774ef68/","Name":"MyTask",
  "Command":"ApplyUpdate","Filename":"cp040154.exe","State":"Pending",
  "Component":"/redfish/v1/UpdateService/ComponentRepository/994284F9/"})";
constexpr const char* kUnbound = R"({"@odata.id":"/redfish/v1/UpdateService/UpdateTaskQueue/9774ef68/","Name":"MyTask",
  "Command":"ApplyUpdate","Filename":"","Component":"0","State":"Pending"})";

TEST_CASE("a queue entry that the iLO bound to its image is accepted") {
  Ilo ilo;
  ilo.transport.on(Method::post, kQueue, tests::reply(201, kBound));
  const auto accepted = ilo.perform(enqueue());
  REQUIRE(accepted.has_value());
  CHECK(accepted->task_uri.empty());
  const http::Request& sent = ilo.transport.requests().back();
  CHECK(sent.headers.find("Content-Type") == "application/json");
}

TEST_CASE("a queue entry that the iLO bound to nothing is a failure that says what is there now") {
  Ilo ilo;
  ilo.transport.on(Method::post, kQueue, tests::reply(201, kUnbound));
  const auto refused = ilo.perform(enqueue());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == Code::bmc_refused_update);
  CHECK(refused.error().message().find("it is there, can never run, and blocks the queue") != std::string::npos);
}

TEST_CASE("an answer without the entry is settled by the entry itself") {
  Ilo ilo;
  ilo.transport.on(Method::post, kQueue, tests::reply(201, R"({"error":{"@Message.ExtendedInfo":[]}})"));
  ilo.transport.on(Method::get, std::string(kQueue) + "/9774ef68", tests::reply(200, kUnbound));
  CHECK_FALSE(ilo.perform(enqueue()).has_value());
  ilo.transport.on(Method::get, std::string(kQueue) + "/9774ef68", tests::reply(200, kBound));
  CHECK(ilo.perform(enqueue()).has_value());
}

TEST_CASE("an entry that was made and cannot be read back is never taken for one that was not sent") {
  Ilo ilo;
  ilo.transport.on(Method::post, kQueue, tests::reply(201, R"({"error":{"@Message.ExtendedInfo":[]}})"));
  ilo.transport.on(Method::get, std::string(kQueue) + "/9774ef68", fail(Code::connection_refused, "refused"));
  const auto lost = ilo.perform(enqueue());
  REQUIRE_FALSE(lost.has_value());
  CHECK_FALSE(http::was_not_sent(lost.error().code()));
}

TEST_CASE("an entry for another image than the wanted one is no success either") {
  const json::Value requested = json::Object{{"Command", "ApplyUpdate"}, {"Filename", "ilo5_271.bin"}};
  CHECK_FALSE(hpe::is_bound_as_asked(requested, *json::parse(kBound)));
  const json::Value reset = json::Object{{"Command", "ResetServer"}};
  CHECK(hpe::is_bound_as_asked(reset, json::Object{{"Command", "ResetServer"}}));
}

TEST_CASE("an entry that an agent works on is followed to its end") {
  Ilo ilo;
  ilo.transport.on(Method::post, kQueue, tests::reply(201, kBound));
  plan::Action action = enqueue();
  action.completion = plan::Completion::task;
  const auto accepted = ilo.perform(action);
  REQUIRE(accepted.has_value());
  CHECK(accepted->task_uri == "/redfish/v1/UpdateService/UpdateTaskQueue/9774ef68/");
  const auto state = [&](const char* body) {
    ilo.transport.on(Method::get, accepted->task_uri, tests::reply(200, body));
    return ilo.poll(action, *accepted)->state;
  };
  CHECK(state(kBound) == ProgressState::running);
  CHECK(state(R"({"Command":"ApplyUpdate","State":"InProgress"})") == ProgressState::running);
  CHECK(state(R"({"Command":"ApplyUpdate","State":"Complete"})") == ProgressState::succeeded);
  CHECK(state(R"({"Command":"ApplyUpdate","State":"Exception"})") == ProgressState::failed);
  ilo.transport.on(Method::get, accepted->task_uri, tests::reply(404, "{}"));
  CHECK(ilo.poll(action, *accepted)->state == ProgressState::gone);
}

TEST_CASE("a removal has no body, and what is gone already is removed") {
  Ilo ilo;
  const plan::Action action = hpe::dequeue(tests::ilo_host(), entry());
  const std::string uri = std::string(kQueue) + "/9774ef68";
  ilo.transport.on(Method::delete_, uri, tests::reply(200, "{}"));
  CHECK(ilo.perform(action).has_value());
  CHECK(std::holds_alternative<std::monostate>(ilo.transport.requests().back().body));
  ilo.transport.on(Method::delete_, uri, tests::reply(404, "{}"));
  CHECK(ilo.perform(action)->message == "it was gone already");
  ilo.transport.on(
      Method::delete_, uri,
      tests::reply(400, R"({"error":{"@Message.ExtendedInfo":[{"MessageId":"Base.1.18.ResourceInUse"}]}})"));
  const auto refused = ilo.perform(action);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == Code::bmc_refused_update);
  CHECK(refused.error().notes().at(0).find("it is in use") != std::string::npos);
}

plan::Action push(const std::string& signature = {}) {
  plan::Action action;
  action.type = plan::ActionType::store;
  action.request = plan::PlannedRequest{.target = "/cgi-bin/uploadFile",
                                        .body = json::Object{{"ETag", "t"}},
                                        .upload = plan::PlannedRequest::Upload::ilo_form};
  action.image = plan::Image{.name = "cp040154.exe", .path = "/images/CP040154.EXE", .size = 40U << 20U};
  action.image->offset = 32U << 20U;
  action.image->length = 8U << 20U;
  action.image->signature_path = signature;
  return action;
}

TEST_CASE("a section goes with its own signature before it, under the name that it has on the iLO") {
  Ilo ilo;
  ilo.transport.on(Method::post, "/cgi-bin/uploadFile", tests::reply(200, "{}"));
  REQUIRE(ilo.perform(push("/images/cp040154_part2.compsig")).has_value());
  const auto& form = std::get<http::Form>(ilo.transport.requests().back().body);
  REQUIRE(form.size() == 4);
  CHECK(form[2].name == "compsig");
  CHECK(form[2].filename == "cp040154_part2.compsig");
  CHECK(form[3].name == "file");
  CHECK(form[3].filename == "cp040154.exe");
  const auto& body = std::get<http::FileBody>(form[3].body);
  CHECK(body.offset == 32U << 20U);
  CHECK(body.length == 8U << 20U);
}

TEST_CASE("a form that is refused without a word is explained") {
  Ilo ilo;
  ilo.transport.on(Method::post, "/cgi-bin/uploadFile", tests::reply(400, ""));
  const auto refused = ilo.perform(push());
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code() == Code::bmc_refused_update);
  const std::string note = refused.error().notes().at(0);
  CHECK(note.find("iLOConfigPriv") != std::string::npos);
  CHECK(note.find("cookie") != std::string::npos);
  CHECK(note.find("busy") != std::string::npos);
}

TEST_CASE("after a crash the foreseeable place of an object tells whether it was made") {
  inventory::HostSnapshot host = tests::ilo_host();
  const plan::Action action = enqueue();
  const auto weigh = [&] { return hpe::weigh_resources(action, host)->evidence; };
  CHECK(weigh() == Evidence::not_started);
  host.staging->queue = {entry()};
  CHECK(weigh() == Evidence::done);
  host.staging->queue[0].is_bound = false;
  CHECK(weigh() == Evidence::ambiguous);

  plan::Action followed = action;
  followed.completion = plan::Completion::task;
  host.staging->queue = {entry()};
  host.staging->queue[0].uri = "/q/1";
  CHECK(hpe::weigh_resources(followed, host)->evidence == Evidence::running);
  CHECK(hpe::weigh_resources(followed, host)->task_uri == "/q/1");
  host.staging->queue[0].state = QueueState::complete;
  CHECK(hpe::weigh_resources(followed, host)->evidence == Evidence::done);
}

TEST_CASE("a removal, a change and an invocation are told by what is there") {
  inventory::HostSnapshot host = tests::ilo_host();
  const inventory::InstallSet set = tests::recovery_set();
  const auto plan = [&](ResourceWrite write) {
    return std::get<std::vector<plan::Action>>(hpe::plan_resource({host, {}, std::move(write)})).front();
  };
  const plan::Action removal = plan(RemoveInstallSet{set});
  inventory::InstallSet changed = set;
  changed.steps.pop_back();
  const plan::Action change = plan(ChangeInstallSet{set, changed});
  const plan::Action invocation = plan(InvokeInstallSet{.set = set});
  const auto weigh = [&](const plan::Action& action) { return hpe::weigh_resources(action, host)->evidence; };
  for (const plan::Action* action : {&removal, &change, &invocation}) CHECK(weigh(*action) == Evidence::not_started);

  host.staging->install_sets[0] = changed;
  CHECK(weigh(change) == Evidence::done);
  CHECK(weigh(removal) == Evidence::ambiguous);
  host.staging->install_sets.clear();
  CHECK(weigh(removal) == Evidence::done);
  CHECK(weigh(change) == Evidence::ambiguous);

  host = tests::ilo_host();
  host.staging->queue = {{.step = set.steps[0]}};
  CHECK(weigh(invocation) == Evidence::ambiguous);
  host.staging->queue.push_back({.step = set.steps[1]});
  CHECK(weigh(invocation) == Evidence::done);
}

}  // namespace
}  // namespace firmform
