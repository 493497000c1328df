// SPDX-License-Identifier: Apache-2.0
// The option -notify: who is told of what a verb found, or of what becomes of a run.
#pragma once

#include <memory>

#include "engine/cli/post_office.h"
#include "engine/cli/project.h"
#include "engine/cli/run_session.h"
#include "engine/report/fleet_report.h"

namespace firmform::cli {

/// -notify of a verb that looks, such as drift.
[[nodiscard]] OptionSpec notify_option();
/// -notify of a verb that has runs, such as apply.
[[nodiscard]] OptionSpec notify_run_option();

class Notifying {
 public:
  /// Nobody is told without -notify. With it, a manifest without `notifications:` is reported: whoever asks to be told
  /// must not wait in vain.
  [[nodiscard]] static OrExit<Notifying> open(const Project& project, const Arguments& arguments, Context& context);

  /// The same for a verb that needs the manifest for nothing else: it is read only with -notify.
  [[nodiscard]] static OrExit<Notifying> open(const Arguments& arguments, Context& context);

  /// Sends what `report` shows, if there is something to tell: drift that has an exit code, or a plan with actions.
  /// Returns the exit code of what could not be delivered, and prints it.
  [[nodiscard]] Exit tell(const report::FleetReport& report, Context& context) const;

  /// Tells of the session's run from now on, without ever slowing it down.
  void follow(RunSession& session, std::string verb);
  /// Waits a short while for what is on its way. What could not be delivered is a warning: it says nothing of hosts.
  void finish(Context& context);

 private:
  [[nodiscard]] bool is_on() const { return !receivers_.empty(); }
  [[nodiscard]] std::shared_ptr<PostOffice> open_office() const;

  std::filesystem::path directory_;
  std::vector<notify::Receiver> receivers_;  ///< none: nobody is told
  std::shared_ptr<PostOffice> office_;       ///< of the run that is followed
};

}  // namespace firmform::cli
