// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/support_bundle.h"

#include <boost/version.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/version.h"
#include "engine/inventory/recording.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/manifest/conceal.h"
#include "engine/manifest/load.h"
#include "engine/plan/codec.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kRuns = 5;
constexpr std::uintmax_t kLargestFile = 16U << 20U;
constexpr std::size_t kMostRecordedBytes = 64U << 20U;
constexpr std::uintmax_t kMostTraceBytes = 64U << 20U;
constexpr std::size_t kMostActions = 50'000;
constexpr std::string_view kRedacted = "REDACTED";

std::optional<std::string> read_text(const fs::path& path) {
  std::error_code problem;
  if (!fs::is_regular_file(fs::symlink_status(path, problem)) || fs::file_size(path, problem) > kLargestFile) {
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::vector<fs::path> sorted_entries(const fs::path& directory) {
  std::error_code problem;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, problem)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

/// "PRETTY_NAME" of os-release, and what the kernel says.
std::string system_text() {
  std::string name = "unknown";
  const std::string release = read_text("/usr/lib/os-release").value_or(read_text("/etc/os-release").value_or(""));
  for (const std::string& line : split(release, '\n')) {
    if (line.starts_with("PRETTY_NAME=")) name = line.substr(line.find('=') + 1);
  }
  utsname kernel{};
  ::uname(&kernel);
  return fmt::format("system: {}\nkernel: {} {} {}\n", name, kernel.sysname, kernel.release, kernel.machine);
}

std::string environment_text() {
  std::string text = fmt::format("firmform {}\n{}compiler: {}\nBoost: {}\nfmt: {}\n", kVersion, system_text(),
                                 __VERSION__, BOOST_LIB_VERSION, FMT_VERSION);
  for (const char* name :
       {"FIRMFORM_LOG", "FIRMFORM_LOG_PATH", "FIRMFORM_LAB_SPEED", "NO_COLOR", "LANG", "LC_ALL", "TZ"}) {
    const char* value = std::getenv(name);
    text += fmt::format("{}: {}\n", name, value == nullptr ? "not set" : printable(value));
  }
  return text;
}

void add_manifest(const fs::path& directory, Bundle& bundle) {
  auto files = manifest::read_directory(directory);
  if (!files) {
    bundle.missing.push_back(fmt::format("manifest: {}", files.error().one_line()));
    return;
  }
  for (manifest::SourceText& file : *files) {
    SourceMap sources;
    const auto lines = static_cast<std::uint32_t>(std::ranges::count(file.text, '\n') + 1);
    const FileId id = sources.add(file.name, std::move(file.text));
    manifest::conceal_secrets(sources, id);
    std::string text;
    for (std::uint32_t line = 1; line <= lines; ++line) text += sources.shown_line(id, line) + "\n";
    bundle.entries.push_back({"manifest/" + file.name, std::move(text)});
  }
  if (auto lock = read_text(directory / "firmform.lock")) {
    bundle.entries.push_back({"manifest/firmform.lock", std::move(*lock)});
  }
}

std::string events_text(const std::vector<journal::Event>& events) {
  std::string text;
  for (const journal::Event& event : events) {
    json::Object line{{"sequence", event.sequence}, {"at", to_rfc3339(event.at)}, {"kind", to_string(event.kind)}};
    if (event.action) line.append("action", std::int64_t{*event.action});
    if (!event.task_uri.empty()) line.append("task_uri", event.task_uri);
    if (!event.detail.empty()) line.append("detail", event.detail);
    text += json::dump(inventory::redacted(line)) + "\n";
  }
  return text;
}

json::Value facts_json(const journal::Run& run) {
  return json::Object{{"id", run.id},
                      {"plan_id", run.plan_id},
                      {"started_at", to_rfc3339(run.started_at)},
                      {"finished_at", run.finished_at ? json::Value(to_rfc3339(*run.finished_at)) : json::Value()},
                      {"result", run.result}};
}

/// Hosts where something went wrong; theirs are the traces that matter most.
std::set<std::string> troubled_hosts(const plan::Plan& plan, const std::vector<journal::Event>& events) {
  using journal::EventKind;
  std::set<std::string> hosts;
  for (const journal::Event& event : events) {
    const bool trouble = event.kind == EventKind::failed || event.kind == EventKind::unknown ||
                         event.kind == EventKind::uncertain || event.kind == EventKind::skipped;
    if (trouble && event.action && *event.action < plan.actions.size()) hosts.insert(plan.actions[*event.action].host);
  }
  return hosts;
}

/// The run's own facts, plan and events. Returns the hosts that had trouble.
std::set<std::string> add_run(journal::Journal& journal, const journal::Run& run, Bundle& bundle) {
  const std::string folder = "runs/" + run.id + "/";
  bundle.entries.push_back({folder + "run.json", json::dump_pretty(facts_json(run))});
  const auto plan = journal.plan_of(run.id);
  const auto events = journal.events(run.id);
  if (!plan) bundle.missing.push_back(fmt::format("plan of run {}: {}", run.id, plan.error().one_line()));
  if (!events) bundle.missing.push_back(fmt::format("events of run {}: {}", run.id, events.error().one_line()));
  if (plan && plan->actions.size() > kMostActions) {
    bundle.missing.push_back(fmt::format("plan of run {}: it has {} actions", run.id, plan->actions.size()));
  } else if (plan) {
    bundle.entries.push_back({folder + "plan.json", json::dump_pretty(inventory::redacted(plan::to_json(*plan)))});
  }
  if (events) bundle.entries.push_back({folder + "events.jsonl", events_text(*events)});
  return plan && events ? troubled_hosts(*plan, *events) : std::set<std::string>();
}

/// JSON text through the rules that conceal; anything that is no JSON is left out.
std::string redacted_lines(const std::string& text) {
  std::string result;
  for (const std::string& line : split(text, '\n')) {
    if (line.empty()) continue;
    const auto value = json::parse(line);
    result += value ? json::dump(inventory::redacted(*value)) : R"({"left_out":"a line that is not JSON"})";
    result += '\n';
  }
  return result;
}

/// Hosts with trouble first, and no more than `bytes_left` of them all.
void add_traces(const fs::path& state, const std::string& run, const std::set<std::string>& troubled,
                std::uintmax_t& bytes_left, Bundle& bundle) {
  std::vector<fs::path> paths = sorted_entries(state / "trace" / run);
  std::ranges::sort(paths, {},
                    [&](const fs::path& path) { return std::pair(!troubled.contains(path.stem().string()), path); });
  std::size_t left_out = 0;
  for (const fs::path& path : paths) {
    std::error_code problem;
    const std::uintmax_t size = fs::file_size(path, problem);
    const auto text = !problem && size <= bytes_left ? read_text(path) : std::nullopt;
    if (!text) {
      ++left_out;
      continue;
    }
    bytes_left -= size;
    bundle.entries.push_back({fmt::format("runs/{}/trace/{}", run, path.filename().string()), redacted_lines(*text)});
  }
  if (left_out > 0) {
    bundle.missing.push_back(fmt::format("traces of {} of run {}: too large in all", counted(left_out, "host"), run));
  }
}

void add_runs(const fs::path& directory, Bundle& bundle) {
  const fs::path state = directory / ".firmform";
  std::error_code problem;
  if (!fs::exists(state / "journal.sqlite", problem)) {
    bundle.missing.emplace_back("runs: there is no journal here; nothing was ever applied");
    return;
  }
  const auto journal = journal::open_sqlite_journal(state);
  if (!journal) {
    bundle.missing.push_back(fmt::format("runs: {}", journal.error().one_line()));
    return;
  }
  const auto runs = (*journal)->runs();
  if (!runs) {
    bundle.missing.push_back(fmt::format("runs: {}", runs.error().one_line()));
    return;
  }
  std::uintmax_t trace_bytes_left = kMostTraceBytes;
  for (std::size_t i = 0; i < std::min(kRuns, runs->size()); ++i) {
    const std::set<std::string> troubled = add_run(**journal, (*runs)[i], bundle);
    add_traces(state, (*runs)[i].id, troubled, trace_bytes_left, bundle);
  }
}

void add_recording(const fs::path& directory, Bundle& bundle) {
  std::error_code problem;
  std::size_t bytes = 0;
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory, problem)) {
    if (entry.path().extension() == ".json") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    const auto text = read_text(path);
    const auto value = text ? json::parse(*text) : fail(Code::snapshot_unreadable, "unreadable");
    if (!value) continue;
    bytes += text->size();
    if (bytes > kMostRecordedBytes) {
      bundle.missing.push_back(fmt::format("recorded inventory {}: too large; cut off", directory.filename().string()));
      return;
    }
    const std::string name = path.lexically_relative(directory.parent_path()).generic_string();
    bundle.entries.push_back({"inventory/" + name, json::dump_pretty(inventory::redacted(*value))});
  }
}

void add_recordings(const fs::path& directory, Bundle& bundle) {
  std::error_code problem;
  for (const fs::path& path : sorted_entries(directory)) {
    const bool is_recording = fs::exists(path / "snapshot.json", problem) && fs::exists(path / "hosts", problem);
    if (is_recording && !fs::is_symlink(path, problem)) add_recording(path, bundle);
  }
}

void replace_all(std::string& text, std::string_view secret) {
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + kRedacted.size())) {
    text.replace(at, secret.size(), kRedacted);
  }
}

}  // namespace

Bundle collect_support(const fs::path& directory) {
  Bundle bundle;
  bundle.entries.push_back({"environment.txt", environment_text()});
  add_manifest(directory, bundle);
  add_runs(directory, bundle);
  add_recordings(directory, bundle);
  if (!bundle.missing.empty()) {
    bundle.entries.push_back({"missing.txt", fmt::format("{}\n", fmt::join(bundle.missing, "\n"))});
  }
  return bundle;
}

void conceal(Bundle& bundle, const std::vector<Secret>& secrets) {
  constexpr std::size_t kShortest = 4;  // replacing shorter ones would make the texts unreadable and hide nothing
  for (const Secret& secret : secrets) {
    if (secret.reveal().size() < kShortest) continue;
    for (BundleEntry& entry : bundle.entries) replace_all(entry.text, secret.reveal());
  }
}

}  // namespace firmform::cli
