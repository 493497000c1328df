// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/cycles.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include "engine/plan/graph.h"

namespace firmform::plan {
namespace {

using manifest::Baseline;
using manifest::Desired;

/// A line of the manifest that puts one thing before another.
struct Line {
  std::string before;
  std::string after;
  SourceSpan span;
};

/// `lines` lead each to the next, and the last to the first.
Diagnostic diagnostic_of(const std::vector<Line>& lines, const std::string& of_what) {
  std::string way = lines.front().before;
  for (const Line& line : lines) way += " → " + line.after;
  Diagnostic diagnostic{.code = Code::order_cycle,
                        .message = fmt::format("{} wait for each other: {}", of_what, way),
                        .help = {std::string(info(Code::order_cycle).next)}};
  for (const Line& line : lines) {
    diagnostic.secondary.push_back({line.span, fmt::format("{} after {}", line.after, line.before)});
  }
  diagnostic.primary = diagnostic.secondary.front();
  diagnostic.secondary.erase(diagnostic.secondary.begin());
  return diagnostic;
}

struct NamedGraph {
  std::vector<std::string> names;
  std::vector<Edge> edges;
  std::vector<SourceSpan> spans;  ///< by edge

  void add(std::size_t before, std::size_t after, const SourceSpan& span) {
    edges.push_back({before, after});
    spans.push_back(span);
  }

  [[nodiscard]] std::vector<Line> cycle() const {
    std::vector<Line> lines;
    for (const std::size_t i : order(names.size(), edges).cycle) {
      lines.push_back({names[edges[i].before], names[edges[i].after], spans[i]});
    }
    return lines;
  }
};

NamedGraph graph_of_hosts(const Desired& desired) {
  NamedGraph graph;
  std::unordered_map<std::string_view, std::size_t> places;
  for (const auto& [name, host] : desired.hosts) {
    places.emplace(name, graph.names.size());
    graph.names.push_back(name);
  }
  for (const auto& [name, host] : desired.hosts) {
    for (const manifest::Text& text : host.after) {
      const auto before = places.find(text.value);
      if (before != places.end()) graph.add(before->second, places.at(name), text.span);
    }
  }
  return graph;
}

NamedGraph graph_of_entries(const Baseline& baseline) {
  NamedGraph graph;
  for (const manifest::FirmwareEntry& entry : baseline.firmware) {
    graph.names.push_back(entry.component.value.describe());
  }
  for (std::size_t i = 0; i < baseline.firmware.size(); ++i) {
    for (const manifest::Text& text : baseline.firmware[i].after) {
      for (const std::size_t before : entries_named(baseline, text.value)) {
        // A glob such as "HPE *" may fit the entry that says it; it means the others.
        const bool is_own_glob = before == i && text.value != graph.names[i];
        if (!is_own_glob) graph.add(before, i, text.span);
      }
    }
  }
  return graph;
}

bool is_possible(const Scope& scope, const NamedGraph& graph, const std::string& of_what) {
  const std::vector<Line> cycle = graph.cycle();
  if (!cycle.empty()) scope.findings.add(diagnostic_of(cycle, of_what));
  return cycle.empty();
}

}  // namespace

bool report_cycles(const Scope& scope) {
  const Desired& desired = scope.inputs.desired;
  bool possible = is_possible(scope, graph_of_hosts(desired), "hosts");
  std::set<const Baseline*> seen;
  for (const auto& [name, host] : desired.hosts) {
    for (const manifest::BaselineChoice& choice : host.baselines) {
      if (!seen.insert(choice.baseline.get()).second) continue;
      possible &= is_possible(scope, graph_of_entries(*choice.baseline), "entries of baseline " + choice.name);
    }
  }
  return possible;
}

Diagnostic cycle_of_host(const HostDraft& host, const std::vector<Wait>& cycle) {
  std::vector<Line> lines;
  for (const Wait& wait : cycle) {
    lines.push_back({host.changes[wait.before].change.address, host.changes[wait.after].change.address, wait.span});
  }
  Diagnostic diagnostic = diagnostic_of(lines, "changes of " + host.name());
  diagnostic.subject = host.name();
  return diagnostic;
}

}  // namespace firmform::plan
