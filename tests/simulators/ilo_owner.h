// SPDX-License-Identifier: Apache-2.0
// What the parts of an iLO's update service (queue, windows, install sets, agent) see of the iLO that they are parts
// of. IloBmc is the only real owner; tests may have others.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "engine/json/value.h"
#include "tests/simulators/messages.h"

namespace firmform::simulators {

/// The answer of a part; the owner writes it in the machine's form: `messages` where there are any (an error or a
/// success body), else `body`.
struct IloReply {
  int status = 200;
  json::Value body;
  std::vector<Message> messages;
};

/// What the queue needs to know of a stored file.
struct IloComponentFacts {
  std::string filename;
  std::string uri;                        ///< /redfish/v1/UpdateService/ComponentRepository/<Id>
  std::vector<std::string> updatable_by;  ///< "Bmc", "Uefi", "RuntimeAgent"; empty when the image does not say
  bool package = false;                   ///< has metadata of its own (fwpkg, zip, smart component)
  std::string activates;                  ///< "AfterReboot", …
};

/// One image to be installed by iLO itself or by UEFI in POST.
struct IloInstallOrder {
  std::string filename;
  std::string updater;  ///< "Bmc", "Uefi", "RuntimeAgent"
  bool tpm_override = false;
  bool update_recovery_set = false;
  bool recovery_privilege = false;   ///< the creator of the entry had SystemRecoveryConfigPriv
  std::vector<std::string> targets;  ///< URIs of the firmware inventory
};

/// How an install ended; empty when it went well.
using IloInstallDone = std::function<void(const std::optional<Message>& why_not)>;

class IloQueueOwner {
 public:
  virtual ~IloQueueOwner() = default;

  /// The iLO's own clock, wrong by its skew; every schedule refers to it.
  [[nodiscard]] virtual UtcTime ilo_time() const = 0;
  /// A duration of the machine at the speed of the lab.
  [[nodiscard]] virtual Duration at_speed(Duration duration) const = 0;
  /// Runs `action` so much later, unless the iLO restarts before: then the part is told and arms its timers anew.
  virtual void after(Duration delay, std::function<void()> action) = 0;

  /// A stored file; empty when there is none.
  [[nodiscard]] virtual std::optional<IloComponentFacts> component(std::string_view filename) const = 0;
  /// What queue and install sets refer to has changed: locks of components are worked out anew.
  virtual void references_changed() = 0;

  /// False while an upload, a flash or an integrity scan is under way.
  [[nodiscard]] virtual bool can_install() const = 0;
  /// Installs a stored file as a flash does that was asked for directly: State Updating, activation, event log. `done`
  /// is called when the image has been written. An iLO image restarts the iLO after that. Only while can_install().
  virtual void install(const IloInstallOrder& order, IloInstallDone done) = 0;

  virtual void reset_server() = 0;
  virtual void power_server_off() = 0;
  virtual void reset_bmc() = 0;
  [[nodiscard]] virtual bool server_on() const = 0;
  /// The host has been booted and its operating system runs, so agents can work.
  [[nodiscard]] virtual bool system_runs() const = 0;

  /// Of the session that is being answered: "iLOConfigPriv", "SystemRecoveryConfigPriv", …
  [[nodiscard]] virtual bool has_privilege(std::string_view name) const = 0;
  [[nodiscard]] virtual bool licensed() const = 0;
  /// "ilo5", "ilo5-old", "ilo6", "ilo7"
  [[nodiscard]] virtual std::string_view model() const = 0;
  /// The first of `keys` that the iLO registry of this generation has.
  [[nodiscard]] virtual Message ilo_message_of(const std::vector<std::string>& keys,
                                               std::vector<std::string> args) const = 0;
  /// The message as it stands in `Result` and in lists of messages.
  [[nodiscard]] virtual json::Value message_entry(const Message& message) const = 0;
  /// The URI names an item of the firmware inventory.
  [[nodiscard]] virtual bool is_firmware_item(std::string_view uri) const = 0;
};

}  // namespace firmform::simulators
