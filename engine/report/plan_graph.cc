// SPDX-License-Identifier: Apache-2.0
#include "engine/report/plan_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/run_program.h"

namespace firmform::report {
namespace {

using plan::Action;
using plan::ActionType;
using plan::Plan;

std::string_view color_of(ActionType type) {
  switch (type) {
    case ActionType::flash:
    case ActionType::start_update:
      return "#cfe2ff";
    case ActionType::reset_host:
      return "#f8d7da";
    case ActionType::reset_bmc:
      return "#fff3cd";
    case ActionType::store:
    case ActionType::create:
      return "#e2f0d9";
    case ActionType::change:
      return "#fff8db";
    case ActionType::remove:
      return "#e2e3e5";
    case ActionType::invoke:
      return "#e0d7f5";
    case ActionType::verify:
    case ActionType::hold:
      return "#d1e7dd";
    case ActionType::restore:
      return "#fff8db";
  }
  return "#ffffff";
}

std::map<std::string_view, std::vector<const Action*>> by_host(const Plan& plan) {
  std::map<std::string_view, std::vector<const Action*>> hosts;
  for (const Action& action : plan.actions) hosts[action.host].push_back(&action);
  return hosts;
}

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t place = text.find(what); place != std::string::npos; place = text.find(what, place + by.size())) {
    text.replace(place, what.size(), by);
  }
  return text;
}

std::string dot_text(std::string_view text) {
  return "\"" + replaced(replaced(printable(text), "\\", "\\\\"), "\"", "\\\"") + "\"";
}

/// Mermaid's labels are HTML.
std::string mermaid_text(std::string_view text) {
  return "\"" + replaced(replaced(replaced(printable(text), "&", "&amp;"), "\"", "&quot;"), "<", "&lt;") + "\"";
}

std::string label_of(const Action& action) {
  return fmt::format("{}: {} ({})", to_string(action.type), action.summary, to_text(action.expected));
}

}  // namespace

std::string plan_dot(const Plan& plan) {
  std::string text = "digraph firmform {\n  rankdir=LR;\n  node [shape=box, style=filled, fontname=\"sans-serif\"];\n";
  std::size_t cluster = 0;
  for (const auto& [host, actions] : by_host(plan)) {
    text += fmt::format("  subgraph cluster_{} {{\n    label={};\n", cluster++, dot_text(host));
    for (const Action* action : actions) {
      text += fmt::format("    a{} [label={}, fillcolor=\"{}\"];\n", action->id, dot_text(label_of(*action)),
                          color_of(action->type));
    }
    text += "  }\n";
  }
  for (const Action& action : plan.actions) {
    for (const plan::ActionId need : action.needs) text += fmt::format("  a{} -> a{};\n", need, action.id);
  }
  return text + "}\n";
}

std::string plan_mermaid(const Plan& plan) {
  std::string text = "flowchart LR\n";
  std::size_t cluster = 0;
  for (const auto& [host, actions] : by_host(plan)) {
    text += fmt::format("  subgraph h{}[{}]\n", cluster++, mermaid_text(host));
    for (const Action* action : actions) {
      text += fmt::format("    a{}[{}]\n", action->id, mermaid_text(label_of(*action)));
    }
    text += "  end\n";
  }
  for (const Action& action : plan.actions) {
    for (const plan::ActionId need : action.needs) text += fmt::format("  a{} --> a{}\n", need, action.id);
    text += fmt::format("  style a{} fill:{}\n", action.id, color_of(action.type));
  }
  return text;
}

Result<std::string> plan_svg(const Plan& plan) {
  Result<std::string> svg = run_program({"dot", "-Tsvg"}, plan_dot(plan));
  if (!svg && svg.error().code() == Code::tool_missing) {
    return fail(
        svg.error().with_help("Install Graphviz (on Debian: `apt-get install graphviz`), or use -format dot "
                              "or mermaid."));
  }
  return svg;
}

}  // namespace firmform::report
