// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/stores.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/base/text.h"
#include "engine/catalog/match.h"
#include "engine/plan/gates.h"
#include "engine/plan/queue.h"
#include "engine/plan/resource.h"

namespace firmform::plan {
namespace {

using catalog::CatalogImage;
using inventory::StoredImage;

std::string address_of_file(std::string_view file) {
  return std::string(inventory::kImagePrefix) + std::string(file);
}

/// The BMC shows no digest: name and size are all there is to compare. The size of an image behind a URL is not known.
bool is_same(const StoredImage& stored, const CatalogImage& image) {
  return image.size == 0 || stored.size == image.size;
}

bool are_one(const CatalogImage& a, const CatalogImage& b) {
  return &a == &b || (a.size == b.size && equals_ignoring_case(a.sha256, b.sha256) && a.url == b.url);
}

std::string shown_size(const CatalogImage& image) {
  return image.size == 0 ? "size not known" : fmt::format("{} bytes", image.size);
}

/// The repository's address that a store completes; empty for a piece that others follow.
std::optional<std::string> completed_address(const Action& action) {
  for (const Condition& condition : action.postconditions) {
    if (condition.type != Condition::Type::resource_present) continue;
    if (condition.component.starts_with(inventory::kImagePrefix)) return condition.component;
  }
  return std::nullopt;
}

bool is_there(const inventory::Staging& staging, const std::string& address, const std::vector<Action>& actions) {
  const auto content = inventory::content_at(staging, address);
  const auto wants_it = [&](const Condition& condition) {
    return condition.type == Condition::Type::resource_present && condition.component == address &&
           condition.value == content;
  };
  return content && std::ranges::any_of(actions, [&](const Action& action) {
           return std::ranges::any_of(action.postconditions, wants_it);
         });
}

ChangeDraft begin_store(const Scope& scope, const HostDraft& host, const std::string& address,
                        const CatalogImage& image, const SourceSpan& span) {
  const bool replaces = inventory::content_at(*host.staging(), address).has_value();
  const std::string file = address.substr(inventory::kImagePrefix.size());
  ChangeDraft draft = begin_resource(scope, host,
                                     {.type = ResourceType::stored_image,
                                      .kind = replaces ? ChangeKind::update : ChangeKind::create,
                                      .phase = Phase::store,
                                      .address = address,
                                      .name = file,
                                      .span = span});
  draft.image = &image;
  draft.change.to = inventory::content_of(StoredImage{.size = image.size});
  draft.change.details.push_back(replaces ? fmt::format("{}, was {}", shown_size(image), *draft.change.from)
                                          : shown_size(image));
  return draft;
}

Finding clash(const std::string& file, const SourceSpan& span) {
  return {.code = Code::image_name_clash,
          .what = fmt::format("another image of the name \"{}\" is to be stored on the same BMC", file),
          .span = span,
          .label = "the other one"};
}

/// What stores one file, in order.
struct Store {
  std::string address;
  std::vector<Action> actions;
};

/// Takes the stores out of a recipe: the pieces of a file come one after the other, and the last completes it.
std::vector<Store> take_stores(Work& work) {
  std::vector<Store> stores;
  bool is_complete = true;
  for (Action& action : work.actions) {
    if (action.type != ActionType::store) continue;
    if (is_complete) stores.emplace_back();
    Store& store = stores.back();
    const auto address = completed_address(action);
    store.address = address.value_or(address_of_file(action.image ? action.image->name : std::string()));
    store.actions.push_back(action);
    is_complete = address.has_value();
  }
  std::erase_if(work.actions, [](const Action& action) { return action.type == ActionType::store; });
  return stores;
}

/// A store of a firmware change, shared with whatever else needs the same file.
std::optional<Finding> share_store(const Scope& scope, HostDraft& host, std::size_t place, const std::string& address,
                                   std::vector<Action> actions) {
  const CatalogImage& image = *host.changes[place].image;
  const SourceSpan span = host.changes[place].entry->span;
  const std::string file = address.substr(inventory::kImagePrefix.size());
  if (is_there(*host.staging(), address, actions)) return std::nullopt;
  if (const auto known = host.place_of(address)) {
    if (!are_one(*host.changes[*known].image, image)) return clash(file, span);
    host.changes[place].needs.push_back(*known);
    return std::nullopt;
  }
  ChangeDraft draft = begin_store(scope, host, address, image, span);
  draft.is_means = true;
  draft.work = std::make_unique<Work>(Work{.actions = std::move(actions)});
  if (const auto finding = stored_name_gate(*host.staging(), file, span)) block(scope, draft, *finding);
  const std::size_t store = add_change(host, std::move(draft));
  host.changes[place].needs.push_back(store);
  return std::nullopt;
}

bool is_store(const ChangeDraft& draft) {
  return draft.change.resource == ResourceType::stored_image && draft.phase == Phase::store && draft.is_wanted();
}

/// Bytes of wanted removals that come before anything is stored.
std::uint64_t freed_before(const HostDraft& host) {
  std::uint64_t bytes = 0;
  for (const ChangeDraft& draft : host.changes) {
    if (draft.phase != Phase::remove_image || !draft.is_wanted()) continue;
    const StoredImage* image = host.staging()->repository->find(draft.change.name);
    if (image != nullptr && holders_of(host, *image).is_early) bytes += image->size;
  }
  return bytes;
}

void check_locks(const Scope& scope, HostDraft& host) {
  for (ChangeDraft& draft : host.changes) {
    if (!is_store(draft) || draft.change.kind != ChangeKind::update) continue;
    const StoredImage* stored = host.staging()->repository->find(draft.change.name);
    if (stored == nullptr || !stored->locked) continue;
    const Holders holders = holders_of(host, *stored);
    const bool is_free = holders.remaining.empty() && !holders.released.empty() && holders.is_early;
    if (!is_free) block(scope, draft, still_locked(holders, draft.span));
    draft.needs.insert(draft.needs.end(), holders.released.begin(), holders.released.end());
  }
}

void check_space(const Scope& scope, HostDraft& host) {
  const inventory::Repository& repository = *host.staging()->repository;
  std::uint64_t needed = 0;
  std::vector<std::string> files;
  for (const ChangeDraft& draft : host.changes) {
    if (!is_store(draft)) continue;
    needed += draft.image->size;
    files.push_back(fmt::format("{} ({})", draft.change.name, draft.image->size));
  }
  const std::uint64_t freed = freed_before(host);
  if (repository.total_bytes == 0 || needed <= repository.free_bytes + freed) return;
  const Finding finding{
      .code = Code::repository_full,
      .what = fmt::format("{} bytes are to be stored ({}), {} are free and {} are freed by removals before", needed,
                          fmt::join(files, ", "), repository.free_bytes, freed),
      .group = "space"};
  for (ChangeDraft& draft : host.changes) {
    if (is_store(draft)) block(scope, draft, finding);
  }
}

/// A package that is for other hardware: it may be kept for somebody, and would never be installed here.
std::optional<Finding> fit_warning(const HostDraft& host, const Need& need) {
  if (!need.image.package) return std::nullopt;
  const std::vector<std::string> why = catalog::why_not_applicable(need.image, *host.snapshot);
  if (why.empty()) return std::nullopt;
  return Finding{.code = Code::image_matches_nothing,
                 .what = why.front(),
                 .span = need.span,
                 .label = "asked for here",
                 .group = need.image.name};
}

}  // namespace

std::string file_of(const CatalogImage& image) {
  const std::string_view name = std::string_view(image.name).substr(0, image.name.find_first_of("?#"));
  return std::string(name.substr(name.rfind('/') + 1));
}

std::optional<Finding> need_image(const Scope& scope, HostDraft& host, const Need& need,
                                  std::vector<std::size_t>& needs) {
  const std::string file = file_of(need.image);
  const std::string address = address_of_file(file);
  const StoredImage* stored = host.staging()->repository->find(file);
  if (stored != nullptr && is_same(*stored, need.image)) return std::nullopt;
  if (const auto known = host.place_of(address)) {
    ChangeDraft& draft = host.changes[*known];
    if (!are_one(*draft.image, need.image)) return clash(file, need.span);
    if (need.is_declared) draft.is_means = false;
    needs.push_back(*known);
    return std::nullopt;
  }
  ChangeDraft draft = begin_store(scope, host, address, need.image, need.span);
  draft.is_means = !need.is_declared;
  if (const auto finding = fit_warning(host, need)) warn(scope, draft, *finding);
  if (const auto finding = unsigned_gate(scope, need.image, need.span)) block(scope, draft, *finding);
  if (const auto finding = stored_name_gate(*host.staging(), file, need.span)) block(scope, draft, *finding);
  if (draft.is_wanted()) plan_write(scope, host, draft, StoreImage{need.image});
  needs.push_back(add_change(host, std::move(draft)));
  return std::nullopt;
}

void separate_stores(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr || !host.staging()->repository) return;
  const std::size_t count = host.changes.size();
  for (std::size_t place = 0; place < count; ++place) {
    if (!host.changes[place].wants_firmware() || host.changes[place].work == nullptr) continue;
    for (auto& [address, actions] : take_stores(*host.changes[place].work)) {
      const SourceSpan span = host.changes[place].entry->span;
      const std::string file = address.substr(inventory::kImagePrefix.size());
      std::optional<Finding> finding;
      if (!host.changes[place].queue_names.empty()) finding = queued_name_gate(*host.staging(), file, span);
      if (!finding) finding = share_store(scope, host, place, address, std::move(actions));
      if (finding && host.changes[place].is_wanted()) block(scope, host.changes[place], *finding);
    }
  }
}

std::optional<Finding> stored_name_gate(const inventory::Staging& staging, const std::string& file,
                                        const SourceSpan& span) {
  const std::size_t limit = staging.limits.stored_name;
  if (limit == 0 || file.size() <= limit) return std::nullopt;
  return Finding{.code = Code::name_too_long,
                 .what = fmt::format("\"{}\" has {} characters, and the repository takes {}", file, file.size(), limit),
                 .span = span,
                 .label = "too long"};
}

std::optional<Finding> queued_name_gate(const inventory::Staging& staging, const std::string& file,
                                        const SourceSpan& span) {
  const std::size_t limit = staging.limits.queued_name;
  if (limit == 0 || file.size() <= limit) return std::nullopt;
  return Finding{
      .code = Code::name_too_long,
      .what = fmt::format("\"{}\" has {} characters, and queue and install sets take {}", file, file.size(), limit),
      .span = span,
      .label = "too long"};
}

Holders holders_of(const HostDraft& host, const StoredImage& image) {
  Holders holders;
  const auto hold = [&](const std::string& address) {
    const auto place = host.place_of(address);
    const ChangeDraft* draft = place ? &host.changes[*place] : nullptr;
    const bool is_removed = draft != nullptr && draft->change.kind == ChangeKind::delete_;
    const bool is_changed = draft != nullptr && draft->change.kind == ChangeKind::update &&
                            std::ranges::find(draft->files, image.file) == draft->files.end();
    if (!is_removed && !is_changed) return holders.remaining.push_back(address);
    holders.released.push_back(*place);
    if (is_changed) holders.is_early = false;
  };
  for (const inventory::QueueEntry& entry : host.staging()->queue) {
    if (entry.step.file == image.file) hold(inventory::address_of(entry));
  }
  for (const inventory::InstallSet& set : host.staging()->install_sets) {
    if (std::ranges::find(set.steps, image.file, &inventory::Step::file) != set.steps.end()) {
      hold(inventory::address_of(set));
    }
  }
  return holders;
}

Finding still_locked(const Holders& holders, const SourceSpan& span) {
  std::string what = "it is locked by something that the BMC does not show";
  if (!holders.remaining.empty()) {
    what = fmt::format("it is locked by {}", fmt::join(holders.remaining, ", "));
  } else if (!holders.released.empty()) {
    what = "it stays locked until an install set is changed, which comes after everything is stored";
  }
  return {.code = Code::image_locked, .what = std::move(what), .span = span, .label = "asked for here"};
}

void check_stores(const Scope& scope, HostDraft& host) {
  if (host.staging() == nullptr || !host.staging()->repository) return;
  check_locks(scope, host);
  check_space(scope, host);
}

}  // namespace firmform::plan
