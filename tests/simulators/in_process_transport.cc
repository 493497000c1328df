// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/in_process_transport.h"

#include <fmt/format.h>

#include <algorithm>

#include "tests/simulators/multipart.h"

namespace firmform::simulators {
namespace {

/// Fills in body and content type; fails when a file cannot be read.
Status take_body(http::Request& request, BmcRequest& target) {
  if (const auto* text = std::get_if<std::string>(&request.body)) {
    target.body = *text;
  } else if (const auto* file = std::get_if<http::FileBody>(&request.body)) {
    Result<std::string> bytes = read_file_body(*file);
    if (!bytes) return fail(bytes.error());
    target.body = std::move(*bytes);
  } else if (const auto* form = std::get_if<http::Form>(&request.body)) {
    Result<EncodedForm> encoded = write_form(*form);
    if (!encoded) return fail(encoded.error());
    target.headers.set("Content-Type", encoded->content_type);
    target.body = std::move(encoded->body);
  }
  return {};
}

std::string host_of(const std::string& url) {
  const std::size_t start = url.find("://");
  return start == std::string::npos ? url : url.substr(start + 3);
}

}  // namespace

InProcessTransport::InProcessTransport(Clock& clock, ImageSource images) : clock_(clock), images_(std::move(images)) {}

Bmc& InProcessTransport::add(const std::string& url, std::unique_ptr<Bmc> bmc) {
  auto& place = bmcs_[url];
  place = std::move(bmc);
  return *place;
}

void InProcessTransport::deliver(Bmc& bmc) {
  // A file may be followed by an order for its signature.
  for (auto orders = bmc.take_image_orders(); !orders.empty(); orders = bmc.take_image_orders()) {
    for (const ImageOrder& order : orders) bmc.deliver_image(order.id, images_(order.url));
  }
}

void InProcessTransport::catch_up(Bmc& bmc) {
  const UtcTime now = clock_.now();
  // An image that is ordered on the way is there at once, and its flash begins at that moment.
  while (bmc.next_event().value_or(now + Duration(1)) <= now) {
    bmc.advance(*bmc.next_event());
    deliver(bmc);
  }
  bmc.advance(now);
}

void InProcessTransport::settle() {
  for (auto& [url, bmc] : bmcs_) catch_up(*bmc);
}

Task<Result<http::Response>> InProcessTransport::send(http::Request request) {
  const auto found = bmcs_.find(request.endpoint->url);
  if (found == bmcs_.end()) {
    co_return fail(Code::name_not_resolved, fmt::format("{} is not in the lab", request.endpoint->url));
  }
  Bmc& bmc = *found->second;
  catch_up(bmc);
  if (bmc.offline()) {
    co_return fail(Code::connection_refused, fmt::format("{} refuses connections", request.endpoint->url));
  }
  BmcRequest forwarded{request.method, request.target, request.headers, {}};
  forwarded.headers.set("Host", host_of(request.endpoint->url));
  if (Status readable = take_body(request, forwarded); !readable) co_return fail(readable.error());
  BmcResponse response = bmc.handle(forwarded);
  deliver(bmc);
  const Duration wait = std::min(response.delay, request.deadlines.idle);
  if (wait > Duration(0)) co_await clock_.sleep(wait);
  if (response.delay > request.deadlines.idle) {
    co_return fail(Code::no_reply, fmt::format("{} did not answer in time", request.endpoint->url));
  }
  if (response.drop) {
    co_return fail(Code::connection_lost, fmt::format("{} closed the connection", request.endpoint->url));
  }
  if (response.body.size() > request.max_response_bytes) {
    co_return fail(Code::reply_too_large,
                   fmt::format("{} answers with {} bytes", request.endpoint->url, response.body.size()));
  }
  co_return http::Response{response.status, std::move(response.headers), std::move(response.body)};
}

}  // namespace firmform::simulators
