// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/faulty_bmc.h"

#include <fmt/format.h>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

using Kind = WireFault::Kind;

BmcResponse plain(int status, std::string content_type, std::string body) {
  BmcResponse response;
  response.status = status;
  if (!content_type.empty()) response.headers.set("Content-Type", std::move(content_type));
  response.body = std::move(body);
  return response;
}

/// An answer that does not come from the service; `status` and `redirect` among others.
BmcResponse made_up(const WireFault& fault) {
  BmcResponse response;
  switch (fault.kind) {
    case Kind::html:
      return plain(fault.status, "text/html", "<html><body><h1>Web interface is starting</h1></body></html>");
    case Kind::not_found:
      return plain(404, "", "");
    case Kind::redirect:
      response = plain(302, "", "");
      response.headers.set("Location", fault.location);
      return response;
    case Kind::status:
      response = plain(fault.status, "", "");
      if (fault.retry_after > 0) response.headers.set("Retry-After", std::to_string(fault.retry_after));
      return response;
    case Kind::drop:
      response.drop = true;
      response.status = 0;
      return response;
    case Kind::delay:
    case Kind::truncate:
    case Kind::expire_sessions:
    case Kind::restart_bmc:
      break;
  }
  return response;
}

}  // namespace

FaultyBmc::FaultyBmc(std::unique_ptr<RedfishBmc> machine, std::vector<WireFault> faults)
    : machine_(std::move(machine)), faults_(std::move(faults)) {}

WireFault* FaultyBmc::next_fault(const BmcRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  WireFault* hit = nullptr;
  for (WireFault& fault : faults_) {
    if (!glob_match(fault.method, to_string(request.method)) || !glob_match(fault.path, path)) continue;
    ++fault.seen;
    const bool due = fault.seen >= fault.nth && (fault.times == 0 || fault.seen < fault.nth + fault.times);
    if (due && hit == nullptr) hit = &fault;
  }
  return hit;
}

BmcResponse FaultyBmc::handle(const BmcRequest& request) {
  if (machine_->offline()) return machine_->handle(request);
  const WireFault* fault = next_fault(request);
  if (fault == nullptr) return machine_->handle(request);
  BmcResponse response;
  switch (fault->kind) {
    case Kind::drop:
    case Kind::status:
    case Kind::html:
    case Kind::redirect:
    case Kind::not_found:
      if (fault->after) machine_->handle(request);
      return made_up(*fault);
    case Kind::delay:
      response = machine_->handle(request);
      response.delay += fault->delay;
      return response;
    case Kind::truncate:
      response = machine_->handle(request);
      response.body.resize(response.body.size() / 2);
      return response;
    case Kind::expire_sessions:
      if (fault->after) response = machine_->handle(request);
      machine_->expire_sessions();
      return fault->after ? response : machine_->handle(request);
    case Kind::restart_bmc:
      response = machine_->handle(request);
      machine_->restart_after(fault->delay);
      return response;
  }
  return response;
}

}  // namespace firmform::simulators
