// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/scaffold.h"

#include <fmt/format.h>

namespace firmform::manifest {
namespace {

constexpr std::string_view kBody = R"yaml(firmform: v1

# All *.yaml files of this directory form one manifest. Try:
#   firmform validate     checks it, without touching any host
#   firmform inventory    shows what the hosts have now
#   firmform plan         shows what would change, and changes nothing

credentials:
  bmc: {username: admin, password: {env: BMC_PASSWORD}}  # or {file: PATH}, {exec: [pass, show, bmc]}

hosts:
  server-01:
    bmc: https://192.0.2.11  # the address of the BMC, not of the server
    credentials: bmc
    labels: {rack: a12}
    # tls: {ca_file: bmc-ca.pem}  # or {pin_sha256: …}; without it, the authorities of this system are trusted

groups:
  everything:
    match: {name: "server-*"}  # or {labels: {rack: a12}}, {model: "ProLiant DL360*"}
    baseline: first

catalog:
  - {directory: firmware/}

baselines:
  first:
    firmware: []
    # - {component: "iLO 5", version: "3.11", image: ilo5_311.bin}
    # - {component: "System ROM", version: "U46 v2.34 (03/11/2025)", image: U46_2.34.signed.flash, after: ["iLO 5"]}

policies:
  downgrade: deny
  insecure_tls: deny
  reboot: allow
)yaml";

}  // namespace

std::string scaffold(std::string_view schema) {
  return fmt::format("# yaml-language-server: $schema={}\n{}", schema, kBody);
}

}  // namespace firmform::manifest
