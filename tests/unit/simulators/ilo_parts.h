// SPDX-License-Identifier: Apache-2.0
// PartsBench: the queue, windows, install sets and agent of an iLO on an owner that the test plays: its clock is turned
// by hand, and installs end when the test says so.
#pragma once

#include <catch2/catch.hpp>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/time_text.h"
#include "tests/simulators/ilo_agent.h"
#include "tests/simulators/ilo_install_sets.h"
#include "tests/simulators/ilo_object_id.h"
#include "tests/simulators/ilo_queue.h"
#include "tests/simulators/ilo_windows.h"

namespace firmform::simulators {

class PlayedOwner final : public IloQueueOwner {
 public:
  struct Install {
    IloInstallOrder order;
    IloInstallDone done;
  };

  explicit PlayedOwner(std::string model) : model_(std::move(model)) {
    stored["ilo5_312.bin"] = {"ilo5_312.bin", uri("ilo5_312.bin"), {"Bmc"}, false, "AfterDeviceReset"};
    stored["bios.flash"] = {"bios.flash", uri("bios.flash"), {"Bmc"}, false, "AfterReboot"};
    stored["bios.fwpkg"] = {"bios.fwpkg", uri("bios.fwpkg"), {"Bmc"}, true, "AfterReboot"};
    stored["sps.fwpkg"] = {"sps.fwpkg", uri("sps.fwpkg"), {"Uefi"}, true, "AfterReboot"};
    stored["nic.rpm"] = {"nic.rpm", uri("nic.rpm"), {"RuntimeAgent"}, true, "AfterReboot"};
    stored["all.fwpkg"] = {"all.fwpkg", uri("all.fwpkg"), {"Bmc", "Uefi", "RuntimeAgent"}, true, "Immediately"};
  }

  static std::string uri(std::string_view file) {
    return "/redfish/v1/UpdateService/ComponentRepository/" + ilo_object_id(file);
  }

  [[nodiscard]] UtcTime ilo_time() const override { return now; }
  [[nodiscard]] Duration at_speed(Duration duration) const override { return duration; }
  void after(Duration delay, std::function<void()> action) override { timers.emplace(now + delay, std::move(action)); }
  [[nodiscard]] std::optional<IloComponentFacts> component(std::string_view filename) const override {
    const auto found = stored.find(filename);
    return found == stored.end() ? std::nullopt : std::optional(found->second);
  }
  void references_changed() override { ++reference_changes; }
  [[nodiscard]] bool can_install() const override { return !busy && installs.empty(); }
  void install(const IloInstallOrder& order, IloInstallDone done) override {
    REQUIRE(can_install());
    begun.push_back(order);
    installs.push_back({order, std::move(done)});
  }
  void reset_server() override { ++server_resets; }
  void power_server_off() override {
    ++power_offs;
    on = false;
  }
  void reset_bmc() override { ++bmc_resets; }
  [[nodiscard]] bool server_on() const override { return on; }
  [[nodiscard]] bool system_runs() const override { return on && system_up; }
  [[nodiscard]] bool has_privilege(std::string_view name) const override { return !missing.contains(name); }
  [[nodiscard]] bool licensed() const override { return true; }
  [[nodiscard]] std::string_view model() const override { return model_; }
  [[nodiscard]] Message ilo_message_of(const std::vector<std::string>& keys,
                                       std::vector<std::string> args) const override {
    return {"iLO", keys.front(), std::move(args)};
  }
  [[nodiscard]] json::Value message_entry(const Message& message) const override {
    return json::Object{{"MessageId", "iLO.2.25." + message.key}};
  }
  [[nodiscard]] bool is_firmware_item(std::string_view item) const override {
    return item.starts_with("/redfish/v1/UpdateService/FirmwareInventory/");
  }

  /// Ends the install that is under way.
  void end_install(const std::optional<Message>& why_not = std::nullopt) {
    REQUIRE_FALSE(installs.empty());
    const Install ended = installs.front();
    installs.pop_front();
    ended.done(why_not);
    pass(Duration(0));
  }

  /// Lets time pass, timer by timer.
  void pass(Duration duration) {
    const UtcTime until = now + duration;
    while (!timers.empty() && timers.begin()->first <= until) {
      auto timer = timers.extract(timers.begin());
      now = std::max(now, timer.key());
      timer.mapped()();
    }
    now = until;
  }

  UtcTime now{std::chrono::milliseconds(1'795'305'600'000)};  // 2026-11-22T00:00:00Z
  std::multimap<UtcTime, std::function<void()>> timers;
  std::map<std::string, IloComponentFacts, std::less<>> stored;
  std::deque<Install> installs;
  std::vector<IloInstallOrder> begun;
  std::set<std::string, std::less<>> missing;  ///< privileges that the caller has not
  bool busy = false;
  bool on = true;
  bool system_up = true;
  int server_resets = 0;
  int power_offs = 0;
  int bmc_resets = 0;
  int reference_changes = 0;

 private:
  std::string model_;
};

struct PartsBench {
  explicit PartsBench(const std::string& model = "ilo6", const IloDisagreements& choices = {})
      : owner(model), windows(owner, choices), queue(owner, windows, choices), sets(owner, queue, choices) {}

  static json::Value read(const std::string& text) {
    const Result<json::Value> value = json::parse(text);
    INFO(text);
    REQUIRE(value.has_value());
    return *value;
  }
  /// Adds an entry that is good.
  std::string add(const std::string& text) {
    const IloReply reply = queue.create(read(text));
    INFO(text << (reply.messages.empty() ? "" : " " + reply.messages.front().key));
    REQUIRE(reply.status == 201);
    return std::string(reply.body.text("Id"));
  }
  std::string add_window(const std::string& text) {
    const IloReply reply = windows.create(read(text));
    INFO(text << (reply.messages.empty() ? "" : " " + reply.messages.front().key));
    REQUIRE(reply.status == 201);
    return std::string(reply.body.text("Id"));
  }
  /// Of the entry with that Id; empty when it is gone.
  [[nodiscard]] std::string state(const std::string& id) const { return std::string(queue.member(id).text("State")); }
  void restart_ilo() {
    owner.timers.clear();
    owner.installs.clear();
    queue.ilo_restarted();
  }

  PlayedOwner owner;
  IloWindows windows;
  IloQueue queue;
  IloInstallSets sets;
};

inline std::string key_of(const IloReply& reply) {
  return reply.messages.empty() ? "" : reply.messages.front().key;
}

}  // namespace firmform::simulators
