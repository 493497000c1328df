// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_password.h"

#include <utility>

#include "engine/manifest/node_access.h"

namespace firmform::manifest {

PasswordSource bind_password(const YamlNode& node) {
  using Kind = PasswordSource::Kind;
  if (const auto name = plain_text(node, "env")) return {.kind = Kind::env, .name = *name};
  if (const auto path = plain_text(node, "file")) return {.kind = Kind::file, .name = *path};
  PasswordSource source{.kind = Kind::exec};
  for (Text& argument : texts(node, "exec")) source.argv.push_back(std::move(argument.value));
  return source;
}

}  // namespace firmform::manifest
