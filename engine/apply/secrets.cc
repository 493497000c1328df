// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/secrets.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include "engine/apply/secret_command.h"
#include "engine/apply/vault_file.h"
#include "engine/base/text.h"
#include "engine/manifest/key_path.h"

namespace firmform::apply {
namespace {

using manifest::PasswordSource;
using Kind = PasswordSource::Kind;

Error unavailable(const std::string& what) {
  return {Code::credentials_unavailable, what};
}

Result<Secret> accept(std::string text, const std::string& origin) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  if (text.empty()) return fail(unavailable(fmt::format("{} is empty", origin)));
  return Secret(std::move(text));
}

Result<Secret> from_environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    return fail(unavailable(fmt::format("the environment variable {} is not set", name))
                    .with_help(fmt::format("export {}=… before the command", name)));
  }
  return accept(value, fmt::format("the environment variable {}", name));
}

Result<Secret> from_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(unavailable(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno))));
  std::string text(kLongestSecret + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kLongestSecret) {
    return fail(unavailable(fmt::format("{} holds more than a password", path.string())));
  }
  return accept(std::move(text), path.string());
}

Result<Secret> from_systemd(const std::string& name) {
  const char* directory = std::getenv("CREDENTIALS_DIRECTORY");
  const std::string help = fmt::format(
      "add `LoadCredential={0}:/path/to/file` to the unit, or try `systemd-run -p LoadCredential={0}:…`", name);
  if (directory == nullptr || *directory == '\0') {
    return fail(unavailable(fmt::format("the credential `{}` is not there: systemd gave this process none", name))
                    .with_help(help));
  }
  const bool inside = name.find('/') == std::string::npos && name != "." && name != "..";
  const std::filesystem::path path = std::filesystem::path(directory) / name;
  std::error_code problem;
  if (!inside || !std::filesystem::exists(path, problem)) {
    return fail(unavailable(fmt::format("systemd gave this process no credential `{}`", name)).with_help(help));
  }
  return from_file(path);
}

Result<Secret> from_command(const std::vector<std::string>& argv, const std::filesystem::path& directory) {
  if (argv.empty()) return fail(unavailable("the command has no name"));
  auto output = run_secret_command(argv, directory);
  if (!output) return fail(output.error());
  return accept(std::move(*output), fmt::format("the output of `{}`", argv.front()));
}

/// `["ilo"]["password"]`. What cannot be said in it has no value.
std::optional<std::string> sops_path(const std::string& key) {
  const auto parts = manifest::parse_key_path(key);
  if (!parts) return std::nullopt;
  std::string text;
  for (const std::string& part : *parts) {
    if (part.find('[') != std::string::npos) return std::nullopt;
    text += fmt::format("[\"{}\"]", part);
  }
  return text;
}

Result<Secret> from_sops(const PasswordSource& source, const std::filesystem::path& directory) {
  const auto path = sops_path(source.key);
  if (!path) return fail(unavailable(fmt::format("`sops` cannot be asked for the key `{}`", source.key)));
  // The long options are those that every sops 3 has; the subcommand `decrypt` came with 3.9.
  const std::vector<std::string> argv = {"sops", "--decrypt", "--extract", *path, (directory / source.name).string()};
  auto secret = from_command(argv, directory);
  if (secret) return secret;
  return fail(secret.error()
                  .with_context(source.name)
                  .with_help(fmt::format("try `sops --decrypt --extract '{}' {}`", *path, source.name)));
}

Result<Secret> from_vault(const PasswordSource& source, const std::filesystem::path& directory) {
  const bool safe = !source.name.empty() && !source.name.starts_with('-');
  if (!safe) return fail(unavailable(fmt::format("`vault` cannot be asked for the path `{}`", source.name)));
  const std::vector<std::string> argv = {"vault", "kv", "get", fmt::format("-field={}", source.key), source.name};
  auto secret = from_command(argv, directory);
  if (secret) return secret;
  return fail(secret.error()
                  .with_context(source.name)
                  .with_help("`vault` reads VAULT_ADDR and VAULT_TOKEN, or the token of `vault login`"));
}

/// Equal for equal sources.
std::string identity(const PasswordSource& source) {
  std::string text = fmt::format("{}\n{}\n{}\n{}", static_cast<int>(source.kind), source.name, source.key,
                                 fmt::join(source.argv, "\n"));
  for (const PasswordSource& unlock : source.unlock) text += "\n" + identity(unlock);
  return text;
}

}  // namespace

Secrets::Secrets(std::filesystem::path directory) : directory_(std::move(directory)) {}

Result<Secret> Secrets::resolve(const PasswordSource& source) {
  const std::string key = identity(source);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  Result<Secret> secret = ask(source);
  if (secret) known_.emplace(key, *secret);
  return secret;
}

Result<Secret> Secrets::ask(const PasswordSource& source) {
  switch (source.kind) {
    case Kind::env:
      return from_environment(source.name);
    case Kind::file:
      return from_file(directory_ / source.name);
    case Kind::exec:
      return from_command(source.argv, directory_);
    case Kind::systemd:
      return from_systemd(source.name);
    case Kind::ansible_vault:
      return from_vault_file(source);
    case Kind::sops:
      return from_sops(source, directory_);
    case Kind::vault:
      return from_vault(source, directory_);
  }
  return fail(unavailable("unknown kind of password source"));
}

Result<Secret> Secrets::from_vault_file(const PasswordSource& source) {
  const std::filesystem::path file = directory_ / source.name;
  const bool unlockable = source.unlock.size() == 1 && source.unlock.front().kind != Kind::ansible_vault;
  if (!unlockable) return fail(unavailable(fmt::format("{}: nothing says how to unlock it", file.string())));
  const PasswordSource& unlock = source.unlock.front();
  auto password = resolve(unlock);
  if (!password) return fail(password.error().with_context(fmt::format("to unlock {}", file.string())));
  // Ansible leaves out the white space around what a password file holds.
  if (unlock.kind == Kind::file) password = Secret(std::string(trim(password->reveal())));
  const auto value = read_vault_value(file, source.key, *password);
  if (!value) return fail(value.error());
  return accept(std::string(value->reveal()), fmt::format("`{}` in {}", source.key, file.string()));
}

PasswordSource with_absolute_paths(PasswordSource source, const std::filesystem::path& directory) {
  const bool names_file = source.kind == Kind::file || source.kind == Kind::ansible_vault || source.kind == Kind::sops;
  if (names_file) source.name = (directory / source.name).string();
  for (PasswordSource& unlock : source.unlock) unlock = with_absolute_paths(std::move(unlock), directory);
  return source;
}

bool runs_command(const PasswordSource& source) {
  return source.kind == Kind::exec || source.kind == Kind::sops || source.kind == Kind::vault ||
         std::ranges::any_of(source.unlock, runs_command);
}

}  // namespace firmform::apply
