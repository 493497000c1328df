// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_page_hosts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/fleet_page_pool.h"
#include "engine/report/plan_after.h"

namespace firmform::report {
namespace {

using plan::Action;
using plan::Change;
using plan::ResourceType;

json::Value seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

void append_text(json::Object& object, std::string_view key, std::string_view text) {
  if (!text.empty()) object.append(std::string(key), printable(text));
}

json::Array texts(const std::vector<std::string>& lines) {
  json::Array array;
  for (const std::string& line : lines) array.emplace_back(printable(line));
  return array;
}

void append_texts(json::Object& object, std::string_view key, const std::vector<std::string>& lines) {
  if (!lines.empty()) object.append(std::string(key), texts(lines));
}

constexpr std::string_view kBmc = "BMC";
constexpr std::string_view kBios = "BIOS";

/// Firmware of BMCs and of BIOSes side by side, whatever vendors call it; other firmware by its name; all else by what
/// it is.
struct Column {
  ResourceType resource = ResourceType::firmware;
  std::string role;  ///< empty: none
  std::string name;

  [[nodiscard]] std::pair<ResourceType, std::string_view> key() const { return {resource, role.empty() ? name : role}; }
};

Column column_of(const inventory::Component& component) {
  const std::string_view role = component.is_bmc ? kBmc : component.is_bios ? kBios : std::string_view();
  return {ResourceType::firmware, std::string(role),
          printable(component.name.empty() ? component.address : component.name)};
}

Column column_of(const Change& change, const inventory::HostSnapshot* host) {
  if (change.resource != ResourceType::firmware) return {change.resource, {}, std::string(to_string(change.resource))};
  const inventory::Component* component = host == nullptr ? nullptr : host->find(change.address);
  Column column = component == nullptr ? Column{} : column_of(*component);
  column.name = printable(change.name.empty() ? change.address : change.name);
  return column;
}

/// Firmware that runs on a host and that no line of the manifest names.
std::vector<const inventory::Component*> undeclared(const inventory::HostSnapshot& host,
                                                    std::span<const Change> changes) {
  std::vector<const inventory::Component*> components;
  for (const inventory::Component& component : host.components) {
    if (component.kind != inventory::Kind::firmware || component.slot != inventory::Slot::active) continue;
    if (std::ranges::find(changes, component.address, &Change::address) == changes.end()) {
      components.push_back(&component);
    }
  }
  return components;
}

class Columns {
 public:
  void count(const Column& column, bool declared) {
    Use& use = uses_[Key(column.key())];
    ++(declared ? use.declared : use.undeclared);
    use.names.insert(column.name);
  }

  /// What most hosts declare comes first, BMC and BIOS before that, and what none declares comes last.
  void order() {
    std::vector<std::pair<Key, Use>> ordered(uses_.begin(), uses_.end());
    std::ranges::sort(ordered, {}, [](const auto& entry) {
      const auto& [key, use] = entry;
      const int role = key.second == kBmc ? 0 : key.second == kBios ? 1 : 2;
      return std::tuple(use.declared == 0, key.first, role, -use.declared, -use.undeclared, key.second);
    });
    for (const auto& [key, use] : ordered) {
      numbers_[key] = static_cast<std::int64_t>(columns_.size());
      columns_.emplace_back(json::Object{{"name", use.names.size() == 1 ? *use.names.begin() : key.second},
                                         {"resource", to_string(key.first)},
                                         {"declared", use.declared > 0}});
    }
  }

  [[nodiscard]] std::int64_t number_of(const Column& column) const { return numbers_.at(Key(column.key())); }
  [[nodiscard]] json::Array take() { return std::move(columns_); }

 private:
  using Key = std::pair<ResourceType, std::string>;
  struct Use {
    int declared = 0;
    int undeclared = 0;
    std::set<std::string> names;
  };
  std::map<Key, Use> uses_;
  std::map<Key, std::int64_t> numbers_;
  json::Array columns_;
};

std::string_view state_of(const Change& change) {
  if (const auto drift = plan::classify(change)) return to_string(*drift);
  const bool serves = change.kind != plan::ChangeKind::no_op;
  return serves ? "serves" : "in_line";
}

/// "web-01/SystemBMC: why" is said of many hosts; the page knows whom it means.
std::string_view without_subject(std::string_view text, std::string_view host, std::string_view address) {
  std::string_view rest = text;
  if (!rest.starts_with(host)) return text;
  rest.remove_prefix(host.size());
  if (!address.empty() && rest.starts_with('/') && rest.substr(1).starts_with(address)) {
    rest.remove_prefix(1 + address.size());
  }
  return rest.starts_with(": ") ? rest.substr(2) : text;
}

class HostTables {
 public:
  HostTables(const FleetReport& report, std::set<Code>& codes)
      : report_(report),
        codes_(codes),
        changes_(report.run == nullptr ? report.plan.changes : plan_after(report.plan, *report.run).changes) {
    for (const Action& action : report.plan.actions) {
      std::vector<plan::ActionId>& ids = ids_[action.host];
      local_.push_back(static_cast<std::int64_t>(ids.size()));
      ids.push_back(action.id);
    }
    std::int64_t number = 0;
    for (const plan::PlannedHost& host : report.plan.hosts) numbers_[host.name] = number++;
  }

  void append_to(json::Object& data) {
    count_columns();
    for_each_host([&](const plan::PlannedHost& host, std::span<const Change> changes) { add(host, changes); });
    data.append("columns", columns_.take());
    data.append("reasons", reasons_.take());
    data.append("cells", cells_.take());
    data.append("profiles", profiles_.take());
    data.append("actions", actions_.take());
    data.append("graphs", graphs_.take());
    data.append("windows", windows_.take());
    data.append("models", models_.take());
    data.append("labels", labels_.take());
    data.append("hosts", std::move(hosts_));
  }

 private:
  /// Changes are sorted by host, as hosts are.
  template <class Visit>
  void for_each_host(Visit visit) {
    std::span<const Change> rest = changes_;
    for (const plan::PlannedHost& host : report_.plan.hosts) {
      const auto end = std::ranges::find_if(rest, [&](const Change& change) { return change.host != host.name; });
      const auto size = static_cast<std::size_t>(end - rest.begin());
      visit(host, rest.first(size));
      rest = rest.subspan(size);
    }
  }

  [[nodiscard]] const inventory::HostSnapshot* snapshot(const std::string& host) const {
    if (report_.inventory == nullptr) return nullptr;
    const auto found = report_.inventory->find(host);
    return found == report_.inventory->end() ? nullptr : &found->second;
  }

  void count_columns() {
    for_each_host([&](const plan::PlannedHost& host, std::span<const Change> changes) {
      const inventory::HostSnapshot* seen = snapshot(host.name);
      for (const Change& change : changes) columns_.count(column_of(change, seen), true);
      if (seen == nullptr) return;
      for (const inventory::Component* component : undeclared(*seen, changes)) {
        columns_.count(column_of(*component), false);
      }
    });
    columns_.order();
  }

  json::Array reasons(const std::vector<plan::Reason>& reasons, const std::string& host, std::string_view address) {
    json::Array numbers;
    for (const plan::Reason& reason : reasons) {
      codes_.insert(reason.code);
      json::Object object{{"code", to_string(reason.code)},
                          {"text", printable(without_subject(reason.text, host, address))}};
      append_texts(object, "help", reason.help);
      numbers.emplace_back(reasons_.number_of(std::move(object)));
    }
    return numbers;
  }

  /// The change before a run did it.
  [[nodiscard]] const Change& planned(const Change& change) const {
    return report_.plan.changes[static_cast<std::size_t>(&change - changes_.data())];
  }

  json::Object cell(const Change& change) {
    json::Object cell{{"column", columns_.number_of(column_of(change, snapshot(change.host)))},
                      {"state", state_of(change)},
                      {"kind", to_string(change.kind)},
                      {"address", printable(change.address)}};
    append_text(cell, "name", change.name);
    if (change.from) cell.append("from", printable(*change.from));
    if (planned(change).from != change.from) cell.append("was", printable(planned(change).from.value_or("")));
    if (change.staged) cell.append("staged", printable(*change.staged));
    append_text(cell, "to", change.to);
    append_texts(cell, "path", change.path);
    if (change.way_back) {
      json::Object back{{"kind", to_string(change.way_back->kind)}};
      append_text(back, "image", change.way_back->image);
      append_text(back, "text", change.way_back->text);
      cell.append("back", std::move(back));
    }
    if (!change.reasons.empty()) cell.append("reasons", reasons(change.reasons, change.host, change.address));
    append_text(cell, "origin", change.origin);
    append_texts(cell, "details", change.details);
    if (change.scheduled) {
      cell.append("scheduled", json::Object{{"window", printable(change.scheduled->window)},
                                            {"start", to_rfc3339(change.scheduled->start)},
                                            {"end", to_rfc3339(change.scheduled->end)}});
    }
    json::Array actions;
    for (const plan::ActionId id : planned(change).actions) actions.emplace_back(local_.at(id));
    if (!actions.empty()) cell.append("actions", std::move(actions));
    return cell;
  }

  json::Object cell(const inventory::Component& component) {
    json::Object cell{{"column", columns_.number_of(column_of(component))},
                      {"state", "undeclared"},
                      {"kind", "no-op"},
                      {"address", printable(component.address)},
                      {"name", printable(component.name)}};
    if (component.version) cell.append("from", printable(*component.version));
    return cell;
  }

  std::int64_t profile(const plan::PlannedHost& host, std::span<const Change> changes) {
    json::Array numbers;
    for (const Change& change : changes) numbers.emplace_back(cells_.number_of(cell(change)));
    if (const inventory::HostSnapshot* seen = snapshot(host.name)) {
      for (const inventory::Component* component : undeclared(*seen, changes)) {
        numbers.emplace_back(cells_.number_of(cell(*component)));
      }
    }
    return profiles_.number_of(std::move(numbers));
  }

  static json::Object image(const plan::Image& image) {
    const std::string_view way = image.served ? "served" : image.url.empty() ? "pushed" : "pulled";
    json::Object object{{"name", printable(image.name)}, {"way", way}};
    if (image.size > 0) object.append("size", image.size);
    append_text(object, "sha256", image.sha256);
    return object;
  }

  static json::Object action(const Action& action) {
    json::Object object{{"type", to_string(action.type)},
                        {"summary", printable(action.summary)},
                        {"expected", seconds(action.expected)},
                        {"deadline", seconds(action.deadline)}};
    if (action.restarts != plan::Restarts::nothing) object.append("restarts", to_string(action.restarts));
    append_texts(object, "components", action.components);
    append_texts(object, "because", action.because);
    if (action.request) {
      object.append("request",
                    printable(std::string(http::to_string(action.request->method)) + " " + action.request->target));
    }
    if (action.image) object.append("image", image(*action.image));
    return object;
  }

  /// The host's actions by their places among themselves; other hosts that must come first go into `after`.
  json::Value graph(const std::string& host, std::set<std::int64_t>& after) {
    const std::vector<plan::ActionId>& ids = ids_[host];
    if (ids.empty()) return {};
    json::Array nodes;
    for (const plan::ActionId id : ids) {
      const Action& step = report_.plan.actions[id];
      json::Array node{actions_.number_of(action(step))};
      for (const plan::ActionId need : step.needs) {
        const std::string& other = report_.plan.actions[need].host;
        if (other == host) {
          node.emplace_back(local_.at(need));
        } else {
          after.insert(numbers_.at(other));
        }
      }
      nodes.emplace_back(std::move(node));
    }
    return graphs_.number_of(std::move(nodes));
  }

  json::Value window(const plan::PlannedHost& host) {
    if (!host.window) return {};
    return windows_.number_of(json::Object{{"name", printable(host.window->name)},
                                           {"start", to_rfc3339(host.window->start)},
                                           {"end", to_rfc3339(host.window->end)},
                                           {"latest_start", to_rfc3339(host.window->latest_start)}});
  }

  void add_result(json::Object& object, const std::string& host) const {
    if (report_.run == nullptr) return;
    const auto found = report_.run->hosts.find(host);
    if (found == report_.run->hosts.end()) return;
    object.append("result", to_string(found->second.result));
    if (found->second.error) object.append("error", printable(found->second.error->one_line()));
    append_texts(object, "notes", found->second.notes);
  }

  void add(const plan::PlannedHost& host, std::span<const Change> changes) {
    json::Object object{{"name", printable(host.name)}, {"profile", profile(host, changes)}};
    if (!host.model.empty()) object.append("model", models_.number_of(printable(host.model)));
    if (host.status != "ok") object.append("status", printable(host.status));
    append_text(object, "bmc", host.bmc);
    append_text(object, "provider", host.provider);
    append_text(object, "serial", host.serial);
    json::Object labels;
    for (const auto& [key, value] : host.labels) labels.append(printable(key), printable(value));
    if (!labels.empty()) object.append("labels", labels_.number_of(std::move(labels)));
    if (json::Value number = window(host); !number.is_null()) object.append("window", std::move(number));
    if (!host.problems.empty()) object.append("problems", reasons(host.problems, host.name, {}));
    std::set<std::int64_t> after;
    if (json::Value number = graph(host.name, after); !number.is_null()) object.append("graph", std::move(number));
    if (!after.empty()) object.append("after", json::Array(after.begin(), after.end()));
    add_result(object, host.name);
    hosts_.emplace_back(std::move(object));
  }

  const FleetReport& report_;
  std::set<Code>& codes_;
  std::vector<Change> changes_;                             ///< as things are now: what a run did, differs no more
  std::map<std::string, std::vector<plan::ActionId>> ids_;  ///< of actions, by host
  std::map<std::string, std::int64_t> numbers_;             ///< of hosts
  std::vector<std::int64_t> local_;                         ///< place of each action among those of its host
  Columns columns_;
  Pool reasons_, cells_, profiles_, actions_, graphs_, windows_, models_, labels_;
  json::Array hosts_;
};

}  // namespace

void append_hosts(json::Object& data, const FleetReport& report, std::set<Code>& codes) {
  HostTables(report, codes).append_to(data);
}

}  // namespace firmform::report
