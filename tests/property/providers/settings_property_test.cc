// SPDX-License-Identifier: Apache-2.0
// Putting settings back, over random settings and random harm.
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include <algorithm>
#include <set>

#include "providers/redfish/settings.h"

namespace firmform::redfish {
namespace {

using inventory::Setting;
using inventory::Settings;

json::Value bios_with(const std::vector<std::pair<int, int>>& attributes) {
  json::Object values;
  for (const auto& [name, value] : attributes) values.set("Attribute" + std::to_string(name), value);
  return json::Object{{"@odata.id", "/bios"},
                      {"@Redfish.Settings", json::Object{{"SettingsObject", json::Object{{"@odata.id", "/pending"}}}}},
                      {"Attributes", std::move(values)}};
}

Settings settings_of(const json::Value& bios) {
  Settings settings;
  add_bios(bios, settings);
  std::ranges::sort(settings, {}, &Setting::name);
  return settings;
}

/// What a service makes of a PATCH: members of objects are merged, all else is replaced.
void merge(json::Value& document, const json::Value& change) {
  for (const json::Member& member : change.members()) {
    json::Value& place = document.object()[member.key];
    if (place.is_object() && member.value.is_object()) {
      merge(place, member.value);
    } else {
      place = member.value;
    }
  }
}

const auto kAttributes = rc::gen::container<std::vector<std::pair<int, int>>>(
    rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange(0, 3)));

TEST_CASE("what is put back makes the settings what they were, where the attribute still exists") {
  rc::prop("after the requests nothing that could be put back differs", [] {
    const json::Value before = bios_with(*kAttributes);
    json::Value present = bios_with(*kAttributes);
    const Settings wanted = settings_of(before);
    for (const plan::PlannedRequest& request : put_back(wanted, settings_of(present), {})) {
      RC_ASSERT(request.method == http::Method::patch);
      RC_ASSERT(request.target == "/pending");
      merge(present, request.body);
    }
    const Settings after = settings_of(present);
    for (const inventory::SettingChange& change : inventory::compare(wanted, after)) {
      RC_ASSERT(change.before.value.empty() || change.after.value.empty());
    }
    RC_ASSERT(put_back(wanted, after, {}).empty());
  });
}

TEST_CASE("requests hold nothing that did not differ") {
  rc::prop("each member of a body is wanted and was different", [] {
    const json::Value before = bios_with(*kAttributes);
    const json::Value present = bios_with(*kAttributes);
    for (const plan::PlannedRequest& request : put_back(settings_of(before), settings_of(present), {})) {
      for (const json::Member& member : request.body["Attributes"].members()) {
        RC_ASSERT(before["Attributes"][member.key] == member.value);
        RC_ASSERT(!(present["Attributes"][member.key] == member.value));
      }
    }
  });
}

}  // namespace
}  // namespace firmform::redfish
