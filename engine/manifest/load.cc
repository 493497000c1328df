// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "engine/manifest/bind.h"
#include "engine/manifest/conceal.h"
#include "engine/manifest/inventory_source.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/schema.h"
#include "engine/manifest/validate.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {
namespace {

const Field* find_section(std::string_view key) {
  const auto& fields = manifest_shape().fields;
  const auto field = std::ranges::find(fields, key, &Field::key);
  return field == fields.end() ? nullptr : &*field;
}

bool is_extension(std::string_view key) {
  return key.starts_with(kExtensionPrefix);
}

/// Reads file after file into one set of sections.
class Loader {
 public:
  explicit Loader(SourceMap& sources) : sources_(sources) {}

  void add(SourceText file) {
    const FileId id = sources_.add(std::move(file.name), std::move(file.text));
    conceal_secrets(sources_, id);
    Parsed<YamlNode> tree = parse_yaml(sources_, id);
    const bool readable = tree.value && !tree.diagnostics.has_errors();
    diagnostics_.append(std::move(tree.diagnostics));
    if (!readable) all_incomplete();
    if (!tree.value || !check_header(*tree.value, id)) return;
    diagnostics_.append(validate(*tree.value, manifest_shape(), sources_));
    if (tree.value->kind != YamlKind::map) return all_incomplete();
    for (YamlEntry& entry : tree.value->entries) take(entry);
  }

  Parsed<Manifest> finish(std::vector<SourceText> inventories) {
    InventoryTexts texts(std::move(inventories), sources_);
    Parsed<Manifest> result = bind_manifest(sections_, texts);
    if (incomplete_.contains(std::string(kInventoriesKey))) result.value->incomplete.insert("hosts");
    result.value->incomplete.insert(incomplete_.begin(), incomplete_.end());
    diagnostics_.append(std::move(result.diagnostics));
    result.diagnostics = std::move(diagnostics_);
    return result;
  }

 private:
  void all_incomplete() {
    for (const Field& field : manifest_shape().fields) incomplete_.emplace(field.key);
  }

  /// False when the file is read no further, because it may be no manifest at all.
  bool check_header(const YamlNode& root, FileId id) {
    if (root.kind != YamlKind::map && root.kind != YamlKind::null) return true;  // validate() says what is wrong
    const YamlNode* header = root.find(kHeaderKey);
    if (header == nullptr) {
      const SourceSpan start = root.entries.empty() ? SourceSpan{id, 1, 1, 1} : root.entries.front().key_span;
      diagnostics_.add(problem(Code::header_missing,
                               fmt::format("{} does not say that it is a manifest", sources_.name(id)), start,
                               fmt::format("expected `{}: {}` at the beginning", kHeaderKey, kHeaderValue)));
      all_incomplete();
      return false;
    }
    if (header->kind == YamlKind::scalar && header->text != kHeaderValue) {
      diagnostics_.add(problem(Code::header_unsupported, "the version of the manifest format is not known",
                               header->span, fmt::format("this program knows `{}`", kHeaderValue)));
      all_incomplete();
      return false;
    }
    return true;
  }

  void take(YamlEntry& entry) {
    if (entry.key == kHeaderKey || is_extension(entry.key)) return;
    const Field* field = find_section(entry.key);
    if (field == nullptr) return all_incomplete();  // it may be a section, misspelt
    if (entry.value.kind != node_kind(*field->shape)) {
      incomplete_.insert(entry.key);
      return;
    }
    join(entry, *field);
  }

  /// Adds a section of one file to what the files before gave.
  void join(YamlEntry& entry, const Field& field) {
    const auto [place, fresh] = sections_.try_emplace(entry.key);
    YamlNode& section = place->second;
    if (fresh) {
      section.kind = entry.value.kind;
      section.span = entry.value.span;
    }
    section.valid = section.valid && entry.value.valid;
    std::ranges::move(entry.value.items, std::back_inserter(section.items));
    std::unordered_map<std::string, SourceSpan>& known = known_[entry.key];
    for (YamlEntry& member : entry.value.entries) {
      const auto [earlier, first] = known.try_emplace(member.key, member.key_span);
      if (first) {
        section.entries.push_back(std::move(member));
      } else if (!is_extension(member.key) || field.shape->kind == ShapeKind::named) {
        report_twice(entry.key, member, earlier->second);
      }
    }
  }

  void report_twice(std::string_view section, const YamlEntry& member, SourceSpan earlier) {
    Diagnostic twice = problem(Code::defined_twice, fmt::format("`{}` is defined twice in `{}`", member.key, section),
                               member.key_span, "defined again");
    twice.secondary.push_back({earlier, "first defined here"});
    diagnostics_.add(std::move(twice));
  }

  SourceMap& sources_;
  Diagnostics diagnostics_;
  Sections sections_;
  std::map<std::string, std::unordered_map<std::string, SourceSpan>, std::less<>> known_;  ///< by section
  std::set<std::string> incomplete_;
};

}  // namespace

Parsed<Manifest> load(std::vector<SourceText> files, SourceMap& sources) {
  std::string whole = digest(files);
  Loader loader(sources);
  std::vector<SourceText> inventories;
  for (SourceText& file : files) {
    if (file.role == TextRole::manifest) {
      loader.add(std::move(file));
    } else {
      inventories.push_back(std::move(file));
    }
  }
  Parsed<Manifest> result = loader.finish(std::move(inventories));
  result.value->digest = std::move(whole);
  return result;
}

Parsed<Desired> load_desired(std::vector<SourceText> files, SourceMap& sources) {
  Parsed<Manifest> manifest = load(std::move(files), sources);
  Parsed<Desired> result = resolve(*manifest.value, sources);
  if (manifest.diagnostics.has_errors()) result.value.reset();
  manifest.diagnostics.append(std::move(result.diagnostics));
  result.diagnostics = std::move(manifest.diagnostics);
  return result;
}

}  // namespace firmform::manifest
