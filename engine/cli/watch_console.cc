// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watch_console.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/event_stream.h"

namespace firmform::cli {
namespace {

UtcTime now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

std::int64_t in_seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

Captured::Captured(const Context& like) : context_(like) {
  std::FILE* file = ::open_memstream(&buffer_, &size_);
  context_.out = {.file = file, .is_tty = false, .color = false, .unicode = like.out.unicode, .width = like.out.width};
  context_.err = {.file = file, .is_tty = false, .color = false, .unicode = like.err.unicode, .width = like.err.width};
  context_.reports = nullptr;
  context_.events = nullptr;
}

Captured::~Captured() {
  std::fclose(context_.out.file);
  std::free(buffer_);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream's
}

std::string Captured::text() {
  static_cast<void>(std::fflush(context_.out.file));
  return {buffer_, size_};
}

std::string headline(const std::string& rendered) {
  std::string line = rendered.substr(0, rendered.find('\n'));
  const std::size_t open = line.find('[');
  const std::size_t close = line.find("]: ");
  if (open == std::string::npos || close == std::string::npos || close < open) return line;
  return line.substr(open + 1, close - open - 1) + line.substr(close + 1);
}

void WatchConsole::say(std::string_view type, const std::string& message, json::Object fields,
                       const std::string& line) {
  if (context_.events != nullptr) context_.events->emit("info", type, message, std::move(fields));
  if (silent_) return;
  context_.out.print(line + "\n");
  static_cast<void>(std::fflush(context_.out.file));
}

void WatchConsole::started(const std::string& directory, const std::string& address) {
  const std::string text = fmt::format("watching {}{}", printable(directory),
                                       address.empty() ? std::string() : fmt::format("; http://{}/metrics", address));
  say("watch_start", text,
      {{"directory", directory}, {"address", address.empty() ? json::Value() : json::Value(address)}},
      fmt::format("{} {}", to_rfc3339(now()), text));
}

void WatchConsole::settings(const manifest::Watch& watch) {
  const std::string text = fmt::format("looks every {} and up to {} more; what differs is {}", to_text(watch.interval),
                                       to_text(watch.jitter),
                                       watch.apply ? "changed where that is allowed" : "told, and nothing is changed");
  if (text == settings_) return;
  settings_ = text;
  say("watch_settings", text,
      {{"interval_seconds", in_seconds(watch.interval)},
       {"jitter_seconds", in_seconds(watch.jitter)},
       {"apply", watch.apply ? "automatic" : "never"}},
      fmt::format("{} {}", to_rfc3339(now()), text));
}

void WatchConsole::ended(const watch::Cycle& cycle, const watch::State& state) {
  const std::string line = watch::cycle_line(cycle, state.next);
  if (context_.events != nullptr) context_.events->set_run_id(cycle.run_id);
  json::Object fields{{"cycle", watch::cycle_json(cycle)}};
  fields.set("next", state.next ? json::Value(to_rfc3339(*state.next)) : json::Value());
  say("watch_cycle", line, std::move(fields), line);
}

void WatchConsole::stopped(bool interrupted_run) {
  const std::string text =
      interrupted_run ? "the watch ends; its next start, or `firmform resume`, takes the run up" : "the watch ends";
  say("watch_stop", text, {}, fmt::format("{} {}", to_rfc3339(now()), text));
}

void WatchConsole::problems(const std::string& rendered) {
  if (rendered == problems_) return;
  problems_ = rendered;
  if (rendered.empty()) return;
  context_.err.print(rendered);
  static_cast<void>(std::fflush(context_.err.file));
}

}  // namespace firmform::cli
