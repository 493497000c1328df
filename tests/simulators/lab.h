// SPDX-License-Identifier: Apache-2.0
// The lab: simulated BMCs on loopback, each on a TLS port of its own, an image server for BMCs that pull, and a
// directory with everything that a client needs: manifest, CA, password, images.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/json/value.h"

namespace firmform::simulators {

struct LabOptions {
  std::filesystem::path directory;
  std::vector<std::string> models{"ilo5", "ilo6", "ilo7"};  ///< one machine each, in this order
  std::uint16_t first_port = 0;                             ///< the image server's; machines follow; 0: free ports
  double speed = 1.0;                                       ///< durations of the machines are divided by this
  Duration reply_delay{0};                                  ///< added to every answer of a BMC
  json::Value faults;  ///< an array for all machines, or {"lab-01": [...], "*": [...]}
  std::string username = "admin";
  std::size_t image_size = 256U << 10U;
  /// Of the smart component of each iLO model; beyond 32 MiB it has a signature for each piece of that size.
  std::size_t smart_component_size = 256U << 10U;
  std::uint64_t seed = 1;  ///< of serial numbers, UUIDs and session tokens
};

struct LabHost {
  std::string name;
  std::string model;
  std::string url;
};

struct LabInfo {
  std::filesystem::path directory;
  std::vector<LabHost> hosts;
  std::string image_url;  ///< base URL of the image server
};

/// Serves until SIGINT or SIGTERM. `on_ready` is called once, when all ports listen and all files are written.
/// Fails with Code::lab_failed (a port is taken, a fault is not understood) and Code::output_failed (files).
[[nodiscard]] Status run_lab(LabOptions options, const std::function<void(const LabInfo&)>& on_ready);

}  // namespace firmform::simulators
