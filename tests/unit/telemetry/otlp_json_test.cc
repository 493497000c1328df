// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/otlp_json.h"

#include <catch2/catch.hpp>

#include "engine/json/value.h"
#include "tests/support/golden.h"

using namespace firmform;
using namespace firmform::telemetry;

namespace {

std::vector<Span> two_spans() {
  Span root{.trace = {0x5b8efff798038103, 0xd269b633813fc60c},
            .id = {0xeee19b7ec3c1b174},
            .parent = SpanId{0xeee19b7ec3c1b173},
            .parent_is_remote = true,
            .name = "firmform apply",
            .start = 1'544'712'660'000'000'001,
            .end = 1'544'712'661'000'000'009};
  root.events = {{1'544'712'660'500'000'000, "waits", {{"firmform.reason", std::string("soak")}}}};
  root.dropped_events = 2;
  Span request{.trace = root.trace,
               .id = {0x0000000000000001},
               .parent = root.id,
               .name = "GET",
               .kind = SpanKind::client,
               .start = root.start + 1,
               .end = root.end - 1};
  request.attributes = {{"url.path", std::string("/redfish/v1/\x1b[31m\xff")},
                        {"http.response.status_code", std::int64_t{9'007'199'254'740'993}},
                        {"firmform.run.resumed", true}};
  request.status = SpanStatus::error;
  request.status_message = "line\nend";
  return {root, request};
}

}  // namespace

TEST_CASE("spans are written as the protocol's JSON says") {
  const Origin origin{{{"service.name", std::string("firmform")}}, "1.2.3", "vendor=x"};
  const std::vector<Span> spans = two_spans();
  const auto parsed = json::parse(to_otlp_json(spans, origin));
  REQUIRE(parsed);
  const std::string text = json::dump_pretty(*parsed);
  CHECK(text == tests::golden("golden/telemetry/otlp.json", text));
}

TEST_CASE("a collector may reject a part") {
  CHECK(rejected_spans("") == 0);
  CHECK(rejected_spans("{}") == 0);
  CHECK(rejected_spans("no json") == 0);
  CHECK(rejected_spans(R"({"partialSuccess":{}})") == 0);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"7","errorMessage":"x"}})") == 7);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":7}})") == 7);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"-7"}})") == 0);
  CHECK(rejected_spans(R"({"partialSuccess":{"rejectedSpans":-7}})") == 0);
}
