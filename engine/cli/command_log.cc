// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/log_reading.h"
#include "engine/cli/plan_output.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

/// Severities of Redfish and of HPE's own, mildest first: 0, 1, 2. An unknown one counts as a warning.
int rank(std::string_view severity) {
  constexpr std::array<std::string_view, 4> kMild = {"ok", "informational", "repaired", "information"};
  if (equals_ignoring_case(severity, "critical")) return 2;
  const bool mild = severity.empty() || std::ranges::any_of(kMild, [&](std::string_view name) {
                      return equals_ignoring_case(name, severity);
                    });
  return mild ? 0 : 1;
}

Result<int> least_rank(const Arguments& arguments) {
  const std::string wanted = to_lower(arguments.value("severity").value_or("ok"));
  if (wanted == "ok") return 0;
  if (wanted == "warning") return 1;
  if (wanted == "critical") return 2;
  return fail(
      Error(Code::usage, fmt::format("there is no severity `{}`", wanted)).with_help("use ok, warning or critical"));
}

Result<Since> since_option(const Arguments& arguments) {
  const auto text = arguments.value("since");
  if (!text) return Since{};
  if (const auto age = parse_duration(*text)) return Since{.time = {}, .age = *age};
  if (const auto time = parse_rfc3339(*text)) return Since{.time = *time, .age = {}};
  return fail(Error(Code::usage, fmt::format("--since is `{}`, neither a duration nor a time", *text))
                  .with_help("for example 2h, or 2026-12-05T22:00:00Z"));
}

std::string shown_time(const LogEntry& entry) {
  return entry.at ? to_rfc3339(*entry.at) : "-";
}

std::string logs_text(const std::vector<HostLog>& logs, const report::Style& style) {
  report::Table table({{"HOST", 6}, {"TIME", 20}, {"SEVERITY", 8}, {"LOG", 6}, {"CODE", 7}, {"TEXT", 30}});
  std::size_t count = 0;
  for (const HostLog& log : logs) {
    for (const LogEntry& entry : log.entries) {
      table.add({log.host, shown_time(entry), printable(entry.severity), printable(entry.log), printable(entry.code),
                 printable(entry.text)});
      ++count;
    }
  }
  if (count == 0) return "No entries.\n";
  constexpr int kNarrowest = 40;
  return table.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color) +
         fmt::format("\n{}, by the BMCs' clocks.\n", counted(count, "entry", "entries"));
}

json::Value logs_json(const std::vector<HostLog>& logs) {
  json::Array hosts;
  for (const HostLog& log : logs) {
    json::Array entries;
    for (const LogEntry& entry : log.entries) {
      entries.emplace_back(json::Object{{"log", entry.log},
                                        {"id", entry.id},
                                        {"at", entry.at ? json::Value(to_rfc3339(*entry.at)) : json::Value()},
                                        {"severity", entry.severity},
                                        {"code", entry.code},
                                        {"text", entry.text}});
    }
    json::Object host{{"name", log.host}, {"entries", std::move(entries)}};
    if (log.error)
      host.append("error", json::Object{{"code", to_string(log.error->code())}, {"message", log.error->message()}});
    hosts.emplace_back(std::move(host));
  }
  return json::Object{{"format_version", "1.0"}, {"hosts", std::move(hosts)}};
}

}  // namespace

Exit run_log(const Arguments& arguments, Context& context) {
  const auto least = least_rank(arguments);
  if (!least) return context.report(least.error());
  const auto since = since_option(arguments);
  if (!since) return context.report(since.error());
  const auto project = open_project(context);
  if (!project) return project.error();
  std::vector<std::string> patterns;
  for (const std::string& list : arguments.positionals()) {
    for (const std::string& name : split(list, ',')) patterns.push_back(name);
  }
  const auto hosts = select_hosts(*project, patterns, context);
  if (!hosts) return hosts.error();
  Runtime runtime(project->directory, hosts->size());
  std::vector<HostLog> logs = read_logs(runtime, targets_of(*project, *hosts), *since);
  Exit exit = Exit::ok;
  for (HostLog& log : logs) {
    std::erase_if(log.entries, [&](const LogEntry& entry) { return rank(entry.severity) < *least; });
    if (log.error) exit = worst(exit, context.report(log.error->with_context(log.host)));
  }
  context.out.print(arguments.has("json") ? json::dump_pretty(logs_json(logs))
                                          : logs_text(logs, report_style(context)));
  return exit;
}

}  // namespace firmform::cli
