// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/dry_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "engine/base/text.h"

namespace firmform::cli {
namespace {

using plan::Action;
using plan::PlannedRequest;

bool is_upload(const Action& action) {
  return action.request->upload != PlannedRequest::Upload::none;
}

/// How the file travels; what stands above it is the parameters' part.
std::string_view upload_text(PlannedRequest::Upload upload) {
  switch (upload) {
    case PlannedRequest::Upload::none:
      return "";
    case PlannedRequest::Upload::raw:
      return "with the file as body";
    case PlannedRequest::Upload::multipart:
      return "as multipart/form-data, with this UpdateParameters part and the file";
    case PlannedRequest::Upload::ilo_form:
      return "as multipart/form-data, with the session key, this parameters part, the signature if any, and the file";
  }
  return "";
}

std::string uri_of(const plan::Plan& plan, const Action& action) {
  const plan::PlannedHost* host = plan.host(action.host);
  std::string base = host == nullptr ? std::string() : host->bmc;
  while (base.ends_with('/')) base.pop_back();
  return printable(base + action.request->target);
}

bool is_part(const plan::Image& image) {
  return image.length > 0 && image.length != image.size;
}

std::string file_line(const plan::Image& image) {
  std::string text = fmt::format("file {}", image.path);
  if (is_part(image)) {
    text += fmt::format(", bytes {} to {} of {}", image.offset, image.offset + image.length - 1, image.size);
  } else {
    text += fmt::format(", {} bytes", image.size);
  }
  if (!image.sha256.empty()) text += fmt::format(", sha256 {}", image.sha256);
  if (!image.signature_path.empty()) text += fmt::format("\nsignature {}", image.signature_path);
  return text;
}

std::string request_text(const plan::Plan& plan, const Action& action) {
  const PlannedRequest& request = *action.request;
  std::string text = fmt::format("{} {}\n", http::to_string(request.method), uri_of(plan, action));
  if (is_upload(action)) text += fmt::format("{}\n", upload_text(request.upload));
  if (!request.body.is_null()) text += json::dump_pretty(request.body);
  if (action.image && is_upload(action)) text += file_line(*action.image) + "\n";
  if (action.image && action.image->served)
    text += "The image server of the run would serve " + file_line(*action.image) + "\n";
  return text;
}

json::Value request_json(const plan::Plan& plan, const Action& action) {
  const PlannedRequest& request = *action.request;
  json::Object object{{"host", action.host},
                      {"method", http::to_string(request.method)},
                      {"uri", uri_of(plan, action)},
                      {"body", request.body},
                      {"upload", plan::to_string(request.upload)}};
  const bool has_file = action.image && !action.image->path.empty();
  if (!has_file) return object;
  const plan::Image& image = *action.image;
  object.append("file", json::Object{{"path", image.path},
                                     {"sha256", image.sha256},
                                     {"size", image.size},
                                     {"offset", image.offset},
                                     {"length", image.length > 0 ? image.length : image.size},
                                     {"served", image.served}});
  if (!image.signature_path.empty()) object.append("signature", image.signature_path);
  return object;
}

}  // namespace

std::string requests_text(const plan::Plan& plan) {
  std::string text;
  std::size_t count = 0;
  std::set<std::string_view> hosts;
  for (const Action& action : plan.actions) {
    if (!action.request) continue;
    ++count;
    hosts.insert(action.host);
    text += fmt::format("# {}: {}\n{}\n", action.host, printable(action.summary), request_text(plan, action));
  }
  const bool serves =
      std::ranges::any_of(plan.actions, [](const Action& action) { return action.image && action.image->served; });
  if (serves) text += fmt::format("`{}` stands for a URL of the run's own image server.\n", plan::kServedImage);
  return text + fmt::format("Nothing was sent. {} would be, to {}.\n", counted(count, "request"),
                            counted(hosts.size(), "host"));
}

json::Value requests_json(const plan::Plan& plan) {
  json::Array requests;
  for (const Action& action : plan.actions) {
    if (action.request) requests.push_back(request_json(plan, action));
  }
  return json::Object{{"format_version", "1.0"}, {"requests", std::move(requests)}};
}

}  // namespace firmform::cli
