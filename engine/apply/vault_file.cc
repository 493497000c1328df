// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/vault_file.h"

#include <fmt/format.h>

#include <fstream>
#include <utility>

#include "engine/apply/ansible_vault.h"
#include "engine/manifest/key_path.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::apply {
namespace {

using manifest::YamlKind;
using manifest::YamlNode;

constexpr std::size_t kLargestFile = 8U << 20U;

Error unavailable(std::string what) {
  return {Code::credentials_unavailable, std::move(what)};
}

Result<std::string> read_text(const std::filesystem::path& path) {
  std::error_code problem;
  const std::uintmax_t size = std::filesystem::file_size(path, problem);
  if (problem) return fail(unavailable(fmt::format("cannot be read: {}", problem.message())));
  if (size > kLargestFile) {
    return fail(unavailable(fmt::format("has {} bytes; the limit is {}", size, kLargestFile)));
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(size), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    return fail(unavailable("cannot be read to its end"));
  }
  return text;
}

/// Of a problem only the line is told: its words may quote what is secret.
Result<YamlNode> parse(std::string text) {
  SourceMap sources;
  const FileId file = sources.add("vault", std::move(text));
  auto parsed = manifest::parse_yaml(sources, file, {}, manifest::YamlTags::ignored);
  if (parsed.value && !parsed.diagnostics.has_errors()) return std::move(*parsed.value);
  const auto problems = parsed.diagnostics.sorted();
  const bool placed = !problems.empty() && problems.front().primary;
  return fail(unavailable(placed
                              ? fmt::format("is not well-formed YAML at line {}", problems.front().primary->span.line)
                              : std::string("is not well-formed YAML")));
}

Result<std::string> scalar_at(const YamlNode& root, const std::string& key) {
  const auto path = manifest::parse_key_path(key);
  if (!path) return fail(unavailable(fmt::format("the key `{}` is malformed", key)));
  const YamlNode* node = &root;
  for (const std::string& part : *path) {
    node = node->kind == YamlKind::map ? node->find(part) : nullptr;
    if (node == nullptr) return fail(unavailable(fmt::format("has no key `{}`", key)));
  }
  if (node->kind != YamlKind::scalar) {
    return fail(unavailable(fmt::format("`{}` is {} and not a text", key, manifest::describe(node->kind))));
  }
  return node->text;
}

Result<Secret> value_of_whole(const std::string& text, const std::string& key, const Secret& password) {
  const auto plain = open_ansible_vault(text, password);
  if (!plain) return fail(plain.error());
  const auto root = parse(std::string(plain->reveal()));
  if (!root) return fail(root.error());
  auto value = scalar_at(*root, key);
  if (!value) return fail(value.error());
  return is_ansible_vault(*value) ? open_ansible_vault(*value, password) : Secret(std::move(*value));
}

Result<Secret> value_of_parts(std::string text, const std::string& key, const Secret& password) {
  const auto root = parse(std::move(text));
  if (!root) return fail(root.error());
  const auto value = scalar_at(*root, key);
  if (!value) return fail(value.error());
  if (is_ansible_vault(*value)) return open_ansible_vault(*value, password);
  return fail(unavailable(fmt::format("`{}` stands there in clear text", key))
                  .with_help("encrypt it: `ansible-vault encrypt_string`, or `ansible-vault encrypt` for the file"));
}

}  // namespace

Result<Secret> read_vault_value(const std::filesystem::path& file, const std::string& key, const Secret& password) {
  auto text = read_text(file);
  if (!text) return fail(text.error().with_context(file.string()));
  auto value =
      is_ansible_vault(*text) ? value_of_whole(*text, key, password) : value_of_parts(std::move(*text), key, password);
  if (!value) return fail(value.error().with_context(file.string()));
  return value;
}

}  // namespace firmform::apply
