// SPDX-License-Identifier: Apache-2.0
// The effects of `inventories:`: files and programs become texts.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <system_error>

#include "engine/base/text.h"
#include "engine/json/value.h"
#include "engine/manifest/inventory_source.h"
#include "engine/manifest/script_run.h"
#include "engine/manifest/yaml_tree.h"

namespace firmform::manifest {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostBytes = YamlLimits{}.max_bytes;
constexpr std::size_t kMostFiles = 100'000;
constexpr int kMostLevels = 16;

/// Reads the files of one inventory in Ansible's order.
class FileReader {
 public:
  FileReader(const InventorySource& source, const fs::path& directory) : source_(source), directory_(directory) {}

  std::vector<SourceText> run() {
    const fs::path path = (directory_ / source_.path).lexically_normal();
    std::error_code problem;
    const fs::file_status status = fs::status(path, problem);
    if (!fs::exists(status)) {
      refuse(path, "there is no such file or directory");
    } else if (fs::is_directory(status)) {
      add_directory(path, 0);
      if (texts_.empty()) refuse(path, nothing_in(path));
      add_variables(path);
    } else {
      add_file(path);
      add_variables(path.parent_path());
    }
    return std::move(texts_);
  }

 private:
  void refuse(const fs::path& path, std::string why) {
    texts_.push_back({name_of(path), {}, TextRole::unreadable, source_.key(), std::move(why)});
  }

  [[nodiscard]] std::string name_of(const fs::path& path) const {
    const fs::path relative = path.lexically_relative(directory_.lexically_normal());
    std::string name = relative.empty() || fs::path(source_.path).is_absolute() ? path.string() : relative.string();
    while (name.size() > 1 && name.ends_with('/')) name.pop_back();
    return name;
  }

  /// What Ansible passes over in a directory: hidden files, backups, and endings of other kinds of files.
  static bool is_passed_over(const std::string& name) {
    constexpr std::string_view kEndings[] = {".pyc", ".pyo", ".swp",  ".bak", "~",    ".rpm",  ".md",
                                             ".txt", ".rst", ".orig", ".ini", ".cfg", ".retry"};
    if (name.starts_with('.') || name == "group_vars" || name == "host_vars" || name == "vars_plugins") return true;
    return std::ranges::any_of(kEndings, [&](std::string_view ending) { return name.ends_with(ending); });
  }

  std::string nothing_in(const fs::path& path) {
    std::string why = "the directory holds no inventory";
    for (const std::string& name : list(path)) {
      if (name.ends_with(".ini") || name.ends_with(".cfg")) {
        why += fmt::format("; in a directory, Ansible passes over {}, which could be named itself", name);
        break;
      }
    }
    return why;
  }

  std::vector<std::string> list(const fs::path& path) {
    std::vector<std::string> names;
    std::error_code problem;
    fs::directory_iterator entry(path, problem);
    for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
      names.push_back(entry->path().filename().string());
      if (names.size() > kMostFiles) {
        refuse(path, fmt::format("the directory holds more than {} files", kMostFiles));
        return {};
      }
    }
    if (problem) refuse(path, problem.message());
    std::ranges::sort(names);
    return names;
  }

  void add_directory(const fs::path& path, int level) {
    if (level > kMostLevels || ++directories_ > kMostFiles) return refuse(path, "directories are nested too deeply");
    for (const std::string& name : list(path)) {
      if (is_passed_over(name)) continue;
      std::error_code unknown;
      if (fs::is_directory(path / name, unknown)) {
        add_directory(path / name, level + 1);
      } else {
        add_file(path / name);
      }
    }
  }

  void add_file(const fs::path& path) {
    add(path, TextRole::hosts, {});
    const SourceText& text = texts_.back();
    if (text.role == TextRole::hosts && text.text.starts_with("#!")) {
      std::string words = fmt::format("it is a program, and programs are run only where `script: [{}]` names them",
                                      (fs::path("./") / name_of(path)).string());
      texts_.pop_back();
      refuse(path, std::move(words));
    }
  }

  void add(const fs::path& path, TextRole role, std::string subject) {
    std::error_code unknown;
    if (!fs::is_regular_file(path, unknown)) return refuse(path, "it is no file that can be read");
    std::ifstream file(path, std::ios::binary);
    if (!file) return refuse(path, std::strerror(errno));
    SourceText text{name_of(path), {}, role, source_.key(), std::move(subject)};
    text.text.resize(std::min<std::uintmax_t>(fs::file_size(path, unknown), kMostBytes + 1));
    file.read(text.text.data(), static_cast<std::streamsize>(text.text.size()));
    text.text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.text.size() > kMostBytes) return refuse(path, fmt::format("it has more than {} bytes", kMostBytes));
    texts_.push_back(std::move(text));
  }

  /// group_vars/ and host_vars/ beside the inventory.
  void add_variables(const fs::path& beside) {
    add_variables(beside / "group_vars", TextRole::group_variables);
    add_variables(beside / "host_vars", TextRole::host_variables);
  }

  void add_variables(const fs::path& path, TextRole role) {
    std::error_code unknown;
    if (!fs::is_directory(path, unknown)) return;
    const std::vector<std::string> names = list(path);
    const std::set<std::string> known(names.begin(), names.end());
    for (const std::string& name : names) {
      if (name.starts_with('.') || name.ends_with('~')) continue;
      if (fs::is_directory(path / name, unknown)) {
        add_variables_below(path / name, role, name, 0);
        continue;
      }
      // NAME shuts out NAME.yml, that NAME.yaml, and that NAME.json.
      std::string subject = name;
      bool shut_out = false;
      for (const std::string_view ending : {".yml", ".yaml", ".json"}) {
        if (!name.ends_with(ending)) continue;
        subject = name.substr(0, name.size() - ending.size());
        for (const std::string_view before : {"", ".yml", ".yaml"}) {
          if (before == ending) break;
          shut_out = shut_out || known.contains(subject + std::string(before));
        }
      }
      if (!shut_out) add(path / name, role, subject);
    }
  }

  void add_variables_below(const fs::path& path, TextRole role, const std::string& subject, int level) {
    if (level > kMostLevels || ++directories_ > kMostFiles) return refuse(path, "directories are nested too deeply");
    for (const std::string& name : list(path)) {
      if (name.starts_with('.') || name.ends_with('~')) continue;
      const std::string ending = fs::path(name).extension().string();
      std::error_code unknown;
      if (fs::is_directory(path / name, unknown)) {
        if (ending.empty()) add_variables_below(path / name, role, subject, level + 1);
      } else if (ending.empty() || ending == ".yml" || ending == ".yaml" || ending == ".json") {
        add(path / name, role, subject);
      }
    }
  }

  const InventorySource& source_;
  fs::path directory_;
  std::size_t directories_ = 0;
  std::vector<SourceText> texts_;
};

/// Names of all hosts in what a dynamic inventory lists; empty when it answers for their variables, too.
std::set<std::string> hosts_to_ask(const std::string& listed) {
  std::set<std::string> names;
  const auto root = json::parse(listed);
  if (!root || (*root)["_meta"].find("hostvars") != nullptr) return names;
  for (const json::Member& group : root->members()) {
    if (group.key == "_meta") continue;
    const json::Value& hosts = group.value.is_array() ? group.value : group.value["hosts"];
    for (const json::Value& host : hosts.items()) {
      if (const std::string* name = host.as_string()) names.insert(*name);
    }
  }
  return names;
}

std::vector<SourceText> run_inventory(const InventorySource& source, const fs::path& directory) {
  const auto ask = [&](std::vector<std::string> question, TextRole role, std::string subject) -> SourceText {
    std::vector<std::string> argv = source.argv;
    std::ranges::move(question, std::back_inserter(argv));
    std::string name;
    for (const std::string& word : argv) name += (name.empty() ? "" : " ") + word;
    auto answer = run_script(argv, directory, source.timeout, kMostBytes);
    if (!answer) return {{}, {}, TextRole::unreadable, source.key(), answer.error().message()};
    return {std::move(name), std::move(*answer), role, source.key(), std::move(subject)};
  };
  std::vector<SourceText> texts{ask({"--list"}, TextRole::script_hosts, {})};
  for (const std::string& host : hosts_to_ask(texts.front().text)) {
    if (texts.back().role == TextRole::unreadable) break;
    texts.push_back(ask({"--host", host}, TextRole::script_host, host));
  }
  return texts;
}

}  // namespace

std::vector<SourceText> read_inventory(const InventorySource& source, const std::filesystem::path& directory) {
  return source.argv.empty() ? FileReader(source, directory).run() : run_inventory(source, directory);
}

}  // namespace firmform::manifest
