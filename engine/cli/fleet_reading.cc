// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/fleet_reading.h"

#include "engine/cli/snapshot_reading.h"
#include "engine/inventory/recording.h"

namespace firmform::cli {
namespace {

OrExit<inventory::Inventory> read_and_record(const std::filesystem::path& directory, Runtime& runtime,
                                             std::vector<apply::Target> targets, apply::ReadOptions options, Context& context) {
  auto recording = inventory::Recording::create(directory);
  if (!recording) return leave(context.report(recording.error()));
  options.connected = [&recording](const apply::Target& target, redfish::Client& client) {
    client.on_resource([&recording, host = target.name](const std::string& uri, const json::Value& body) {
      recording->add(host, uri, body);
    });
  };
  auto inventory = read_live(runtime, std::move(targets), std::move(options), context);
  const Status finished = recording->finish(inventory, runtime.clock().now());
  if (!finished) return leave(context.report(finished.error()));
  return inventory;
}

}  // namespace

OrExit<inventory::Inventory> read_inventory(const Project& project, const std::vector<std::string>& hosts,
                                            const Arguments& arguments, Context& context) {
  constexpr int kMostReads = 4096;
  const auto parallelism = arguments.integer("read-parallelism", apply::ReadOptions().parallelism, 1, kMostReads);
  if (!parallelism) return leave(context.report(parallelism.error()));
  if (const auto snapshot = arguments.value("from-snapshot")) {
    auto inventory = read_snapshot(*snapshot, hosts);
    if (!inventory) return leave(context.report(inventory.error()));
    return std::move(*inventory);
  }
  Runtime runtime(project.directory, hosts.size());
  apply::ReadOptions options{.parallelism = *parallelism};
  if (const auto directory = arguments.value("record")) {
    return read_and_record(*directory, runtime, targets_of(project, hosts), std::move(options), context);
  }
  return read_live(runtime, targets_of(project, hosts), std::move(options), context);
}

}  // namespace firmform::cli
