// SPDX-License-Identifier: Apache-2.0
// Provider: one dialect of BMC. Pure hooks for planning, effect hooks for reading and acting. A provider
// never sleeps, retries a write, logs, or spawns work: order, budgets, deadlines, journal and redaction
// are the engine's.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/catalog/catalog.h"
#include "engine/inventory/health.h"
#include "engine/inventory/snapshot.h"
#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"

namespace firmform {

namespace redfish {
class Client;
}

/// What the service root says, for choosing a provider.
struct ServiceFacts {
  std::string vendor;
  std::string product;
  std::vector<std::string> oem_keys;  ///< keys under Oem of the service root
  std::string manager_type;           ///< HPE: "iLO 5"; empty elsewhere
};

/// One wanted change, as the pure planner asks a provider about it.
struct ChangeRequest {
  const inventory::HostSnapshot& host;
  const inventory::Component& component;
  const manifest::FirmwareEntry& entry;
  const catalog::CatalogImage& image;
  const manifest::Policies& policies;
  plan::ChangeKind kind;  ///< update or downgrade
  manifest::Delivery delivery = manifest::Delivery::automatic;
  /// The BMC shall do it by itself in this window, through its queue; absent: now.
  std::optional<plan::Appointment> appointment;
  /// Addresses of all components that the manifest means with this image: it may reach them, too.
  std::vector<std::string> also = {};
};

/// The actions for one change, in order. `id`, `host`, `needs` are filled in by the planner, and so are
/// same_system conditions. A reset of the host is not part of a recipe: `needs_host_reset` lets the planner
/// share one among all changes of a host; `verify` comes after it.
struct Recipe {
  std::vector<plan::Action> actions;  ///< flash (and start_update, reset_bmc) actions
  bool needs_host_reset = false;
  plan::Action verify;
  /// After `verify`: removal of what the recipe left on the BMC (finished queue entries). They never restart anything.
  std::vector<plan::Action> cleanup;
  /// The BMC has the work in its queue and does it later: there is no reset, no verify and no cleanup.
  bool scheduled = false;
  std::vector<plan::Reason> warnings;
};

// Writes on what a BMC keeps beside its firmware (engine/inventory/staging.h).
struct StoreImage {
  const catalog::CatalogImage& image;
  bool update_recovery_set = false;
};
struct RemoveImage {
  inventory::StoredImage image;
};
struct CreateWindow {
  inventory::Window window;  ///< uri and id are the BMC's to give
};
struct ChangeWindow {
  inventory::Window from;
  inventory::Window to;
};
struct RemoveWindow {
  inventory::Window window;
};
struct CreateInstallSet {
  inventory::InstallSet set;
};
struct ChangeInstallSet {
  inventory::InstallSet from;
  inventory::InstallSet to;
};
struct RemoveInstallSet {
  inventory::InstallSet set;
};
struct InvokeInstallSet {
  inventory::InstallSet set;
  bool clear_queue = false;
  bool tpm_override = false;
  bool update_recovery_set = false;
  std::string window_id;
  std::optional<UtcTime> start_after;
  std::optional<UtcTime> expire;
};
struct Enqueue {
  inventory::QueueEntry entry;
};
struct Dequeue {
  inventory::QueueEntry entry;
};
/// A look of the BMC at its stored firmware; what it finds is IntegrityState::result.
struct CheckIntegrity {};
using ResourceWrite =
    std::variant<StoreImage, RemoveImage, CreateWindow, ChangeWindow, RemoveWindow, CreateInstallSet, ChangeInstallSet,
                 RemoveInstallSet, InvokeInstallSet, Enqueue, Dequeue, CheckIntegrity>;

struct ResourceRequest {
  const inventory::HostSnapshot& host;
  const manifest::Policies& policies;
  ResourceWrite write;
  manifest::Delivery delivery = manifest::Delivery::automatic;
};

/// A line of the BMC's or the system's event log.
struct LogEntry {
  std::string log;  ///< "iLO event log", …
  std::string id;
  std::optional<UtcTime> at;  ///< by the BMC's clock; of the newest repeat
  std::string severity;
  std::string code;  ///< "35.1096"
  std::string text;
};

/// A way out for a host whose flash was cut off.
struct RecoveryWay {
  std::string name;  ///< "retry", "recovery-set", "redundant-rom"
  std::string text;  ///< what it does, for people
  bool available = false;
  std::string why_not;                     ///< when it is not available
  std::optional<InvokeInstallSet> invoke;  ///< of "recovery-set"
};

/// What the BMC says of its own checks of the firmware that it runs.
struct IntegrityState {
  std::string result;      ///< of the last check, as the BMC spells it: "OK"; empty: none is known
  std::string time;        ///< of the last check, by the BMC's clock
  std::string background;  ///< "off", "every 7 days"; empty when the BMC does not say
  std::string on_failure;  ///< as the BMC spells it: "LogOnly"; empty when it does not say
};

/// The change is not possible, and why.
struct Impossible {
  plan::Reason reason;
};

/// What a BMC said to a request that it accepted.
struct Accepted {
  int status = 0;
  std::string task_uri;  ///< Task or monitor to follow; empty when there is none
  std::string message;   ///< readable text of the reply
};

enum class ProgressState { running, succeeded, failed, gone };

/// One look at an accepted request.
struct Progress {
  ProgressState state = ProgressState::running;
  std::optional<int> percent;
  std::string text;  ///< "Running", "Updating", message of the failure
};

/// What a probe after a crash or a lost reply found out about an action that may have been sent.
enum class Evidence {
  done,         ///< its effect is there
  running,      ///< it is being worked on; follow `task_uri`
  not_started,  ///< the BMC is at rest and nothing shows that the request arrived
  ambiguous,    ///< it may have been; a person must look
};

struct Probe {
  Evidence evidence = Evidence::ambiguous;
  std::string task_uri;
  std::string text;  ///< what was seen, for journal and person
};

class Provider {
 public:
  virtual ~Provider() = default;

  // Pure.
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// 0: not mine; the highest score wins, and ties are a bug that a test finds.
  [[nodiscard]] virtual int match(const ServiceFacts& facts) const = 0;
  [[nodiscard]] virtual std::variant<Recipe, Impossible> plan_change(const ChangeRequest& request) const = 0;
  /// The reset that activates staged firmware, shared by `components`; or why the host cannot be reset.
  [[nodiscard]] virtual std::variant<plan::Action, Impossible> plan_host_reset(
      const inventory::HostSnapshot& host, const std::vector<std::string>& components) const = 0;
  /// The actions of one write, in order: several for an image that goes in sections. `id`, `host`, `needs` and
  /// same_system conditions are the planner's. The default: a BMC that keeps none of this.
  [[nodiscard]] virtual std::variant<std::vector<plan::Action>, Impossible> plan_resource(
      const ResourceRequest& request) const;
  /// The Id that the BMC gives to a window of that name; empty when it cannot be foreseen.
  [[nodiscard]] virtual std::string window_id(const inventory::HostSnapshot& host, std::string_view name) const;
  /// What keeps this host from being changed at all: privileges of the account, licence, an unsupported model, a
  /// running flash, a POST that waits. Looked at before any host is touched, and again just before the first write.
  [[nodiscard]] virtual std::vector<plan::Reason> preflight(const inventory::HostSnapshot& host) const;
  /// Ways out for a host with incidents.
  [[nodiscard]] virtual std::vector<RecoveryWay> recovery(const inventory::HostSnapshot& host) const;
  /// Absent where the BMC checks nothing, or hides it.
  [[nodiscard]] virtual std::optional<IntegrityState> integrity(const inventory::HostSnapshot& host) const;

  /// The requests that put back `wanted` where it differs from `present`; none where nothing can be. Each is
  /// idempotent.
  [[nodiscard]] virtual std::vector<plan::PlannedRequest> plan_settings(const inventory::Settings& wanted,
                                                                        const inventory::Settings& present) const;

  // Effects.
  /// Reads everything a plan needs. `client` is logged in and its service root is known.
  virtual Task<Result<inventory::HostSnapshot>> read(redfish::Client& client) const = 0;
  /// Sends action.request once. A failure for which http::was_not_sent holds means nothing happened; a
  /// refusal by the BMC (4xx, 5xx) is the error bmc_refused_update; after any other failure the engine probes.
  virtual Task<Result<Accepted>> perform(redfish::Client& client, const plan::Action& action) const = 0;
  /// Looks once at an accepted action.
  virtual Task<Result<Progress>> poll(redfish::Client& client, const plan::Action& action,
                                      const Accepted& accepted) const = 0;
  /// Looks for traces of an action that may or may not have been sent.
  virtual Task<Result<Probe>> probe(redfish::Client& client, const plan::Action& action) const = 0;
  /// Log entries since `since` (by the BMC's clock), oldest first; all that there are without it. Empty where the BMC
  /// has no log.
  virtual Task<Result<std::vector<LogEntry>>> read_log(redfish::Client& client, std::optional<UtcTime> since) const;
  /// Health now, with log entries since `since` (by the BMC's clock).
  virtual Task<Result<inventory::Health>> read_health(redfish::Client& client, std::optional<UtcTime> since) const;
  /// Settings of these categories; what the BMC does not have is left out.
  virtual Task<Result<inventory::Settings>> read_settings(redfish::Client& client,
                                                          std::vector<std::string> categories) const;
};

/// The compiled-in providers in one explicit table.
class Providers {
 public:
  explicit Providers(std::vector<std::unique_ptr<Provider>> providers);
  /// The provider with the highest score; the standard one matches every Redfish service.
  [[nodiscard]] const Provider& choose(const ServiceFacts& facts) const;
  [[nodiscard]] const Provider* find(std::string_view name) const;
  [[nodiscard]] std::span<const std::unique_ptr<Provider>> all() const { return providers_; }

 private:
  std::vector<std::unique_ptr<Provider>> providers_;
};

/// HPE iLO, Dell, Lenovo, OpenBMC and the standard.
[[nodiscard]] Providers all_providers();

}  // namespace firmform
