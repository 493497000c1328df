// SPDX-License-Identifier: Apache-2.0
// The text of an adopted manifest.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/format.h"
#include "engine/manifest/format_rules.h"
#include "engine/plan/adopt.h"

namespace firmform::plan {
namespace {

using inventory::HostSnapshot;
using manifest::PasswordSource;

constexpr std::string_view kCredentials = "bmc";

std::string in_quotes(std::string_view text) {
  std::string result = "\"";
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// Without quotes where no reader of YAML could take it for anything but this text.
std::string scalar(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto is_safe = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || std::string_view("._/:-").find(c) != std::string_view::npos;
  };
  constexpr std::string_view kWords[] = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
  const bool word = std::ranges::find(kWords, to_lower(text)) != std::end(kWords);
  const bool plain = !text.empty() && is_letter(text.front()) && !text.ends_with(':') && !word;
  return plain && std::ranges::all_of(text, is_safe) ? std::string(text) : in_quotes(text);
}

std::string comment(std::string_view text) {
  return fmt::format("# {}\n", printable(text));
}

/// What a baseline is made of; hosts with equal ones share it.
struct Firmware {
  std::string title;  ///< what its name is made of
  std::string model;  ///< empty: not known
  std::string lines;
  auto operator<=>(const Firmware&) const = default;
};

class Writer {
 public:
  Writer(const inventory::Inventory& inventory, const AdoptOptions& options)
      : inventory_(inventory), options_(options) {
    for (const auto& [name, host] : inventory) {
      if (host.status == inventory::HostStatus::ok) users_[firmware_of(host)].push_back(name);
    }
    name_baselines();
  }

  std::string run() {
    head();
    hosts();
    baselines();
    return std::move(text_);
  }

 private:
  static Firmware firmware_of(const HostSnapshot& host) {
    Firmware result;
    if (!is_glob(host.system.model)) result.model = printable(trim(host.system.model));
    for (const std::string& title : {result.model, host.manager.model, host.product, host.provider}) {
      if (result.title.empty()) result.title = adopted_name(title);
    }
    for (const AdoptedEntry& entry : adopt_firmware(host)) {
      result.lines += fmt::format("      - {{component: {}, version: {}{}}}\n", selector(entry.component),
                                  in_quotes(entry.version), entry.every ? ", every: true" : "");
    }
    return result;
  }

  static std::string selector(const manifest::Selector& component) {
    std::string parts;
    const auto add = [&](std::string_view key, const std::string& value) {
      if (!value.empty()) parts += fmt::format(", {}: {}", key, in_quotes(value));
    };
    add("location", component.location);
    add("target", component.target);
    add("software_id", component.software_id);
    add("device_class", component.device_class);
    const std::string name = in_quotes(component.name);
    return parts.empty() ? name : fmt::format("{{name: {}{}}}", name, parts);
  }

  /// The model, with a number where several baselines are for one model: the one with most hosts first.
  void name_baselines() {
    std::vector<const std::pair<const Firmware, std::vector<std::string>>*> order;
    for (const auto& entry : users_) order.push_back(&entry);
    std::ranges::sort(order, [](const auto* a, const auto* b) {
      return std::pair(b->second.size(), a->second.front()) < std::pair(a->second.size(), b->second.front());
    });
    std::map<std::string, int> models;
    for (const auto* entry : order) ++models[base_name(entry->first)];
    std::map<std::string, int> given;
    for (const auto* entry : order) {
      const std::string base = base_name(entry->first);
      const std::string name = models[base] == 1 ? base : fmt::format("{}-{}", base, ++given[base]);
      names_[entry->first] = name;
      baselines_.emplace_back(name, &entry->first);
    }
  }

  static std::string base_name(const Firmware& firmware) {
    return firmware.title.empty() ? "baseline" : firmware.title;
  }

  void head() {
    text_ +=
        "# Made by `firmform import`: what the hosts run now is what is wanted, so `firmform plan` has nothing to do.\n"
        "# To change something:\n"
        "#   1. say where images are:   catalog: [{directory: firmware/}]\n"
        "#   2. raise a version in a baseline, and name its image: {component: …, version: …, image: …}\n"
        "#   3. firmform plan\n"
        "firmform: v1\n\n";
    text_ += fmt::format("credentials:\n  {}: {{username: {}, password: {}}}\n\n", kCredentials,
                         in_quotes(options_.username), password());
    text_ += fmt::format("defaults:\n  credentials: {}\n", kCredentials);
    if (options_.ca_file) text_ += fmt::format("  tls: {{ca_file: {}}}\n", scalar(*options_.ca_file));
  }

  [[nodiscard]] std::string password() const {
    const PasswordSource& source = options_.password;
    switch (source.kind) {
      case PasswordSource::Kind::exec: {
        std::string words;
        for (const std::string& word : source.argv) words += (words.empty() ? "" : ", ") + in_quotes(word);
        return fmt::format("{{exec: [{}]}}", words);
      }
      case PasswordSource::Kind::file:
        return fmt::format("{{file: {}}}", scalar(source.name));
      case PasswordSource::Kind::env:
      case PasswordSource::Kind::systemd:
      case PasswordSource::Kind::ansible_vault:
      case PasswordSource::Kind::sops:
      case PasswordSource::Kind::vault:
        break;
    }
    return fmt::format("{{env: {}}}", scalar(source.name));
  }

  void hosts() {
    text_ += "\nhosts:\n";
    if (!options_.pins.empty()) {
      text_ +=
          "  # The pins are the keys that the BMCs showed during the import. Compare some of them by another way "
          "before\n"
          "  # you rely on them.\n";
    }
    for (const auto& [firmware, names] : users_) {
      for (const std::string& name : names) lines_[name] = host_line(name, names_.at(firmware));
    }
    for (const auto& [name, line] : lines_) text_ += line;
    bool first = true;
    for (const auto& [name, host] : inventory_) {
      if (host.status == inventory::HostStatus::ok) continue;
      if (std::exchange(first, false)) text_ += "\n# Could not be read, and are left out:\n";
      const std::string why = host.error ? host.error->one_line() : std::string(to_string(host.status));
      text_ += comment(fmt::format("{}: {}: {}", name, host.bmc, why));
    }
  }

  [[nodiscard]] std::string host_line(const std::string& name, const std::string& baseline) const {
    std::string labels;
    if (const auto given = options_.labels.find(name); given != options_.labels.end()) {
      for (const auto& [key, value] : given->second) {
        labels += fmt::format("{}{}: {}", labels.empty() ? "" : ", ", scalar(key), scalar(value));
      }
    }
    if (!labels.empty()) labels = fmt::format(", labels: {{{}}}", labels);
    std::string tls;
    if (const auto pin = options_.pins.find(name); pin != options_.pins.end()) {
      tls = fmt::format(", tls: {{pin_sha256: {}}}", in_quotes(pin->second));
    }
    return fmt::format("  {}: {{bmc: {}, baseline: {}{}{}}}\n", scalar(name), scalar(inventory_.at(name).bmc),
                       scalar(baseline), labels, tls);
  }

  void baselines() {
    text_ += "\nbaselines:\n";
    for (const auto& [name, firmware] : baselines_) {
      text_ += fmt::format("  {}:\n", scalar(name));
      if (!firmware->model.empty()) text_ += fmt::format("    applies_to: {{model: {}}}\n", in_quotes(firmware->model));
      text_ += firmware->lines.empty() ? "    firmware: []\n" : "    firmware:\n" + firmware->lines;
    }
  }

  const inventory::Inventory& inventory_;
  const AdoptOptions& options_;
  std::map<Firmware, std::vector<std::string>> users_;
  std::map<Firmware, std::string> names_;
  std::vector<std::pair<std::string, const Firmware*>> baselines_;
  std::map<std::string, std::string> lines_;
  std::string text_;
};

}  // namespace

std::string adopt(const inventory::Inventory& inventory, const AdoptOptions& options) {
  std::string text = Writer(inventory, options).run();
  SourceMap sources;
  auto formatted = manifest::format(sources, sources.add("firmform.yaml", text));
  return formatted.value ? std::move(*formatted.value) : text;
}

}  // namespace firmform::plan
