// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/images.h"

#include <set>

namespace firmform::manifest {
namespace {

/// Hosts share baselines, sets and repositories; each is looked into once.
class Collector {
 public:
  void add(const DesiredHost& host) {
    for (const BaselineChoice& choice : host.baselines) {
      if (!seen_.insert(choice.baseline.get()).second) continue;
      for (const FirmwareEntry& entry : choice.baseline->firmware) {
        add(entry.image);
        for (const ViaStep& step : entry.via) add(step.image);
      }
    }
    for (const InstallSetChoice& choice : host.install_sets) {
      if (!seen_.insert(choice.set.get()).second) continue;
      for (const InstallSetStep& step : choice.set->steps) add(step.file);
    }
    if (host.repository && seen_.insert(host.repository->repository.get()).second) {
      for (const Text& file : host.repository->repository->present) images_.insert(file.value);
    }
  }

  [[nodiscard]] std::vector<std::string> take() const { return {images_.begin(), images_.end()}; }

 private:
  void add(const std::optional<Text>& image) {
    if (image) images_.insert(image->value);
  }

  std::set<const void*> seen_;
  std::set<std::string> images_;
};

}  // namespace

std::vector<std::string> images_of(const Desired& desired) {
  Collector collector;
  for (const auto& [name, host] : desired.hosts) collector.add(host);
  return collector.take();
}

}  // namespace firmform::manifest
