// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_password.h"

#include <utility>

#include "engine/manifest/node_access.h"

namespace firmform::manifest {

namespace {
using Kind = PasswordSource::Kind;

PasswordSource bind_ansible_vault(const YamlNode& node) {
  PasswordSource source{
      .kind = Kind::ansible_vault, .name = text_or_empty(node, "file"), .key = text_or_empty(node, "key")};
  if (const YamlNode* unlock = valid(node, "unlock")) source.unlock.push_back(bind_password(*unlock));
  return source;
}

PasswordSource bind_command(const YamlNode& node) {
  PasswordSource source{.kind = Kind::exec};
  for (Text& argument : texts(node, "exec")) source.argv.push_back(std::move(argument.value));
  return source;
}

}  // namespace

PasswordSource bind_password(const YamlNode& node) {
  if (const auto name = plain_text(node, "env")) return {.kind = Kind::env, .name = *name};
  if (const auto path = plain_text(node, "file")) return {.kind = Kind::file, .name = *path};
  if (const auto name = plain_text(node, "systemd_credential")) return {.kind = Kind::systemd, .name = *name};
  if (const YamlNode* vault = valid(node, "ansible_vault")) return bind_ansible_vault(*vault);
  if (const YamlNode* sops = valid(node, "sops")) {
    return {.kind = Kind::sops, .name = text_or_empty(*sops, "file"), .key = text_or_empty(*sops, "key")};
  }
  if (const YamlNode* vault = valid(node, "vault")) {
    return {.kind = Kind::vault, .name = text_or_empty(*vault, "path"), .key = text_or_empty(*vault, "field")};
  }
  return bind_command(node);
}

}  // namespace firmform::manifest
