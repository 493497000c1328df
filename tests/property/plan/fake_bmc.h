// SPDX-License-Identifier: Apache-2.0
// A BMC in a few lines, as strict as a real one: it carries out what the fake provider plans, and refuses what breaks
// its rules (locks, space, names, limits, strict order of the queue).
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/base/time_text.h"
#include "engine/inventory/snapshot.h"
#include "engine/plan/make_plan.h"
#include "engine/plan/naming.h"
#include "engine/plan/plan.h"

namespace firmform::tests {

class FakeBmc {
 public:
  explicit FakeBmc(inventory::HostSnapshot& host) : host_(host) { relock(); }

  /// Empty when all actions of the plan for this host went well; else what the BMC had against one.
  std::string carry_out(const plan::Plan& plan) {
    for (const plan::Action& action : plan.actions) {
      if (action.host != host_.name) continue;
      for (const plan::Condition& condition : action.preconditions) expect(plan::check(condition, host_), action);
      perform(action);
      relock();
      for (const plan::Condition& condition : action.postconditions) expect(plan::check(condition, host_), action);
      if (!problem_.empty()) return problem_;
    }
    return problem_;
  }

  /// Time passes: the BMC works on what waits for windows that have opened.
  void run_queue(UtcTime now, const plan::Plan& plan) {
    host_.staging->clock = host_.captured_at = now;
    for (inventory::QueueEntry& entry : host_.staging->queue) {
      if (inventory::blocks_queue(entry)) return;
      if (entry.state != inventory::QueueState::pending || !is_open(entry, now)) continue;
      entry.state = inventory::QueueState::complete;
      install(entry, plan);
    }
  }

  [[nodiscard]] bool removed_foreign() const { return removed_foreign_; }

 private:
  using Type = plan::ActionType;

  inventory::Staging& staging() { return *host_.staging; }

  void expect(const std::optional<std::string>& failure, const plan::Action& action) {
    if (failure && problem_.empty()) problem_ = fmt::format("#{} {}: {}", action.id, action.summary, *failure);
  }
  void require(bool holds, const std::string& rule) {
    if (!holds && problem_.empty()) problem_ = rule;
  }

  [[nodiscard]] bool is_open(const inventory::QueueEntry& entry, UtcTime now) const {
    if (entry.window_id.empty()) return true;
    const auto& windows = host_.staging->windows;
    const auto window = std::ranges::find(windows, entry.window_id, &inventory::Window::id);
    return window != windows.end() && *window->start <= now && now < *window->end;
  }

  void perform(const plan::Action& action) {
    if (!action.request) return see(action);
    const json::Value& body = action.request->body;
    const std::string address = action.components.empty() ? std::string() : action.components.front();
    if (action.type == Type::store) return store(body);
    if (action.type == Type::remove) return remove(address);
    if (action.type == Type::create || action.type == Type::change) return put(address, body, action.type);
    if (action.type == Type::reset_host) restart();
  }

  /// What was flashed or installed is active by the time that somebody looks.
  void see(const plan::Action& verify) {
    for (const plan::Condition& condition : verify.postconditions) set_version(condition.component, condition.value);
  }

  void store(const json::Value& body) {
    inventory::Repository& repository = *staging().repository;
    const std::string file(body.text("File"));
    const auto size = static_cast<std::uint64_t>(body["Size"].as_int().value_or(0));
    require(size <= repository.free_bytes, "no room for " + file);
    const auto known = std::ranges::find(repository.images, file, &inventory::StoredImage::file);
    if (known != repository.images.end()) {
      require(!known->locked, file + " is locked");
      repository.free_bytes += known->size;
      repository.images.erase(known);
    }
    repository.free_bytes -= std::min(size, repository.free_bytes);
    repository.images.push_back({.file = file, .size = size});
    std::ranges::sort(repository.images, {}, &inventory::StoredImage::file);
  }

  void remove(const std::string& address) {
    const auto is_meant = [&](const auto& resource) { return inventory::address_of(resource) == address; };
    for (const inventory::StoredImage& image : staging().repository->images) {
      if (!is_meant(image)) continue;
      require(!image.locked, image.file + " is locked");
      staging().repository->free_bytes += image.size;
    }
    for (const inventory::QueueEntry& entry : staging().queue) {
      removed_foreign_ |= is_meant(entry) && !plan::is_ours(entry);
    }
    std::size_t removed = std::erase_if(staging().repository->images, is_meant);
    removed += std::erase_if(staging().queue, is_meant);
    removed += std::erase_if(staging().windows, is_meant);
    removed += std::erase_if(staging().install_sets, is_meant);
    require(removed == 1, address + " is not there");
  }

  void put(const std::string& address, const json::Value& body, Type type) {
    if (address.starts_with(inventory::kWindowPrefix)) return put_window(body, type);
    if (address.starts_with(inventory::kInstallSetPrefix)) return put_set(body, type);
    enqueue(body);
  }

  void put_window(const json::Value& body, Type type) {
    const std::string name(body.text("Name"));
    const bool is_known = std::erase_if(staging().windows, [&](const auto& w) { return w.name == name; }) > 0;
    require(is_known == (type == Type::change), "window " + name + " is there or not");
    staging().windows.push_back({.id = "id of " + name,
                                 .name = name,
                                 .description = std::string(body.text("Description")),
                                 .start = parse_rfc3339(body.text("Start")),
                                 .end = parse_rfc3339(body.text("End"))});
    std::ranges::sort(staging().windows, {}, &inventory::Window::name);
    require(staging().windows.size() <= 8, "too many windows");
  }

  static inventory::Step step_of(const json::Value& body) {
    inventory::Step step{.name = std::string(body.text("Name")),
                         .command = std::string(body.text("Command")),
                         .file = std::string(body.text("File"))};
    for (const json::Value& updater : body["UpdatableBy"].items()) {
      step.updatable_by.push_back(*inventory::parse_updater(*updater.as_string()));
    }
    return step;
  }

  void require_file(const std::string& file) {
    require(file.empty() || staging().repository->find(file) != nullptr, file + " is not in the repository");
  }

  void put_set(const json::Value& body, Type type) {
    const std::string name(body.text("Name"));
    const bool is_known = std::erase_if(staging().install_sets, [&](const auto& s) { return s.name == name; }) > 0;
    require(is_known == (type == Type::change), "set " + name + " is there or not");
    inventory::InstallSet set{.name = name,
                              .description = std::string(body.text("Description")),
                              .is_recovery = body["IsRecovery"].as_bool().value_or(false)};
    for (const json::Value& step : body["Steps"].items()) {
      set.steps.push_back(step_of(step));
      require_file(set.steps.back().file);
    }
    staging().install_sets.push_back(std::move(set));
    std::ranges::sort(staging().install_sets, {}, &inventory::InstallSet::name);
    require(staging().install_sets.size() <= 8, "too many sets");
  }

  void enqueue(const json::Value& body) {
    inventory::QueueEntry entry{.step = step_of(body["Step"]), .window_id = std::string(body.text("Window"))};
    require(staging().find_queue_entry(entry.step.name) == nullptr, entry.step.name + " is in the queue already");
    require_file(entry.step.file);
    const auto has_id = [&](const inventory::Window& window) { return window.id == entry.window_id; };
    require(entry.window_id.empty() || std::ranges::any_of(staging().windows, has_id), "no such window");
    staging().queue.push_back(std::move(entry));
  }

  void set_version(const std::string& address, const std::string& version) {
    for (inventory::Component& component : host_.components) {
      if (component.address == address) component.version = version;
    }
  }

  /// What a queue entry installs, by the change whose action made it.
  void install(const inventory::QueueEntry& entry, const plan::Plan& plan) {
    for (const plan::Change& change : plan.changes) {
      if (change.host != host_.name || change.resource != plan::ResourceType::firmware) continue;
      for (const plan::ActionId id : change.actions) {
        const plan::Action& action = plan.actions[id];
        if (action.type == Type::create && action.components.front() == inventory::address_of(entry)) {
          set_version(change.address, change.to);
        }
      }
    }
  }

  /// The boot firmware works on the queue during POST.
  void restart() {
    for (inventory::QueueEntry& entry : staging().queue) {
      if (inventory::blocks_queue(entry)) break;
      if (entry.state == inventory::QueueState::pending && entry.window_id.empty()) {
        entry.state = inventory::QueueState::complete;
      }
    }
  }

  void relock() {
    if (!host_.staging || !host_.staging->repository) return;
    for (inventory::StoredImage& image : staging().repository->images) {
      const auto refers = [&](const inventory::Step& step) { return step.file == image.file; };
      const auto entry_refers = [&](const inventory::QueueEntry& entry) { return refers(entry.step); };
      const auto set_refers = [&](const inventory::InstallSet& set) { return std::ranges::any_of(set.steps, refers); };
      image.locked =
          std::ranges::any_of(staging().queue, entry_refers) || std::ranges::any_of(staging().install_sets, set_refers);
    }
  }

  inventory::HostSnapshot& host_;
  std::string problem_;
  bool removed_foreign_ = false;
};

}  // namespace firmform::tests
