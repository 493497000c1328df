// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_page_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/fleet_page_hosts.h"
#include "engine/report/fleet_page_times.h"

namespace firmform::report {
namespace {

using plan::DriftClass;

json::Array texts(const std::vector<std::string>& lines) {
  json::Array array;
  for (const std::string& line : lines) array.emplace_back(printable(line));
  return array;
}

json::Object exit_data(Exit exit) {
  const auto table = exit_table();
  const auto found = std::ranges::find(table, exit, &ExitInfo::code);
  return {{"code", static_cast<int>(exit)},
          {"name", exit_name(exit)},
          {"meaning", found == table.end() ? std::string_view() : found->meaning}};
}

json::Object head(const FleetReport& report) {
  const plan::Header& header = report.plan.header;
  json::Object object{{"verb", report.verb},
                      {"verdict", verdict_text(report)},
                      {"exit", exit_data(report.exit)},
                      {"at", to_rfc3339(report.at)},
                      {"created_at", to_rfc3339(header.created_at)},
                      {"plan", header.id},
                      {"manifest_digest", header.manifest_digest},
                      {"tool_version", header.tool_version},
                      {"hosts_in_line", std::uint64_t{report.drift.hosts_in_line}}};
  if (!header.part_of.empty()) object.append("part_of", header.part_of);
  if (report.run != nullptr) object.append("run", report.run->run_id);
  if (!report.directory.empty()) object.append("directory", printable(report.directory));
  return object;
}

/// What policy does with a class; all entries of a class have the same.
std::string_view policy_of(DriftClass drift, const plan::Drift& all) {
  const auto entry = std::ranges::find(all.entries, drift, &plan::DriftEntry::drift);
  if (entry == all.entries.end()) return all.counts.contains(drift) ? "ignore" : "";
  return entry->policy == manifest::DriftPolicy::fail ? "fail" : "report";
}

json::Array classes(const plan::Drift& drift) {
  json::Array array;
  for (const DriftClass drift_class : plan::drift_classes()) {
    array.emplace_back(json::Object{{"name", to_string(drift_class)},
                                    {"meaning", meaning_of(drift_class)},
                                    {"policy", policy_of(drift_class, drift)}});
  }
  return array;
}

json::Array policies(const plan::Plan& plan) {
  json::Array array;
  for (const plan::PolicyResult& result : plan.policies) {
    json::Object object{{"rule", printable(result.rule)}, {"outcome", to_string(result.outcome)}};
    if (!result.message.empty()) object.append("message", printable(result.message));
    if (!result.subjects.empty()) object.append("subjects", texts(result.subjects));
    if (!result.origin.empty()) object.append("origin", printable(result.origin));
    if (!result.reason.empty()) object.append("reason", printable(result.reason));
    if (!result.by.empty()) object.append("by", printable(result.by));
    array.emplace_back(std::move(object));
  }
  return array;
}

json::Object diagnostic(const Diagnostic& diagnostic, const SourceMap& sources) {
  json::Object object{{"code", to_string(diagnostic.code)},
                      {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
                      {"message", printable(diagnostic.message)}};
  if (diagnostic.primary && diagnostic.primary->span.file < sources.size()) {
    const SourceSpan& span = diagnostic.primary->span;
    object.append("place", printable(sources.describe(span)));
    object.append("line", printable(sources.shown_line(span.file, span.line)));
    object.append("column", static_cast<std::int64_t>(span.column));
    object.append("length", static_cast<std::int64_t>(span.length));
    if (!diagnostic.primary->text.empty()) object.append("label", printable(diagnostic.primary->text));
  }
  if (!diagnostic.notes.empty()) object.append("notes", texts(diagnostic.notes));
  if (!diagnostic.help.empty()) object.append("help", texts(diagnostic.help));
  if (!diagnostic.subject.empty()) object.append("subject", printable(diagnostic.subject));
  return object;
}

json::Object code_table(const std::set<Code>& codes) {
  json::Object object;
  for (const Code code : codes) {
    const CodeInfo& entry = info(code);
    object.append(to_string(code),
                  json::Object{{"title", entry.title}, {"meaning", entry.meaning}, {"next", entry.next}});
  }
  return object;
}

std::string run_verdict(const apply::Summary& run) {
  const std::size_t done = run.count(apply::HostResult::done) + run.count(apply::HostResult::scheduled);
  const std::size_t all = run.hosts.size();
  if (all == 1) return done == 1 ? "The host of the run is done." : "The host of the run is not done.";
  if (done == all) return fmt::format("All {} of the run are done.", counted(all, "host"));
  return fmt::format("{} of {} of the run {} done.", done, counted(all, "host"), done == 1 ? "is" : "are");
}

/// Where no host was looked at.
std::string manifest_verdict(const FleetReport& report) {
  const std::vector<Diagnostic> problems = report.diagnostics.sorted();
  const auto errors = static_cast<std::size_t>(std::ranges::count(problems, Severity::error, &Diagnostic::severity));
  if (errors > 0) return fmt::format("{} {} in the way.", counted(errors, "problem"), errors == 1 ? "is" : "are");
  return report.verb == "validate" ? "The manifest is valid." : "There are no hosts.";
}

std::string drift_verdict(const plan::Drift& drift) {
  const std::size_t off = drift.hosts - drift.hosts_in_line;
  if (drift.hosts == 1) {
    return off == 0 ? "The host is as the manifest wants it." : "The host is not as the manifest wants it.";
  }
  if (off == 0) return fmt::format("All {} are as the manifest wants them.", counted(drift.hosts, "host"));
  return fmt::format("{} of {} {} not as the manifest wants {}.", off, counted(drift.hosts, "host"),
                     off == 1 ? "is" : "are", off == 1 ? "it" : "them");
}

}  // namespace

std::string verdict_text(const FleetReport& report) {
  if (report.drift.hosts == 0) return manifest_verdict(report);
  if (report.run == nullptr || report.run->hosts.empty()) return drift_verdict(report.drift);
  const bool all_in_line = report.drift.hosts == report.drift.hosts_in_line;
  return run_verdict(*report.run) + (all_in_line ? "" : " " + drift_verdict(report.drift));
}

json::Value page_data(const FleetReport& report) {
  std::set<Code> codes;
  json::Array diagnostics;
  for (const Diagnostic& problem : report.diagnostics.sorted()) {
    codes.insert(problem.code);
    diagnostics.emplace_back(diagnostic(problem, report.sources));
  }
  json::Object data{{"format_version", "1.0"},
                    {"report", head(report)},
                    {"classes", classes(report.drift)},
                    {"policies", policies(report.plan)},
                    {"diagnostics", std::move(diagnostics)}};
  append_hosts(data, report, codes);
  append_times(data, report);
  data.append("codes", code_table(codes));
  return data;
}

}  // namespace firmform::report
