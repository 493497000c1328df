// SPDX-License-Identifier: Apache-2.0
// ModelFleet: machines that a run can be tried on. It stands where the network would be: a transport, a table of
// providers and an image server that know nothing but the machines, strict about what may be asked of a BMC.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/apply/image_publisher.h"
#include "engine/http/transport.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/plan.h"
#include "engine/simulate/chance.h"
#include "engine/simulate/faults.h"
#include "engine/simulate/machine.h"
#include "engine/simulate/timeline.h"
#include "providers/provider.h"

namespace firmform::simulate {

struct FleetOptions {
  std::uint64_t seed = 1;
  Faults faults;
  bool preflight = true;  ///< ask the real providers whether a host may be changed; false: snapshots are incomplete
};

class ModelFleet {
 public:
  /// `plan`, `real` and `clock` outlive it. Hosts of the plan that the inventory does not have do not answer.
  ModelFleet(const plan::Plan& plan, const inventory::Inventory& inventory, const Providers& real, Clock& clock,
             FleetOptions options);
  ~ModelFleet();
  ModelFleet(const ModelFleet&) = delete;
  ModelFleet& operator=(const ModelFleet&) = delete;

  [[nodiscard]] http::Transport& transport() { return *transport_; }
  [[nodiscard]] const Providers& providers() const { return *providers_; }
  [[nodiscard]] apply::ImagePublisher& images() { return *publisher_; }

  /// Spans that the machines themselves made, by host.
  [[nodiscard]] const std::map<std::string, std::vector<Span>>& spans() const { return spans_; }
  [[nodiscard]] const std::map<std::string, UtcTime>& first_writes() const { return first_writes_; }
  [[nodiscard]] std::vector<Violation> violations() const;
  [[nodiscard]] const std::map<std::string, std::size_t>& faults_met() const { return faults_met_; }
  /// The inventory of the hosts that it has, as it will be when all that is under way has come to its end.
  [[nodiscard]] inventory::Inventory inventory_at(UtcTime now);

 private:
  friend class ModelProvider;
  friend class ModelTransport;
  friend class ModelPublisher;

  /// A machine, and what goes on between it and the run.
  struct Host {
    explicit Host(Machine made) : machine(std::move(made)) {}
    std::string name;
    Machine machine;
    int sending = 0;  ///< requests that are being sent to it
    std::map<plan::ActionId, int> arrivals;
    std::map<plan::ActionId, UtcTime> fetched_at;  ///< when it has pulled an image
    apply::OnFetch on_fetch;
    Duration expected{0};  ///< of all of its work
    double speed = 1;      ///< times that things take
  };

  [[nodiscard]] Host* find(const std::string& bmc);
  [[nodiscard]] bool strikes(Fault fault, const Host& host, std::uint64_t number);
  void prepare(Host& host, UtcTime now);
  /// False for what is no action of the plan.
  [[nodiscard]] bool inspect(Host& host, const plan::Action& action);
  [[nodiscard]] bool is_planned(const Host& host, const plan::Action& action) const;
  void violate(const Host& host, std::string text);
  Deed begin(Host& host, const plan::Action& action, UtcTime arrived);
  void add_span(const Host& host, Span span);
  [[nodiscard]] Duration upload_time(const Host& host, const plan::Action& action) const;
  [[nodiscard]] Duration varied(const Host& host, const plan::Action& action, Duration expected) const;

  const plan::Plan& plan_;
  Clock& clock_;
  FleetOptions options_;
  Chance chance_;
  Meanings meanings_;
  std::unordered_map<std::string, Host> hosts_;  ///< by URL of the BMC
  std::map<std::string, std::vector<Span>> spans_;
  std::map<std::string, UtcTime> first_writes_;
  std::map<std::string, std::size_t> faults_met_;
  std::vector<Violation> violations_;
  std::unique_ptr<http::Transport> transport_;
  std::unique_ptr<Providers> providers_;
  std::unique_ptr<apply::ImagePublisher> publisher_;
};

}  // namespace firmform::simulate
