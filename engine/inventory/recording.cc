// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/inventory/tree_transport.h"

namespace firmform::inventory {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRedacted = "REDACTED";
constexpr std::string_view kIndex = "snapshot.json";

bool names_secret(std::string_view key) {
  constexpr std::array<std::string_view, 8> kSecrets = {"password", "token",      "secret",     "licensekey",
                                                        "x-auth",   "privatekey", "passphrase", "community"};
  const std::string lower = to_lower(key);
  return std::ranges::any_of(kSecrets, [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

/// The id behind "/Sessions/" is that of a living session.
std::string without_session_id(const std::string& text) {
  constexpr std::string_view kSessions = "/Sessions/";
  const std::size_t at = text.find(kSessions);
  if (at == std::string::npos || at + kSessions.size() == text.size()) return text;
  return text.substr(0, at + kSessions.size()) + std::string(kRedacted);
}

json::Value redacted_under(std::string_view key, const json::Value& value);

json::Object redacted_members(const json::Object& members) {
  json::Object result;
  result.reserve(members.size());
  for (const json::Member& member : members) result.append(member.key, redacted_under(member.key, member.value));
  return result;
}

json::Value redacted_under(std::string_view key, const json::Value& value) {
  if (const std::string* text = value.as_string()) {
    return names_secret(key) && !text->empty() ? json::Value(kRedacted) : json::Value(without_session_id(*text));
  }
  if (value.is_object()) return redacted_members(value.members());
  if (!value.is_array()) return value;
  json::Array items;
  for (const json::Value& item : value.items()) items.push_back(redacted_under(key, item));
  return items;
}

std::string tree_key(std::string_view uri) {
  uri = uri.substr(0, uri.find_first_of("?#"));
  while (uri.size() > 1 && uri.ends_with('/')) uri.remove_suffix(1);
  return std::string(uri);
}

bool is_session(std::string_view uri) {
  return uri.find("/Sessions/") != std::string_view::npos;
}

bool is_whole_member(const json::Value& member) {
  return member.members().size() > 1 && !member.text("@odata.id").empty();
}

json::Value as_link(const json::Value& member) {
  return is_whole_member(member) ? json::Value(json::Object{{"@odata.id", member["@odata.id"]}}) : member;
}

/// A collection as links only, in one page, whatever pages and expansions it came in.
json::Value merged(const json::Value& earlier, json::Value page) {
  json::Array links = earlier["Members"].items();
  for (const json::Value& member : page["Members"].items()) {
    json::Value link = as_link(member);
    if (std::ranges::find(links, link) == links.end()) links.push_back(std::move(link));
  }
  json::Object& collection = page.object();
  collection.set("Members@odata.count", static_cast<std::int64_t>(links.size()));
  collection.set("Members", std::move(links));
  collection.erase("Members@odata.nextLink");
  collection.erase("@odata.nextLink");
  return page;
}

/// A host's name as a directory: what could leave the directory or means something to a shell is escaped.
std::string directory_name(std::string_view host) {
  std::string name;
  for (const char c : host) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '_' || (c == '.' && !name.empty());
    name += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return name;
}

Error unwritable(const fs::path& path, std::string_view why) {
  return Error(Code::snapshot_unwritable, fmt::format("{} cannot be written", path.string()))
      .with_note(std::string(why));
}

Error unreadable(const fs::path& path, std::string_view why) {
  return Error(Code::snapshot_unreadable, fmt::format("{} cannot be read as a recorded inventory", path.string()))
      .with_note(std::string(why));
}

Status write_text(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) return fail(unwritable(path, error.message()));
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) return fail(unwritable(path, "the file system refused it"));
  return {};
}

json::Value error_json(const std::optional<Error>& error) {
  if (!error) return nullptr;
  json::Array notes;
  for (const std::string& note : error->notes()) notes.emplace_back(note);
  return json::Object{{"code", to_string(error->code())}, {"message", error->message()}, {"notes", std::move(notes)}};
}

json::Value host_json(const HostSnapshot& host) {
  return json::Object{{"name", host.name},
                      {"bmc", host.bmc},
                      {"status", to_string(host.status)},
                      {"error", error_json(host.error)},
                      {"directory", "hosts/" + directory_name(host.name)}};
}

std::optional<HostStatus> parse_status(std::string_view text) {
  for (const HostStatus status : {HostStatus::ok, HostStatus::unreachable, HostStatus::refused, HostStatus::failed}) {
    if (to_string(status) == text) return status;
  }
  return std::nullopt;
}

std::optional<Error> parse_error(const json::Value& value) {
  if (!value.is_object()) return std::nullopt;
  Error error(parse_code(value.text("code")).value_or(Code::snapshot_unreadable), std::string(value.text("message")));
  for (const json::Value& note : value["notes"].items()) {
    if (const std::string* text = note.as_string()) error = error.with_note(*text);
  }
  return error;
}

/// A host whose entry makes no sense spoils the recording: a plan without it would look complete.
Result<RecordedHost> parse_host(const json::Value& entry, const fs::path& directory) {
  RecordedHost host;
  host.name = entry.text("name");
  host.bmc = entry.text("bmc");
  const auto status = parse_status(entry.text("status"));
  if (host.name.empty() || !status)
    return fail(unreadable(directory / kIndex, "a host has no name or no known status"));
  host.status = *status;
  host.error = parse_error(entry["error"]);
  host.tree = directory / "hosts" / directory_name(host.name);
  const bool has_tree = fs::is_directory(host.tree);
  if (host.status == HostStatus::ok && !has_tree) {
    return fail(unreadable(directory, fmt::format("the resources of host {} are missing", printable(host.name))));
  }
  return host;
}

}  // namespace

json::Value redacted(const json::Value& resource) {
  return redacted_under({}, resource);
}

Result<Recording> Recording::create(fs::path directory) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(unwritable(directory, error.message()));
  const bool empty = fs::is_empty(directory, error);
  if (error) return fail(unwritable(directory, error.message()));
  if (!empty) return fail(unwritable(directory, "it is not empty"));
  return Recording(std::move(directory));
}

void Recording::add(const std::string& host, const std::string& uri, const json::Value& body) {
  const std::string key = tree_key(uri);
  if (is_session(key)) return;
  json::Value resource = redacted(body);
  if (!resource["Members"].is_array()) return write(host, key, resource);
  for (const json::Value& member : resource["Members"].items()) {
    if (is_whole_member(member)) write(host, tree_key(member.text("@odata.id")), member);
  }
  json::Value& collection = collections_[{host, key}];
  collection = merged(collection, std::move(resource));
}

void Recording::write(const std::string& host, const std::string& uri, const json::Value& resource) {
  const fs::path file = resource_file(uri);
  if (file.empty() || !written_) return;
  written_ = write_text(directory_ / "hosts" / directory_name(host) / file, json::dump_pretty(resource));
}

Status Recording::finish(const Inventory& inventory, UtcTime captured_at) {
  for (const auto& [place, collection] : collections_) write(place.first, place.second, collection);
  if (!written_) return written_;
  json::Array hosts;
  for (const auto& [name, host] : inventory) hosts.push_back(host_json(host));
  const json::Value index = json::Object{
      {"format_version", kRecordingFormat}, {"captured_at", to_rfc3339(captured_at)}, {"hosts", std::move(hosts)}};
  return write_text(directory_ / kIndex, json::dump_pretty(index));
}

Result<RecordedFleet> open_recording(const fs::path& directory) {
  const fs::path index_file = directory / kIndex;
  std::ifstream file(index_file, std::ios::binary);
  if (!file) return fail(unreadable(index_file, "there is no such file"));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto index = json::parse(text);
  if (!index) return fail(unreadable(index_file, index.error().message()));
  const auto format = (*index)["format_version"].as_int();
  if (format != kRecordingFormat) {
    return fail(unreadable(index_file, fmt::format("its format_version is not {}", kRecordingFormat)));
  }
  RecordedFleet fleet;
  const auto captured_at = parse_rfc3339(index->text("captured_at"));
  if (!captured_at) return fail(unreadable(index_file, "captured_at is not a time"));
  fleet.captured_at = *captured_at;
  for (const json::Value& entry : (*index)["hosts"].items()) {
    auto host = parse_host(entry, directory);
    if (!host) return fail(host.error());
    fleet.hosts.push_back(std::move(*host));
  }
  std::ranges::sort(fleet.hosts, {}, &RecordedHost::name);
  return fleet;
}

}  // namespace firmform::inventory
