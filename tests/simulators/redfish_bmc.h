// SPDX-License-Identifier: Apache-2.0
// RedfishBmc: a standard Redfish service over a captured tree: protocol rules, sessions, tasks, updates, power.
// Vendors are data (traits.h) as far as they go; iLO has a class of its own. References: redfish.md A.1 to A.16, B.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/bmc.h"
#include "tests/simulators/captured_tree.h"
#include "tests/simulators/faults.h"
#include "tests/simulators/host_machine.h"
#include "tests/simulators/host_settings.h"
#include "tests/simulators/image.h"
#include "tests/simulators/messages.h"
#include "tests/simulators/patching.h"
#include "tests/simulators/query.h"
#include "tests/simulators/sessions.h"
#include "tests/simulators/system_log.h"
#include "tests/simulators/tasks.h"
#include "tests/simulators/timeline.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {

struct IloUpload;

class RedfishBmc : public Bmc {
 public:
  RedfishBmc(BmcOptions options, const ModelTraits& traits, ModelFaults faults, UtcTime now);

  [[nodiscard]] const BmcOptions& options() const override { return options_; }
  [[nodiscard]] bool offline() const override { return offline_; }
  BmcResponse handle(const BmcRequest& request) override;
  void advance(UtcTime now) override;
  [[nodiscard]] std::optional<UtcTime> next_event() const override { return timeline_.next(); }
  std::vector<ImageOrder> take_image_orders() override;
  void deliver_image(std::uint64_t order, Result<std::string> image) override;
  [[nodiscard]] const std::vector<WriteRecord>& writes() const override { return writes_; }
  [[nodiscard]] int flashes() const override { return flashes_; }
  [[nodiscard]] std::string running_version(const std::string& component) const override;
  [[nodiscard]] int host_boots() const override { return host_.boots(); }
  [[nodiscard]] int bmc_restarts() const override { return restarts_; }
  [[nodiscard]] std::size_t open_sessions() const override { return sessions_.all().size(); }

  void expire_sessions() { sessions_.close_all(); }
  void restart_after(Duration delay);

 protected:
  /// One request on its way through the service.
  struct Exchange {
    const BmcRequest& request;
    std::string path;  ///< decoded, without a slash at the end
    std::string query;
    bool slash = false;  ///< the request had a slash at the end
  };

  /// An item of the firmware inventory.
  struct Item {
    std::string id;
    const CapturedResource* captured = nullptr;
    std::optional<json::Value> own;  ///< replaces the captured body once something changed
    [[nodiscard]] const json::Value& body() const { return own ? *own : captured->body; }
  };

  /// Firmware that the simulation can flash.
  struct Part {
    const ComponentTraits* traits = nullptr;
    std::string item;  ///< Id in the inventory
    std::string running;
    std::optional<ImageInfo> shown;   ///< what the API shows once a flash has changed it
    std::optional<ImageInfo> staged;  ///< takes over at the next restart of its half
    std::optional<ImageInfo> booted;  ///< runs, but the BMC has not read it yet
    std::string staged_task;          ///< job that waits for that (Dell)
  };

  /// The update that is being worked on; there is one at a time.
  struct Job {
    enum class Phase { fetching, transferring, verifying, storing, writing };
    Phase phase = Phase::fetching;
    std::uint64_t order = 0;
    std::string task;    ///< Id; empty where the machine makes none
    std::string source;  ///< URL or file name
    bool pulled = false;
    bool on_reset = false;
    bool force = false;
    bool tpm_override = false;
    std::vector<std::string> targets;
    ImageReading image;
    bool package = false;  ///< the image came as a fwpkg
    UtcTime phase_began{};
    UtcTime phase_ends{};
    std::shared_ptr<IloUpload> upload;  ///< what an iLO is asked to do beyond a flash; null elsewhere
  };

  // Vendor hooks.
  /// Requests that do not go through the common authentication, or resources of the vendor's own.
  virtual std::optional<BmcResponse> route_before_login(const Exchange& exchange);
  virtual std::optional<BmcResponse> route_vendor(const Exchange& exchange);
  virtual void render(const std::string& uri, json::Value& body);
  /// Resources and actions that the vendor's class looks after itself, read and written.
  [[nodiscard]] virtual bool owns(const std::string& path) const;
  [[nodiscard]] virtual std::optional<json::Value> own_document(const std::string& path);
  /// Methods of the Allow header; empty when there is no such resource.
  [[nodiscard]] virtual std::string own_methods(const std::string& path);
  virtual BmcResponse write_own(const Exchange& exchange);
  /// False where $expand leaves the members of a collection as links.
  [[nodiscard]] virtual bool expands(const std::string& path) const;
  virtual BmcResponse simple_update(const Exchange& exchange);
  virtual BmcResponse reset_host(const std::string& type);
  virtual std::optional<BmcResponse> refuse_manager_reset();
  [[nodiscard]] virtual std::vector<Writable> writable(std::string_view uri) const;
  [[nodiscard]] virtual std::string etag(const json::Value& body) const;
  [[nodiscard]] virtual json::Value session_document(const Session& session, bool own) const;
  [[nodiscard]] virtual Message bad_login() const;
  /// Why a verified image is not flashed; empty when it is.
  virtual std::optional<Message> refuse_image(const Job& job, const ImageInfo& info) const;
  /// What is said of bytes that are no good image.
  [[nodiscard]] virtual Message bad_image(const Job& job) const;
  /// The image of the job has been read: from here on it fails, is skipped, scheduled or written.
  virtual void verified();
  virtual void phase_changed(const Job& job);
  virtual void job_failed(const Job& job, const Message& why);
  virtual void job_finished(const Job& job);
  /// The BMC goes down, and with it whatever it was doing.
  virtual void bmc_went_down();
  virtual void bmc_came_back();
  virtual void host_boot_began();
  virtual void host_drivers_start();
  virtual void host_discovered();
  virtual void host_inventory_complete();
  /// Its task says that it is done, and it is not.
  virtual void job_blocked(const Job& job);
  virtual void foreign_task_ended();
  /// An entry in the log of the host's hardware.
  virtual void log_warning(const std::string& text);
  virtual void decorate(const Exchange& exchange, BmcResponse& response) const;
  /// Sets the Link header for a body of that @odata.type.
  void describe(std::string_view type, BmcResponse& response) const;
  /// Links in a body follow the request in ending with a slash or not.
  [[nodiscard]] virtual bool copies_slash() const { return false; }

  // Answers.
  [[nodiscard]] BmcResponse json_reply(int status, const json::Value& body) const;
  [[nodiscard]] BmcResponse error_reply(int status, const std::vector<Message>& messages) const;
  [[nodiscard]] BmcResponse done_reply() const;
  [[nodiscard]] BmcResponse busy_reply() const;
  [[nodiscard]] BmcResponse accepted_reply(const Exchange& exchange, const TaskRecord& task) const;
  /// The JSON object of a request; else `refusal` is the answer.
  [[nodiscard]] std::optional<json::Value> read_object(const Exchange& exchange, BmcResponse& refusal) const;
  [[nodiscard]] std::string absolute(const Exchange& exchange, std::string_view uri) const;

  // Resources.
  [[nodiscard]] bool same_uri(std::string_view a, std::string_view b) const;
  [[nodiscard]] std::optional<json::Value> document(const std::string& path);
  [[nodiscard]] Item* find_item(std::string_view id);
  [[nodiscard]] const Item* find_item(std::string_view id) const;
  void set_item_property(const std::string& id, std::string key, json::Value value);
  [[nodiscard]] Part* part(std::string_view component);
  [[nodiscard]] const Part* part(std::string_view component) const;
  /// Finds the inventory item of a part, whose Id may have changed.
  void locate(Part& part);
  [[nodiscard]] std::string bmc_time() const;
  [[nodiscard]] Duration scaled(Seconds duration) const;
  [[nodiscard]] const json::Value* setting(std::string_view uri, std::string_view path) const;
  void change_setting(std::string_view uri, const std::string& path, json::Value value);
  /// What a client may change of the settings of BIOS, boot, BMC and network.
  [[nodiscard]] std::vector<Writable> writable_settings_of(std::string_view uri) const;

  // Updates.
  [[nodiscard]] bool busy() const { return job_.has_value() || faults_.update_busy; }
  TaskRecord& new_task(const Exchange& exchange, std::string name);
  void start_pull(Job job, const std::string& url);
  void start_push(Job job);
  void restart(Duration delay);
  [[nodiscard]] int job_percent() const;
  [[nodiscard]] TaskRecord* job_task();
  void finish_task(TaskRecord& task, bool good, const std::optional<Message>& message);
  [[nodiscard]] ImageReading inspect(std::string_view bytes, Job& job) const;
  /// Ends the job that is under way with a failure.
  void fail_job(const Message& why);
  /// Ends it with a task that says "Completed", and nothing done.
  void block_job();
  void enter(Job::Phase phase, Duration duration, Timeline::Action next);
  /// The next phase of the job: the flash itself.
  void flash(Part& target, const ImageInfo& info);
  void show_running(Part& part, const ImageInfo& info);
  /// An image was written to `component`; then it runs. What faults make of it.
  void flash_was_written(std::string_view component);
  void flash_took_effect(std::string_view component);
  /// The host is about to be switched off or restarted.
  void power_was_touched();
  /// What is staged begins to run.
  void take_over(Part& part);
  void begin_restart();
  /// True when `version` is not newer than what runs.
  [[nodiscard]] bool same_or_lower(const Part& part, const std::string& version) const;

  BmcOptions options_;
  const ModelTraits& traits_;
  ModelFaults faults_;
  std::shared_ptr<const CapturedTree> tree_;
  SettingPlaces places_;
  MessageWriter writer_;
  UtcTime now_;
  Timeline timeline_;
  HostMachine host_;
  Sessions sessions_;
  Tasks tasks_;
  std::vector<Item> items_;
  Part bmc_;
  Part bios_;
  std::vector<Part> others_;        ///< in the order of ModelTraits::others
  std::string shown_bios_version_;  ///< BiosVersion; empty until a flash changed it
  std::optional<Job> job_;
  int failed_logins_ = 0;
  std::string caller_;  ///< session of the request that is being answered
  int flashes_ = 0;
  std::uint64_t last_order_ = 0;
  std::vector<ImageOrder> orders_;
  SystemLog system_log_;

 private:
  /// A change that the next boot of the host makes.
  struct PendingSetting {
    std::string uri;  ///< of the resource that shows what runs
    std::string path;
    json::Value value;
  };

  BmcResponse route(const Exchange& exchange);
  BmcResponse route_public(const Exchange& exchange);
  BmcResponse read(const Exchange& exchange);
  BmcResponse patch(const Exchange& exchange);
  BmcResponse remove(const Exchange& exchange);
  BmcResponse log_in(const Exchange& exchange);
  BmcResponse read_monitor(const Exchange& exchange, TaskRecord& task);
  BmcResponse act(const Exchange& exchange, std::string_view action);
  BmcResponse push(const Exchange& exchange);
  BmcResponse push_form(const Exchange& exchange);
  BmcResponse push_raw(const Exchange& exchange);
  BmcResponse accept_push(const Exchange& exchange, Job job, std::string_view bytes);
  [[nodiscard]] std::optional<BmcResponse> refuse_parameters(const json::Value& body,
                                                             const std::vector<std::string>& known, Job& job) const;
  [[nodiscard]] bool authenticated(const Exchange& exchange);
  [[nodiscard]] BmcResponse method_not_allowed(const Exchange& exchange, const std::string& allow) const;
  /// Methods of the Allow header; empty when there is no such resource.
  [[nodiscard]] std::string allowed(const std::string& path);
  [[nodiscard]] std::string action_of(const std::string& path) const;
  [[nodiscard]] bool is_push_uri(const std::string& path) const;
  [[nodiscard]] bool is_live(const std::string& uri) const;
  [[nodiscard]] std::optional<json::Value> running_document(const std::string& path);
  [[nodiscard]] std::string metadata_xml() const;
  [[nodiscard]] json::Value odata_document() const;
  void render_update_service(json::Value& body);
  void render_manager(json::Value& body);
  void render_system(json::Value& body);
  void replace_identity(json::Value& value) const;
  [[nodiscard]] std::string manager_spelling(const ImageInfo& info) const;
  [[nodiscard]] std::string system_spelling(const ImageInfo& info) const;

  [[nodiscard]] bool shows_settings(std::string_view uri) const;
  [[nodiscard]] bool take_apply_time(const std::string& uri, json::Value& body,
                                     std::optional<BmcResponse>& refusal) const;
  std::optional<BmcResponse> pend(const Exchange& exchange, const SettingValues& values, bool with_apply_time);
  void apply_pending_settings();
  void use_up_boot_override();
  void reset_settings(const std::vector<std::string>& categories);
  void fall_ill(const Illness& illness);
  void render_health(const std::string& uri, json::Value& body) const;
  void begin_foreign_task();
  [[nodiscard]] Duration at_lab_speed(Duration duration) const;

  void schedule_job(Part& target, const ImageInfo& info);
  void run_scheduled_bmc_job();
  void written();
  void skip_job();
  void store_image(const ImageInfo& info);
  void show_staged(const Part& part, const std::string& version);
  void rename_dell_items(Part& part, const std::string& old_version, const ImageInfo& info);
  void rename_item(Item& item, const std::string& id);
  void stage_openbmc(const ImageInfo& info);
  void take_over_openbmc(const ImageInfo& info);
  void end_restart();

  bool offline_ = false;
  int restarts_ = 0;
  std::vector<WriteRecord> writes_;
  std::map<std::string, std::map<std::string, json::Value>, std::less<>> settings_;  ///< URI in lower case, path
  std::map<std::string, std::string> renamed_;                                       ///< URI now, by captured URI
  std::map<std::string, std::string> identity_;                                      ///< own text, by captured text
  UtcTime last_restart_{};
  std::vector<PendingSetting> pending_;
  bool settings_are_due_ = false;  ///< the next boot applies what pends
  std::string settings_job_;       ///< job that does it (Dell)
  std::vector<Illness> illnesses_;
  UtcTime held_until_{};  ///< until then the host's power must not be touched
  int hanging_boots_ = 0;
  UtcTime unstable_until_{};
  int unstable_answers_ = 0;
};

}  // namespace firmform::simulators
