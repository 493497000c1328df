// SPDX-License-Identifier: Apache-2.0
// The effect of load.h: reading the files of a directory.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "engine/base/digest.h"
#include "engine/manifest/inventory_source.h"
#include "engine/manifest/load.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {
namespace {

namespace fs = std::filesystem;

/// Editors leave backups and locks beside their files.
bool is_manifest_name(const std::string& name) {
  if (name.starts_with('.') || name.starts_with('#') || name.starts_with('~')) return false;
  return name.ends_with(".yaml") || name.ends_with(".yml");
}

tl::unexpected<Error> unreadable(const fs::path& path, std::string_view reason) {
  return fail(Code::manifest_unreadable, fmt::format("cannot read {}: {}", path.string(), reason));
}

Result<std::vector<std::string>> manifest_names(const fs::path& directory) {
  std::error_code problem;
  std::vector<std::string> names;
  fs::directory_iterator entry(directory, problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const std::string name = entry->path().filename().string();
    std::error_code unknown;
    if (is_manifest_name(name) && !entry->is_directory(unknown)) names.push_back(name);
  }
  if (problem) return unreadable(directory, problem.message());
  std::ranges::sort(names);
  return names;
}

/// Reads one byte more than the limit at most: the parser then reports the size.
Result<SourceText> read_file(const fs::path& directory, const std::string& name) {
  const std::size_t limit = YamlLimits{}.max_bytes + 1;
  std::ifstream file(directory / name, std::ios::binary);
  if (!file) return unreadable(directory / name, std::strerror(errno));
  SourceText source{name, {}};
  constexpr std::size_t kPiece = 1U << 16U;
  while (file && source.text.size() < limit) {
    const std::size_t before = source.text.size();
    source.text.resize(std::min(before + kPiece, limit));
    file.read(source.text.data() + before, static_cast<std::streamsize>(source.text.size() - before));
    source.text.resize(before + static_cast<std::size_t>(file.gcount()));
  }
  if (file.bad()) return unreadable(directory / name, std::strerror(errno));
  return source;
}

/// The sources that a manifest takes hosts from. What is wrong with it is load()'s to report.
std::vector<InventorySource> sources_of(const SourceText& file) {
  std::vector<InventorySource> found;
  if (file.text.find(kInventoriesKey) == std::string::npos) return found;
  SourceMap sources;
  const Parsed<YamlNode> tree = parse_yaml(sources, sources.add(file.name, file.text));
  const YamlNode* inventories = tree.value ? tree.value->find(kInventoriesKey) : nullptr;
  if (inventories == nullptr) return found;
  for (const YamlEntry& entry : inventories->entries) {
    if (auto source = inventory_source(entry.value)) found.push_back(std::move(*source));
  }
  return found;
}

}  // namespace

Result<std::vector<SourceText>> read_configuration(const std::filesystem::path& directory) {
  auto files = read_directory(directory);
  if (!files) return files;
  std::set<std::string> known;
  const std::size_t manifests = files->size();
  for (std::size_t i = 0; i < manifests; ++i) {
    for (const InventorySource& source : sources_of((*files)[i])) {
      if (!known.insert(source.key()).second) continue;
      std::ranges::move(read_inventory(source, directory), std::back_inserter(*files));
    }
  }
  return files;
}

Result<std::vector<SourceText>> read_directory(const std::filesystem::path& directory) {
  const auto names = manifest_names(directory);
  if (!names) return fail(names.error());
  if (names->empty()) {
    return fail(Code::manifest_missing, fmt::format("{} has no *.yaml file", directory.string()));
  }
  std::vector<SourceText> files;
  for (const std::string& name : *names) {
    auto file = read_file(directory, name);
    if (!file) return fail(file.error());
    files.push_back(std::move(*file));
  }
  return files;
}

std::string digest(const std::vector<SourceText>& files) {
  std::vector<const SourceText*> order;
  for (const SourceText& file : files) order.push_back(&file);
  std::ranges::sort(order, {}, &SourceText::name);
  Sha256 hash;
  for (const SourceText* file : order) {
    // Lengths in front keep "a" + "bc" apart from "ab" + "c".
    hash.update(fmt::format("{}:{}\n{}:", file->name.size(), file->name, file->text.size()));
    hash.update(file->text);
  }
  return hash.hex();
}

}  // namespace firmform::manifest
