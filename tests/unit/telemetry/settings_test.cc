// SPDX-License-Identifier: Apache-2.0
#include "engine/telemetry/settings.h"

#include <catch2/catch.hpp>

#include <map>

using namespace firmform;
using telemetry::Settings;
using Variables = std::map<std::string, std::string, std::less<>>;

namespace {

constexpr const char* kEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
constexpr const char* kTracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
constexpr const char* kHeaders = "OTEL_EXPORTER_OTLP_HEADERS";

Settings settings_of(const Variables& variables) {
  return telemetry::read_settings(
      [&](std::string_view name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
      },
      "1.2.3");
}

std::string url_of(const Variables& variables) {
  const Settings settings = settings_of(variables);
  return settings.collector ? settings.collector->endpoint.url + settings.collector->target : "";
}

std::string resource_of(const Settings& settings, const std::string& key) {
  for (const auto& attribute : settings.resource) {
    if (attribute.key == key) return std::get<std::string>(attribute.value);
  }
  return {};
}

std::string headers_of(const Variables& variables) {
  const Settings settings = settings_of(variables);
  std::string text;
  if (!settings.collector) return "off";
  for (const auto& [name, value] : settings.collector->headers) text += name + ":" + std::string(value.reveal()) + ";";
  return text;
}

}  // namespace

TEST_CASE("traces are off unless an endpoint is set") {
  CHECK_FALSE(settings_of({}).collector);
  CHECK_FALSE(settings_of({{"TRACEPARENT", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}).collector);
  CHECK_FALSE(settings_of({{kEndpoint, "http://localhost:4318"}, {"OTEL_SDK_DISABLED", "TRUE"}}).collector);
  CHECK_FALSE(settings_of({{kEndpoint, "http://localhost:4318"}, {"OTEL_TRACES_EXPORTER", "none"}}).collector);
  CHECK(settings_of({{kEndpoint, "http://localhost:4318"}, {"OTEL_SDK_DISABLED", "1"}}).collector);
  CHECK(settings_of({{kEndpoint, "http://localhost:4318"}, {"OTEL_TRACES_EXPORTER", "console,otlp"}}).collector);
}

TEST_CASE("the general endpoint is a base, and that of traces is taken as it is") {
  CHECK(url_of({{kEndpoint, "http://localhost:4318"}}) == "http://localhost:4318/v1/traces");
  CHECK(url_of({{kEndpoint, "https://c.example/otlp/"}}) == "https://c.example/otlp/v1/traces");
  CHECK(url_of({{kEndpoint, "https://c.example/otlp?key=x"}}) == "https://c.example/otlp/v1/traces?key=x");
  CHECK(url_of({{kTracesEndpoint, "https://c.example/here"}}) == "https://c.example/here");
  CHECK(url_of({{kTracesEndpoint, "https://c.example"}}) == "https://c.example/");
  CHECK(url_of({{kTracesEndpoint, "https://t.example/x"}, {kEndpoint, "https://c.example"}}) == "https://t.example/x");
}

TEST_CASE("an endpoint that is none is told without showing it") {
  for (const char* url : {"localhost:4318", "ftp://x", "http://", "https://user:canary@c.example", "http://a b"}) {
    const Settings settings = settings_of({{kEndpoint, url}});
    INFO(url);
    CHECK_FALSE(settings.collector);
    REQUIRE(settings.problems.size() == 1);
    CHECK(settings.problems.front().find("canary") == std::string::npos);
  }
}

TEST_CASE("headers are decoded, and those of traces win") {
  CHECK(headers_of({{kEndpoint, "https://c"}, {kHeaders, "Authorization=Bearer%20a%3Db,x-key = v+w"}}) ==
        "Authorization:Bearer a=b;x-key:v+w;");
  CHECK(headers_of({{kEndpoint, "https://c"}, {kHeaders, "Authorization=Basic YWI=="}}) ==
        "Authorization:Basic YWI==;");
  CHECK(headers_of({{kEndpoint, "https://c"}, {kHeaders, "a=b"}, {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "c=d"}}) ==
        "c:d;");
}

TEST_CASE("malformed headers are never sent and never shown") {
  for (const char* text : {"canary", "=canary", "a=%0d%0ax: canary", "a b=canary", "a=canary%zz", "a=canary%2"}) {
    const Settings settings = settings_of({{kEndpoint, "https://c"}, {kHeaders, text}});
    INFO(text);
    CHECK_FALSE(settings.collector);
    REQUIRE(settings.problems.size() == 1);
    CHECK(settings.problems.front().find("canary") == std::string::npos);
  }
}

TEST_CASE("headers go over plain http to this machine alone") {
  for (const char* near : {"http://localhost:4318", "http://127.0.0.1:4318", "http://[::1]:4318", "http://127.9.9.9"}) {
    INFO(near);
    CHECK(settings_of({{kEndpoint, near}, {kHeaders, "a=b"}}).collector);
  }
  for (const char* far : {"http://c.example:4318", "http://127.0.0.1.evil.example", "http://localhost.evil.example"}) {
    INFO(far);
    CHECK_FALSE(settings_of({{kEndpoint, far}, {kHeaders, "a=b"}}).collector);
    CHECK(settings_of({{kEndpoint, far}}).collector);
  }
}

TEST_CASE("only http/json is spoken") {
  CHECK(settings_of({{kEndpoint, "https://c"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"}}).collector);
  const Settings grpc = settings_of({{kEndpoint, "https://c"}, {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"}});
  CHECK_FALSE(grpc.collector);
  REQUIRE(grpc.problems.size() == 1);
  CHECK(grpc.problems.front().find("http/json") != std::string::npos);
  CHECK(settings_of({{kEndpoint, "https://c"},
                     {"OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"},
                     {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"}})
            .collector);
  CHECK(settings_of({{kEndpoint, "https://c"}, {"OTEL_TRACES_EXPORTER", "jaeger"}}).problems.size() == 1);
}

TEST_CASE("timeout and certificate are taken up") {
  const Settings settings = settings_of({{kEndpoint, "https://c"},
                                         {"OTEL_EXPORTER_OTLP_TIMEOUT", "2500"},
                                         {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/ca.pem"}});
  CHECK(settings.collector->timeout == std::chrono::milliseconds(2500));
  CHECK(settings.collector->endpoint.tls.ca_file == "/etc/ca.pem");
  const Settings odd = settings_of({{kEndpoint, "https://c"}, {"OTEL_EXPORTER_OTLP_TIMEOUT", "soon"}});
  CHECK(odd.collector->timeout == std::chrono::seconds(10));
  CHECK(odd.problems.size() == 1);
}

TEST_CASE("the resource says who it is, and the user may say more") {
  CHECK(resource_of(settings_of({{kEndpoint, "https://c"}}), "service.name") == "firmform");
  CHECK(resource_of(settings_of({{kEndpoint, "https://c"}}), "service.version") == "1.2.3");
  const Settings settings = settings_of(
      {{kEndpoint, "https://c"}, {"OTEL_RESOURCE_ATTRIBUTES", "deployment.environment=a%20b,service.name=x"}});
  CHECK(resource_of(settings, "deployment.environment") == "a b");
  CHECK(resource_of(settings, "service.name") == "x");
  CHECK(resource_of(
            settings_of(
                {{kEndpoint, "https://c"}, {"OTEL_SERVICE_NAME", "y"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=x"}}),
            "service.name") == "y");
  const Settings broken = settings_of({{kEndpoint, "https://c"}, {"OTEL_RESOURCE_ATTRIBUTES", "a"}});
  CHECK(broken.collector);
  CHECK(broken.problems.size() == 1);
}
