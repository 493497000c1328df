// SPDX-License-Identifier: Apache-2.0
// The option -report FORMAT=FILE: reports of what a verb found and did, written when it ends, however it ends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/cli/verb.h"
#include "engine/report/reports.h"

namespace firmform::cli {

/// What is known of a verb that is running, kept for its reports. Problems come by Context::report.
class ReportScope {
 public:
  void keep_problem(const Error& error);
  /// All of one verb point into one manifest.
  void keep_problems(const Diagnostics& diagnostics, const SourceMap& sources);
  /// `policies` tell which drift fails; a saved plan has none, and the usual ones hold.
  void keep_plan(plan::Plan plan, manifest::Policies policies = {}, inventory::Inventory inventory = {});
  /// Drift of the classes that were asked for, instead of all.
  void keep_drift(plan::Drift drift);
  void keep_run(const std::optional<apply::Summary>& summary);
  /// Of the run. Without it, reports that show times try the plan out.
  void keep_timeline(simulate::Timeline timeline);

  [[nodiscard]] const Diagnostics& problems() const { return problems_; }

 private:
  friend class ReportOutputs;
  Diagnostics problems_;
  SourceMap sources_;
  plan::Plan plan_;  ///< without an id: none was made
  manifest::Policies policies_;
  inventory::Inventory inventory_;
  std::optional<plan::Drift> drift_;
  std::optional<apply::Summary> run_;
  std::optional<simulate::Timeline> timeline_;
};

/// Keeps the plan of a run that is only known once it begins.
[[nodiscard]] std::unique_ptr<apply::View> make_plan_keeper(ReportScope& scope);

/// Keeps what the run does when.
[[nodiscard]] std::unique_ptr<apply::View> make_time_keeper(ReportScope& scope, const Clock& clock);

/// The files that the command line asks for.
class ReportOutputs {
 public:
  /// Fails with usage: an unknown format, no file, one file twice, or standard output for two things.
  [[nodiscard]] static Result<ReportOutputs> parse(const Arguments& arguments);

  [[nodiscard]] bool empty() const { return outputs_.empty(); }
  /// Whether one goes to standard output, which then has nothing else.
  [[nodiscard]] bool use_standard_output() const;
  /// Writes each of them, the others also when one fails; returns the worse of `exit` and output_failed.
  [[nodiscard]] Exit write(std::string_view verb, Exit exit, const ReportScope& scope, const Terminal& out,
                           const Context& context) const;

 private:
  struct Output {
    const report::ReportFormat* format;
    std::string file;
  };
  [[nodiscard]] static plan::Drift drift_of(const ReportScope& scope);
  /// Absent where no report shows it.
  [[nodiscard]] std::optional<simulate::Timeline> timeline_of(const ReportScope& scope, UtcTime now) const;

  std::vector<Output> outputs_;
};

/// "-report", for the verbs that have something to report.
[[nodiscard]] OptionSpec report_option();

/// Runs the verb, and writes the reports that it was asked for. What the verb prints goes to standard error when a
/// report goes to standard output.
[[nodiscard]] Exit run_with_reports(const Verb& verb, const Arguments& arguments, Context& context);

/// Replaces `file` in one step, with mode 0644, for readers that look at any time; what is no regular file (a pipe, a
/// terminal) is written to. Fails with output_failed.
[[nodiscard]] Status write_whole(const std::string& file, std::string_view text);

}  // namespace firmform::cli
