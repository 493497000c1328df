// SPDX-License-Identifier: Apache-2.0
// Short words for the update service of an iLO under a Desk.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "tests/simulators/ilo_object_id.h"
#include "tests/unit/simulators/desk.h"

namespace firmform::simulators {

inline const std::string kService = "/redfish/v1/UpdateService";
inline const std::string kStore = kService + "/ComponentRepository";
inline const std::string kServiceActions = kService + "/Actions/Oem/Hpe/HpeiLOUpdateServiceExt.";
inline const std::string kIel = "/redfish/v1/Managers/1/LogServices/IEL";
inline const std::string kIml = "/redfish/v1/Systems/1/LogServices/IML";
inline const std::string kServerReset = "/redfish/v1/Systems/1/Actions/ComputerSystem.Reset";
inline const std::string kMirror = "http://fw.example/";

inline json::Value service(Desk& desk) {
  return desk.body(kService)["Oem"]["Hpe"];
}
inline std::string service_state(Desk& desk) {
  return std::string(service(desk).text("State"));
}
inline std::string service_result(Desk& desk) {
  const std::string id(service(desk)["Result"].text("MessageId"));
  return id.substr(id.rfind('.') + 1);
}
inline std::string component_uri(std::string_view filename) {
  return fmt::format("{}/{}", kStore, ilo_object_id(filename));
}
inline std::int64_t free_bytes(Desk& desk) {
  return desk.body(kStore)["Oem"]["Hpe"]["FreeSizeBytes"].as_int().value_or(-1);
}

inline BmcResponse add_from_uri(Desk& desk, const std::string& file,
                                const std::string& more = R"(,"UpdateRepository":true,"UpdateTarget":false)") {
  return desk.post(kServiceActions + "AddFromUri", fmt::format(R"({{"ImageURI":"{}{}"{}}})", kMirror, file, more));
}

/// The form of ilo.md 6.1; `signature` empty: no such part.
inline BmcResponse push_file(Desk& desk, const std::string& name, const std::string& bytes,
                             const std::string& parameters = R"({"UpdateRepository":true,"UpdateTarget":false})",
                             const std::string& signature = "") {
  http::Headers headers;
  headers.set("X-Auth-Token", desk.token);
  headers.set("Cookie", "sessionKey=" + desk.token);
  http::Form form{{"sessionKey", "", "", desk.token}, {"parameters", "", "application/json", parameters}};
  if (!signature.empty()) form.push_back({"compsig", name + ".compsig", "application/octet-stream", signature});
  form.push_back({"file", name, "application/octet-stream", bytes});
  return desk.push("/cgi-bin/uploadFile", form, headers);
}

/// Puts a file of the lab into the repository.
inline void keep_file(Desk& desk, const std::string& name, const std::string& bytes) {
  desk.images[kMirror + name] = bytes;
  REQUIRE(add_from_uri(desk, name).status < 300);
  desk.pass(70);
  REQUIRE(desk.get(component_uri(name)).status == 200);
}

inline std::vector<std::string> messages_of(Desk& desk, const std::string& log) {
  std::vector<std::string> texts;
  const json::Value entries = desk.body(log + "/Entries");
  for (const json::Value& entry : entries["Members"].items()) texts.emplace_back(entry.text("Message"));
  return texts;
}

}  // namespace firmform::simulators
