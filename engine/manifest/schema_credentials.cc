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
constexpr Shape kCredential = text(Format::credential);
constexpr Shape kKeyPath = text(Format::key_path);
constexpr Shape kArgument = text(Format::argument);

constexpr Field kFromVariable{"env", &kVariable, "Environment variable that holds the password."};
constexpr Field kFromFile{"file", &kText,
                          "File whose first line is the password; relative to the directory of the manifest."};
constexpr Field kFromCommand{"exec", &kCommand,
                             "Command that prints the password, such as `[pass, show, ilo]`. It is run without a "
                             "shell."};

constexpr std::array kUnlockFields = {kFromVariable, kFromFile, kFromCommand};
constexpr std::array kUnlockRules = {KeyRule{exactly_one, {"env", "file", "exec"}}};
constexpr Shape kUnlock = {.kind = ShapeKind::map,
                           .what = "the source of a vault's password",
                           .fields = kUnlockFields,
                           .rules = kUnlockRules,
                           .secret = true};

constexpr std::array kAnsibleVaultFields = {
    Field{
        "file", &kText,
        "YAML file that is encrypted with `ansible-vault`, as a whole or value by value; relative to the directory of "
        "the manifest. It is only read.",
        true},
    Field{"key", &kKeyPath,
          "Key of the value, such as `vault_ilo_password`; through maps with dots, as in `ilo.password`.", true},
    Field{"unlock", &kUnlock, "Where the vault's own password comes from.", true},
};
constexpr Shape kAnsibleVault = map("a value in an Ansible vault", kAnsibleVaultFields);

constexpr std::array kSopsFields = {
    Field{"file", &kText, "File that is encrypted with SOPS; relative to the directory of the manifest.", true},
    Field{
        "key", &kKeyPath,
        "Key of the value, such as `ilo.password`. It is read with `sops --decrypt --extract '[\"ilo\"][\"password\"]' "
        "FILE`.",
        true},
};
constexpr Shape kSops = map("a value in a file of SOPS", kSopsFields);

constexpr std::array kVaultFields = {
    Field{"path", &kArgument,
          "Path of the secret in HashiCorp Vault, such as `secret/ilo`. It is read with `vault kv get -field=FIELD "
          "PATH`.",
          true},
    Field{"field", &kArgument, "Field of the secret, such as `password`.", true},
};
constexpr Shape kVault = map("a secret of HashiCorp Vault", kVaultFields);

constexpr std::array kPasswordFields = {
    kFromVariable,
    kFromFile,
    kFromCommand,
    Field{"systemd_credential", &kCredential,
          "Credential that systemd gives the service, by `LoadCredential=` or `LoadCredentialEncrypted=` of its unit."},
    Field{"ansible_vault", &kAnsibleVault, "A value in a file of `ansible-vault`."},
    Field{"sops", &kSops, "A value in a file of SOPS; needs the program `sops`."},
    Field{"vault", &kVault, "A secret of HashiCorp Vault; needs the program `vault`."},
};
constexpr std::array kPasswordRules = {
    KeyRule{exactly_one, {"env", "file", "exec", "systemd_credential", "ansible_vault", "sops", "vault"}}};
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
