// SPDX-License-Identifier: Apache-2.0
// The validator and the JSON Schema come from one table; here both judge the same manifests. The side of
// the schema is Debian's python3-jsonschema, driven by check_schema.py.
#include "engine/manifest/schema.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "engine/manifest/load.h"
#include "engine/manifest/validate.h"
#include "mutants.h"
#include "tests/support/golden.h"

using namespace firmform;
using namespace firmform::manifest;
namespace fs = std::filesystem;

namespace {

const fs::path kHere = fs::path(FIRMFORM_TESTS_DIR) / "conformance" / "schema";
const fs::path kSchema = fs::path(FIRMFORM_SOURCE_DIR) / "schemas" / "manifest.v1.schema.json";

/// Whether the schema's side can be asked on this machine; says so when not.
bool can_ask_schema() {
  const bool present = std::system("/usr/bin/python3 -c 'import jsonschema, yaml' 2>/dev/null") == 0;
  if (!present) WARN("left out: needs the Debian packages python3-jsonschema and python3-yaml");
  return present;
}

/// Names that check_schema.py printed, with whether it called them valid.
std::map<std::string, bool> schema_verdicts(const std::string& kind, const fs::path& place) {
  const std::string command = fmt::format("/usr/bin/python3 '{}' '{}' {} '{}'", (kHere / "check_schema.py").string(),
                                          kSchema.string(), kind, place.string());
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::map<std::string, bool> verdicts;
  char name[256];
  char verdict[16];
  while (std::fscanf(pipe, "%255s %15s", name, verdict) == 2) verdicts[name] = std::string(verdict) == "valid";
  const int status = pclose(pipe);
  REQUIRE((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  return verdicts;
}

std::vector<fs::path> files_of(const fs::path& directory) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory)) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

/// Whether the whole validator (load and resolve) takes a file without an error.
bool accepted(const fs::path& file) {
  SourceMap sources;
  // What the inventories of a good manifest hold; the others pass over it.
  const SourceText hosts{"inventory/hosts", "[bmc]\ninv-1 ilo_address=10.0.0.1\n[lab]\n", TextRole::hosts,
                         "ansible inventory/", {}};
  const SourceText listed{"netbox", R"({"paris": ["inv-2"], "lyon": [], "_meta": {"hostvars": {"inv-2": {"bmc": "10.0.0.2"}}}})",
                          TextRole::script_hosts, "script ./netbox.py\n--fast", {}};
  const auto result = load_desired({{file.filename().string(), tests::read_text(file)}, hosts, listed}, sources);
  UNSCOPED_INFO(render(result.diagnostics, sources, {}));
  return !result.diagnostics.has_errors();
}

/// Whether the structure alone is right.
bool well_formed(const std::string& text) {
  SourceMap sources;
  Parsed<YamlNode> tree = parse_yaml(sources, sources.add("mutant.yaml", text));
  REQUIRE(tree.value.has_value());
  return validate(*tree.value, manifest_shape(), sources).empty();
}

void check_keys(const YamlNode& node, const Shape& shape, std::set<const Field*>& seen) {
  for (const YamlEntry& entry : node.entries) {
    const auto field = std::ranges::find(shape.fields, entry.key, &Field::key);
    if (shape.kind == ShapeKind::map && field != shape.fields.end()) {
      seen.insert(&*field);
      check_keys(entry.value, *field->shape, seen);
    } else if (shape.element != nullptr) {
      check_keys(entry.value, *shape.element, seen);
    } else if (shape.shorthand != nullptr) {
      check_keys(node, *shape.shorthand, seen);
    }
  }
  for (const YamlNode& item : node.items) {
    if (shape.element != nullptr) check_keys(item, *shape.element, seen);
  }
}

void all_fields(const Shape& shape, std::set<const Field*>& fields) {
  for (const Field& field : shape.fields) {
    fields.insert(&field);
    all_fields(*field.shape, fields);
  }
  if (shape.element != nullptr) all_fields(*shape.element, fields);
  if (shape.shorthand != nullptr) all_fields(*shape.shorthand, fields);
}

}  // namespace

TEST_CASE("the committed schema is the one that the table makes") {
  const std::string made = json::dump_pretty(json_schema());
  CHECK(tests::golden("../schemas/manifest.v1.schema.json", made) == made);
}

TEST_CASE("every good manifest passes the validator and the schema") {
  if (!can_ask_schema()) return;
  const auto verdicts = schema_verdicts("corpus", kHere / "corpus" / "good");
  for (const fs::path& file : files_of(kHere / "corpus" / "good")) {
    CAPTURE(file.filename().string());
    CHECK(accepted(file));
    CHECK(verdicts.at(file.stem().string()));
  }
}

TEST_CASE("every structurally bad manifest fails the validator and the schema") {
  if (!can_ask_schema()) return;
  const auto verdicts = schema_verdicts("corpus", kHere / "corpus" / "bad");
  for (const fs::path& file : files_of(kHere / "corpus" / "bad")) {
    CAPTURE(file.filename().string());
    CHECK_FALSE(accepted(file));
    CHECK_FALSE(verdicts.at(file.stem().string()));
  }
}

TEST_CASE("the good manifests use every key of the table") {
  std::set<const Field*> seen;
  for (const fs::path& file : files_of(kHere / "corpus" / "good")) {
    SourceMap sources;
    const auto tree = parse_yaml(sources, sources.add("good.yaml", tests::read_text(file)));
    check_keys(tree.value.value(), manifest_shape(), seen);
  }
  std::set<const Field*> all;
  all_fields(manifest_shape(), all);
  for (const Field* field : all) {
    CAPTURE(field->key);
    CHECK(seen.contains(field));
    CHECK(field->description.ends_with('.'));
  }
}

TEST_CASE("validator and schema agree on every small damage to the good manifests") {
  if (!can_ask_schema()) return;
  std::vector<std::string> mutants;
  for (const char* name : {"every_key.yaml", "design_example.yaml"}) {
    SourceMap sources;
    const auto tree = parse_yaml(sources, sources.add(name, tests::read_text(kHere / "corpus" / "good" / name)));
    const auto more = tests::mutants_of(tree.value.value());
    mutants.insert(mutants.end(), more.begin(), more.end());
  }
  REQUIRE(mutants.size() > 1000);
  const fs::path file = fs::temp_directory_path() / fmt::format("firmform-mutants-{}.jsonl", getpid());
  {
    std::ofstream stream(file);
    for (const std::string& mutant : mutants) stream << mutant << '\n';
  }
  const auto verdicts = schema_verdicts("lines", file);
  fs::remove(file);
  REQUIRE(verdicts.size() == mutants.size());
  std::size_t valid = 0;
  for (std::size_t i = 0; i < mutants.size(); ++i) {
    const bool schema_says = verdicts.at(std::to_string(i));
    valid += schema_says ? 1U : 0U;
    if (well_formed(mutants[i]) == schema_says) continue;
    FAIL_CHECK((schema_says ? "only the schema accepts " : "only the validator accepts ") << mutants[i]);
  }
  CHECK(valid > 100);
  CHECK(valid < mutants.size() - 100);
}
