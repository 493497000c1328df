// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/run_session.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/event_output.h"
#include "engine/cli/tracing.h"
#include "engine/image_server/image_server.h"
#include "engine/journal/lock.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/report/run_views.h"

namespace firmform::cli {
namespace {

constexpr std::size_t kExpectedHosts = 1000;
constexpr Duration kListen = std::chrono::seconds(3);
constexpr Duration kLongestWait = std::chrono::hours(24 * 366);

/// Without a duration the wait is as long as it takes.
Result<std::optional<Duration>> wait_for_window(const Arguments& arguments) {
  const auto text = arguments.value("wait-for-window");
  if (!text) return std::optional<Duration>();
  const auto duration = *text == "any" ? std::optional(kLongestWait) : parse_duration(*text);
  if (duration) return std::optional(*duration);
  return fail(Error(Code::usage, fmt::format("-wait-for-window is `{}`, which is no duration", *text))
                  .with_help("for example 48h, or `any` for as long as it takes"));
}

Result<apply::RunOptions> run_options(const Arguments& arguments) {
  constexpr int kMostHosts = 4096;
  apply::RunOptions options{.listen = kListen};
  const auto parallelism = arguments.integer("parallelism", options.parallelism, 1, kMostHosts);
  if (!parallelism) return fail(parallelism.error());
  options.parallelism = *parallelism;
  const auto wait = wait_for_window(arguments);
  if (!wait) return fail(wait.error());
  options.wait_for_window = *wait;
  if (!arguments.has("ignore-window")) return options;
  options.ignore_windows = printable(trim(arguments.value("reason").value_or("")));
  if (!options.ignore_windows.empty()) return options;
  return fail(Error(Code::reason_needed, "-ignore-window begins hosts outside of their windows")
                  .with_help("say why with -reason TEXT; the journal keeps it"));
}

std::string holder(std::string_view verb) {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  return fmt::format("firmform {}, process {} on {}, since {}", verb, ::getpid(), name.data(), to_rfc3339(now));
}

report::Print print_to(const Terminal& terminal) {
  return [&terminal](std::string_view text) {
    terminal.print(text);
    static_cast<void>(std::fflush(terminal.file));
  };
}

/// The image server that the plan describes; known only once the plan is.
class PlannedImageServer final : public apply::ImagePublisher {
 public:
  explicit PlannedImageServer(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  void open(const plan::Plan& plan) {
    server_.emplace(executor_, plan.image_server.value_or(plan::ImageServerSettings()));
  }
  void stop() {
    if (server_) server_->stop();
  }
  Task<Result<apply::PublishedImage>> publish(plan::Image image, std::string host, std::string bmc,
                                              apply::OnFetch on_fetch) override {
    return server_->publish(std::move(image), std::move(host), std::move(bmc), std::move(on_fetch));
  }

 private:
  boost::asio::any_io_executor executor_;
  std::optional<image_server::ImageServer> server_;
};

}  // namespace

class RunSession::Impl {
 public:
  Impl(const std::filesystem::path& directory, journal::Lock lock, apply::RunOptions options,
       const Arguments& arguments, Context& context)
      : context_(context),
        state_directory_(directory / ".firmform"),
        options_(std::move(options)),
        lock_(std::move(lock)),
        runtime_(directory, kExpectedHosts),
        images_(runtime_.loop().get_executor()),
        signals_(runtime_.loop(), SIGINT, SIGTERM),
        suspension_(runtime_.loop()),
        ticker_(runtime_.loop()) {
    if (auto trace = make_trace_view()) views_.push_back(std::move(trace));
    if (!arguments.has("json")) views_.push_back(make_view());
  }

  [[nodiscard]] Runtime& runtime() { return runtime_; }
  void record_overrides(std::vector<plan::PolicyResult> overridden) { options_.overridden = std::move(overridden); }
  void add_view(std::unique_ptr<apply::View> view) { views_.push_back(std::move(view)); }
  [[nodiscard]] const std::optional<apply::Summary>& summary() const { return summary_; }

  Status open_journal(const std::filesystem::path& directory) {
    auto journal = journal::open_sqlite_journal(directory);
    if (!journal) return fail(journal.error());
    journal_ = std::move(*journal);
    return {};
  }

  [[nodiscard]] Exit ready_for_new_run() const {
    const Status free = apply::no_unfinished_run(*journal_);
    return free ? Exit::ok : context_.report(free.error());
  }

  void ends_with(std::function<Exit(Exit)> final_exit) { final_exit_ = std::move(final_exit); }
  void own_events(std::unique_ptr<EventOutput> events) { events_ = std::move(events); }

  template <class Start>
  Exit execute(Start start) {
    if (context_.events != nullptr) views_.push_back(report::make_json_view(*context_.events, final_exit_));
    const auto view = report::make_view_group(std::move(views_));
    const apply::World world{runtime_.clock(), runtime_.connector(), runtime_.providers(), *journal_, *view, &images_,
                             &workers_};
    const auto summary = runtime_.run(start(world, options_, [this](apply::Run& run) {
      images_.open(run.plan());
      begin_trace(run);
      watch_signals(run);
      watch_suspension();
      if (ticking_ != nullptr) tick();
    }));
    signals_.cancel();
    ticker_.cancel();
    leave_terminal();
    images_.stop();
    if (!summary) return context_.report(summary.error());
    summary_ = *summary;
    return summary->exit();
  }

 private:
  void begin_trace(const apply::Run& run) {
    std::map<std::string, std::string> names;
    for (const plan::PlannedHost& host : run.plan().hosts) names[host.bmc] = host.name;
    runtime_.trace().begin(state_directory_ / "trace", run.id(), std::move(names), [this](const Error& error) {
      say(fmt::format("The run goes on without a trace: {}", error.one_line()));
    });
  }

  /// First signal: detach. Second: leave at once, which is as safe, for every intent is on disk.
  void watch_signals(apply::Run& run) {
    signals_.async_wait([this, &run](const boost::system::error_code& error, int) {
      if (error) return;
      if (interrupted_) {
        leave_terminal();
        std::_Exit(static_cast<int>(Exit::interrupted));
      }
      interrupted_ = true;
      say("Interrupted: nothing new is started. `firmform resume` continues. Again leaves at once, which is as safe.");
      run.detach();
      watch_signals(run);
    });
  }

  /// A log on the same terminal would tear the live view apart.
  [[nodiscard]] bool has_log() const {
    return std::getenv("FIRMFORM_LOG") != nullptr && std::getenv("FIRMFORM_LOG_PATH") == nullptr && context_.err.is_tty;
  }

  std::unique_ptr<apply::View> make_view() {
    const Terminal& out = context_.out;
    const auto size = out.size();
    if (!out.can_redraw() || !size || has_log()) {
      auto lines = report::make_line_view(print_to(out), runtime_.clock(), options_.parallelism);
      ticking_ = lines.get();
      return lines;
    }
    auto live = report::make_live_view(print_to(out), runtime_.clock(),
                                       {.width = size->columns,
                                        .height = size->rows,
                                        .color = out.color,
                                        .unicode = out.unicode,
                                        .hosts_in_flight = options_.parallelism});
    ticking_ = live.get();
    live_ = live.get();
    return live;
  }

  void tick() {
    constexpr std::chrono::milliseconds kFrame(100);
    ticker_.expires_after(kFrame);
    ticker_.async_wait([this](const boost::system::error_code& error) {
      if (error || ticking_ == nullptr) return;
      const auto size = context_.out.size();
      if (live_ != nullptr && size) live_->resize(size->columns, size->rows);
      ticking_->tick();
      tick();
    });
  }

  /// Before the views go, and before the program does.
  void leave_terminal() {
    if (live_ != nullptr) live_->restore();
    live_ = nullptr;
    ticking_ = nullptr;
  }

  /// One line for people, in between of what the view shows.
  void say(const std::string& line) {
    if (live_ != nullptr) {
      live_->say(line);
    } else {
      context_.err.print(line + "\n");
    }
  }

  /// Ctrl-Z gives the terminal back as it was; the next frame draws again.
  void watch_suspension() {
    if (live_ == nullptr) return;
    boost::system::error_code problem;
    suspension_.add(SIGTSTP, problem);
    suspension_.async_wait([this](const boost::system::error_code& error, int) {
      if (error || live_ == nullptr) return;
      live_->restore();
      ::kill(::getpid(), SIGSTOP);
      watch_suspension();
    });
  }

  Context& context_;
  std::filesystem::path state_directory_;
  apply::RunOptions options_;
  journal::Lock lock_;
  Runtime runtime_;
  std::unique_ptr<journal::Journal> journal_;  // its writer posts to the runtime's loop, so it goes first
  PlannedImageServer images_;
  boost::asio::thread_pool workers_{1};  ///< for hashing
  std::vector<std::unique_ptr<apply::View>> views_;
  std::optional<apply::Summary> summary_;
  std::unique_ptr<EventOutput> events_;  ///< of a verb that streams nothing but its run
  std::function<Exit(Exit)> final_exit_;
  report::TickingView* ticking_ = nullptr;  ///< both are among the views
  report::LiveView* live_ = nullptr;
  boost::asio::signal_set signals_;
  boost::asio::signal_set suspension_;
  boost::asio::steady_timer ticker_;
  bool interrupted_ = false;
};

RunSession::RunSession(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RunSession::~RunSession() = default;

OrExit<std::unique_ptr<RunSession>> RunSession::open(const std::filesystem::path& directory, std::string_view verb,
                                                     const Arguments& arguments, Context& context) {
  const auto options = run_options(arguments);
  if (!options) return leave(context.report(options.error()));
  const std::filesystem::path state = directory / ".firmform";
  auto lock = journal::Lock::acquire(state, holder(verb));
  if (!lock) return leave(context.report(lock.error()));
  auto impl = std::make_unique<Impl>(directory, std::move(*lock), *options, arguments, context);
  if (context.events == nullptr) {
    auto events = EventOutput::open(arguments, context);
    if (!events) return leave(events.error());
    impl->own_events(std::move(*events));
  }
  if (const Status opened = impl->open_journal(state); !opened) return leave(context.report(opened.error()));
  return std::unique_ptr<RunSession>(new RunSession(std::move(impl)));
}

Runtime& RunSession::runtime() {
  return impl_->runtime();
}

void RunSession::add_view(std::unique_ptr<apply::View> view) {
  impl_->add_view(std::move(view));
}

void RunSession::record_overrides(std::vector<plan::PolicyResult> overridden) {
  impl_->record_overrides(std::move(overridden));
}

void RunSession::ends_with(std::function<Exit(Exit)> final_exit) {
  impl_->ends_with(std::move(final_exit));
}

const std::optional<apply::Summary>& RunSession::summary() const {
  return impl_->summary();
}

Exit RunSession::ready_for_new_run() const {
  return impl_->ready_for_new_run();
}

Exit RunSession::start(const plan::Plan& plan) {
  return impl_->execute(
      [&plan](apply::World world, apply::RunOptions options, std::function<void(apply::Run&)> started) {
        return apply::start_run(world, plan, options, std::move(started));
      });
}

Exit RunSession::resume() {
  return impl_->execute([](apply::World world, apply::RunOptions options, std::function<void(apply::Run&)> started) {
    return apply::resume_run(world, options, std::move(started));
  });
}

}  // namespace firmform::cli
