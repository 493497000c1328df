// SPDX-License-Identifier: Apache-2.0
// A journal that lives as long as its process: for tests and simulations.
#pragma once

#include "engine/journal/journal.h"

namespace firmform::journal {

class MemoryJournal final : public Journal {
 public:
  Task<Status> begin(Run run, const plan::Plan& plan) override;
  Task<Status> append(std::string run_id, Event event) override;
  Task<Status> finish(std::string run_id, UtcTime at, std::string result) override;
  Task<Result<std::int64_t>> ask(std::string run_id, Control control) override;
  [[nodiscard]] Result<std::vector<Control>> controls(const std::string& run_id) override;
  [[nodiscard]] Result<std::vector<Run>> runs() override;
  [[nodiscard]] Result<plan::Plan> plan_of(const std::string& run_id) override;
  [[nodiscard]] Result<std::vector<Event>> events(const std::string& run_id) override;

 private:
  struct Entry {
    Run run;
    plan::Plan plan;
    std::vector<Event> events;
    std::vector<Control> controls;
  };
  [[nodiscard]] Result<Entry*> find(const std::string& run_id);
  std::vector<Entry> entries_;
};

}  // namespace firmform::journal
