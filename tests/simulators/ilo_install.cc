// SPDX-License-Identifier: Apache-2.0
// Flashes of an iLO: asked for directly, by the queue, by UEFI in POST; and what a restart or a loss of power does to
// them. Reference: ilo.md 8.8, 11.5, 13.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tests/simulators/ilo_bmc.h"
#include "tests/simulators/ilo_object_id.h"

namespace firmform::simulators {
namespace {

constexpr Seconds kUnlistedWrite{60};
constexpr std::string_view kInvalidRom = "Invalid_System_ROM";

}  // namespace

void IloBmc::flash_image() {
  if (faults_.blocked_updates) return block_job();
  const ImageInfo info = *job_->image.info;
  log_flash_begin(*job_);
  Part& target = *part(info.component);
  if (!faults_.power_loss_in_flash || power_failed_) return flash(target, info);
  ++flashes_;
  enter(Job::Phase::writing, scaled(target.traits->write) / 2, [this] { lose_power(); });
}

/// What was being written is neither the old nor the new image.
void IloBmc::lose_power() {
  power_failed_ = true;
  const Job job = *job_;
  state_ = "Error";
  result_ = ilo_message("UpdateInterrupted");
  if (job.image.info->component == "bios") {
    rom_invalid_ = true;
    host_.break_rom(true);
    constexpr std::int64_t kRomBytes = 64LL << 20;
    invalid_image_ = json::Object{{"@odata.context", "/redfish/v1/$metadata#HpeInvalidImage.HpeInvalidImage"},
                                  {"@odata.etag", ""},
                                  {"@odata.id", fmt::format("{}/{}", kInvalidImages, ilo_object_id(kInvalidRom))},
                                  {"@odata.type", "#HpeInvalidImage.v1_0_0.HpeInvalidImage"},
                                  {"Id", ilo_object_id(kInvalidRom)},
                                  {"Created", bmc_time()},
                                  {"DeviceClass", "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4"},
                                  {"Filename", kInvalidRom},
                                  {"Filepath", fmt::format("invalid/{}", kInvalidRom)},
                                  {"ImageUri", fmt::format("{}/invalid/{}", kFiles, kInvalidRom)},
                                  {"Name", "Invalid System ROM image"},
                                  {"SizeBytes", kRomBytes}};
    log_management(3, "iLO detected invalid System ROM firmware.", IloLogEvent::Severity::critical);
  }
  log_event(1, "Server power removed.");
  host_.lose_power();
  hard_cycle_ = true;
  cold_start_ = true;
  begin_restart();
}

void IloBmc::bmc_went_down() {
  assembly_.reset();
  scanning_ = false;
}

void IloBmc::foreign_task_ended() {
  state_ = "Idle";
  queue_.work();
}

void IloBmc::job_blocked(const Job& job) {
  state_ = "Complete";
  if (job.upload->done) job.upload->done(std::nullopt);
}

void IloBmc::log_warning(const std::string& text) {
  log_management(7, text, IloLogEvent::Severity::caution);
}

void IloBmc::bmc_came_back() {
  restart_pending_ = false;
  upload_etag_.clear();
  const bool interrupted = result_ && result_->key == "UpdateInterrupted";
  state_ = faults_.update_busy ? "Updating" : (interrupted ? "Error" : "Idle");
  if (!interrupted) result_.reset();
  if (std::exchange(cold_start_, false)) log_event(25, "Power restored to iLO.");
  queue_.ilo_restarted();
  agent_->ilo_restarted();
}

// --- the queue's view of the iLO ---

Duration IloBmc::at_speed(Duration duration) const {
  return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) / options_.speed));
}

void IloBmc::after(Duration delay, std::function<void()> action) {
  timeline_.at(now_ + delay, Half::bmc, std::move(action));
}

std::optional<IloComponentFacts> IloBmc::component(std::string_view filename) const {
  const StoredComponent* stored = repository_.find(filename);
  if (stored == nullptr) return std::nullopt;
  return IloComponentFacts{stored->filename, fmt::format("{}/{}", kRepository, stored->id), stored->updatable_by,
                           stored->package, stored->activates};
}

void IloBmc::references_changed() {
  std::set<std::string> files = queue_.files();
  files.merge(sets_.files());
  repository_.lock(files);
}

bool IloBmc::can_install() const {
  return !offline() && !occupied();
}

bool IloBmc::is_firmware_item(std::string_view uri) const {
  return is_inside(uri, kFirmwareInventory) && find_item(uri.substr(kFirmwareInventory.size() + 1)) != nullptr;
}

Message IloBmc::ilo_message_of(const std::vector<std::string>& keys, std::vector<std::string> args) const {
  return first_known(keys, std::move(args));
}

void IloBmc::reset_server() {
  if (!host_.on()) return;
  log_event(5, "Server reset.");
  host_.restart(false);
}

void IloBmc::power_server_off() {
  log_event(140, "Power-Off signal sent to host server by: iLO.");
  host_.power_off(true);
}

void IloBmc::reset_bmc() {
  log_event(22, "iLO reset by user: iLO.");
  restart(scaled(Seconds(2)));
}

void IloBmc::install(const IloInstallOrder& order, IloInstallDone done) {
  const StoredComponent* stored = repository_.find(order.filename);
  if (stored == nullptr) return done(base_message("ResourceMissingAtURI", {order.filename}));
  Job job;
  job.source = order.filename;
  job.tpm_override = order.tpm_override;
  job.targets = order.targets;
  job.package = stored->package;
  job.upload = std::make_shared<IloUpload>();
  IloUpload& upload = *job.upload;
  upload.way = IloUpload::Way::repository;
  upload.filename = order.filename;
  upload.recovery = order.update_recovery_set;
  upload.recovery_privilege = order.recovery_privilege;
  upload.updatable_by = stored->updatable_by;
  upload.minimum_active_version = stored->minimum_active_version;
  job.image.info = stored->image;
  if (!stored->image) return install_unlisted(std::move(job), std::move(done));
  if (const auto refusal = refuse_image(job, *stored->image)) {
    // What others install is none of the iLO's own update state.
    if (order.updater != kBmc) return done(*refusal);
    upload.done = std::move(done);
    return job_failed(job, *refusal);
  }
  if (order.updater == kUefi) return install_in_post(*stored, std::move(done));
  if (order.update_recovery_set) replace_recovery_member(*stored);
  upload.done = std::move(done);
  job.order = ++last_order_;
  job_ = std::move(job);
  flash_image();
}

/// A captured file for something that the inventory does not follow, or for nothing in this machine.
void IloBmc::install_unlisted(Job job, IloInstallDone done) {
  const StoredComponent& stored = *repository_.find(job.source);
  job.upload->done = std::move(done);
  const bool fits = std::ranges::any_of(items_, [&](const Item& item) { return stored.applies_to(item.body()); });
  if (!fits) return job_failed(job, ilo_message("UpdateNotApplicable"));
  job.order = ++last_order_;
  job_ = std::move(job);
  log_flash_begin(*job_);
  ++flashes_;
  enter(Job::Phase::writing, scaled(kUnlistedWrite), [this] {
    job_->phase = Job::Phase::storing;
    finish_job();
  });
}

// --- POST ---

void IloBmc::install_in_post(const StoredComponent& stored, IloInstallDone done) {
  Part& target = *part(stored.image->component);
  post_install_ = PostInstall{&target, *stored.image, std::move(done)};
  ++flashes_;
  host_.extend_boot(target.traits->write);
  timeline_.at(now_ + scaled(target.traits->write), Half::host, [this] { post_install_done(); });
}

void IloBmc::post_install_done() {
  const PostInstall install = *std::exchange(post_install_, std::nullopt);
  if (faults_.flash_fails) return install.done(ilo_message("UpdateFailedInPOST"));
  if (!faults_.did_not_take) install.target->staged = install.info;
  log_management(2, fmt::format("Firmware flashed ({} {})", part_name(install.info), install.info.version));
  install.done(std::nullopt);
}

void IloBmc::host_boot_began() {
  // A POST that was under way is over.
  queue_.post_ended();
  if (post_install_) {
    const PostInstall cut_off = *std::exchange(post_install_, std::nullopt);
    cut_off.done(ilo_message("UpdateInterrupted"));
  }
  log_event(5, "Server reset.");
  RedfishBmc::host_boot_began();
  for (Part& each : others_) {
    const bool needs_power_cycle = each.traits->activation == Activation::hard_power_cycle;
    if (each.staged && (!needs_power_cycle || hard_cycle_)) take_over(each);
  }
  hard_cycle_ = false;
}

void IloBmc::host_drivers_start() {
  queue_.post_began();
}

// 13.4: the old System ROM becomes the redundant one.
void IloBmc::host_discovered() {
  const std::string before = shown_bios_version_.empty()
                                 ? std::string(tree_->find(tree_->system())->body.text("BiosVersion"))
                                 : shown_bios_version_;
  RedfishBmc::host_discovered();
  if (!shown_bios_version_.empty() && shown_bios_version_ != before) shown_backup_bios_ = before;
  queue_.post_ended();
}

void IloBmc::host_inventory_complete() {
  RedfishBmc::host_inventory_complete();
  for (const Item& item : items_) {
    const bool backup = item.body().text("Description") == "SystemRomBackup";
    if (!backup || shown_backup_bios_.empty()) continue;
    set_item_property(item.id, "Version", shown_backup_bios_);
    break;
  }
  if (faults_.reassign_ids) reassign_ids();
  queue_.work();
}

void IloBmc::reassign_ids() {
  if (items_.size() < 3) return;
  std::vector<std::string> ids;
  for (const Item& item : items_) ids.push_back(item.id);
  std::rotate(items_.begin() + 1, items_.end() - 1, items_.end());
  for (std::size_t i = 0; i < items_.size(); ++i) items_[i].id = ids[i];
  locate(bmc_);
  locate(bios_);
  for (Part& each : others_) locate(each);
}

}  // namespace firmform::simulators
