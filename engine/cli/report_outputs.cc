// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/report_outputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>

#include "engine/cli/report_timeline.h"
#include "engine/report/plan_after.h"
#include "engine/report/run_timeline.h"

namespace firmform::cli {
namespace {

constexpr std::string_view kStandardOutput = "-";

Error bad_output(const std::string& text, std::string_view problem) {
  return Error(Code::usage, fmt::format("-report `{}`: {}", text, problem))
      .with_help(
          "write -report FORMAT=FILE, for example -report markdown=comment.md; FILE may be - for standard output");
}

Error not_written(const std::string& file, int problem) {
  return Error(Code::output_failed, fmt::format("cannot write the report {}: {}", file, std::strerror(problem)));
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

/// Closes in any case; what the system could not write may be told only now.
Status write_and_close(int descriptor, const std::string& file, std::string_view text) {
  const bool written = write_all(descriptor, text);
  const int problem = errno;
  const bool closed = ::close(descriptor) == 0;
  if (written && closed) return {};
  return fail(not_written(file, written ? errno : problem));
}

Status write_through(const std::string& file, std::string_view text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0) return fail(not_written(file, errno));
  return write_and_close(descriptor, file, text);
}

class PlanKeeper final : public apply::View {
 public:
  explicit PlanKeeper(ReportScope& scope) : scope_(scope) {}

  void run_started(const plan::Plan& plan, const std::string&, bool) override { scope_.keep_plan(plan); }
  void host_started(const std::string&) override {}
  void action_started(const plan::Action&) override {}
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}
  void run_finished(const apply::Summary&) override {}

 private:
  ReportScope& scope_;
};

/// Of the manifest, seen from here: what a pipeline calls its files. Empty: it is here, or not below.
std::string seen_from_here(const std::string& directory) {
  std::error_code problem;
  const auto here = std::filesystem::current_path(problem);
  const auto there = std::filesystem::absolute(directory, problem).lexically_normal();
  std::string relative = there.lexically_relative(here).generic_string();
  while (relative.ends_with('/')) relative.pop_back();
  return relative == "." || relative.starts_with("..") ? std::string() : relative;
}

}  // namespace

void ReportScope::keep_problem(const Error& error) {
  problems_.add(to_diagnostic(error));
}

void ReportScope::keep_problems(const Diagnostics& diagnostics, const SourceMap& sources) {
  problems_.append(diagnostics);
  if (sources.size() > 0) sources_ = sources;
}

void ReportScope::keep_plan(plan::Plan plan, manifest::Policies policies, inventory::Inventory inventory) {
  plan_ = std::move(plan);
  policies_ = std::move(policies);
  inventory_ = std::move(inventory);
}

void ReportScope::keep_drift(plan::Drift drift) {
  drift_ = std::move(drift);
}

void ReportScope::keep_run(const std::optional<apply::Summary>& summary) {
  run_ = summary;
}

void ReportScope::keep_timeline(simulate::Timeline timeline) {
  timeline_ = std::move(timeline);
}

std::unique_ptr<apply::View> make_time_keeper(ReportScope& scope, const Clock& clock) {
  return report::make_run_recorder(clock,
                                   [&scope](simulate::Timeline timeline) { scope.keep_timeline(std::move(timeline)); });
}

std::unique_ptr<apply::View> make_plan_keeper(ReportScope& scope) {
  return std::make_unique<PlanKeeper>(scope);
}

Result<ReportOutputs> ReportOutputs::parse(const Arguments& arguments) {
  ReportOutputs outputs;
  for (const std::string& text : arguments.values("report")) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign + 1 == text.size()) return fail(bad_output(text, "no file is named"));
    const auto format = report::find_report_format(std::string_view(text).substr(0, sign));
    if (!format) return fail(format.error());
    const std::string file = text.substr(sign + 1);
    if (std::ranges::find(outputs.outputs_, file, &Output::file) != outputs.outputs_.end()) {
      return fail(bad_output(text, "another report goes there already"));
    }
    outputs.outputs_.push_back({*format, file});
  }
  if (outputs.use_standard_output() && arguments.has("json")) {
    return fail(Error(Code::usage, "-json and a report both want standard output")
                    .with_help("give the report a file: -report FORMAT=FILE"));
  }
  return outputs;
}

bool ReportOutputs::use_standard_output() const {
  return std::ranges::find(outputs_, kStandardOutput, &Output::file) != outputs_.end();
}

/// As things are when the verb ends.
plan::Drift ReportOutputs::drift_of(const ReportScope& scope) {
  if (scope.drift_) return *scope.drift_;
  if (!scope.run_) return plan::drift_of(scope.plan_, scope.policies_);
  return plan::drift_of(report::plan_after(scope.plan_, *scope.run_), scope.policies_);
}

std::optional<simulate::Timeline> ReportOutputs::timeline_of(const ReportScope& scope, UtcTime now) const {
  const auto is_page = [](const Output& output) { return output.format->name == "html"; };
  if (std::ranges::none_of(outputs_, is_page)) return std::nullopt;
  if (scope.run_) return scope.timeline_;
  return rehearsed_timeline(scope.plan_, scope.inventory_, now);
}

Exit ReportOutputs::write(std::string_view verb, Exit exit, const ReportScope& scope, const Terminal& out,
                          const Context& context) const {
  const plan::Drift drift = drift_of(scope);
  const UtcTime now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto timeline = timeline_of(scope, now);
  const report::FleetReport facts{
      .verb = std::string(verb),
      .plan = scope.plan_,
      .drift = drift,
      .diagnostics = scope.problems_,
      .sources = scope.sources_,
      .exit = exit,
      .at = now,
      .inventory = scope.inventory_.empty() ? nullptr : &scope.inventory_,
      .run = scope.run_ ? &*scope.run_ : nullptr,
      .timeline = timeline ? &*timeline : nullptr,
      .directory = seen_from_here(context.directory)};
  for (const Output& output : outputs_) {
    const auto text = output.format->render(facts);
    Status written;
    if (!text) {
      written = fail(text.error());
    } else if (output.file == kStandardOutput) {
      out.print(*text);
      written = out.flush();
    } else {
      written = write_whole(output.file, *text);
    }
    if (!written) exit = worst(exit, context.report(written.error()));
  }
  return exit;
}

OptionSpec report_option() {
  static const std::string help = [] {
    std::string text = "Also write a report when the verb ends, however it ends; - is standard output. Formats:";
    for (const report::ReportFormat& format : report::report_formats()) text += fmt::format(" {},", format.name);
    text.back() = '.';
    return text + " May be given several times.";
  }();
  return {"report", "FORMAT=FILE", help, true};
}

Exit run_with_reports(const Verb& verb, const Arguments& arguments, Context& context) {
  const auto outputs = ReportOutputs::parse(arguments);
  if (!outputs) return context.report(outputs.error());
  if (outputs->empty()) return verb.run(arguments, context);
  ReportScope scope;
  const Terminal out = context.out;
  context.reports = &scope;
  if (outputs->use_standard_output()) context.out = context.err;
  const Exit exit = verb.run(arguments, context);
  context.reports = nullptr;
  return outputs->write(verb.name, exit, scope, out, context);
}

Status write_whole(const std::string& file, std::string_view text) {
  constexpr mode_t kMode = 0644;
  std::error_code problem;
  const auto status = std::filesystem::status(file, problem);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) return write_through(file, text);
  std::string temporary = file + ".XXXXXX";
  const int descriptor = ::mkstemp(temporary.data());
  if (descriptor < 0) return fail(not_written(file, errno));
  const bool is_open = ::fchmod(descriptor, kMode) == 0;
  const int refused = errno;
  Status written = write_and_close(descriptor, file, text);
  if (written && !is_open) written = fail(not_written(file, refused));
  if (written && std::rename(temporary.c_str(), file.c_str()) != 0) written = fail(not_written(file, errno));
  if (!written) ::unlink(temporary.c_str());
  return written;
}

}  // namespace firmform::cli
