// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/lab_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/simulators/bmc.h"
#include "tests/simulators/ilo_repository.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMark = "# Written by `firmform lab`, which writes it anew at each start.\n";

/// Components as a manifest names them.
struct ManifestNames {
  std::string_view model;
  std::string_view bmc;
  std::string_view bios;
};
constexpr ManifestNames kNames[] = {
    {"ilo5", "iLO 5", "System ROM"},
    {"ilo5-old", "iLO 5", "System ROM"},
    {"ilo6", "iLO 6", "System ROM"},
    {"ilo7", "iLO 7", "System ROM"},
    {"idrac9", "Installed-*__iDRAC.Embedded.1-1", "Installed-*__BIOS.Setup.1-1"},
    {"xcc", "BMC-Primary", "UEFI"},
    {"openbmc", "BMC image", ""},
    {"redfish", "BMC", "BIOS"},
};

const ManifestNames& names_of(std::string_view model) {
  for (const ManifestNames& names : kNames) {
    if (names.model == model) return names;
  }
  return kNames[0];
}

Error cannot_write(const fs::path& path) {
  return {Code::output_failed, fmt::format("cannot write {}", path.string())};
}

Status write_file(const fs::path& path, std::string_view text, mode_t mode) {
  std::error_code ignored;
  fs::remove(path, ignored);
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) return fail(cannot_write(path));
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t count = ::write(file, text.data(), text.size());
    good = count > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(count));
  }
  good = ::close(file) == 0 && good;
  if (!good) return fail(cannot_write(path));
  return {};
}

Status refuse_foreign(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return {};
  std::string text(kMark.size(), '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (text == kMark) return {};
  return fail(Error(Code::would_overwrite, fmt::format("{} is not the lab's", path.string()))
                  .with_help("Give the lab a directory of its own."));
}

std::string hosts_yaml(const LabOptions& options, const LabInfo& info) {
  std::string text(kMark);
  text += fmt::format(
      "firmform: v1\n\n"
      "credentials:\n"
      "  lab: {{username: {}, password: {{file: password}}}}\n\n"
      "hosts:\n",
      options.username);
  std::set<std::string> models;
  for (const LabHost& host : info.hosts) {
    text += fmt::format("  {}: {{bmc: \"{}\", credentials: lab, labels: {{model: {}}}, tls: {{ca_file: ca.pem}}}}\n",
                        host.name, host.url, host.model);
    models.insert(host.model);
  }
  text += "\ngroups:\n";
  for (const std::string& model : models) {
    text += fmt::format("  {0}: {{match: {{labels: {{model: {0}}}}}, baseline: {0}-next}}\n", model);
  }
  return text;
}

/// The version that a manifest wants: an iLO's without its date.
std::string wanted_version(const ModelTraits& traits, const ComponentTraits& part) {
  const bool ilo = traits.hpe && &part == &traits.bmc;
  return std::string(ilo ? part.next.substr(0, part.next.find(' ')) : part.next);
}

/// What UEFI installs on machines of that model; null where there is nothing.
const ComponentTraits* uefi_part(const ModelTraits& traits) {
  const auto found = std::ranges::find_if(traits.others, &ComponentTraits::package_by_uefi);
  return found == traits.others.end() ? nullptr : &*found;
}

/// One more entry that a reader may take into the baseline: the iLO stores it, and UEFI installs it in POST.
std::string uefi_entry(const ModelTraits& traits) {
  const ComponentTraits* part = uefi_part(traits);
  if (part == nullptr) return {};
  return fmt::format(
      "      # Through the installation queue, in the next POST:\n"
      "      # - {{component: \"{}\", version: \"{}\", image: \"{}\"}}\n",
      part->name, part->next,
      package_file_name(std::string(traits.name), std::string(part->key), std::string(part->next)));
}

std::string baseline_yaml(const ModelTraits& traits) {
  const std::string model(traits.name);
  const ManifestNames& names = names_of(model);
  const auto image = [&](const std::string& component, const ComponentTraits& part) {
    return image_file_name(model, component, std::string(part.next));
  };
  std::string text = fmt::format("  {}-next:\n    firmware:\n", model);
  text += fmt::format("      - {{component: \"{}\", version: \"{}\", image: \"{}\"}}\n", names.bmc,
                      wanted_version(traits, traits.bmc), image("bmc", traits.bmc));
  if (!names.bios.empty()) {
    text += fmt::format("      - {{component: \"{}\", version: \"{}\", image: \"{}\", after: [\"{}\"]}}\n", names.bios,
                        wanted_version(traits, traits.bios), image("bios", traits.bios), names.bmc);
  }
  return text + uefi_entry(traits);
}

std::string baselines_yaml(const LabInfo& info) {
  std::string text(kMark);
  text += fmt::format(
      "firmform: v1\n\n"
      "catalog:\n"
      "  - {{directory: firmware/}}\n"
      "  - {{url: \"{}\"}}\n\n"
      "# The lab's images come over plain HTTP from loopback, and its machines have a TPM.\n"
      "policies: {{plain_http_image: allow, tpm_override: allow}}\n\n"
      "baselines:\n",
      info.image_url);
  std::set<std::string> models;
  for (const LabHost& host : info.hosts) models.insert(host.model);
  for (const std::string& model : models) text += baseline_yaml(*find_traits(model));
  return text;
}

/// "cp062105.exe" of the model: number and ending as HPE's have them.
std::string smart_component_stem(std::string_view model) {
  if (model == "ilo5-old") return "cp062104";
  return fmt::format("cp06210{}", model.back());
}

/// A smart component with the signatures that belong to it: one, or one for each 32 MiB.
Status write_smart_component(const fs::path& folder, const ModelTraits& traits, const ComponentTraits& part,
                             std::size_t size) {
  const std::string model(traits.name);
  const Result<std::string> component =
      make_smart_component(model, std::string(part.key), std::string(part.next), size, "Uefi");
  if (!component) return fail(component.error());
  const std::string stem = smart_component_stem(model);
  if (Status good = write_file(folder / (stem + ".exe"), *component, 0644); !good) return good;
  const std::string_view bytes = *component;
  const bool pieces = bytes.size() > kSectionBytes;
  for (std::size_t at = 0, number = 1; at < bytes.size(); at += kSectionBytes, ++number) {
    const std::string name = pieces ? fmt::format("{}_part{}.compsig", stem, number) : stem + ".compsig";
    if (Status good = write_file(folder / name, make_compsig(bytes.substr(at, kSectionBytes)), 0644); !good)
      return good;
  }
  return {};
}

/// What HPE ships beside raw images: packages for the iLO and for UEFI, and a smart component.
Status write_packages(const LabOptions& options, const fs::path& folder, const ModelTraits& traits) {
  const ComponentTraits* uefi = uefi_part(traits);
  if (uefi == nullptr) return {};
  const std::string model(traits.name);
  for (const auto& [component, version] : {std::pair(std::string("bmc"), std::string(traits.bmc.next)),
                                           std::pair(std::string(uefi->key), std::string(uefi->next))}) {
    const Result<std::string> package = make_fwpkg(model, component, version, options.image_size);
    if (!package) return fail(package.error());
    const fs::path path = folder / package_file_name(model, component, version);
    if (Status good = write_file(path, *package, 0644); !good) return good;
  }
  return write_smart_component(folder, traits, *uefi, options.smart_component_size);
}

Status write_images(const LabOptions& options, const LabInfo& info) {
  const fs::path folder = info.directory / "firmware";
  std::set<std::string> models;
  for (const LabHost& host : info.hosts) models.insert(host.model);
  for (const std::string& model : models) {
    const ModelTraits& traits = *find_traits(model);
    for (const auto& [component, part] : {std::pair("bmc", &traits.bmc), std::pair("bios", &traits.bios)}) {
      if (part->next.empty()) continue;
      const std::string version(part->next);
      const fs::path path = folder / image_file_name(model, component, version);
      if (Status good = write_file(path, make_image(model, component, version, options.image_size), 0644); !good)
        return good;
    }
    if (Status good = write_packages(options, folder, traits); !good) return good;
  }
  return {};
}

}  // namespace

Status write_lab_files(const LabOptions& options, const LabInfo& info, const std::string& ca_pem,
                       const std::string& password) {
  const fs::path& directory = info.directory;
  std::error_code problem;
  fs::create_directories(directory / "firmware", problem);
  if (problem) return fail(cannot_write(directory / "firmware"));
  for (const std::string_view name : {"hosts.yaml", "baselines.yaml"}) {
    if (Status good = refuse_foreign(directory / name); !good) return good;
  }
  const std::tuple<std::string_view, std::string, mode_t> files[] = {{"ca.pem", ca_pem, 0644},
                                                                     {"password", password + "\n", 0600},
                                                                     {"hosts.yaml", hosts_yaml(options, info), 0644},
                                                                     {"baselines.yaml", baselines_yaml(info), 0644}};
  for (const auto& [name, text, mode] : files) {
    if (Status good = write_file(directory / name, text, mode); !good) return good;
  }
  return write_images(options, info);
}

}  // namespace firmform::simulators
