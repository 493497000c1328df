// SPDX-License-Identifier: Apache-2.0
#include "engine/inventory/tree_transport.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "engine/json/value.h"

namespace firmform::inventory {
namespace {

constexpr std::size_t kLongestSegment = 200;

bool is_safe_segment(std::string_view segment) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == 0x7f; };
  return segment != "." && segment != ".." && segment.size() <= kLongestSegment &&
         std::ranges::none_of(segment, is_control);
}

std::string_view path_part(std::string_view target) {
  return target.substr(0, target.find_first_of("?#"));
}

bool wants_expansion(std::string_view target) {
  const std::size_t query = target.find('?');
  if (query == std::string_view::npos) return false;
  const std::string_view text = target.substr(query);
  return text.find("$expand") != std::string_view::npos || text.find("%24expand") != std::string_view::npos;
}

http::Response json_reply(int status, std::string body) {
  http::Response response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.set("Content-Type", "application/json");
  response.headers.set("OData-Version", "4.0");
  return response;
}

http::Response refusal(int status, std::string_view message) {
  const json::Value body = json::Object{
      {"error", json::Object{{"code", std::string("Base.1.18.GeneralError")}, {"message", std::string(message)}}}};
  return json_reply(status, json::dump(body));
}

std::optional<std::string> read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  return std::string{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::optional<std::string> read_resource(const std::filesystem::path& root, std::string_view target) {
  const std::filesystem::path file = resource_file(path_part(target));
  return file.empty() ? std::nullopt : read_file(root / file);
}

/// Members that the tree does not hold stay links, as on a BMC whose expansion is incomplete.
std::string with_members(const std::filesystem::path& root, const std::string& text) {
  auto resource = json::parse(text);
  if (!resource || (*resource)["Members"].items().empty()) return text;
  json::Array members = (*resource)["Members"].items();
  for (json::Value& member : members) {
    const bool is_link = member.members().size() == 1;
    const auto linked = is_link ? read_resource(root, member.text("@odata.id")) : std::nullopt;
    if (!linked) continue;
    if (auto parsed = json::parse(*linked)) member = std::move(*parsed);
  }
  resource->object().set("Members", std::move(members));
  return json::dump(*resource);
}

bool is_session_login(const http::Request& request) {
  std::string_view path = path_part(request.target);
  while (path.ends_with('/')) path.remove_suffix(1);
  return request.method == http::Method::post && path.ends_with("/Sessions");
}

http::Response logged_in(std::string_view target) {
  http::Response response = json_reply(201, "{}");
  std::string location(path_part(target));
  if (!location.ends_with('/')) location += '/';
  response.headers.set("Location", location + "recorded");
  response.headers.set("X-Auth-Token", "recorded");
  return response;
}

}  // namespace

TreeTransport::TreeTransport(std::filesystem::path root) : root_(std::move(root)) {}

Task<Result<http::Response>> TreeTransport::send(http::Request request) {
  co_return answer(request);
}

http::Response TreeTransport::answer(const http::Request& request) const {
  if (is_session_login(request)) return logged_in(request.target);
  const bool is_logout = request.method == http::Method::delete_ && request.target.ends_with("/Sessions/recorded");
  if (is_logout) return {.status = 204, .headers = {}, .body = {}};
  if (request.method != http::Method::get) return refusal(405, "A recorded inventory can only be read.");
  const auto resource = read_resource(root_, request.target);
  if (!resource) return refusal(404, "The recorded inventory does not hold this resource.");
  return json_reply(200, wants_expansion(request.target) ? with_members(root_, *resource) : *resource);
}

std::filesystem::path resource_file(std::string_view uri) {
  std::filesystem::path file;
  for (const std::string& segment : split(path_part(uri), '/')) {
    if (segment.empty()) continue;
    if (!is_safe_segment(segment)) return {};
    file /= segment;
  }
  return file.empty() ? file : file / "index.json";
}

}  // namespace firmform::inventory
