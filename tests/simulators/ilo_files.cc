// SPDX-License-Identifier: Apache-2.0
// What becomes of a file that has come to an iLO: verified, stored, flashed. Reference: ilo.md 2.3, 4.3, 5.2, 7.2.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "tests/simulators/ilo_bmc.h"

namespace firmform::simulators {
namespace {

constexpr Seconds kWriteToRepository{10};

std::vector<std::string> strings(const json::Value& array) {
  std::vector<std::string> texts;
  for (const json::Value& item : array.items()) texts.push_back(item.as_string() == nullptr ? "" : *item.as_string());
  return texts;
}

std::string_view way_in(IloUpload::Way way) {
  switch (way) {
    case IloUpload::Way::simple_update:
    case IloUpload::Way::add_from_uri:
      return "RESTFUl API";
    case IloUpload::Way::push:
      return "Web server";
    case IloUpload::Way::repository:
      return "iLO repository";
  }
  return "RESTFUl API";
}

}  // namespace

void IloBmc::deliver_image(std::uint64_t order, Result<std::string> image) {
  const bool expected = job_ && job_->order == order && job_->phase == Job::Phase::fetching;
  if (!expected || !image) return RedfishBmc::deliver_image(order, std::move(image));
  IloUpload& upload = *job_->upload;
  if (upload.bytes) {
    upload.signature = std::move(*image);
    return received();
  }
  upload.bytes = std::make_shared<const std::string>(std::move(*image));
  if (upload.signature_url.empty()) return received();
  job_->order = ++last_order_;
  orders_.push_back({job_->order, upload.signature_url});
}

void IloBmc::received() {
  enter(Job::Phase::transferring, scaled(traits_.transfer),
        [this] { enter(Job::Phase::verifying, scaled(traits_.verify), [this] { verified(); }); });
}

void IloBmc::verified() {
  const IloUpload& upload = *job_->upload;
  // Only a signature for each piece makes pieces.
  if (upload.section && upload.signature) return piece_verified();
  file_verified(read_file(*upload.bytes));
}

// 5.2
void IloBmc::piece_verified() {
  const std::shared_ptr<IloUpload> upload = job_->upload;
  const auto number = static_cast<std::size_t>(std::max(*upload->section, 0));
  if (!compsig_fits(*upload->signature, *upload->bytes)) {
    return fail_job(first_known({"UpdateSignatureValidationFailed", "UpdateInvalidFile"}));
  }
  if (number == 0) assembly_ = Assembly{upload->filename, {}};
  const bool fits = assembly_ && assembly_->filename == upload->filename && number <= assembly_->pieces.size();
  if (!fits || upload->bytes->size() > kSectionBytes) return fail_job(ilo_message("ComponentUploadFailed"));
  // A piece that is sent again takes its own place, and what followed it is gone.
  assembly_->pieces.resize(number);
  assembly_->pieces.push_back(upload->bytes);
  std::uint64_t size = 0;
  for (const auto& piece : assembly_->pieces) size += piece->size();
  if (upload->store && !repository_.has_room(upload->filename, size)) {
    assembly_.reset();
    return fail_job(base_message("InsufficientStorage"));
  }
  if (upload->bytes->size() == kSectionBytes) {
    return enter(Job::Phase::storing, scaled(kWriteToRepository), [this] { finish_job(); });
  }
  std::string whole;
  whole.reserve(size);
  for (const auto& piece : assembly_->pieces) whole += *piece;
  assembly_.reset();
  upload->bytes = std::make_shared<const std::string>(std::move(whole));
  file_verified(read_file(*upload->bytes));
}

bool IloBmc::is_signed(const FileReading& file) const {
  const IloUpload& upload = *job_->upload;
  const bool detached = file.kind == FileReading::Kind::smart_component;
  // Pieces have been compared with their signatures one by one, and stored files when they came.
  if (upload.way == IloUpload::Way::repository || (upload.section && upload.signature)) return true;
  if (detached && upload.bytes->size() > kSectionBytes) return false;
  return upload.signature ? compsig_fits(*upload.signature, *upload.bytes) : !detached;
}

void IloBmc::file_verified(const FileReading& file) {
  const std::shared_ptr<IloUpload> upload = job_->upload;
  job_->image = file.image;
  job_->package = file.kind == FileReading::Kind::fwpkg;
  if (!file.image.info) return fail_job(bad_image(*job_));
  const bool smart = file.kind == FileReading::Kind::smart_component;
  if (smart && upload->way == IloUpload::Way::simple_update) {
    return fail_job(base_message("ResourceAtUriInUnknownFormat", {job_->source}));
  }
  if (!is_signed(file)) return fail_job(first_known({"UpdateSignatureValidationFailed", "UpdateInvalidFile"}));
  upload->updatable_by =
      file.metadata.is_object() ? strings(file.metadata["UpdatableBy"]) : std::vector<std::string>{std::string(kBmc)};
  upload->minimum_active_version = file.metadata.text("MinimumActiveVersion");
  if (upload->flash) {
    if (const auto refusal = refuse_image(*job_, *file.image.info)) return fail_job(*refusal);
  }
  if (upload->store) return store_file(file);
  flash_image();
}

// 4.3
void IloBmc::store_file(const FileReading& file) {
  const IloUpload& upload = *job_->upload;
  const StoredComponent* there = repository_.find(upload.filename);
  if (there != nullptr && there->locked) return fail_job(base_message(queue_.choices().locked_key));
  if (!repository_.has_room(upload.filename, upload.bytes->size())) {
    return fail_job(base_message("InsufficientStorage"));
  }
  enter(Job::Phase::storing, scaled(kWriteToRepository), [this, file] { stored(file); });
}

void IloBmc::stored(const FileReading& file) {
  const std::shared_ptr<IloUpload> upload = job_->upload;
  const StoredComponent& component = repository_.store(upload->filename, upload->bytes, file, bmc_time());
  if (upload->recovery) replace_recovery_member(component);
  references_changed();
  if (upload->flash) return flash_image();
  finish_job();
}

void IloBmc::replace_recovery_member(const StoredComponent& newer) {
  const IloInstallSet* recovery = sets_.recovery_set();
  if (recovery == nullptr) return;
  const auto same_part = [&](const IloStep& step) {
    const StoredComponent* older = repository_.find(step.filename);
    if (older == nullptr || !older->image || !newer.image) return false;
    return older->image->component == newer.image->component && older->image->family == newer.image->family;
  };
  const auto step = std::ranges::find_if(recovery->steps, same_part);
  if (step != recovery->steps.end()) sets_.replace_in_recovery_set(std::string(step->filename), newer.filename);
}

void IloBmc::finish_job() {
  const Job job = *job_;
  if (TaskRecord* task = job_task()) finish_task(*task, true, std::nullopt);
  job_.reset();
  job_finished(job);
}

Message IloBmc::bad_image(const Job& job) const {
  if (job.pulled && job.image.fault == ImageFault::foreign) {
    return base_message("ResourceAtUriInUnknownFormat", {job.source});
  }
  switch (job.image.fault) {
    case ImageFault::foreign:
      return first_known({"UpdateBadHeader", "UpdateInvalidFile"});
    case ImageFault::truncated:
      return ilo_message("UpdateInvalidFile");
    case ImageFault::tampered:
      return first_known({"UpdateSignatureValidationFailed", "UpdateInvalidFile"});
  }
  return ilo_message("UpdateInvalidFile");
}

std::optional<Message> IloBmc::refuse_image(const Job& job, const ImageInfo& info) const {
  const IloUpload& upload = *job.upload;
  const bool stored = upload.way == IloUpload::Way::repository;
  // 7.2: accepted, and then nothing is flashed.
  if (job.package && !takes_packages() && !stored) return base_message("ResourceAtUriInUnknownFormat", {job.source});
  const Part* fitting = part(info.component);
  if (fitting == nullptr || fitting->traits->family != info.family) return ilo_message("UpdateNotApplicable");
  // What UEFI or an agent must install goes through the queue.
  const bool by_bmc = std::ranges::find(upload.updatable_by, kBmc) != upload.updatable_by.end();
  if (!by_bmc && !stored) return ilo_message("UpdateNotApplicable");
  if (info.component != "bmc" && tpm_enabled() && !job.tpm_override) {
    return ilo_message("FWFlashTPMOverrideFlagRequired");
  }
  const bool older = version_numbers(info.version) < version_numbers(fitting->running);
  const std::string policy = downgrade_policy();
  const bool forbidden = policy == "NoDowngrade" || (policy == "RecoveryDowngrade" && !upload.recovery_privilege);
  if (older && forbidden) return ilo_message("DowngradeNotAllowed");
  const json::Value& lowest = find_item(fitting->item)->body()["LowestSupportedVersion"];
  const bool too_old = lowest.is_string() && version_numbers(info.version) < version_numbers(*lowest.as_string());
  const bool leaps = version_numbers(fitting->running) < version_numbers(upload.minimum_active_version);
  if (too_old || leaps) {
    return first_known(
        {"MinimumFirmwareVersionRequirementNotMet", "FirmwareVersionNotSupported", "UpdateNotApplicable"});
  }
  return std::nullopt;
}

void IloBmc::log_event(int code, std::string message, IloLogEvent::Severity severity) {
  event_log_.add({35, code, std::move(message), severity}, bmc_time());
}

void IloBmc::log_management(int code, std::string message, IloLogEvent::Severity severity) {
  management_log_.add({32, code, std::move(message), severity, {"Firmware"}}, bmc_time());
}

// 12.2
void IloBmc::log_flash_begin(const Job& job) {
  log_event(traits_.name == "ilo7" ? 1001 : 90,
            fmt::format("Firmware upgrade started from: {}.", way_in(job.upload->way)));
}

void IloBmc::log_flash_end(const Job& job) {
  const ImageInfo& info = *job.image.info;
  log_event(1097, fmt::format("Firmware update success from {}.", way_in(job.upload->way)));
  log_management(2, fmt::format("Firmware flashed ({} {})", part_name(info), info.version));
  if (info.component != "bmc") return;
  log_event(151, fmt::format("Firmware upgraded to version {}.", info.version));
  log_event(27, "iLO reset for Firmware upgrade.");
}

std::string IloBmc::part_name(const ImageInfo& info) const {
  const Part* found = part(info.component);
  const Item* item = found == nullptr ? nullptr : find_item(found->item);
  return item == nullptr ? info.component : std::string(item->body().text("Name"));
}

void IloBmc::job_failed(const Job& job, const Message& why) {
  state_ = "Error";
  result_ = why;
  const bool foreign = why.key == "ResourceAtUriInUnknownFormat";
  const std::string reason = foreign ? "invalid firmware image" : "file invalid";
  log_event(1096, fmt::format("Firmware update failed from {} with reason: {}", way_in(job.upload->way), reason),
            IloLogEvent::Severity::caution);
  if (job.upload->done) return job.upload->done(why);
  queue_.work();
}

void IloBmc::job_finished(const Job& job) {
  state_ = "Complete";
  timeline_.at(now_ + scaled(Seconds(120)), Half::bmc, [this] {
    if (state_ == "Complete") state_ = "Idle";
  });
  if (job.phase == Job::Phase::writing) {
    log_flash_end(job);
    const std::string& component = job.image.info->component;
    restart_pending_ = component == "bmc";
    Part& target = *part(component);
    if (target.traits->activation == Activation::immediately) activate_now(target);
    if (component == "bios" && target.staged) {
      rom_invalid_ = false;
      host_.break_rom(false);
    }
  }
  if (job.upload->done) return job.upload->done(std::nullopt);
  queue_.work();
}

void IloBmc::activate_now(Part& target) {
  if (!target.staged) return;
  take_over(target);
  show_running(target, *std::exchange(target.booted, std::nullopt));
}

// 2.3
void IloBmc::phase_changed(const Job& job) {
  result_.reset();
  switch (job.phase) {
    case Job::Phase::fetching:
    case Job::Phase::transferring:
      state_ = "Uploading";
      break;
    case Job::Phase::verifying:
      state_ = "Verifying";
      break;
    case Job::Phase::storing:
      state_ = "Writing";
      break;
    case Job::Phase::writing:
      state_ = "Updating";
      break;
  }
}

}  // namespace firmform::simulators
