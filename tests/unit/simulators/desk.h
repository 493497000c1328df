// SPDX-License-Identifier: Apache-2.0
// Desk: one simulated BMC under a hand-turned clock, and short ways to talk to it.
#pragma once

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <string>

#include "engine/json/value.h"
#include "tests/simulators/bmc.h"
#include "tests/simulators/multipart.h"

namespace firmform::simulators {

inline json::Value parsed(const std::string& text) {
  Result<json::Value> value = json::parse(text);
  INFO(text);
  REQUIRE(value.has_value());
  return *value;
}

class Desk {
 public:
  explicit Desk(const std::string& model, const std::string& faults = "[]") {
    BmcOptions options;
    options.model = model;
    options.password = "secret";
    options.faults = parsed(faults);
    Result<std::unique_ptr<Bmc>> made = make_bmc(options, now_);
    REQUIRE(made.has_value());
    bmc = std::move(*made);
  }

  BmcResponse send(http::Method method, const std::string& target, http::Headers headers, std::string body = {}) {
    bmc->advance(now_);
    headers.set("Host", "lab.example");
    return bmc->handle({method, target, std::move(headers), std::move(body)});
  }

  /// With Basic authentication, or the token once logged in.
  [[nodiscard]] http::Headers credentials() const {
    http::Headers headers;
    if (token.empty())
      headers.set("Authorization", "Basic YWRtaW46c2VjcmV0");
    else
      headers.set("X-Auth-Token", token);
    return headers;
  }

  BmcResponse get(const std::string& target) { return send(http::Method::get, target, credentials()); }
  json::Value body(const std::string& target) {
    const BmcResponse response = get(target);
    INFO(target);
    REQUIRE(response.status == 200);
    return parsed(response.body);
  }
  BmcResponse write(http::Method method, const std::string& target, const std::string& json_text) {
    http::Headers headers = credentials();
    headers.set("Content-Type", "application/json");
    return send(method, target, std::move(headers), json_text);
  }
  BmcResponse post(const std::string& target, const std::string& json_text) {
    return write(http::Method::post, target, json_text);
  }
  BmcResponse patch(const std::string& target, const std::string& json_text) {
    return write(http::Method::patch, target, json_text);
  }

  void log_in() {
    const BmcResponse response =
        post("/redfish/v1/SessionService/Sessions", R"({"UserName":"admin","Password":"secret"})");
    REQUIRE(response.status == 201);
    token = std::string(response.headers.find("X-Auth-Token").value());
    session = parsed(response.body).text("@odata.id");
  }

  /// Lets time pass, second by second as far as anything happens, and delivers images that are asked for.
  void pass(int seconds) {
    const UtcTime until = now_ + std::chrono::seconds(seconds);
    deliver();
    while (bmc->next_event().value_or(until) < until) {
      now_ = *bmc->next_event();
      bmc->advance(now_);
      deliver();
    }
    now_ = until;
    bmc->advance(now_);
    deliver();
  }

  void deliver(const ImageOrder& order) {
    ++pulls;
    const auto image = images.find(order.url);
    if (image == images.end())
      bmc->deliver_image(order.id, fail(Code::unexpected_reply, "404"));
    else
      bmc->deliver_image(order.id, image->second);
  }

  void deliver() {
    // A file may be followed by an order for its signature.
    for (auto orders = bmc->take_image_orders(); !orders.empty(); orders = bmc->take_image_orders()) {
      for (const ImageOrder& order : orders) deliver(order);
    }
  }

  BmcResponse push(const std::string& uri, const http::Form& form, http::Headers headers) {
    const Result<EncodedForm> encoded = write_form(form);
    REQUIRE(encoded.has_value());
    headers.set("Content-Type", encoded->content_type);
    return send(http::Method::post, uri, std::move(headers), encoded->body);
  }

  [[nodiscard]] UtcTime now() const { return now_; }

  std::unique_ptr<Bmc> bmc;
  std::map<std::string, std::string> images;
  std::string token;
  std::string session;
  int pulls = 0;

 private:
  UtcTime now_{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22T00:00:00Z
};

/// Key of the first message of an error, without registry and version.
inline std::string message_key(const BmcResponse& response) {
  if (response.body.empty()) return {};
  const json::Value body = parsed(response.body);
  const json::Array& messages = body["error"]["@Message.ExtendedInfo"].items();
  if (messages.empty()) return {};
  const std::string id(messages.front().text("MessageId"));
  return id.substr(id.rfind('.') + 1);
}

inline std::string header(const BmcResponse& response, std::string_view name) {
  return std::string(response.headers.find(name).value_or(""));
}

/// The first firmware item whose `property` is `value`; null when there is none.
inline json::Value item(Desk& desk, const std::string& property, const std::string& value) {
  const json::Value collection = desk.body("/redfish/v1/UpdateService/FirmwareInventory");
  for (const json::Value& member : collection["Members"].items()) {
    json::Value body = desk.body(std::string(member.text("@odata.id")));
    if (body.text(property) == value) return body;
  }
  return {};
}

}  // namespace firmform::simulators
