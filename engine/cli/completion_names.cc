// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/completion_names.h"

#include <fmt/format.h>

#include <set>

#include "engine/base/time_text.h"
#include "engine/journal/sqlite_journal.h"
#include "engine/manifest/load.h"

namespace firmform::cli {
namespace {

template <class T>
std::vector<Candidate> names_of(const manifest::Named<T>& entries) {
  std::vector<Candidate> result;
  for (const auto& [name, entry] : entries) result.push_back({name, {}});
  return result;
}

std::string labels_of(const manifest::Host& host) {
  std::string text;
  for (const auto& [label, value] : host.labels) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", label, value.value);
  }
  return text;
}

class ProjectNames final : public Names {
 public:
  explicit ProjectNames(std::filesystem::path directory) : directory_(std::move(directory)) {}

  std::vector<Candidate> hosts() override {
    std::vector<Candidate> result;
    for (const auto& [name, host] : manifest().hosts) result.push_back({name, labels_of(host.value)});
    return result;
  }

  std::vector<Candidate> components(const std::string& host) override {
    std::vector<Candidate> result;
    std::set<std::string> seen;
    const auto found = desired().hosts.find(host);
    if (found == desired().hosts.end()) return result;
    for (const manifest::BaselineChoice& choice : found->second.baselines) {
      for (const manifest::FirmwareEntry& entry : choice.baseline->firmware) {
        const std::string& name = entry.component.value.name;
        const bool is_glob = name.find_first_of("*?[") != std::string::npos;
        if (name.empty() || is_glob || !seen.insert(name).second) continue;
        result.push_back({name, fmt::format("{} in {}", entry.version.value, choice.name)});
      }
    }
    return result;
  }

  std::vector<Candidate> windows() override { return names_of(manifest().maintenance_windows); }
  std::vector<Candidate> install_sets() override { return names_of(manifest().install_sets); }
  std::vector<Candidate> baselines() override { return names_of(manifest().baselines); }
  std::vector<Candidate> rules() override { return names_of(manifest().policies.rules); }

  std::vector<Candidate> images() override {
    std::set<std::string> names;
    for (const auto& [name, baseline] : manifest().baselines) {
      for (const manifest::FirmwareEntry& entry : baseline.value.firmware) {
        if (entry.image) names.insert(entry.image->value);
      }
    }
    for (const auto& [name, repository] : manifest().repositories) {
      for (const manifest::Text& image : repository.value.present) names.insert(image.value);
    }
    std::vector<Candidate> result;
    for (const std::string& name : names) result.push_back({name, {}});
    return result;
  }

  std::vector<Candidate> runs() override {
    std::error_code problem;
    const std::filesystem::path state = directory_ / ".firmform";
    if (!std::filesystem::exists(state / "journal.sqlite", problem)) return {};
    const auto journal = journal::open_sqlite_journal(state);
    if (!journal) return {};
    const auto runs = (*journal)->runs();
    std::vector<Candidate> result;
    for (const journal::Run& run : runs.value_or(std::vector<journal::Run>())) {
      result.push_back({run.id, fmt::format("{} {}", to_rfc3339(run.started_at), run.result)});
    }
    return result;
  }

 private:
  const manifest::Manifest& manifest() {
    load();
    return manifest_;
  }
  const manifest::Desired& desired() {
    load();
    return desired_;
  }

  void load() {
    if (loaded_) return;
    loaded_ = true;
    auto files = manifest::read_directory(directory_);
    if (!files) return;
    auto parsed = manifest::load(std::move(*files), sources_);
    if (!parsed.value) return;
    manifest_ = std::move(*parsed.value);
    if (auto resolved = manifest::resolve(manifest_, sources_); resolved.value) desired_ = std::move(*resolved.value);
  }

  std::filesystem::path directory_;
  bool loaded_ = false;
  SourceMap sources_;
  manifest::Manifest manifest_;
  manifest::Desired desired_;
};

}  // namespace

std::unique_ptr<Names> make_project_names(std::filesystem::path directory) {
  return std::make_unique<ProjectNames>(std::move(directory));
}

}  // namespace firmform::cli
