// SPDX-License-Identifier: Apache-2.0
// IloBmc: HPE iLO 5, 6 and 7. Where it differs from the standard, ilo.md says how; sections are named at each function.
// Queue, windows, install sets and agent are parts of their own that see the iLO as an IloQueueOwner.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/ilo_agent.h"
#include "tests/simulators/ilo_install_sets.h"
#include "tests/simulators/ilo_log.h"
#include "tests/simulators/ilo_owner.h"
#include "tests/simulators/ilo_queue.h"
#include "tests/simulators/ilo_repository.h"
#include "tests/simulators/ilo_windows.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {

inline constexpr std::string_view kInvalidImages = "/redfish/v1/UpdateService/InvalidImageRepository";
inline constexpr std::string_view kFiles = "/fwrepo";

/// What an iLO is asked to do with a file that it is sent, pulls, or takes from its repository.
struct IloUpload {
  enum class Way { simple_update, add_from_uri, push, repository };
  Way way = Way::simple_update;
  std::string filename;  ///< in the repository
  bool store = false;
  bool flash = true;
  bool recovery = false;            ///< takes its place in the recovery set
  bool recovery_privilege = false;  ///< whoever asked has SystemRecoveryConfigPriv
  std::string signature_url;        ///< .compsig that is pulled after the file
  std::optional<std::string> signature;
  std::optional<int> section;  ///< from 0
  std::shared_ptr<const std::string> bytes;
  std::vector<std::string> updatable_by;  ///< once the file has been read
  std::string minimum_active_version;
  IloInstallDone done;  ///< of the queue
};

class IloBmc final : public RedfishBmc, private IloQueueOwner {
 public:
  IloBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now);

  void deliver_image(std::uint64_t order, Result<std::string> image) override;

 protected:
  std::optional<BmcResponse> route_before_login(const Exchange& exchange) override;
  std::optional<BmcResponse> route_vendor(const Exchange& exchange) override;
  void render(const std::string& uri, json::Value& body) override;
  [[nodiscard]] bool owns(const std::string& path) const override;
  [[nodiscard]] std::optional<json::Value> own_document(const std::string& path) override;
  [[nodiscard]] std::string own_methods(const std::string& path) override;
  BmcResponse write_own(const Exchange& exchange) override;
  [[nodiscard]] bool expands(const std::string& path) const override;
  BmcResponse simple_update(const Exchange& exchange) override;
  BmcResponse reset_host(const std::string& type) override;
  std::optional<BmcResponse> refuse_manager_reset() override;
  [[nodiscard]] std::vector<Writable> writable(std::string_view uri) const override;
  [[nodiscard]] std::string etag(const json::Value& body) const override;
  [[nodiscard]] json::Value session_document(const Session& session, bool own) const override;
  [[nodiscard]] Message bad_login() const override;
  std::optional<Message> refuse_image(const Job& job, const ImageInfo& info) const override;
  [[nodiscard]] Message bad_image(const Job& job) const override;
  void verified() override;
  void phase_changed(const Job& job) override;
  void job_failed(const Job& job, const Message& why) override;
  void job_finished(const Job& job) override;
  void bmc_went_down() override;
  void bmc_came_back() override;
  void host_boot_began() override;
  void host_drivers_start() override;
  void host_discovered() override;
  void host_inventory_complete() override;
  void job_blocked(const Job& job) override;
  void foreign_task_ended() override;
  void log_warning(const std::string& text) override;
  void decorate(const Exchange& exchange, BmcResponse& response) const override;
  [[nodiscard]] bool copies_slash() const override { return true; }

 private:
  /// A component that UEFI installs in this POST.
  struct PostInstall {
    Part* target = nullptr;
    ImageInfo info;
    IloInstallDone done;
  };
  /// A file that comes in pieces of 32 MiB.
  struct Assembly {
    std::string filename;
    std::vector<std::shared_ptr<const std::string>> pieces;
  };

  // IloQueueOwner
  [[nodiscard]] UtcTime ilo_time() const override { return now_ + faults_.clock_skew; }
  [[nodiscard]] Duration at_speed(Duration duration) const override;
  void after(Duration delay, std::function<void()> action) override;
  [[nodiscard]] std::optional<IloComponentFacts> component(std::string_view filename) const override;
  void references_changed() override;
  [[nodiscard]] bool can_install() const override;
  void install(const IloInstallOrder& order, IloInstallDone done) override;
  void reset_server() override;
  void power_server_off() override;
  void reset_bmc() override;
  [[nodiscard]] bool server_on() const override { return host_.on(); }
  [[nodiscard]] bool system_runs() const override { return host_.phase() == BootPhase::finished; }
  [[nodiscard]] bool has_privilege(std::string_view name) const override;
  [[nodiscard]] bool licensed() const override { return !faults_.unlicensed; }
  [[nodiscard]] std::string_view model() const override { return traits_.name; }
  [[nodiscard]] Message ilo_message_of(const std::vector<std::string>& keys,
                                       std::vector<std::string> args) const override;
  [[nodiscard]] json::Value message_entry(const Message& message) const override { return writer_.entry(message); }
  [[nodiscard]] bool is_firmware_item(std::string_view uri) const override;

  [[nodiscard]] bool old() const { return traits_.name == "ilo5-old"; }
  [[nodiscard]] bool tpm_enabled() const;
  [[nodiscard]] bool takes_packages() const;
  [[nodiscard]] std::string downgrade_policy() const;
  [[nodiscard]] Message ilo_message(const std::string& key, std::vector<std::string> args = {}) const;
  /// The first of `keys` that this generation's registry has.
  [[nodiscard]] Message first_known(const std::vector<std::string>& keys, std::vector<std::string> args = {}) const;
  [[nodiscard]] BmcResponse reply(const Exchange& exchange, const IloReply& answer) const;

  // Who may, and when.
  [[nodiscard]] std::optional<BmcResponse> refuse_for_privilege(const Exchange& exchange) const;
  [[nodiscard]] std::optional<BmcResponse> refuse_for_licence(const Exchange& exchange) const;
  [[nodiscard]] std::optional<BmcResponse> refuse_while_busy() const;
  [[nodiscard]] bool occupied() const { return busy() || scanning_ || restart_pending_; }
  [[nodiscard]] std::optional<Message> refuse_targets(const json::Value& targets) const;

  // Ways in.
  BmcResponse add_from_uri(const Exchange& exchange, const json::Value& body);
  [[nodiscard]] std::vector<Message> judge_add_from_uri(const json::Value& body) const;
  [[nodiscard]] std::optional<BmcResponse> refuse_upload(const IloUpload& upload) const;
  BmcResponse begin_pull(const Exchange& exchange, const json::Value& body, Job job);
  BmcResponse upload(const Exchange& exchange);
  [[nodiscard]] std::optional<std::string> upload_session(const Exchange& exchange);

  // What becomes of a file.
  void received();
  void piece_verified();
  void file_verified(const FileReading& file);
  [[nodiscard]] bool is_signed(const FileReading& file) const;
  void store_file(const FileReading& file);
  void stored(const FileReading& file);
  void replace_recovery_member(const StoredComponent& newer);
  void flash_image();
  void finish_job();
  void lose_power();
  void install_unlisted(Job job, IloInstallDone done);
  void install_in_post(const StoredComponent& stored, IloInstallDone done);
  void post_install_done();
  void activate_now(Part& target);

  // Actions.
  BmcResponse act_on_service(const Exchange& exchange, std::string_view action, const json::Value& body);
  BmcResponse start_integrity_check();
  void end_integrity_check();
  bool repair_rom();
  BmcResponse act_on_language(std::string_view action, const json::Value& body);
  BmcResponse press_power_button(const json::Value& body);
  BmcResponse reset_system(const json::Value& body);

  // Own resources.
  BmcResponse change_own(const Exchange& exchange, const json::Value& body);
  BmcResponse remove_own(const Exchange& exchange);
  BmcResponse change_component(StoredComponent& component, const json::Value& body);
  BmcResponse download(const Exchange& exchange);
  [[nodiscard]] std::string_view service_action(std::string_view path) const;
  [[nodiscard]] std::optional<json::Value> log_document(const std::string& path) const;
  [[nodiscard]] std::string agent_uri() const;
  [[nodiscard]] json::Value invalid_images() const;
  [[nodiscard]] std::optional<json::Value> invalid_image(std::string_view id) const;

  // Events.
  void log_event(int code, std::string message, IloLogEvent::Severity severity = IloLogEvent::Severity::ok);
  void log_management(int code, std::string message, IloLogEvent::Severity severity = IloLogEvent::Severity::ok);
  void log_flash_begin(const Job& job);
  void log_flash_end(const Job& job);
  /// What the inventory calls the part that an image is for.
  [[nodiscard]] std::string part_name(const ImageInfo& info) const;

  void make_old();
  void seed_update_service();
  [[nodiscard]] const json::Array& collection_members(std::string_view uri) const;
  /// `path` is below `parent`, whatever the case.
  [[nodiscard]] bool is_inside(std::string_view path, std::string_view parent) const;
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

  IloRepository repository_;
  IloLog event_log_;
  IloLog management_log_;
  IloWindows windows_;
  IloQueue queue_;
  IloInstallSets sets_;
  std::unique_ptr<IloAgent> agent_;
  std::optional<Assembly> assembly_;
  std::optional<PostInstall> post_install_;
  std::optional<json::Value> invalid_image_;  ///< the member of InvalidImageRepository
  bool scanning_ = false;
  bool restart_pending_ = false;  ///< its own image has been written, and it is about to restart
  bool hard_cycle_ = false;       ///< the next boot follows a loss of power
  bool cold_start_ = false;       ///< so does the next start of the iLO
  bool power_failed_ = false;     ///< the fault has struck
  bool rom_invalid_ = false;
};

}  // namespace firmform::simulators
