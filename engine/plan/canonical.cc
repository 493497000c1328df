// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/canonical.h"

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/plan/codec.h"

namespace firmform::plan {
namespace {

using Sink = std::function<void(std::string_view)>;

template <class T, class Make>
void write_array(const std::vector<T>& items, const Sink& sink, Make make) {
  sink("[");
  bool first = true;
  for (const T& item : items) {
    if (!first) sink(",");
    first = false;
    sink(json::dump_canonical(make(item)));
  }
  sink("]");
}

void write_member(const Plan& plan, const json::Member& member, const Sink& sink) {
  sink(json::dump_canonical(member.key));
  sink(":");
  if (member.key == "hosts") {
    write_array(plan.hosts, sink, host_json);
  } else if (member.key == "resource_changes") {
    write_array(plan.changes, sink, [&](const Change& change) { return change_json(plan, change); });
  } else if (member.key == "actions") {
    write_array(plan.actions, sink, action_json);
  } else {
    sink(json::dump_canonical(member.value));
  }
}

}  // namespace

void write_canonical(const Plan& plan, bool with_id, const Sink& sink) {
  json::Object head = head_json(plan);
  for (const char* array : {"hosts", "resource_changes", "actions"}) head.append(array, json::Value());
  if (!with_id) head.erase("id");
  std::ranges::sort(head, {}, &json::Member::key);
  std::string_view separator = "{";
  for (const json::Member& member : head) {
    sink(separator);
    write_member(plan, member, sink);
    separator = ",";
  }
  sink("}");
}

std::string compute_id(const Plan& plan) {
  Sha256 hash;
  write_canonical(plan, false, [&](std::string_view bytes) { hash.update(bytes); });
  return hash.hex();
}

}  // namespace firmform::plan
