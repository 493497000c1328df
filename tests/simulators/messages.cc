// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/messages.h"

#include <fmt/format.h>

#include <map>

#include "engine/base/text.h"
#include "tests/simulators/captured_files.h"
#include "tests/simulators/captured_tree.h"

namespace firmform::simulators {
namespace {

using Registries = std::map<std::string, json::Value, std::less<>>;

/// DMTF's registries by prefix: {"Base": the whole file, …}.
const Registries& dmtf_registries() {
  static const Registries registries = [] {
    Registries found;
    for (const auto& [name, bytes] : captured_files("dmtf-registries/")) {
      if (Result<json::Value> body = json::parse(bytes)) found[std::string(body->text("RegistryPrefix"))] = *body;
    }
    return found;
  }();
  return registries;
}

const json::Value& dmtf_message(const Message& message) {
  static const json::Value nothing;
  const auto registry = dmtf_registries().find(message.registry);
  return registry == dmtf_registries().end() ? nothing : registry->second["Messages"][message.key];
}

/// Puts the arguments in the places of %1, %2, …
std::string filled(std::string_view text, const std::vector<std::string>& args) {
  std::string full;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool place = text[i] == '%' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9';
    const auto number = place ? static_cast<std::size_t>(text[i + 1] - '1') : 0;
    if (place && number < args.size()) {
      full += args[number];
      ++i;
    } else {
      full += text[i];
    }
  }
  return full;
}

/// "2.25.1" gives "2.25".
std::string major_minor(std::string_view version) {
  const std::vector<std::string> parts = split(version, '.');
  return parts.size() < 2 ? std::string(version) : fmt::format("{}.{}", parts[0], parts[1]);
}

const json::Value& ilo_registry(const ModelTraits& traits) {
  static const json::Value nothing;
  const auto tree = CapturedTree::load(traits.tree);
  const CapturedResource* resource = tree->find("/redfish/v1/RegistryStore/registries/en/iLO.json");
  return resource == nullptr ? nothing : resource->body;
}

}  // namespace

MessageWriter::MessageWriter(const ModelTraits& traits) : traits_(traits) {
  if (!traits.hpe) return;
  const bool old = traits.base_registry == "Base.1.4";
  ilo_registry_ = old ? "iLO.2.14" : fmt::format("iLO.{}", major_minor(ilo_registry(traits).text("RegistryVersion")));
}

std::string_view MessageWriter::version(std::string_view registry) const {
  if (registry == "Base") return traits_.base_registry;
  if (registry == "iLO") return ilo_registry_;
  if (registry == "TaskEvent") return "TaskEvent.1.0";
  if (registry == "Update") return "Update.1.0";
  return registry;
}

std::string MessageWriter::id(const Message& message) const {
  return fmt::format("{}.{}", version(message.registry), message.key);
}

json::Value MessageWriter::entry(const Message& message) const {
  json::Array args;
  for (const std::string& arg : message.args) args.emplace_back(arg);
  if (traits_.hpe) {
    json::Object entry{{"MessageId", id(message)}};
    if (!args.empty()) entry.set("MessageArgs", std::move(args));
    return entry;
  }
  const json::Value& known = dmtf_message(message);
  const std::string_view severity = known.text("MessageSeverity").empty() ? "Critical" : known.text("MessageSeverity");
  return json::Object{
      {"@odata.type", "#Message.v1_1_1.Message"},
      {"MessageId", id(message)},
      {"Message", filled(known.text("Message").empty() ? message.key : known.text("Message"), message.args)},
      {"MessageArgs", std::move(args)},
      {"MessageSeverity", severity},
      {"Severity", severity},
      {"Resolution", known.text("Resolution").empty() ? "None." : known.text("Resolution")}};
}

json::Value MessageWriter::error_body(const std::vector<Message>& messages) const {
  json::Array entries;
  for (const Message& message : messages) entries.push_back(entry(message));
  if (traits_.hpe) {
    return json::Object{{"error", json::Object{{"code", "iLO.0.10.ExtendedInfo"},
                                               {"message", "See @Message.ExtendedInfo for more information."},
                                               {"@Message.ExtendedInfo", std::move(entries)}}}};
  }
  const std::string code = id(base_message("GeneralError"));
  return json::Object{
      {"error", json::Object{{"code", code},
                             {"message", "A general error has occurred. See ExtendedInfo for more information."},
                             {"@Message.ExtendedInfo", std::move(entries)}}}};
}

json::Value MessageWriter::success_body() const {
  const Message success = base_message("Success");
  if (traits_.hpe) return error_body({success});
  return json::Object{{"@Message.ExtendedInfo", json::Array{entry(success)}}};
}

bool MessageWriter::knows(std::string_view registry, std::string_view key) const {
  if (registry == "iLO") return ilo_registry(traits_)["Messages"].find(key) != nullptr;
  return !dmtf_message({std::string(registry), std::string(key), {}}).is_null();
}

}  // namespace firmform::simulators
