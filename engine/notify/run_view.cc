// SPDX-License-Identifier: Apache-2.0
#include "engine/notify/run_view.h"

#include <set>
#include <utility>

namespace firmform::notify {
namespace {

class NotifyingView final : public apply::View {
 public:
  NotifyingView(Post post, const Clock& clock, std::string verb, std::string tool_version)
      : post_(std::move(post)), clock_(clock), verb_(std::move(verb)), tool_version_(std::move(tool_version)) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    facts_ = facts_of(verb_, plan, run_id);
    post_(started_event(facts_, resumed, clock_.now(), stamp()));
  }

  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    // A run says again and again what it waits for; a person wants to know once.
    if (!told_.insert(reason).second) return;
    post_(waits_event(facts_, reason, until, clock_.now(), stamp()));
  }

  void host_started(const std::string&) override {}
  void action_started(const plan::Action&) override {}
  void action_progress(const plan::Action&, std::optional<int>, const std::string&) override {}
  void action_succeeded(const plan::Action&, const std::string&) override {}
  void host_finished(const std::string&, const apply::HostOutcome&) override {}

  void run_finished(const apply::Summary& summary) override {
    post_(finished_event(facts_, summary, clock_.now(), stamp()));
  }

 private:
  [[nodiscard]] Stamp stamp() const { return {.id = make_event_id(), .tool_version = tool_version_}; }

  Post post_;
  const Clock& clock_;
  std::string verb_;
  std::string tool_version_;
  RunFacts facts_;
  std::set<std::string> told_;  ///< reasons for waiting
};

}  // namespace

std::unique_ptr<apply::View> make_notifying_view(Post post, const Clock& clock, std::string verb,
                                                 std::string tool_version) {
  return std::make_unique<NotifyingView>(std::move(post), clock, std::move(verb), std::move(tool_version));
}

}  // namespace firmform::notify
