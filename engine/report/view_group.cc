// SPDX-License-Identifier: Apache-2.0
#include "engine/report/run_views.h"

namespace firmform::report {
namespace {

class ViewGroup final : public apply::View {
 public:
  explicit ViewGroup(std::vector<std::unique_ptr<apply::View>> views) : views_(std::move(views)) {}

  void run_started(const plan::Plan& plan, const std::string& run_id, bool resumed) override {
    for (auto& view : views_) view->run_started(plan, run_id, resumed);
  }
  void checks_started(std::size_t hosts) override {
    for (auto& view : views_) view->checks_started(hosts);
  }
  void host_checked(std::size_t done, std::size_t hosts) override {
    for (auto& view : views_) view->host_checked(done, hosts);
  }
  void wave_started(const plan::Wave& wave, std::size_t index, std::size_t waves) override {
    for (auto& view : views_) view->wave_started(wave, index, waves);
  }
  void wave_finished(const plan::Wave& wave, const std::string& decision) override {
    for (auto& view : views_) view->wave_finished(wave, decision);
  }
  void run_waits(const std::string& reason, std::optional<UtcTime> until) override {
    for (auto& view : views_) view->run_waits(reason, until);
  }
  void host_started(const std::string& host) override {
    for (auto& view : views_) view->host_started(host);
  }
  void action_started(const plan::Action& action) override {
    for (auto& view : views_) view->action_started(action);
  }
  void action_progress(const plan::Action& action, std::optional<int> percent, const std::string& text) override {
    for (auto& view : views_) view->action_progress(action, percent, text);
  }
  void action_succeeded(const plan::Action& action, const std::string& detail) override {
    for (auto& view : views_) view->action_succeeded(action, detail);
  }
  void host_finished(const std::string& host, const apply::HostOutcome& outcome) override {
    for (auto& view : views_) view->host_finished(host, outcome);
  }
  void run_finished(const apply::Summary& summary) override {
    for (auto& view : views_) view->run_finished(summary);
  }

 private:
  std::vector<std::unique_ptr<apply::View>> views_;
};

}  // namespace

std::unique_ptr<apply::View> make_view_group(std::vector<std::unique_ptr<apply::View>> views) {
  return std::make_unique<ViewGroup>(std::move(views));
}

}  // namespace firmform::report
