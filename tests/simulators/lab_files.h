// SPDX-License-Identifier: Apache-2.0
// What the lab leaves in its directory: a manifest that validates, the images it names, CA and password.
#pragma once

#include <string>
#include <vector>

#include "tests/simulators/lab.h"

namespace firmform::simulators {

/// Writes hosts.yaml, baselines.yaml, ca.pem, password (0600) and firmware/. Files of the same names that the lab
/// did not write are kept: Code::would_overwrite.
[[nodiscard]] Status write_lab_files(const LabOptions& options, const LabInfo& info, const std::string& ca_pem,
                                     const std::string& password);

}  // namespace firmform::simulators
