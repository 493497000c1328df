// SPDX-License-Identifier: Apache-2.0
// The options -json and -json-into of verbs that plan and run: everything that they say as one stream of events, on
// standard output, in a file, or both.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "engine/cli/project.h"
#include "engine/report/event_stream.h"

namespace firmform::cli {

/// While it lives, what the context reports goes to the stream too.
class EventOutput {
 public:
  /// Null when neither option is given. A problem with the file is printed.
  [[nodiscard]] static OrExit<std::unique_ptr<EventOutput>> open(const Arguments& arguments, Context& context);
  EventOutput(const EventOutput&) = delete;
  EventOutput& operator=(const EventOutput&) = delete;
  ~EventOutput();

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, CloseFile>;

  EventOutput(Context& context, bool to_output, File file, std::string name);
  void print(std::string_view line);

  Context& context_;
  bool to_output_;
  File file_;
  std::string name_;
  bool is_broken_ = false;
  SystemClock clock_;
  std::unique_ptr<report::EventStream> stream_;
};

/// "-json-into".
[[nodiscard]] OptionSpec json_into_option();

/// A command line that cannot be understood: the error on standard error, and where the words ask a verb for a stream
/// of events, as a stream of its own.
[[nodiscard]] Exit report_usage(const Error& error, const std::vector<std::string>& words, Context& context);

}  // namespace firmform::cli
