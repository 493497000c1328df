// SPDX-License-Identifier: Apache-2.0
// ilo.md 8.5: whatever happens to a queue, nobody passes an entry that is not over.
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "tests/unit/simulators/ilo_parts.h"

namespace firmform::simulators {
namespace {

std::string some_entry(int number, const PartsBench& bench) {
  const auto file = *rc::gen::element<std::string>("ilo5_312.bin", "bios.flash", "sps.fwpkg", "nic.rpm", "all.fwpkg");
  const auto command = *rc::gen::element<std::string>("ApplyUpdate", "ApplyUpdate", "ApplyUpdate", "Wait",
                                                      "ResetServer", "ResetBmc", "PendingReset");
  json::Object entry{{"Name", "entry " + std::to_string(number)}, {"Command", command}};
  if (command == "ApplyUpdate") entry.set("Filename", file);
  if (command == "Wait") entry.set("WaitTimeSeconds", *rc::gen::inRange(0, 3601));
  if (command != "ApplyUpdate" || *rc::gen::arbitrary<bool>()) {
    entry.set("UpdatableBy", json::Array{*rc::gen::element<std::string>("Bmc", "Uefi", "RuntimeAgent")});
  }
  const auto minutes = [&bench](int from, int to) {
    return to_rfc3339(bench.owner.now + std::chrono::minutes(*rc::gen::inRange(from, to)));
  };
  if (*rc::gen::inRange(0, 4) == 0) entry.set("StartAfter", minutes(-60, 300));
  if (*rc::gen::inRange(0, 4) == 0) entry.set("Expire", minutes(1, 600));
  if (*rc::gen::inRange(0, 8) == 0) entry.set("TaskPlacementMode", "QueueStart");
  return json::dump(entry);
}

void something_happens(PartsBench& bench, int number) {
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
    case 1:
    case 2:
      bench.queue.create(PartsBench::read(some_entry(number, bench)));
      break;
    case 3:
      bench.owner.pass(std::chrono::minutes(*rc::gen::inRange(0, 200)));
      break;
    case 4:
      if (bench.owner.installs.empty()) break;
      bench.owner.end_install(*rc::gen::inRange(0, 5) == 0 ? std::optional(Message{"iLO", "UpdateFailed", {}})
                                                           : std::nullopt);
      break;
    case 5:
      if (*rc::gen::arbitrary<bool>())
        bench.queue.post_began();
      else
        bench.queue.post_ended();
      break;
    case 6:
      bench.queue.work_as_agent({});
      break;
    case 7:
      if (bench.queue.tasks().empty()) break;
      bench.queue.remove(
          std::next(bench.queue.tasks().begin(), *rc::gen::inRange(0, static_cast<int>(bench.queue.tasks().size())))
              ->id);
      break;
    default:
      bench.restart_ilo();
  }
}

bool is_over(const IloTask& task) {
  return task.state == IloTaskState::complete || task.state == IloTaskState::canceled;
}

TEST_CASE("whatever happens, only the first entry that is not over is ever worked on") {
  rc::prop("strict order", [] {
    PartsBench bench;
    const int steps = *rc::gen::inRange(1, 60);
    for (int step = 0; step < steps; ++step) {
      something_happens(bench, step);
      std::set<std::string> files;
      std::set<std::string> ids;
      bool blocked = false;
      for (const IloTask& task : bench.queue.tasks()) {
        RC_ASSERT(!(blocked && task.state == IloTaskState::in_progress));
        blocked = blocked || !is_over(task);
        RC_ASSERT(ids.insert(task.id).second);
        RC_ASSERT(!bench.queue.member(task.id).is_null());
        if (!task.step.filename.empty()) files.insert(task.step.filename);
      }
      RC_ASSERT(bench.queue.files() == files);
      RC_ASSERT(bench.owner.installs.size() <= 1U);
    }
  });
}

TEST_CASE("whatever happened, an entry that iLO can install begins once everything before it is removed") {
  rc::prop("nothing is stuck for ever", [] {
    PartsBench bench;
    const int steps = *rc::gen::inRange(1, 40);
    for (int step = 0; step < steps; ++step) something_happens(bench, step);
    while (!bench.owner.installs.empty()) bench.owner.end_install();
    bench.queue.remove_all();
    const std::string id = bench.add(R"({"Name":"last","Command":"ApplyUpdate","Filename":"bios.flash"})");
    RC_ASSERT(bench.state(id) == "InProgress");
  });
}

TEST_CASE("ids are eight hexadecimal digits and depend on every character") {
  rc::prop("form of ids", [](const std::string& name, char more) {
    const std::string id = ilo_object_id(name);
    RC_ASSERT(id.size() == 8U);
    RC_ASSERT(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    RC_ASSERT(ilo_object_id(name) == id);
    RC_ASSERT(ilo_object_id(name + more) != id);
  });
}

}  // namespace
}  // namespace firmform::simulators
