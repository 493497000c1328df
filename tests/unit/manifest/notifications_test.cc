// SPDX-License-Identifier: Apache-2.0
// Who is told what happens, as written.
#include <catch2/catch.hpp>

#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using Codes = std::vector<Code>;

namespace {

const std::string kHost = kBasics + "hosts: {h: {bmc: https://h}}\n";

Reading with_receiver(const std::string& receiver, const std::string& more = {}) {
  return read_manifest(kHost + more + "notifications: {ops: " + receiver + "}\n");
}

}  // namespace

TEST_CASE("receivers of notifications are read into typed values") {
  const Reading reading =
      with_receiver("{url: https://hooks.example/in, hmac: {env: KEY}, ca_file: pki/hooks.pem, on: [drift, failed]}");
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  const Notification& ops = reading.result.value->notifications.at("ops").value;
  CHECK(ops.url.value == "https://hooks.example/in");
  CHECK(ops.hmac.value().name == "KEY");
  CHECK(ops.ca_file.value().value == "pki/hooks.pem");
  CHECK(ops.on == std::vector<std::string>{"drift", "failed"});
}

TEST_CASE("a receiver needs no more than its address") {
  const Reading reading = with_receiver("{url: https://hooks.example}");
  REQUIRE(reading.codes().empty());
  CHECK_FALSE(reading.result.value->notifications.at("ops").value.hmac);
  CHECK(reading.result.value->notifications.at("ops").value.on.empty());
}

TEST_CASE("what a fleet looks like is not told in clear text") {
  CHECK(with_receiver("{url: http://hooks.example/in}").codes() == Codes{Code::insecure_tls_setting});
  CHECK(with_receiver("{url: http://hooks.example/in}", "policies: {insecure_tls: allow}\n").codes().empty());
}

TEST_CASE("mistakes about receivers are reported at their places") {
  CHECK(with_receiver("{on: [drift]}").codes() == Codes{Code::missing_key});
  CHECK(with_receiver("{url: hooks.example}").codes() == Codes{Code::invalid_value});
  CHECK(with_receiver("{url: https://h.example, on: [drifts]}").codes() == Codes{Code::invalid_value});
  CHECK(with_receiver("{url: https://h.example, on: []}").codes() == Codes{Code::invalid_value});
  CHECK(with_receiver("{url: https://h.example, on: [drift, drift]}").codes() == Codes{Code::listed_twice});
  const Reading secret = with_receiver("{url: https://h.example, hmac: hunter2}");
  CHECK(secret.codes() == Codes{Code::literal_secret});
  CHECK(secret.text().find("hunter2") == std::string::npos);
}
