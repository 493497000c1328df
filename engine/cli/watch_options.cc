// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/watch_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/apply/hosts.h"
#include "engine/base/time_text.h"
#include "engine/cli/event_output.h"
#include "engine/manifest/bind_watch.h"

namespace firmform::cli {
namespace {

Result<std::optional<Duration>> duration_option(const Arguments& arguments, std::string_view name, Duration least,
                                                Duration most) {
  const auto text = arguments.value(name);
  if (!text) return std::optional<Duration>();
  const auto duration = parse_duration(*text);
  if (duration && *duration >= least && *duration <= most) return duration;
  return fail(Error(Code::usage, fmt::format("-{} is `{}`", name, *text))
                  .with_help(fmt::format("give a duration from {} to {}", to_text(least), to_text(most))));
}

Result<std::optional<bool>> apply_option(const Arguments& arguments) {
  const auto word = arguments.value("apply");
  if (!word) return std::optional<bool>();
  if (*word == "automatic") return std::optional(true);
  if (*word == "never") return std::optional(false);
  return fail(Error(Code::usage, fmt::format("-apply is `{}`", *word)).with_help("give `never` or `automatic`"));
}

}  // namespace

manifest::Watch WatchOptions::over(manifest::Watch watch) const {
  watch.interval = interval.value_or(watch.interval);
  watch.jitter = jitter.value_or(std::min(watch.jitter, watch.interval));
  watch.apply = apply.value_or(watch.apply);
  return watch;
}

watch::Pace WatchOptions::pace(const manifest::Watch& watch) const {
  return {.interval = watch.interval, .jitter = watch.jitter, .poll = git ? poll : Duration(0)};
}

std::vector<OptionSpec> watch_options() {
  return {
      {"interval", "DURATION", "How long to wait after a look at the fleet, instead of what the manifest says."},
      {"jitter", "DURATION", "Up to so much is added to each interval by chance, instead of what the manifest says."},
      {"apply", "WHEN", "never: only tell. automatic: carry out what is found. Instead of what the manifest says."},
      {"listen", "ADDRESS:PORT",
       "Answer /metrics, /healthz, /readyz and /status there, for example 127.0.0.1:9783 or [::1]:9783; `:9783` is "
       "127.0.0.1. Without it nothing listens."},
      {"git", "", "Follow the upstream of the git branch that the manifest's work tree is on."},
      {"poll", "DURATION", "With -git: how often a new revision is looked for (default 1m)."},
      {"once", "", "Look once, and end with the result as exit code."},
      {"json", "", "One JSON object a line on standard output."},
      json_into_option(),
      {"parallelism", "N", "Hosts at work at a time (default 10)."},
      {"read-parallelism", "N", "Hosts read at a time (default 512)."},
      {"notify", "", "Post drift when it changes, and what becomes of runs, to the receivers of `notifications:`."},
  };
}

Result<WatchOptions> parse_watch_options(const Arguments& arguments) {
  constexpr Duration kShortestPoll = std::chrono::seconds(1);
  constexpr int kMostReads = 4096;
  WatchOptions options;
  const auto interval = duration_option(arguments, "interval", manifest::kShortestInterval, manifest::kLongestInterval);
  if (!interval) return fail(interval.error());
  options.interval = *interval;
  const auto jitter = duration_option(arguments, "jitter", Duration(0), manifest::kLongestInterval);
  if (!jitter) return fail(jitter.error());
  options.jitter = *jitter;
  const auto poll = duration_option(arguments, "poll", kShortestPoll, manifest::kLongestInterval);
  if (!poll) return fail(poll.error());
  options.poll = poll->value_or(options.poll);
  const auto apply = apply_option(arguments);
  if (!apply) return fail(apply.error());
  options.apply = *apply;
  const auto reads = arguments.integer("read-parallelism", apply::ReadOptions().parallelism, 1, kMostReads);
  if (!reads) return fail(reads.error());
  options.read_parallelism = *reads;
  options.listen = arguments.value("listen").value_or("");
  options.git = arguments.has("git");
  options.once = arguments.has("once");
  return options;
}

}  // namespace firmform::cli
