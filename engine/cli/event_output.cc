// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/event_output.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "engine/cli/version.h"

namespace firmform::cli {
namespace {

constexpr std::string_view kStreaming[] = {"plan", "apply", "resume", "watch"};

bool asks_for_json(const std::string& word) {
  return word == "-json" || word == "--json";
}

}  // namespace

EventOutput::EventOutput(Context& context, bool to_output, File file, std::string name)
    : context_(context), to_output_(to_output), file_(std::move(file)), name_(std::move(name)) {
  stream_ = std::make_unique<report::EventStream>([this](std::string_view line) { print(line); }, clock_,
                                                  std::string(kVersion));
  context_.events = stream_.get();
}

EventOutput::~EventOutput() {
  context_.events = nullptr;
}

/// Each line at once: whoever reads wants to know now. A reader that went away does not stop a run.
void EventOutput::print(std::string_view line) {
  if (to_output_) {
    context_.out.print(line);
    static_cast<void>(std::fflush(context_.out.file));
  }
  if (!file_ || is_broken_) return;
  const bool is_written =
      std::fwrite(line.data(), 1, line.size(), file_.get()) == line.size() && std::fflush(file_.get()) == 0;
  if (is_written) return;
  is_broken_ = true;
  context_.err.print(fmt::format("The events no longer go to {}: {}\n", name_, std::strerror(errno)));
}

OrExit<std::unique_ptr<EventOutput>> EventOutput::open(const Arguments& arguments, Context& context) {
  const auto name = arguments.value("json-into");
  if (!name && !arguments.has("json")) return std::unique_ptr<EventOutput>();
  File file;
  if (name) {
    // Of a FIFO this waits for its reader.
    const int descriptor = ::open(name->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    file.reset(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
    if (!file) {
      return leave(context.report(
          Error(Code::output_failed, fmt::format("cannot write the events to {}: {}", *name, std::strerror(errno)))));
    }
  }
  return std::unique_ptr<EventOutput>(
      new EventOutput(context, arguments.has("json"), std::move(file), name.value_or(std::string())));
}

OptionSpec json_into_option() {
  return {"json-into", "FILE", "The events of -json go to this file or FIFO; people see what they always see."};
}

Exit report_usage(const Error& error, const std::vector<std::string>& words, Context& context) {
  const bool streams = !words.empty() && std::ranges::find(kStreaming, words.front()) != std::end(kStreaming) &&
                       std::ranges::any_of(words, asks_for_json);
  if (!streams) return context.report(error);
  Arguments arguments;
  arguments.add("json", "");
  const auto events = EventOutput::open(arguments, context);
  return context.report(error);
}

}  // namespace firmform::cli
