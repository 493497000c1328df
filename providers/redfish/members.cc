// SPDX-License-Identifier: Apache-2.0
// Collections: expanded where the service says that it can, page by page, members fetched one by one where
// only links came.
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/redfish/client_state.h"
#include "providers/redfish/links.h"
#include "providers/redfish/replies.h"

namespace firmform::redfish {
namespace {

using json::Value;

/// More pages than any BMC has; what pages on beyond this is broken.
constexpr std::size_t kMaxPages = 1000;

struct Entry {
  std::string link;
  std::optional<Value> resource;  ///< absent: only a link came
};

/// The pages of one collection, put together.
struct Listing {
  Value first_page;
  std::vector<Entry> entries;
  std::set<std::string> links;  ///< of the entries, for members that show on two pages
  std::optional<std::int64_t> announced;
};

/// The form of $expand for one level that this service advertises; empty when it has none.
std::string expand_query(const Value& root) {
  const Value& expand = root["ProtocolFeaturesSupported"]["ExpandQuery"];
  const auto offers = [&](std::string_view key) { return expand[key].as_bool().value_or(false); };
  std::string query;
  if (offers("NoLinks")) {
    query = "$expand=.";
  } else if (offers("ExpandAll")) {
    query = "$expand=*";
  }
  return query.empty() || !offers("Levels") ? query : query + "($levels=1)";
}

std::string with_query(const std::string& path, const std::string& query) {
  if (query.empty()) return path;
  return path + (path.find('?') == std::string::npos ? "?" : "&") + query;
}

/// Nothing but annotations: a link and not the resource.
bool is_stub(const Value& member) {
  return std::ranges::all_of(member.members(), [](const json::Member& m) { return m.key.starts_with("@odata."); });
}

void add_page(const Value& page, Listing& listing, std::vector<std::string>& warnings, const std::string& collection) {
  if (const auto count = page["Members@odata.count"].as_int()) listing.announced = count;
  for (const Value& member : page["Members"].items()) {
    const std::string link(member.text("@odata.id"));
    const bool stub = is_stub(member);
    if (!member.is_object() || (stub && link.empty())) {
      warnings.push_back(fmt::format("{} has a member that is neither a resource nor a link", collection));
      continue;
    }
    if (!link.empty() && !listing.links.insert(path_of(link)).second) continue;
    listing.entries.push_back({link, stub ? std::nullopt : std::optional<Value>(member)});
  }
}

std::string next_link(const Value& page) {
  for (const std::string_view key : {"Members@odata.nextLink", "@odata.nextLink"}) {
    const Value& next = page[key];
    if (const std::string* text = next.as_string(); text != nullptr && !text->empty()) return path_of(*text);
    if (const std::string_view link = next.text("@odata.id"); !link.empty()) return path_of(link);
  }
  return {};
}

/// After these, the next request would fare no better: the BMC cannot be reached or does not let us in.
bool concerns_whole_bmc(Code code) {
  return http::was_not_sent(code) || code == Code::no_reply || code == Code::connection_lost ||
         code == Code::login_refused || code == Code::session_expired || code == Code::redirect_refused;
}

/// A refusal that is about the query and not about the collection.
bool refuses_expand(const http::Response& response) {
  const int status = response.status;
  return status == 400 || status == 405 || status == 500 || status == 501;
}

/// Members still to be fetched, shared by the workers of one collection.
struct Fetching {
  ClientState& client;
  std::vector<Entry>& entries;
  std::vector<std::string>& warnings;
  std::size_t next = 0;
  std::optional<Error> failure = std::nullopt;
};

Task<void> fetch_missing(Fetching& work) {
  while (!work.failure && work.next < work.entries.size()) {
    Entry& entry = work.entries[work.next++];
    if (entry.resource) continue;
    auto document = co_await work.client.read_document(path_of(entry.link), true);
    if (document) {
      entry.resource = std::move(*document);
    } else if (concerns_whole_bmc(document.error().code())) {
      work.failure = document.error();
    } else {
      work.warnings.push_back(document.error().one_line());
    }
  }
}

int reads_in_flight(const ClientState& client) {
  const bool one_at_a_time = client.root["ProtocolFeaturesSupported"]["MultipleHTTPRequests"].as_bool() == false;
  return one_at_a_time ? 1 : std::min(2, client.endpoint->max_connections);
}

/// All pages. A collection that does not exist gives an empty listing.
Task<Result<Listing>> list(ClientState& client, std::string path, std::vector<std::string>& warnings) {
  Listing listing;
  std::set<std::string> visited;
  bool expanded = client.expand_works && !expand_query(client.root).empty();
  std::string next = with_query(path, expanded ? expand_query(client.root) : std::string());
  while (!next.empty()) {
    if (!visited.insert(next).second || visited.size() > kMaxPages) {
      warnings.push_back(fmt::format("{}: its pages never end; {} links to an earlier one", path, next));
      break;
    }
    const auto response = co_await client.read(next, true);
    const bool too_large = !response && response.error().code() == Code::reply_too_large;
    if (expanded && (too_large || (response && refuses_expand(*response)))) {
      client.expand_works = false;
      expanded = false;
      next = path;
      listing = {};
      continue;
    }
    if (!response) co_return fail(response.error().with_context("GET " + next));
    if (response->status == 404 && visited.size() == 1) co_return listing;
    if (!is_success(response->status)) co_return fail(client.read_error(*response, next, true));
    auto page = parse_document(*response, next);
    if (!page) co_return fail(page.error());
    if (client.observer) client.observer(next, *page);
    add_page(*page, listing, warnings, path);
    next = next_link(*page);
    if (listing.first_page.is_null()) listing.first_page = std::move(*page);
  }
  co_return listing;
}

}  // namespace

Task<Result<Collection>> Client::collection(std::string collection_uri, std::vector<std::string>& warnings) {
  using boost::asio::experimental::awaitable_operators::operator&&;
  const Status logged_in = co_await state_->ensure_login();
  if (!logged_in) co_return fail(logged_in.error());
  const std::string path = path_of(collection_uri);
  auto listing = co_await list(*state_, path, warnings);
  if (!listing) co_return fail(listing.error());

  Fetching work{*state_, listing->entries, warnings};
  if (reads_in_flight(*state_) == 1) {
    co_await fetch_missing(work);
  } else {
    co_await (fetch_missing(work) && fetch_missing(work));
  }
  if (work.failure) co_return fail(*work.failure);

  if (listing->announced && *listing->announced > static_cast<std::int64_t>(listing->entries.size())) {
    warnings.push_back(
        fmt::format("{} announces {} members and lists {}", path, *listing->announced, listing->entries.size()));
  }
  Collection collection{.resource = std::move(listing->first_page), .members = {}};
  for (Entry& entry : listing->entries) {
    if (entry.resource) collection.members.push_back(std::move(*entry.resource));
  }
  co_return collection;
}

Task<Result<std::vector<Value>>> Client::members(std::string collection_uri, std::vector<std::string>& warnings) {
  auto read = co_await collection(std::move(collection_uri), warnings);
  if (!read) co_return fail(read.error());
  co_return std::move(read->members);
}

}  // namespace firmform::redfish
