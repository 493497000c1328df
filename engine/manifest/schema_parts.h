// SPDX-License-Identifier: Apache-2.0
// Sections of the table of schema.cc that have files of their own.
#pragma once

#include "engine/manifest/schema.h"

namespace firmform::manifest {

extern const Shape kCommand;   ///< a program and its arguments
extern const Shape kPassword;  ///< where a secret comes from
extern const Shape kAllCredentials;
extern const Shape kBaselines;
extern const Shape kInstallSets;
extern const Shape kWindows;
extern const Shape kFreezes;
extern const Shape kRepositories;
extern const Shape kRollout;
extern const Shape kPolicies;
extern const Shape kPolicyRules;
extern const Shape kPolicyCommands;
extern const Shape kGuard;
extern const Shape kSigning;
extern const Shape kWatch;
extern const Shape kNotifications;

}  // namespace firmform::manifest
