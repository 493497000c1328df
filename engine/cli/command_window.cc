// SPDX-License-Identifier: Apache-2.0
// firmform window list|show|add|delete|clear
#include "engine/base/time_text.h"
#include "engine/cli/direct_options.h"
#include "engine/cli/direct_verbs.h"
#include "engine/cli/window_kind.h"
#include "engine/plan/naming.h"
#include "engine/schedule/occurrence.h"

namespace firmform::cli {

json::Object WindowKind::totals(const inventory::HostSnapshot& host) {
  json::Object totals{{"limit", host.staging->limits.windows}};
  totals.append("clock", host.staging->clock ? json::Value(to_rfc3339(*host.staging->clock)) : json::Value());
  return totals;
}

namespace {

UtcTime now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

/// The next occurrence of a window of the manifest, named as apply would name it.
Result<inventory::Window> next_of(const std::string& name, const Project& project) {
  const auto manifest = declared(project);
  if (!manifest) return fail(manifest.error());
  const auto declared_window = find_declared(manifest->maintenance_windows, name, "maintenance window");
  if (!declared_window) return fail(declared_window.error());
  const auto next = schedule::next_occurrence(**declared_window, now(), Duration(0));
  if (!next) return fail(next.error());
  if (!*next) return fail(Code::no_window_ahead, fmt::format("the maintenance window `{}` never opens again", name));
  inventory::Window window;
  window.name = plan::window_name(name, (*next)->start);
  window.description = plan::kOwnDescription;
  window.start = (*next)->start;
  window.end = (*next)->end;
  return window;
}

Result<inventory::Window> given(const Arguments& arguments) {
  const auto start = time_option(arguments, "start", now());
  if (!start) return fail(start.error());
  const auto end = time_option(arguments, "end", now());
  if (!end) return fail(end.error());
  const bool complete = arguments.positionals().size() > 1 && *start && *end;
  if (!complete) {
    return fail(Error(Code::usage, "`firmform window add` needs NAME, -start and -end, or -from")
                    .with_help("for example: firmform window add web-01 tonight -start 2026-12-05T22:00:00Z -end "
                               "2026-12-06T02:00:00Z"));
  }
  if (**end <= **start) return fail(Code::usage, "the window ends before it starts");
  inventory::Window window;
  window.name = arguments.positionals()[1];
  window.description = arguments.value("description").value_or("");
  window.start = *start;
  window.end = *end;
  return window;
}

}  // namespace

Exit run_window_list(const Arguments& arguments, Context& context) {
  return run_resource_list<WindowKind>(arguments, context);
}

Exit run_window_show(const Arguments& arguments, Context& context) {
  return run_resource_show<WindowKind>(arguments, context);
}

Exit run_window_add(const Arguments& arguments, Context& context) {
  auto run = open_run<WindowKind>(arguments, context);
  if (!run) return run.error();
  const auto from = arguments.value("from");
  if (from && arguments.positionals().size() > 1) {
    return context.report(Error(Code::usage, "-from gives the window its name").with_help("leave NAME out"));
  }
  const auto window = from ? next_of(*from, run->scene().project) : given(arguments);
  if (!window) return context.report(window.error());
  std::vector<HostWork> work;
  for (const std::string& host : run->scene().hosts)
    work.push_back({.host = host, .writes = {CreateWindow{*window}}, .reset = {}});
  return run->carry_out(work, {});
}

Exit run_window_delete(const Arguments& arguments, Context& context) {
  return run_resource_delete<WindowKind>(arguments, context);
}

Exit run_window_clear(const Arguments& arguments, Context& context) {
  auto run = open_run<WindowKind>(arguments, context);
  if (!run) return run.error();
  return remove_items<WindowKind>(
      *run, context, [&](const inventory::HostSnapshot& host, const inventory::Window& window) {
        const bool over = window.end && *window.end <= clock_of(host);
        return (arguments.has("all") || plan::is_ours(window)) && (over || !arguments.has("finished"));
      });
}

}  // namespace firmform::cli
