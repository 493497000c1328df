// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "engine/base/text.h"
#include "engine/plan/gates.h"
#include "engine/plan/resource.h"
#include "engine/plan/stores.h"

namespace firmform::plan {
namespace {

using inventory::StoredImage;

void block_image(const Scope& scope, HostDraft& host, const manifest::Text& image, const Finding& finding) {
  const std::string address = std::string(inventory::kImagePrefix) + image.value;
  if (host.place_of(address)) return;
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::stored_image,
                                      .kind = ChangeKind::create,
                                      .phase = Phase::store,
                                      .address = address,
                                      .name = image.value,
                                      .span = image.span});
  block(scope, draft, finding);
  add_change(host, std::move(draft));
}

/// An image that is there as it should be.
void keep(const Scope& scope, HostDraft& host, const std::string& file, const manifest::Text& image) {
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::stored_image,
                                      .kind = ChangeKind::no_op,
                                      .phase = Phase::store,
                                      .address = std::string(inventory::kImagePrefix) + file,
                                      .name = file,
                                      .span = image.span});
  if (draft.change.from) draft.change.to = *draft.change.from;
  add_change(host, std::move(draft));
}

void provide(const Scope& scope, HostDraft& host, const manifest::Text& wanted) {
  if (host.staging() == nullptr || !host.staging()->repository) {
    return block_image(scope, host, wanted,
                       {.code = Code::feature_not_offered,
                        .what = "the BMC has no repository",
                        .span = wanted.span,
                        .label = "shall be stored"});
  }
  const catalog::CatalogImage* image = scope.inputs.catalog.find(wanted.value);
  if (image == nullptr) return block_image(scope, host, wanted, not_in_catalog(wanted, scope.inputs.catalog));
  std::vector<std::size_t> places;
  const Need need{.image = *image, .span = wanted.span, .is_declared = true};
  if (const auto finding = need_image(scope, host, need, places)) return block_image(scope, host, wanted, *finding);
  if (places.empty()) keep(scope, host, file_of(*image), wanted);
}

/// Without its extension, by which BMCs tell how to treat a package: providers may store one under another.
std::string stem_of(const std::string& file) {
  const std::size_t dot = file.rfind('.');
  return file.substr(0, dot == 0 ? std::string::npos : dot);
}

/// Images of the host's baseline. Also of firmware that is up to date: else an image would come and go with each
/// update.
bool is_of_baseline(const Scope& scope, const HostDraft& host, const StoredImage& stored) {
  if (host.baseline == nullptr) return false;
  return std::ranges::any_of(host.baseline->firmware, [&](const manifest::FirmwareEntry& entry) {
    const catalog::CatalogImage* image = entry.image ? scope.inputs.catalog.find(entry.image->value) : nullptr;
    return image != nullptr && stem_of(file_of(*image)) == stem_of(stored.file);
  });
}

/// Files that something else on this host is declared to need.
std::set<std::string> needed_files(const Scope& scope, const HostDraft& host) {
  std::set<std::string> files;
  const auto add = [&](const std::string& name) {
    const catalog::CatalogImage* image = scope.inputs.catalog.find(name);
    files.insert(image != nullptr ? file_of(*image) : name);
  };
  for (const manifest::Text& image : host.desired->repository->repository->present) add(image.value);
  for (const ChangeDraft& draft : host.changes) {
    files.insert(draft.files.begin(), draft.files.end());
    if (draft.phase == Phase::store && draft.change.resource == ResourceType::stored_image) {
      files.insert(draft.change.name);
    }
  }
  return files;
}

void remove_image(const Scope& scope, HostDraft& host, const StoredImage& image, const SourceSpan& span,
                  std::string why) {
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::stored_image,
                                      .kind = ChangeKind::delete_,
                                      .phase = Phase::remove_image,
                                      .address = inventory::address_of(image),
                                      .name = image.file,
                                      .span = span});
  draft.change.details.push_back(fmt::format("{} bytes, {}", image.size, why));
  if (image.locked) {
    const Holders holders = holders_of(host, image);
    draft.needs = holders.released;
    if (!holders.remaining.empty() || holders.released.empty()) block(scope, draft, still_locked(holders, span));
  }
  if (draft.is_wanted()) plan_write(scope, host, draft, RemoveImage{image});
  add_change(host, std::move(draft));
}

const manifest::Text* unwanted_by(const manifest::Repository& repository, const StoredImage& image) {
  const auto fits = [&](const manifest::Text& pattern) { return glob_match(pattern.value, image.file); };
  const auto found = std::ranges::find_if(repository.absent, fits);
  return found == repository.absent.end() ? nullptr : &*found;
}

/// Nothing refers to it, or only what this plan takes away.
bool will_be_free(const HostDraft& host, const StoredImage& image) {
  if (!image.locked) return true;
  const Holders holders = holders_of(host, image);
  return holders.remaining.empty() && !holders.released.empty();
}

}  // namespace

void store_declared(const Scope& scope, HostDraft& host) {
  if (!host.desired->repository) return;
  for (const manifest::Text& image : host.desired->repository->repository->present) provide(scope, host, image);
}

void remove_unwanted(const Scope& scope, HostDraft& host) {
  if (!host.desired->repository || host.staging() == nullptr || !host.staging()->repository) return;
  const manifest::Repository& repository = *host.desired->repository->repository;
  const std::set<std::string> needed = needed_files(scope, host);
  for (const StoredImage& image : host.staging()->repository->images) {
    if (needed.contains(image.file) || is_of_baseline(scope, host, image)) continue;
    if (host.place_of(inventory::address_of(image))) continue;
    if (const manifest::Text* pattern = unwanted_by(repository, image)) {
      remove_image(scope, host, image, pattern->span, "shall not be there");
    } else if (repository.prune && will_be_free(host, image)) {
      remove_image(scope, host, image, host.desired->repository->span, "nothing needs it");
    }
  }
}

}  // namespace firmform::plan
