// SPDX-License-Identifier: Apache-2.0
// The client's transport over simulated BMCs, and the parts it is made of.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include "tests/simulators/in_process_transport.h"
#include "tests/simulators/multipart.h"
#include "tests/simulators/timeline.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {
namespace {

/// A clock that jumps instead of waiting.
class HandClock final : public Clock {
 public:
  [[nodiscard]] UtcTime now() const override { return now_; }
  [[nodiscard]] SteadyTime steady_now() const override { return SteadyTime(now_.time_since_epoch()); }
  Task<void> sleep(Duration duration) override {
    now_ += duration;
    co_return;
  }

 private:
  UtcTime now_{std::chrono::seconds(1'795'305'600)};
};

struct Bench {
  HandClock clock;
  std::map<std::string, std::string> images;
  InProcessTransport transport{clock, [this](const std::string& url) -> Result<std::string> {
                                 const auto found = images.find(url);
                                 if (found == images.end()) return fail(Code::unexpected_reply, "404");
                                 return found->second;
                               }};
  std::shared_ptr<http::Endpoint> endpoint = std::make_shared<http::Endpoint>();

  explicit Bench(const std::string& faults = "[]") {
    endpoint->url = "https://lab-01";
    BmcOptions options;
    options.password = "secret";
    options.faults = parsed(faults);
    transport.add("https://lab-01", make_bmc(options, clock.now()).value());
  }

  template <class T>
  T run(Task<T> task) {
    boost::asio::io_context loop;
    std::future<T> result = boost::asio::co_spawn(loop, std::move(task), boost::asio::use_future);
    loop.run();
    return result.get();
  }

  Result<http::Response> send(http::Method method, const std::string& target, http::Body body = {}) {
    http::Request request;
    request.method = method;
    request.endpoint = endpoint;
    request.target = target;
    request.headers.set("Authorization", "Basic YWRtaW46c2VjcmV0");
    if (std::holds_alternative<std::string>(body)) request.headers.set("Content-Type", "application/json");
    request.body = std::move(body);
    return run(transport.send(std::move(request)));
  }
};

TEST_CASE("requests reach the machine, and time passes by the clock alone") {
  Bench bench;
  bench.images["http://fw/ilo5_312.bin"] = make_image("ilo5", "bmc", "3.12", 4096);
  CHECK(bench.send(http::Method::get, "/redfish/v1/Systems")->status == 200);
  const auto accepted = bench.send(http::Method::post, "/redfish/v1/UpdateService/Actions/UpdateService.SimpleUpdate",
                                   std::string(R"({"ImageURI":"http://fw/ilo5_312.bin"})"));
  CHECK(accepted->status == 202);
  CHECK(accepted->headers.find("Location") == "https://lab-01/redfish/v1/TaskService/TaskMonitors/1/");
  bench.run(bench.clock.sleep(std::chrono::seconds(170)));
  CHECK(bench.send(http::Method::get, "/redfish/v1/").error().code() == Code::connection_refused);
  bench.run(bench.clock.sleep(std::chrono::minutes(40)));
  bench.transport.settle();
  CHECK(bench.transport.bmc("https://lab-01").running_version("bmc") == "3.12 Sep 15 2025");
}

TEST_CASE("an unknown host has no name, a dropped answer is a lost connection, a slow one none") {
  Bench bench(R"([{"fault":"drop","nth":1},{"fault":"delay","seconds":600,"nth":2}])");
  CHECK(bench.send(http::Method::get, "/redfish/v1/").error().code() == Code::connection_lost);
  CHECK(bench.send(http::Method::get, "/redfish/v1/").error().code() == Code::no_reply);
  bench.endpoint = std::make_shared<http::Endpoint>();
  bench.endpoint->url = "https://elsewhere";
  CHECK(bench.send(http::Method::get, "/redfish/v1/").error().code() == Code::name_not_resolved);
}

TEST_CASE("forms survive being written and read") {
  const http::Form form{{"sessionKey", "", "", std::string("abc")},
                        {"parameters", "", "application/json", std::string("{}")},
                        {"empty", "", "", std::string()},
                        {"file", "ilo5_312.bin", "application/octet-stream", std::string("a\r\n--b\0c", 8)}};
  const EncodedForm encoded = write_form(form).value();
  const auto parts = read_form(encoded.content_type, encoded.body);
  REQUIRE(parts);
  REQUIRE(parts->size() == 4);
  CHECK((*parts)[0].content == "abc");
  CHECK((*parts)[1].content_type == "application/json");
  CHECK((*parts)[2].content.empty());
  CHECK((*parts)[3].filename == "ilo5_312.bin");
  CHECK((*parts)[3].content == std::string_view("a\r\n--b\0c", 8));
}

TEST_CASE("what is no form is not read as one") {
  CHECK_FALSE(read_form("application/json", "{}").has_value());
  CHECK_FALSE(read_form("multipart/form-data", "--x\r\n").has_value());
  CHECK_FALSE(read_form("multipart/form-data; boundary=x", "garbage").has_value());
  CHECK_FALSE(read_form("multipart/form-data; boundary=x",
                        "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnever ends")
                  .has_value());
  CHECK_FALSE(read_form("multipart/form-data; boundary=x", "--x").has_value());
}

TEST_CASE("events happen in order of time, each at its own, and a half can be forgotten") {
  Timeline timeline;
  UtcTime clock{};
  std::vector<std::pair<int, std::int64_t>> seen;
  const auto note = [&](int number) {
    return [&, number] { seen.emplace_back(number, clock.time_since_epoch().count()); };
  };
  timeline.at(UtcTime(Duration(30)), Half::bmc, note(3));
  timeline.at(UtcTime(Duration(10)), Half::bmc, [&] {
    note(1)();
    timeline.at(UtcTime(Duration(20)), Half::host, note(2));
    timeline.at(UtcTime(Duration(25)), Half::bmc, note(9));
  });
  timeline.at(UtcTime(Duration(22)), Half::host, [&] { timeline.forget(Half::bmc); });
  timeline.run(UtcTime(Duration(100)), clock);
  CHECK(seen == std::vector<std::pair<int, std::int64_t>>{{1, 10}, {2, 20}});
  CHECK(clock == UtcTime(Duration(100)));
  CHECK_FALSE(timeline.next().has_value());
}

}  // namespace
}  // namespace firmform::simulators
