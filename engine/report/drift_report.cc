// SPDX-License-Identifier: Apache-2.0
#include "engine/report/drift_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/base/text.h"
#include "engine/report/table.h"

namespace firmform::report {
namespace {

using manifest::DriftPolicy;
using plan::Drift;
using plan::DriftClass;
using plan::DriftEntry;

std::string_view to_string(DriftPolicy policy) {
  switch (policy) {
    case DriftPolicy::ignore:
      return "ignore";
    case DriftPolicy::report:
      return "report";
    case DriftPolicy::fail:
      return "fail";
  }
  return "fail";
}

/// Hosts that drifted in the same way.
struct Group {
  const DriftEntry* first;
  std::vector<std::string> hosts;
};

std::vector<Group> groups_of(const Drift& drift) {
  using Key = std::tuple<DriftClass, std::string, std::string, std::string, std::string>;
  std::map<Key, Group> groups;
  for (const DriftEntry& entry : drift.entries) {
    // Hosts are out of reach for reasons of their own.
    const std::string apart = entry.drift == DriftClass::unreachable ? entry.host : std::string();
    const Key key(entry.drift, entry.name.empty() ? entry.component : entry.name, entry.from.value_or(""), entry.to,
                  apart);
    Group& group = groups.try_emplace(key, Group{&entry, {}}).first->second;
    if (group.hosts.empty() || group.hosts.back() != entry.host) group.hosts.push_back(entry.host);
  }
  std::vector<Group> ordered;
  for (auto& [key, group] : groups) ordered.push_back(std::move(group));
  return ordered;
}

std::string hosts_of(const Group& group) {
  if (group.hosts.size() == 1) return group.hosts.front();
  return fmt::format("{} like {}", group.hosts.size(), group.hosts.front());
}

Ink ink_of(DriftPolicy policy) {
  return policy == DriftPolicy::fail ? Ink::red : Ink::yellow;
}

Table table_of(const std::vector<Group>& groups) {
  Table table(
      {{"", 1}, {"CLASS", 8}, {"HOSTS", 10}, {"COMPONENT", 16}, {"INSTALLED", 10}, {"WANTED", 10}, {"POLICY", 6}});
  for (const Group& group : groups) {
    const DriftEntry& entry = *group.first;
    const std::string& name = entry.name.empty() ? entry.component : entry.name;
    table.add({entry.policy == DriftPolicy::fail ? "!" : "~", std::string(to_string(entry.drift)), hosts_of(group),
               name.empty() ? "-" : printable(name), entry.from ? printable(*entry.from) : "-",
               entry.to.empty() ? "-" : printable(entry.to), std::string(to_string(entry.policy))},
              ink_of(entry.policy));
  }
  return table;
}

/// Why it is not simply an update, once for each text.
std::string reasons_of(const std::vector<Group>& groups, std::size_t width) {
  std::vector<std::string> lines;
  for (const Group& group : groups) {
    for (const plan::Reason& reason : group.first->reasons) {
      std::string line = fmt::format("{} {}", firmform::to_string(reason.code), printable(reason.text));
      if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
    }
  }
  std::string text;
  for (const std::string& line : lines) text += paragraph(line, 0, width);
  return text.empty() ? text : "\n" + text;
}

std::string step_text(const plan::ExplanationStep& step, std::size_t width) {
  std::string text = fmt::format("  {}\n", step.title);
  for (const plan::ExplanationLine& line : step.lines) {
    text += paragraph(line.origin.empty() ? line.text : fmt::format("{}  [{}]", line.text, line.origin), 4, width);
  }
  return text;
}

}  // namespace

std::string drift_totals(const Drift& drift) {
  std::vector<std::string> parts;
  for (const DriftClass drift_class : plan::drift_classes()) {
    const auto count = drift.counts.find(drift_class);
    if (count != drift.counts.end()) parts.push_back(fmt::format("{} {}", count->second, to_string(drift_class)));
  }
  if (parts.empty()) parts.emplace_back("none");
  return fmt::format("Drift: {}; {} of {} in line.", fmt::join(parts, ", "), drift.hosts_in_line,
                     counted(drift.hosts, "host"));
}

std::string drift_text(const Drift& drift, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 40));
  if (drift.entries.empty()) return drift_totals(drift) + "\n";
  const std::vector<Group> groups = groups_of(drift);
  return table_of(groups).render(width, style.color) + reasons_of(groups, width) + "\n" + drift_totals(drift) + "\n";
}

json::Value drift_json(const Drift& drift) {
  json::Array entries;
  for (const DriftEntry& entry : drift.entries) {
    json::Object object{{"class", to_string(entry.drift)}, {"policy", to_string(entry.policy)}, {"host", entry.host}};
    if (!entry.component.empty()) object.append("component", entry.component);
    if (!entry.name.empty()) object.append("name", entry.name);
    if (entry.from) object.append("installed", *entry.from);
    if (entry.staged) object.append("staged", *entry.staged);
    if (!entry.to.empty()) object.append("wanted", entry.to);
    if (!entry.origin.empty()) object.append("origin", entry.origin);
    json::Array reasons;
    for (const plan::Reason& reason : entry.reasons) {
      reasons.emplace_back(json::Object{{"code", firmform::to_string(reason.code)}, {"text", reason.text}});
    }
    if (!reasons.empty()) object.append("reasons", std::move(reasons));
    entries.emplace_back(std::move(object));
  }
  json::Object classes;
  for (const DriftClass drift_class : plan::drift_classes()) {
    const auto count = drift.counts.find(drift_class);
    const auto hosts = drift.hosts_of_class.find(drift_class);
    classes.append(std::string(to_string(drift_class)),
                   json::Object{{"meaning", meaning_of(drift_class)},
                                {"components", std::uint64_t{count == drift.counts.end() ? 0 : count->second}},
                                {"hosts", std::uint64_t{hosts == drift.hosts_of_class.end() ? 0 : hosts->second}}});
  }
  const Exit exit = drift.exit();
  return json::Object{{"format_version", "1.0"},
                      {"hosts", std::uint64_t{drift.hosts}},
                      {"hosts_in_line", std::uint64_t{drift.hosts_in_line}},
                      {"classes", std::move(classes)},
                      {"drift", std::move(entries)},
                      {"exit", json::Object{{"code", static_cast<int>(exit)}, {"name", exit_name(exit)}}}};
}

std::string explanation_text(const std::vector<plan::Explanation>& explanations, const Style& style) {
  const auto width = static_cast<std::size_t>(std::max(style.width, 40));
  std::string text;
  for (const plan::Explanation& explanation : explanations) {
    if (!text.empty()) text += "\n";
    const std::string name =
        explanation.name.empty() ? std::string() : fmt::format(" ({})", printable(explanation.name));
    text += paragraph(fmt::format("{}/{}{}", explanation.host, printable(explanation.component), name), 0, width);
    text += paragraph(explanation.answer, 2, width);
    for (const plan::ExplanationStep& step : explanation.steps) text += "\n" + step_text(step, width);
  }
  return text;
}

json::Value explanation_json(const std::vector<plan::Explanation>& explanations) {
  json::Array array;
  for (const plan::Explanation& explanation : explanations) {
    json::Array steps;
    for (const plan::ExplanationStep& step : explanation.steps) {
      json::Array lines;
      for (const plan::ExplanationLine& line : step.lines) {
        json::Object object{{"text", line.text}};
        if (!line.origin.empty()) object.append("origin", line.origin);
        lines.emplace_back(std::move(object));
      }
      steps.emplace_back(json::Object{{"title", step.title}, {"lines", std::move(lines)}});
    }
    array.emplace_back(json::Object{{"host", explanation.host},
                                    {"component", explanation.component},
                                    {"name", explanation.name},
                                    {"answer", explanation.answer},
                                    {"steps", std::move(steps)}});
  }
  return array;
}

}  // namespace firmform::report
