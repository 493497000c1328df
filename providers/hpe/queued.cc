// SPDX-License-Identifier: Apache-2.0
#include "providers/hpe/queued.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/naming.h"
#include "providers/hpe/dialect.h"
#include "providers/hpe/resources.h"
#include "providers/hpe/suitability.h"
#include "providers/redfish/recipe.h"

namespace firmform::hpe {
namespace {

using inventory::QueueEntry;
using inventory::Staging;
using inventory::Updater;
using plan::Action;
using redfish::Role;
using Refusal = std::optional<Impossible>;
using namespace std::chrono_literals;

/// How often an agent looks at the queue, and how long it may take with all that stands before (ilo.md 11.4).
constexpr Duration kAgentInterval = 5min;
constexpr Duration kAgentDeadline = 90min;

class QueuedChange {
 public:
  explicit QueuedChange(const ChangeRequest& request)
      : request_(request), updaters_(updaters_of(request)), file_(stored_name(request)) {}

  std::variant<Recipe, Impossible> plan() const {
    if (auto refused = refuse()) return std::move(*refused);
    auto stored = store(handover());
    if (auto* refused = std::get_if<Impossible>(&stored)) return std::move(*refused);
    Recipe recipe{.actions = std::get<std::vector<Action>>(std::move(stored)), .warnings = warnings_about(request_)};
    recipe.scheduled = request_.appointment.has_value();
    recipe.needs_host_reset = needs_host_reset();
    if (restarts_in_queue()) recipe.actions.push_back(restart_entry());
    recipe.actions.push_back(entry_action());
    recipe.verify = redfish::verify(request_, verify_timing());
    if (!recipe.scheduled) {
      recipe.cleanup = {dequeue(request_.host, entry())};
      recipe.cleanup.front().components = {request_.component.address};
    }
    if (restarts_in_queue()) recipe.warnings.push_back(restart_warning());
    if (agent_restarts_host()) recipe.warnings.push_back(agent_warning());
    return recipe;
  }

 private:
  [[nodiscard]] bool is_by(Updater updater) const { return std::ranges::find(updaters_, updater) != updaters_.end(); }
  [[nodiscard]] bool is_by_agent() const { return !is_by(Updater::bmc) && is_by(Updater::agent); }
  [[nodiscard]] bool is_by_uefi() const { return updaters_ == std::vector{Updater::uefi}; }
  [[nodiscard]] const Staging& staging() const { return *request_.host.staging; }

  /// As ilorest does it: what UEFI installs is kept as .zip, which keeps the iLO from flashing it (ilo.md 6.2).
  static std::string stored_name(const ChangeRequest& request) {
    constexpr std::string_view kPackage = ".fwpkg";
    const std::string name = request.image.name;
    const bool renamed = type_of(request) == PackageType::c && to_lower(name).ends_with(kPackage);
    return renamed ? name.substr(0, name.size() - kPackage.size()) + ".zip" : name;
  }

  [[nodiscard]] Refusal refuse() const {
    if (!request_.host.staging || !staging().repository || staging().queue_uri.empty()) {
      return impossible(Code::feature_not_offered,
                        fmt::format("{} needs the iLO's repository and installation queue, and they do not show",
                                    request_.image.name));
    }
    const std::size_t longest = staging().limits.queued_name;
    if (longest > 0 && file_.size() > longest) {
      return impossible(Code::name_too_long, fmt::format("{} has {} characters, and a queue entry takes at most {}",
                                                         file_, file_.size(), longest));
    }
    const auto* there = staging().repository->find(file_);
    if (there != nullptr && there->locked && there->size != request_.image.size) {
      return impossible(Code::image_locked,
                        fmt::format("the repository has another {} of {} bytes, which is locked", file_, there->size));
    }
    const auto others = others_reached(request_);
    if (!others.empty() && targets_among_equals(request_).empty()) return reaches_others(file_, others, false);
    if (is_by_agent() && !staging().agent.installs_by_itself()) return no_agent();
    const bool restarts = restarts_in_queue() || agent_restarts_host();
    if (restarts && request_.policies.reboot == manifest::RebootPolicy::deny) {
      return impossible(Code::reboot_denied,
                        fmt::format("{} is installed with a restart of the host", request_.image.name));
    }
    return needs_host_reset() && !request_.appointment ? redfish::refuse_host_reset(request_.host) : std::nullopt;
  }

  [[nodiscard]] Impossible no_agent() const {
    const inventory::Agent& agent = staging().agent;
    const std::string seen = agent.service_state.empty()
                                 ? std::string("none has ever announced itself to the iLO")
                                 : fmt::format("the one there is {} in mode {}", printable(agent.service_state),
                                               agent.mode.empty() ? "(unknown)" : printable(agent.mode));
    return impossible(Code::agent_missing, fmt::format("{} is installed by an agent in the operating system, and {}",
                                                       request_.image.name, seen));
  }

  /// An entry that UEFI works on waits for a POST, and lets nothing behind it pass: the restart must stand before it.
  [[nodiscard]] bool restarts_in_queue() const { return request_.appointment && is_by_uefi(); }
  [[nodiscard]] bool needs_restart() const {
    const Role role = role_of(request_);
    return role == Role::bios || role == Role::device;
  }
  [[nodiscard]] bool agent_restarts_host() const {
    return is_by_agent() && needs_restart() && staging().agent.mode == "AutoDeployReboot";
  }
  [[nodiscard]] bool needs_host_reset() const {
    if (restarts_in_queue() || agent_restarts_host()) return false;
    return is_by_uefi() || needs_restart();
  }

  [[nodiscard]] Handover handover() const {
    return {.host = request_.host,
            .policies = request_.policies,
            .image = request_.image,
            .name = file_,
            .concern = request_.component.address,
            .purpose = Purpose::store,
            .delivery = request_.delivery};
  }

  [[nodiscard]] QueueEntry entry() const {
    QueueEntry entry;
    entry.step.name = plan::queue_entry_name(file_, request_.image.sha256, {request_.component.address});
    entry.step.file = file_;
    entry.step.updatable_by = updaters_;
    entry.step.targets = targets_among_equals(request_);
    entry.tpm_override = needs_tpm_override(request_);
    if (request_.appointment) entry.window_id = request_.appointment->id;
    return entry;
  }

  [[nodiscard]] Action entry_action() const {
    Action action = enqueue(request_.host, request_.policies, entry());
    action.components = {request_.component.address};
    action.preconditions.push_back(redfish::unchanged(request_.component));
    if (request_.component.is_bmc) action.restarts = plan::Restarts::bmc;
    if (request_.appointment || !is_by_agent()) return action;
    // Nobody else tells when the agent is done.
    action.completion = plan::Completion::task;
    action.expected = kAgentInterval + install_time();
    action.deadline = kAgentDeadline;
    if (agent_restarts_host()) action.restarts = plan::Restarts::host;
    return action;
  }

  [[nodiscard]] Action restart_entry() const {
    const QueueEntry installs = entry();
    QueueEntry restart;
    restart.step.name = plan::command_entry_name("ResetServer", installs.step.name + "\n" + installs.window_id);
    restart.step.command = "ResetServer";
    restart.step.updatable_by = {Updater::bmc};
    restart.window_id = installs.window_id;
    Action action = enqueue(request_.host, request_.policies, restart);
    action.components = {request_.component.address};
    return action;
  }

  [[nodiscard]] Duration install_time() const {
    const int seconds = request_.image.package ? request_.image.package->install_seconds : 0;
    return seconds > 0 ? Duration(std::chrono::seconds(seconds)) : dialect().quirks.device.expected;
  }

  [[nodiscard]] redfish::Timing verify_timing() const {
    const redfish::Quirks& quirks = dialect().quirks;
    return is_by_uefi() || needs_restart() ? quirks.verify_after_reset : quirks.verify;
  }

  [[nodiscard]] plan::Reason restart_warning() const {
    return {.code = Code::needs_install_queue,
            .text = fmt::format("the iLO restarts the host in the window, so that UEFI installs {} during POST", file_),
            .help = {}};
  }

  [[nodiscard]] plan::Reason agent_warning() const {
    return {
        .code = Code::needs_install_queue,
        .text = fmt::format("the agent in the operating system restarts the host by itself after it has installed {} "
                            "(mode AutoDeployReboot)",
                            file_),
        .help = {}};
  }

  const ChangeRequest& request_;
  std::vector<Updater> updaters_;
  std::string file_;
};

}  // namespace

std::variant<Recipe, Impossible> plan_queued(const ChangeRequest& request) {
  return QueuedChange(request).plan();
}

}  // namespace firmform::hpe
