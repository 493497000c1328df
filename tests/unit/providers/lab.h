// SPDX-License-Identifier: Apache-2.0
// One simulated BMC, a client on it, and just enough of an engine to carry out a recipe under virtual time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog/catalog.h"
#include "engine/plan/make_plan.h"
#include "providers/provider.h"
#include "providers/redfish/client.h"
#include "tests/simulators/bmc.h"
#include "tests/simulators/in_process_transport.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {

/// How an action ended.
struct Ending {
  bool done = false;
  std::string text;
};

class Lab {
 public:
  explicit Lab(const std::string& model, json::Value faults = nullptr);

  [[nodiscard]] inventory::HostSnapshot read();
  /// The image of the next version of "bmc" or "bios", as a file.
  [[nodiscard]] catalog::CatalogImage image_file(const std::string& component);
  /// The same, to be pulled.
  [[nodiscard]] catalog::CatalogImage image_url(const std::string& component);
  [[nodiscard]] std::string next_version(const std::string& component) const;
  /// The recipe for that image, or why there is none.
  [[nodiscard]] std::variant<Recipe, Impossible> plan(const std::string& component, const catalog::CatalogImage& image);

  /// The same for any component, with everything of the request open.
  [[nodiscard]] std::variant<Recipe, Impossible> plan(const std::string& address, const std::string& version,
                                                      const catalog::CatalogImage& image,
                                                      std::optional<plan::Appointment> appointment = std::nullopt);
  /// The actions of a write on what the BMC keeps, as it is now; throws when the provider refuses it.
  [[nodiscard]] std::vector<plan::Action> plan_write(const ResourceWrite& write);
  /// Plans and carries out.
  Ending write(const ResourceWrite& write);
  /// A file of these bytes, read as the catalog reads it.
  [[nodiscard]] catalog::CatalogImage file(const std::string& name, const std::string& bytes);
  [[nodiscard]] std::vector<LogEntry> log(std::optional<UtcTime> since);
  [[nodiscard]] Result<inventory::Health> health(std::optional<UtcTime> since);
  [[nodiscard]] inventory::Settings settings(std::vector<std::string> categories);
  [[nodiscard]] UtcTime now() const { return clock_.now(); }

  /// Sends, follows and waits for the postconditions, as apply does.
  Ending carry_out(const plan::Action& action);
  /// All actions of the change that was planned last, with the reset of the host where it needs one, up to verify.
  Ending carry_out(const Recipe& recipe);

  Result<Accepted> perform(const plan::Action& action);
  Result<Probe> probe(const plan::Action& action);
  void wait(Duration duration);
  /// Takes HttpPushUriTargetsBusy, as a client that died would have left it.
  void set_busy();

  [[nodiscard]] simulators::Bmc& bmc() { return transport_.bmc(kUrl); }
  [[nodiscard]] redfish::Client& client() { return *client_; }
  [[nodiscard]] const Provider& provider() const { return *provider_; }
  /// Writes whose target contains `part`.
  [[nodiscard]] int writes_to(const std::string& part);

  manifest::Policies policies;
  manifest::Delivery delivery = manifest::Delivery::automatic;

 private:
  static constexpr const char* kUrl = "https://bmc.example";
  /// With the time of reading, which is the caller's to add.
  Task<Result<inventory::HostSnapshot>> look();
  Task<Ending> follow(plan::Action action);
  Task<Ending> await_postconditions(plan::Action action, SteadyTime deadline, std::string text);

  std::string model_;
  TemporaryDirectory directory_;
  boost::asio::io_context io_;
  VirtualClock clock_;
  simulators::InProcessTransport transport_;
  std::unique_ptr<redfish::Client> client_;
  Providers providers_ = all_providers();
  const Provider* provider_ = nullptr;
  inventory::HostSnapshot planned_on_;
};

}  // namespace firmform::tests
