// SPDX-License-Identifier: Apache-2.0
// The table of schema.cc: credentials, and where secrets come from.
#include "engine/manifest/schema_parts.h"
#include "engine/manifest/schema_shapes.h"

namespace firmform::manifest {

using namespace shapes;
using enum KeyRule::Kind;

namespace {
constexpr Shape kVariable = text(Format::variable);
}  // namespace

constexpr Shape kCommand = list("a command and its arguments, as a list of texts", kText, false);

namespace {
constexpr std::array kPasswordFields = {
    Field{"env", &kVariable, "Environment variable that holds the password."},
    Field{"file", &kText, "File whose first line is the password; relative to the directory of the manifest."},
    Field{"exec", &kCommand,
          "Command that prints the password, such as `[pass, show, ilo]`. It is run without a shell."},
};
constexpr std::array kPasswordRules = {KeyRule{exactly_one, {"env", "file", "exec"}}};
}  // namespace

constexpr Shape kPassword = {.kind = ShapeKind::map,
                             .what = "a source of a password",
                             .fields = kPasswordFields,
                             .rules = kPasswordRules,
                             .secret = true};

namespace {
constexpr std::array kCredentialsFields = {
    Field{"username", &kText, "Name to log in with.", true},
    Field{"password", &kPassword, "Where the password comes from. Never the password itself.", true},
};
constexpr Shape kCredentials = map("credentials", kCredentialsFields);
}  // namespace

constexpr Shape kAllCredentials = named("a map of credentials by name", kCredentials);

}  // namespace firmform::manifest
