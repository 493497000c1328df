// SPDX-License-Identifier: Apache-2.0
// SARIF 2.1.0 (OASIS): results at places of the manifest, for code hosts that show them beside the lines of a change.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/json/value.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/markdown_text.h"

namespace firmform::report {
namespace {

using json::Array;
using json::Object;
using json::Value;

/// GitHub shows 5,000 results of a file and refuses 25,000.
constexpr std::size_t kMostResults = 2'000;
constexpr std::size_t kLongestText = 2'000;

/// Exit codes of runs that came to their end and judged.
constexpr std::array kVerdicts = {Exit::ok,    Exit::changes, Exit::scheduled, Exit::paused,
                                  Exit::drift, Exit::denied,  Exit::blocked};

/// Plain text: what looks like SARIF's own links ("[text](target)") is taken apart.
Value message(std::string_view text) {
  std::string shown = clipped(printable(text), kLongestText);
  for (std::size_t place = shown.find("]("); place != std::string::npos; place = shown.find("](", place)) {
    shown.insert(place + 1, " ");
  }
  return Object{{"text", std::move(shown)}};
}

/// A relative reference of RFC 3986: everything but its unreserved characters and slashes as octets.
std::string as_uri(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~/").find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

/// "FF0303", whose name in the source is component_ambiguous, as "ComponentAmbiguous"; other rules by their id.
std::string rule_name(const std::string& rule) {
  const auto code = parse_code(rule);
  const std::string words = code ? std::string(info(*code).name) : rule;
  std::string name;
  bool begins = true;
  for (const char c : words) {
    if (c == '_' || c == '-' || c == '.') {
      begins = true;
      continue;
    }
    name += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = false;
  }
  return name;
}

Value rule_json(const FleetFinding& finding) {
  Object rule{{"id", finding.rule}, {"name", rule_name(finding.rule)}, {"shortDescription", message(finding.title)}};
  if (const auto code = parse_code(finding.rule); code && finding.rule == firmform::to_string(*code)) {
    rule.append("fullDescription", message(info(*code).meaning));
    rule.append("help", message(fmt::format("{} See also: firmform explain {}", info(*code).next, finding.rule)));
  }
  rule.append("defaultConfiguration", Object{{"level", to_string(finding.level)}});
  return rule;
}

class Log {
 public:
  /// The worst come first, so that what is left out is the least.
  explicit Log(const FleetReport& report) : report_(report) {
    const std::vector<FleetFinding> all = findings_of(report);
    using Level = FleetFinding::Level;
    for (const Level level : {Level::error, Level::warning, Level::note}) {
      std::ranges::copy_if(all, std::back_inserter(findings_),
                           [&](const FleetFinding& finding) { return finding.level == level; });
    }
    left_out_ = findings_.size() - std::min(findings_.size(), kMostResults);
    findings_.resize(findings_.size() - left_out_);
  }

  [[nodiscard]] Value json() {
    Array results;
    for (const FleetFinding& finding : findings_) results.push_back(result(finding));
    Object driver{{"name", "firmform"}};
    if (!report_.plan.header.tool_version.empty()) driver.append("version", report_.plan.header.tool_version);
    driver.append("rules", std::move(rules_));
    Object run{{"tool", Object{{"driver", std::move(driver)}}},
               {"automationDetails", Object{{"id", fmt::format("firmform/{}/{}/", report_.verb, directory())}}},
               {"invocations", Array{invocation()}},
               {"columnKind", "unicodeCodePoints"},
               {"originalUriBaseIds",
                Object{{"%SRCROOT%", Object{{"description", message("The checkout that the manifest is in.")}}}}},
               {"results", std::move(results)}};
    return Object{{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                  {"version", "2.1.0"},
                  {"runs", Array{std::move(run)}}};
  }

 private:
  /// Tells apart the runs for the parts of one repository.
  [[nodiscard]] std::string directory() const {
    return report_.directory.empty() || report_.directory == "." ? "manifest" : as_uri(report_.directory);
  }

  [[nodiscard]] Value invocation() const {
    Object invocation{{"executionSuccessful", std::ranges::find(kVerdicts, report_.exit) != kVerdicts.end()},
                      {"exitCode", static_cast<int>(report_.exit)},
                      {"exitCodeDescription", exit_name(report_.exit)},
                      {"endTimeUtc", to_rfc3339(report_.at)}};
    if (left_out_ > 0) {
      const std::string text = fmt::format("{} of lower level are left out here", counted(left_out_, "result"));
      invocation.append("toolExecutionNotifications", Array{Object{{"level", "note"}, {"message", message(text)}}});
    }
    return invocation;
  }

  /// Each rule once, in order of first use.
  std::size_t index_of(const FleetFinding& finding) {
    const auto [known, is_new] = rule_places_.try_emplace(finding.rule, rules_.size());
    if (is_new) rules_.push_back(rule_json(finding));
    return known->second;
  }

  Value result(const FleetFinding& finding) {
    std::string text = finding.message;
    if (!finding.help.empty()) text += ". " + finding.help.front();
    return Object{{"ruleId", finding.rule},
                  {"ruleIndex", std::uint64_t{index_of(finding)}},
                  {"level", to_string(finding.level)},
                  {"message", message(text)},
                  {"locations", Array{location(finding)}},
                  {"partialFingerprints", Object{{"firmform/v1", fingerprint(finding)}}}};
  }

  [[nodiscard]] Value location(const FleetFinding& finding) const {
    const Place place = finding.place.value_or(somewhere());
    Object region{{"startLine", std::int64_t{place.line}}, {"startColumn", std::int64_t{place.column}}};
    if (place.length > 0) region.append("endColumn", std::int64_t{place.column} + std::int64_t{place.length});
    Object location{{"physicalLocation",
                     Object{{"artifactLocation", Object{{"uri", as_uri(place.file)}, {"uriBaseId", "%SRCROOT%"}}},
                            {"region", std::move(region)}}}};
    if (!finding.subject.empty()) {
      const std::string subject = printable(finding.subject);
      location.append("logicalLocations", Array{Object{{"fullyQualifiedName", subject}, {"kind", "resource"}}});
    }
    return location;
  }

  /// Code hosts refuse results without a place; what has none is said of the manifest's first line.
  [[nodiscard]] Place somewhere() const {
    for (const FleetFinding& finding : findings_) {
      if (finding.place) return {finding.place->file, 1, 1, 0};
    }
    const std::string file = report_.sources.size() > 0 ? report_.sources.name(0) : std::string("firmform.yaml");
    const bool is_here = report_.directory.empty() || report_.directory == ".";
    return {is_here ? file : report_.directory + "/" + file, 1, 1, 0};
  }

  /// Stays when lines are moved and numbers change.
  std::string fingerprint(const FleetFinding& finding) {
    const std::string what =
        fmt::format("{}\x1f{}\x1f{}", finding.rule, finding.place ? finding.place->file : "", finding.subject);
    return sha256_hex(fmt::format("{}\x1f{}", what, seen_[what]++)).substr(0, 32);
  }

  const FleetReport& report_;
  std::vector<FleetFinding> findings_;
  std::size_t left_out_ = 0;
  std::map<std::string, std::size_t> rule_places_;
  std::map<std::string, int> seen_;
  Array rules_;
};

}  // namespace

std::string sarif_report(const FleetReport& report) {
  return json::dump_pretty(Log(report).json());
}

}  // namespace firmform::report
