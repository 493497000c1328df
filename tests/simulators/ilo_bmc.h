// SPDX-License-Identifier: Apache-2.0
// IloBmc: HPE iLO 5, 6 and 7. Where it differs from the standard, ilo.md says how; sections are named at each
// function. The component repository, queue, install sets and windows are readable as captured.
#pragma once

#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {

class IloBmc final : public RedfishBmc {
 public:
  IloBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now);

 protected:
  std::optional<BmcResponse> route_before_login(const Exchange& exchange) override;
  std::optional<BmcResponse> route_vendor(const Exchange& exchange) override;
  void render(const std::string& uri, json::Value& body) override;
  BmcResponse simple_update(const Exchange& exchange) override;
  BmcResponse reset_host(const std::string& type) override;
  std::optional<BmcResponse> refuse_manager_reset() override;
  [[nodiscard]] std::vector<Writable> writable(std::string_view uri) const override;
  [[nodiscard]] std::string etag(const json::Value& body) const override;
  [[nodiscard]] json::Value session_document(const Session& session, bool own) const override;
  [[nodiscard]] Message bad_login() const override;
  std::optional<Message> refuse_image(const Job& job, const ImageInfo& info) const override;
  [[nodiscard]] Message bad_image(const Job& job) const override;
  void phase_changed(const Job& job) override;
  void job_failed(const Job& job, const Message& why) override;
  void job_finished(const Job& job) override;
  void bmc_came_back() override;
  void host_discovered() override;
  void host_inventory_complete() override;
  void decorate(const Exchange& exchange, BmcResponse& response) const override;
  [[nodiscard]] bool copies_slash() const override { return true; }

 private:
  [[nodiscard]] bool old() const { return traits_.name == "ilo5-old"; }
  [[nodiscard]] bool tpm_enabled() const;
  [[nodiscard]] bool takes_packages() const;
  [[nodiscard]] std::string downgrade_policy() const;
  [[nodiscard]] Message ilo_message(const std::string& key, std::vector<std::string> args = {}) const;
  /// The first of `keys` that this generation's registry has.
  [[nodiscard]] Message first_known(const std::vector<std::string>& keys, std::vector<std::string> args = {}) const;
  [[nodiscard]] std::optional<BmcResponse> refuse_while_busy() const;
  [[nodiscard]] std::optional<Message> refuse_targets(const json::Value& targets) const;
  BmcResponse upload(const Exchange& exchange);
  [[nodiscard]] std::optional<std::string> upload_session(const Exchange& exchange);
  BmcResponse press_power_button(const json::Value& body);
  BmcResponse reset_system(const json::Value& body);
  void make_old();
  void reassign_ids();
  void render_root(json::Value& body) const;
  void render_ilo_update_service(json::Value& body) const;
  void render_ilo_manager(json::Value& body) const;
  void render_ilo_system(json::Value& body) const;
  void render_old(const std::string& uri, json::Value& body) const;

  std::string state_ = "Idle";     ///< UpdateService.Oem.Hpe.State
  std::optional<Message> result_;  ///< UpdateService.Oem.Hpe.Result
  std::string upload_etag_;
  std::string shown_backup_bios_;  ///< empty until a flash changed it
};

}  // namespace firmform::simulators
