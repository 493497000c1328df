// SPDX-License-Identifier: Apache-2.0
// What becomes of an image: transfer, verification, writing, activation; and what a restart does to all that.
#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

#include "engine/base/text.h"
#include "tests/simulators/redfish_bmc.h"

namespace firmform::simulators {
namespace {

/// "Installed-159-1.8.2__BIOS.Setup.1-1" with another version.
std::string dell_id(std::string_view id, const std::string& state, const std::string& version) {
  const std::vector<std::string> parts = split(id.substr(0, id.find("__")), '-');
  const std::string software = parts.size() > 1 ? parts[1] : "0";
  return fmt::format("{}-{}-{}{}", state, software, version, id.substr(id.find("__")));
}

void replace_prefix(json::Value& value, const std::string& from, const std::string& to) {
  if (const std::string* text = value.as_string()) {
    if (text->starts_with(from)) value = to + text->substr(from.size());
  } else if (value.is_array()) {
    for (json::Value& item : value.array()) replace_prefix(item, from, to);
  } else if (value.is_object()) {
    for (json::Member& member : value.object()) replace_prefix(member.value, from, to);
  }
}

std::string image_hash(const std::string& version) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  EVP_Digest(version.data(), version.size(), digest.data(), &length, EVP_sha512(), nullptr);
  return fmt::format("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
}

}  // namespace

void RedfishBmc::advance(UtcTime now) {
  timeline_.run(now, now_);
}

std::vector<ImageOrder> RedfishBmc::take_image_orders() {
  return std::exchange(orders_, {});
}

void RedfishBmc::deliver_image(std::uint64_t order, Result<std::string> image) {
  if (!job_ || job_->order != order || job_->phase != Job::Phase::fetching) return;
  if (image) {
    job_->image = inspect(*image, *job_);
    enter(Job::Phase::transferring, scaled(traits_.transfer),
          [this] { enter(Job::Phase::verifying, scaled(traits_.verify), [this] { verified(); }); });
    return;
  }
  const bool connected = image.error().code() == Code::unexpected_reply;
  fail_job(base_message(connected ? "ResourceMissingAtURI" : "CouldNotEstablishConnection", {job_->source}));
}

ImageReading RedfishBmc::inspect(std::string_view bytes, Job& job) const {
  job.package = looks_like_fwpkg(bytes);
  if (!job.package) return read_image(bytes);
  const std::optional<std::string> inner = unpack_fwpkg(bytes);
  return inner ? read_image(*inner) : ImageReading{};
}

void RedfishBmc::start_pull(Job job, const std::string& url) {
  job.order = ++last_order_;
  job_ = std::move(job);
  orders_.push_back({job_->order, url});
  enter(Job::Phase::fetching, Duration(0), nullptr);
}

void RedfishBmc::start_push(Job job) {
  job.order = ++last_order_;
  job_ = std::move(job);
  enter(Job::Phase::verifying, scaled(traits_.verify), [this] { verified(); });
}

void RedfishBmc::enter(Job::Phase phase, Duration duration, Timeline::Action next) {
  if (faults_.quick_tasks) duration = Duration(1);
  job_->phase = phase;
  job_->phase_began = now_;
  job_->phase_ends = now_ + duration;
  if (faults_.lose_tasks) tasks_.remove(job_->task);
  if (TaskRecord* task = job_task()) {
    task->state = faults_.task_state.empty() ? "Running" : faults_.task_state;
    task->job_state = phase == Job::Phase::fetching || phase == Job::Phase::transferring ? "Downloading" : "Running";
  }
  phase_changed(*job_);
  if (next)
    timeline_.at(job_->phase_ends, Half::bmc, [this, id = job_->order, next = std::move(next)] {
      // A cancelled or failed job has left the stage.
      if (job_ && job_->order == id) next();
    });
}

int RedfishBmc::job_percent() const {
  if (!job_) return 0;
  const auto whole = (job_->phase_ends - job_->phase_began).count();
  const auto past = std::clamp<Duration::rep>((now_ - job_->phase_began).count(), 0, whole);
  const int part = whole == 0 ? 0 : static_cast<int>(past * 100 / whole);
  switch (job_->phase) {
    case Job::Phase::fetching:
      return 0;
    case Job::Phase::transferring:
      return part / 10;
    case Job::Phase::verifying:
    case Job::Phase::storing:
      return 10 + part / 10;
    case Job::Phase::writing:
      return 20 + part * 79 / 100;
  }
  return 0;
}

TaskRecord* RedfishBmc::job_task() {
  return job_ ? tasks_.find(job_->task) : nullptr;
}

bool RedfishBmc::same_or_lower(const Part& part, const std::string& version) const {
  return version_numbers(version) <= version_numbers(part.running);
}

std::optional<Message> RedfishBmc::refuse_image(const Job& job, const ImageInfo& info) const {
  const Part* fitting = part(info.component);
  if (fitting == nullptr || fitting->traits->family != info.family) {
    return Message{"Update", "VerificationFailed", {job.source, info.component}};
  }
  if (job.targets.empty()) return std::nullopt;
  const std::string_view resource = info.component == "bmc" ? tree_->manager() : tree_->system();
  const bool meant = std::ranges::any_of(job.targets, [&](const std::string& target) {
    const std::string_view uri = without_slash(target);
    const std::string_view id = uri.substr(uri.rfind('/') + 1);
    const bool backup =
        !traits_.update.only_target.empty() && id == traits_.update.only_target && info.component == "bmc";
    return id == fitting->item || uri == resource || uri == kFirmwareInventory || backup;
  });
  if (meant) return std::nullopt;
  return Message{"Update", "VerificationFailed", {job.source, job.targets.front()}};
}

void RedfishBmc::verified() {
  if (!job_->image.info) return fail_job(bad_image(*job_));
  const ImageInfo info = *job_->image.info;
  if (const auto refusal = refuse_image(*job_, info)) return fail_job(*refusal);
  if (faults_.blocked_updates) return block_job();
  Part& target = *part(info.component);
  if (traits_.update.skips_same_or_lower && !job_->force && same_or_lower(target, info.version)) return skip_job();
  const bool waits_for_host = info.component == "bios" || job_->on_reset;
  if (traits_.update.ids == IdStyle::dell && waits_for_host) return schedule_job(target, info);
  flash(target, info);
}

void RedfishBmc::flash(Part& target, const ImageInfo& info) {
  ++flashes_;
  if (traits_.update.ids == IdStyle::image_hash) stage_openbmc(info);
  const Duration duration = scaled(target.traits->write);
  if (faults_.flash_fails) {
    enter(Job::Phase::writing, duration / 2,
          [this, info] { fail_job({"Update", "ApplyFailed", {job_->source, info.component}}); });
    return;
  }
  enter(Job::Phase::writing, duration, [this] { written(); });
}

void RedfishBmc::schedule_job(Part& target, const ImageInfo& info) {
  target.staged = info;
  target.staged_task = job_->task;
  if (TaskRecord* task = job_task()) {
    task->name = dell_task_name(info);
    task->state = "Pending";
    task->job_state = "Scheduled";
    task->percent = 0;
  }
  const bool at_once = !job_->on_reset && traits_.update.immediate_restarts_host;
  job_.reset();
  flash_was_written(info.component);
  if (at_once) host_.restart(true);
}

/// The task of an update that something stands in the way of ends well, with a remark.
void RedfishBmc::block_job() {
  if (TaskRecord* task = job_task()) {
    finish_task(*task, true, std::nullopt);
    task->status = "Warning";
  }
  const Job job = *job_;
  job_.reset();
  job_blocked(job);
}

void RedfishBmc::job_blocked(const Job& /*job*/) {}

void RedfishBmc::skip_job() {
  if (TaskRecord* task = job_task()) finish_task(*task, true, std::nullopt);
  job_.reset();
}

void RedfishBmc::fail_job(const Message& why) {
  const Job job = *job_;
  if (TaskRecord* task = job_task()) finish_task(*task, false, why);
  job_.reset();
  job_failed(job, why);
}

void RedfishBmc::finish_task(TaskRecord& task, bool good, const std::optional<Message>& message) {
  task.state = good ? "Completed" : "Exception";
  task.status = good ? "OK" : "Critical";
  task.job_state = good ? "Completed" : "Failed";
  task.percent = 100;
  task.ended = now_ + faults_.clock_skew;
  if (message) task.messages.push_back(*message);
  if (!traits_.hpe) task.messages.push_back({"TaskEvent", good ? "TaskCompletedOK" : "TaskAborted", {task.id}});
  if (traits_.update.task_purged_after == Seconds(0)) return;
  timeline_.at(now_ + scaled(traits_.update.task_purged_after), Half::bmc, [this, id = task.id] {
    if (TaskRecord* finished = tasks_.find(id)) finished->purged = true;
  });
}

void RedfishBmc::store_image(const ImageInfo& info) {
  ImageInfo stored = info;
  if (!faults_.wrong_version.empty()) stored.version = faults_.wrong_version;
  Part& target = *part(info.component);
  const std::string_view spare = traits_.update.only_target;
  if (!spare.empty() && !job_->targets.empty()) {
    set_item_property(std::string(spare), "Version", stored.version);
    return;
  }
  target.staged = stored;
  show_staged(target, stored.version);
}

void RedfishBmc::written() {
  const Job job = *job_;
  const ImageInfo info = *job.image.info;
  if (!faults_.did_not_take) store_image(info);
  if (TaskRecord* task = job_task()) finish_task(*task, true, std::nullopt);
  job_.reset();
  job_finished(job);
  flash_was_written(info.component);
  const bool resets_itself = info.component == "bmc" && traits_.update.bmc_activation == BmcActivation::self_reset;
  if (resets_itself && !job.on_reset) restart(scaled(traits_.reset_delay));
}

Message RedfishBmc::bad_image(const Job& job) const {
  return {"Update", "VerificationFailed", {job.source, "image"}};
}

void RedfishBmc::phase_changed(const Job& /*job*/) {}

void RedfishBmc::job_failed(const Job& /*job*/, const Message& /*why*/) {}

void RedfishBmc::job_finished(const Job& /*job*/) {}

void RedfishBmc::show_staged(const Part& target, const std::string& version) {
  const std::string id(target.traits->staged_id);
  if (id.empty()) return;
  set_item_property(id, "Version", version);
  set_item_property(id, "SoftwareId", find_item(target.item)->body()["SoftwareId"]);
}

void RedfishBmc::show_running(Part& target, const ImageInfo& info) {
  const Item* item = find_item(target.item);
  if (item == nullptr) return;
  const std::string old_version(item->body().text("Version"));
  target.shown = info;
  if (item->body().find("ReleaseDate") != nullptr) {
    set_item_property(target.item, "ReleaseDate", fmt::format("{}T00:00:00Z", info.date));
  }
  switch (traits_.update.ids) {
    case IdStyle::plain:
      set_item_property(target.item, "Version", info.version);
      break;
    case IdStyle::dell:
      rename_dell_items(target, old_version, info);
      break;
    case IdStyle::image_hash:
      take_over_openbmc(info);
      break;
  }
  const std::string staged_id(target.traits->staged_id);
  if (const Item* staged = find_item(staged_id)) {
    // Nothing waits any more: back to what the machine showed when nothing had been staged.
    set_item_property(staged_id, "Version", staged->captured->body["Version"]);
    set_item_property(staged_id, "SoftwareId", staged->captured->body["SoftwareId"]);
  }
}

void RedfishBmc::rename_item(Item& item, const std::string& id) {
  const std::string from = fmt::format("{}/{}", kFirmwareInventory, item.id);
  const std::string to = fmt::format("{}/{}", kFirmwareInventory, id);
  if (!item.own) item.own = item.body();
  replace_prefix(*item.own, from, to);
  item.own->object().set("Id", id);
  item.id = id;
  if (item.captured != nullptr) renamed_[item.captured->uri] = to;
}

void RedfishBmc::rename_dell_items(Part& target, const std::string& old_version, const ImageInfo& info) {
  const std::string place = target.item.substr(target.item.find("__"));
  const std::string software(find_item(target.item)->body().text("SoftwareId"));
  for (Item& item : items_) {
    if (!item.id.ends_with(place) || item.body().text("SoftwareId") != software) continue;
    const std::string state = item.id.substr(0, item.id.find('-'));
    const std::string version = state == "Previous" ? old_version : info.version;
    if (!item.own) item.own = item.body();
    item.own->object().set("Version", version);
    rename_item(item, dell_id(item.id, state, version));
    const std::vector<long> numbers = version_numbers(version);
    json::Value* oem = item.own->object().find("Oem");
    if (oem != nullptr && numbers.size() >= 3) {
      set_at_path(*oem, "Dell/DellSoftwareInventory/MajorVersion", static_cast<std::int64_t>(numbers[0]));
      set_at_path(*oem, "Dell/DellSoftwareInventory/MinorVersion", static_cast<std::int64_t>(numbers[1]));
      set_at_path(*oem, "Dell/DellSoftwareInventory/RevisionNumber", static_cast<std::int64_t>(numbers[2]));
    }
    if (state == "Installed") target.item = item.id;
  }
}

void RedfishBmc::stage_openbmc(const ImageInfo& info) {
  Item item;
  item.id = image_hash(info.version);
  item.own = find_item(bmc_.item)->body();
  json::Object& body = item.own->object();
  body.set("@odata.id", fmt::format("{}/{}", kFirmwareInventory, item.id));
  body.set("Id", item.id);
  body.set("Version", info.version);
  body.set("Status", json::Object{{"Health", "OK"}, {"HealthRollup", "OK"}, {"State", "Updating"}});
  items_.push_back(std::move(item));
}

void RedfishBmc::take_over_openbmc(const ImageInfo& info) {
  const std::string old_item = bmc_.item;
  const CapturedResource* captured = find_item(old_item)->captured;
  const auto staged = std::ranges::find_if(items_, [&](const Item& item) {
    return item.id != old_item && item.body()["Status"].text("State") == "Updating";
  });
  if (staged == items_.end()) return;
  staged->captured = captured;
  staged->own->object().set("Version", info.version);
  staged->own->object().set("Status", json::Object{{"Health", "OK"}, {"HealthRollup", "OK"}, {"State", "Enabled"}});
  bmc_.item = staged->id;
  renamed_[captured->uri] = fmt::format("{}/{}", kFirmwareInventory, staged->id);
  std::erase_if(items_, [&](const Item& item) { return item.id == old_item; });
}

// --- restarts ------------------------------------------------------------------------------------------------

void RedfishBmc::restart_after(Duration delay) {
  restart(delay);
}

void RedfishBmc::restart(Duration delay) {
  timeline_.at(now_ + delay, Half::bmc, [this] { begin_restart(); });
}

void RedfishBmc::begin_restart() {
  if (offline_) return;
  offline_ = true;
  ++restarts_;
  sessions_.close_all();
  timeline_.forget(Half::bmc);
  bmc_went_down();
  if (TaskRecord* task = job_task()) finish_task(*task, false, base_message("InternalError"));
  job_.reset();
  orders_.clear();
  if (!traits_.update.tasks_survive_restart) tasks_.clear();
  // A half-written second image is no item of the inventory any more.
  if (!bmc_.staged) std::erase_if(items_, [](const Item& item) { return item.captured == nullptr; });
  timeline_.at(now_ + scaled(traits_.outage), Half::bmc, [this] { end_restart(); });
}

void RedfishBmc::end_restart() {
  offline_ = false;
  last_restart_ = now_;
  if (bmc_.staged && bmc_.staged_task.empty()) {
    const ImageInfo info = *std::exchange(bmc_.staged, std::nullopt);
    bmc_.running = info.version;
    show_running(bmc_, info);
    flash_took_effect("bmc");
  }
  unstable_until_ = now_ + at_lab_speed(faults_.unstable);
  bmc_came_back();
}

void RedfishBmc::bmc_went_down() {}

void RedfishBmc::bmc_came_back() {}

void RedfishBmc::run_scheduled_bmc_job() {
  TaskRecord* task = tasks_.find(bmc_.staged_task);
  if (task == nullptr || !bmc_.staged) return;
  ++flashes_;
  task->state = "Running";
  task->job_state = "Running";
  timeline_.at(now_ + scaled(bmc_.traits->write), Half::bmc, [this] {
    if (TaskRecord* running = tasks_.find(bmc_.staged_task)) finish_task(*running, true, std::nullopt);
    bmc_.staged_task.clear();
    if (faults_.did_not_take) bmc_.staged.reset();
    restart(scaled(traits_.reset_delay));
  });
}

void RedfishBmc::host_boot_began() {
  // The hang is decided when a boot begins; this one may be the last that hangs.
  if (hanging_boots_ > 0 && --hanging_boots_ == 0) host_.break_rom(false);
  apply_pending_settings();
  use_up_boot_override();
  run_scheduled_bmc_job();
  if (!bios_.staged) return;
  if (TaskRecord* task = tasks_.find(bios_.staged_task)) {
    // The job runs in this boot, and the machine stays in POST for as long.
    ++flashes_;
    host_.extend_boot(bios_.traits->write);
    task->state = "Running";
    task->job_state = "Running";
    task->percent = 10;
    if (faults_.did_not_take) {
      bios_.staged.reset();
      return;
    }
  }
  take_over(bios_);
}

void RedfishBmc::take_over(Part& target) {
  target.booted = *std::exchange(target.staged, std::nullopt);
  if (!faults_.wrong_version.empty()) target.booted->version = faults_.wrong_version;
  target.running = target.booted->version;
  flash_took_effect(&target == &bios_ ? std::string_view("bios") : target.traits->key);
}

void RedfishBmc::host_drivers_start() {}

void RedfishBmc::host_discovered() {
  if (bios_.booted) shown_bios_version_ = system_spelling(*bios_.booted);
  if (TaskRecord* task = tasks_.find(bios_.staged_task)) finish_task(*task, true, std::nullopt);
  bios_.staged_task.clear();
}

void RedfishBmc::host_inventory_complete() {
  if (bios_.booted) show_running(bios_, *std::exchange(bios_.booted, std::nullopt));
  for (Part& each : others_) {
    if (each.booted) show_running(each, *std::exchange(each.booted, std::nullopt));
  }
}

}  // namespace firmform::simulators
