// SPDX-License-Identifier: Apache-2.0
// JUnit's XML, in the dialect of Jenkins, which GitLab and others read.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/fleet_findings.h"
#include "engine/report/fleet_formats.h"
#include "engine/report/timeline_markup.h"

namespace firmform::report {
namespace {

using plan::Change;
using plan::ChangeKind;
using plan::PolicyResult;

struct Case {
  enum class Result { passed, skipped, failed, error };
  Result result = Result::passed;
  std::string group;  ///< "class" of the test: what a viewer sorts by
  std::string name;
  std::string type;     ///< in one word, of a failure
  std::string message;  ///< in one line
  std::vector<std::string> lines;
};

struct Suite {
  std::string name;
  std::string host;  ///< empty: none alone
  std::vector<Case> cases;

  [[nodiscard]] std::size_t count(Case::Result result) const {
    return static_cast<std::size_t>(std::ranges::count(cases, result, &Case::result));
  }
};

/// For attributes and content; U+FFFE and U+FFFF are UTF-8 and no XML.
std::string xml(std::string_view text) {
  std::string result = escaped(printable(text));
  for (std::size_t place = result.find("\xEF\xBF"); place != std::string::npos;
       place = result.find("\xEF\xBF", place)) {
    char& last = result[place + 2];
    if (last == '\xBE' || last == '\xBF') last = '\xBD';
    place += 3;
  }
  return result;
}

std::string component_of(const Change& change) {
  return change.name.empty() ? change.address : fmt::format("{} ({})", change.name, change.address);
}

std::vector<std::string> lines_of(const std::vector<plan::Reason>& reasons) {
  std::vector<std::string> lines;
  for (const plan::Reason& reason : reasons) {
    lines.push_back(fmt::format("{} {}", firmform::to_string(reason.code), reason.text));
    for (const std::string& help : reason.help) lines.push_back("  " + help);
  }
  return lines;
}

/// "installed 1.66, wanted 1.68"
std::string difference(const Change& change) {
  if (change.resource != plan::ResourceType::firmware) return std::string(plan::to_string(change.resource));
  return fmt::format("installed {}, wanted {}", change.from.value_or("unknown"), change.to);
}

class Writer {
 public:
  explicit Writer(const FleetReport& report) : report_(report) {}

  std::string write() {
    if (report_.run != nullptr) {
      run();
    } else if (has_plan(report_)) {
      index_drift();
      hosts();
    }
    policies();
    problems();
    return render();
  }

 private:
  void index_drift() {
    for (const plan::DriftEntry& entry : report_.drift.entries) drift_[{entry.host, entry.component}] = &entry;
  }

  /// A suite for each host, with a test for each thing that the manifest wants of it.
  void hosts() {
    auto change = report_.plan.changes.begin();
    for (const plan::PlannedHost& host : report_.plan.hosts) {
      Suite suite{.name = host.name, .host = host.name, .cases = {}};
      if (host.status != "ok") suite.cases.push_back(unread(host));
      for (; change != report_.plan.changes.end() && change->host == host.name; ++change) {
        suite.cases.push_back(report_.verb == "drift" ? drifted(*change) : planned(*change));
      }
      suites_.push_back(std::move(suite));
    }
  }

  [[nodiscard]] Case unread(const plan::PlannedHost& host) const {
    const auto entry = drift_.find({host.name, std::string()});
    const bool only_reported =
        report_.verb == "drift" && (entry == drift_.end() || entry->second->policy != manifest::DriftPolicy::fail);
    return {.result = only_reported ? Case::Result::skipped : Case::Result::error,
            .group = host.name,
            .name = "the host can be read",
            .type = host.status,
            .message = host.problems.empty() ? host.status : host.problems.back().text,
            .lines = lines_of(host.problems)};
  }

  /// What the exit code of a plan says of all, of one change.
  static Case planned(const Change& change) {
    Case made{.group = change.host, .name = component_of(change), .type = std::string(plan::to_string(change.kind))};
    made.lines = lines_of(change.reasons);
    if (!change.origin.empty()) made.lines.push_back("asked for at " + change.origin);
    switch (change.kind) {
      case ChangeKind::no_op:
        made.lines.clear();
        break;
      case ChangeKind::pending:
        made.result = Case::Result::skipped;
        made.message = "the BMC has the work in its queue";
        break;
      case ChangeKind::update:
      case ChangeKind::downgrade:
      case ChangeKind::create:
      case ChangeKind::delete_:
      case ChangeKind::invoke:
        made.result = Case::Result::failed;
        made.message = fmt::format("{}: {}", plan::to_string(change.kind), difference(change));
        break;
      case ChangeKind::blocked:
        made.result = Case::Result::failed;
        made.message = change.reasons.empty() ? std::string("blocked") : change.reasons.back().text;
        break;
    }
    return made;
  }

  /// What the exit code of `drift` says of all, of one resource.
  [[nodiscard]] Case drifted(const Change& change) const {
    Case made{.group = change.host, .name = component_of(change)};
    const auto found = drift_.find({change.host, change.address});
    if (found == drift_.end()) return made;
    const plan::DriftEntry& entry = *found->second;
    const bool fails = entry.policy == manifest::DriftPolicy::fail;
    made.result = fails ? Case::Result::failed : Case::Result::skipped;
    made.type = plan::to_string(entry.drift);
    made.message = fmt::format("{}: {}", plan::meaning_of(entry.drift), difference(change));
    made.lines = lines_of(entry.reasons);
    if (!entry.origin.empty()) made.lines.push_back("asked for at " + entry.origin);
    return made;
  }

  /// A test for each host of the run, and one for each change that could not be planned.
  void run() {
    Suite suite{.name = "apply", .host = {}, .cases = {}};
    for (const plan::PlannedHost& host : report_.plan.hosts) {
      const auto outcome = report_.run->hosts.find(host.name);
      if (outcome != report_.run->hosts.end()) {
        suite.cases.push_back(ended(host.name, outcome->second));
      } else if (host.status != "ok") {
        suite.cases.push_back(unread(host));
        suite.cases.back().name = host.name;
        suite.cases.back().group = "apply";
      } else {
        suite.cases.push_back({.group = "apply", .name = host.name});
      }
    }
    for (const auto& [name, outcome] : report_.run->hosts) {
      if (report_.plan.host(name) == nullptr) suite.cases.push_back(ended(name, outcome));
    }
    suites_.push_back(std::move(suite));
    Suite blocked{.name = "blocked", .host = {}, .cases = {}};
    for (const Change& change : report_.plan.changes) {
      if (change.kind == ChangeKind::blocked) blocked.cases.push_back(planned(change));
    }
    if (!blocked.cases.empty()) suites_.push_back(std::move(blocked));
  }

  static Case ended(const std::string& host, const apply::HostOutcome& outcome) {
    Case made{.group = "apply", .name = host, .type = std::string(apply::to_string(outcome.result))};
    made.lines = outcome.notes;
    made.message = made.type;
    if (outcome.error) {
      made.message = outcome.error->message();
      made.lines.push_back(outcome.error->one_line());
      for (const std::string& help : outcome.error->help()) made.lines.push_back("  " + help);
    }
    made.result = result_of(outcome.result);
    return made;
  }

  static Case::Result result_of(apply::HostResult result) {
    switch (result) {
      case apply::HostResult::done:
        return Case::Result::passed;
      case apply::HostResult::failed:
      case apply::HostResult::moved:
        return Case::Result::failed;
      case apply::HostResult::unreachable:
      case apply::HostResult::unknown:
        return Case::Result::error;
      case apply::HostResult::scheduled:
      case apply::HostResult::deferred:
      case apply::HostResult::held:
      case apply::HostResult::skipped:
      case apply::HostResult::detached:
        return Case::Result::skipped;
    }
    return Case::Result::error;
  }

  /// `drift` only looks; what rules say of a plan has no part in its exit code.
  void policies() {
    if (report_.verb == "drift") return;
    Suite suite{.name = "policies", .host = {}, .cases = {}};
    for (const PolicyResult& result : report_.plan.policies) suite.cases.push_back(judged(result));
    if (!suite.cases.empty()) suites_.push_back(std::move(suite));
  }

  static Case judged(const PolicyResult& result) {
    Case made{.group = "policies",
              .name = result.rule,
              .type = std::string(plan::to_string(result.outcome)),
              .message = result.message,
              .lines = result.subjects};
    if (!result.origin.empty()) made.lines.push_back("rule at " + result.origin);
    switch (result.outcome) {
      case PolicyResult::Outcome::passed:
        made.lines.clear();
        break;
      case PolicyResult::Outcome::warned:
        made.result = Case::Result::skipped;
        break;
      case PolicyResult::Outcome::overridden:
        made.result = Case::Result::skipped;
        made.message += fmt::format(" (overridden by {}: {})", result.by, result.reason);
        break;
      case PolicyResult::Outcome::override_needed:
      case PolicyResult::Outcome::denied:
        made.result = Case::Result::failed;
        break;
    }
    return made;
  }

  /// Of the manifest, or what ended the verb; those of single hosts are with these.
  void problems() {
    const bool is_whole = has_plan(report_);
    Suite suite{.name = "problems", .host = {}, .cases = {}};
    std::size_t errors = 0;
    for (const FleetFinding& finding : findings_of(report_)) {
      const bool is_error = finding.level == FleetFinding::Level::error;
      if (finding.kind != FleetFinding::Kind::problem || (is_whole && !finding.subject.empty())) continue;
      Case made{.result = is_error ? Case::Result::failed : Case::Result::skipped,
                .group = finding.place ? finding.place->file : std::string("manifest"),
                .name = finding.title,
                .type = finding.rule,
                .message = finding.message,
                .lines = finding.help};
      if (finding.place) {
        made.name += fmt::format(" ({}:{}:{})", finding.place->file, finding.place->line, finding.place->column);
      }
      errors += is_error ? 1 : 0;
      suite.cases.push_back(std::move(made));
    }
    if (errors == 0 && !is_whole) suite.cases.push_back({.group = "manifest", .name = "the manifest is valid"});
    if (!suite.cases.empty()) suites_.push_back(std::move(suite));
  }

  [[nodiscard]] std::string render() const {
    std::size_t tests = 0;
    std::size_t failures = 0;
    std::size_t errors = 0;
    std::string body;
    for (const Suite& suite : suites_) {
      tests += suite.cases.size();
      failures += suite.count(Case::Result::failed);
      errors += suite.count(Case::Result::error);
      add(body, suite);
    }
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"firmform {}\" tests=\"{}\" failures=\"{}\" "
        "errors=\"{}\">\n{}</testsuites>\n",
        xml(report_.verb), tests, failures, errors, body);
  }

  void add(std::string& text, const Suite& suite) const {
    // The dialect wants no zone here; it is UTC.
    std::string time = to_rfc3339(report_.at);
    time.pop_back();
    text += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\"{}>\n",
        xml(suite.name), suite.cases.size(), suite.count(Case::Result::failed), suite.count(Case::Result::error),
        suite.count(Case::Result::skipped), time,
        suite.host.empty() ? std::string() : fmt::format(" hostname=\"{}\"", xml(suite.host)));
    for (const Case& one : suite.cases) add(text, one);
    text += "  </testsuite>\n";
  }

  static void add(std::string& text, const Case& one) {
    text += fmt::format("    <testcase classname=\"{}\" name=\"{}\"", xml(one.group), xml(one.name));
    std::string lines;
    for (const std::string& line : one.lines) lines += xml(line) + "\n";
    switch (one.result) {
      case Case::Result::passed:
        text += lines.empty() ? "/>\n" : fmt::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", lines);
        break;
      case Case::Result::skipped:
        text += fmt::format(">\n      <skipped>{}</skipped>\n    </testcase>\n", xml(one.message));
        break;
      case Case::Result::failed:
      case Case::Result::error:
        text += fmt::format(">\n      <{0} type=\"{1}\" message=\"{2}\">{3}</{0}>\n    </testcase>\n",
                            one.result == Case::Result::failed ? "failure" : "error", xml(one.type), xml(one.message),
                            lines);
        break;
    }
  }

  const FleetReport& report_;
  std::map<std::pair<std::string, std::string>, const plan::DriftEntry*> drift_;
  std::vector<Suite> suites_;
};

}  // namespace

std::string junit_report(const FleetReport& report) {
  return Writer(report).write();
}

}  // namespace firmform::report
