// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/catalog.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/catalog/image_cache.h"
#include "engine/catalog/image_directory.h"
#include "engine/catalog/image_kind.h"
#include "engine/catalog/image_url.h"
#include "engine/catalog/package_archive.h"
#include "engine/catalog/sections.h"

namespace firmform::catalog {
namespace {

/// The sources of the manifest, opened.
struct Sources {
  std::filesystem::path directory;  ///< of the manifest
  std::vector<ImageDirectory> directories;
  std::vector<std::string> base_urls;
};

Sources open_sources(const std::vector<manifest::CatalogSource>& sources, const std::filesystem::path& directory) {
  Sources opened{.directory = directory};
  for (const manifest::CatalogSource& source : sources) {
    if (source.directory) opened.directories.emplace_back(directory / source.directory->value);
    if (source.url) opened.base_urls.push_back(source.url->value);
  }
  return opened;
}

/// A package that was renamed to .zip, as some tools do before they upload it, is a package still.
bool is_renamed_package(const std::filesystem::path& path) {
  if (!equals_ignoring_case(path.extension().string(), ".zip")) return false;
  const Result<std::optional<std::string>> payload = read_payload(path);
  return payload && payload->has_value();
}

Status add_package(CatalogImage& image, const std::filesystem::path& path) {
  Result<PackageMetadata> package = read_fwpkg(path);
  if (!package) return fail(package.error());
  image.package = *std::move(package);
  return {};
}

Status add_signatures(CatalogImage& image, const std::filesystem::path& path) {
  Result<std::vector<Section>> sections = read_signatures(path, image.size);
  if (!sections) return fail(sections.error());
  if (!sections->empty()) {
    image.signature = Signature::detached;
    image.sections = *std::move(sections);
    return {};
  }
  if (!is_renamed_package(path)) return {};
  image.format = ImageFormat::fwpkg;
  image.signature = Signature::embedded;
  return add_package(image, path);
}

/// What its kind of file says beyond its bytes.
Status add_content(CatalogImage& image, const std::filesystem::path& path) {
  switch (image.format) {
    case ImageFormat::raw:
      return {};
    case ImageFormat::fwpkg:
      return add_package(image, path);
    case ImageFormat::smart_component:
      return add_signatures(image, path);
  }
  return {};
}

CatalogImage named_image(const std::string& name, std::string_view file_name) {
  const ImageKind kind = kind_of(file_name);
  return {.name = name, .format = kind.format, .signature = kind.signature};
}

/// Everything of a local image but its digest.
Result<CatalogImage> described(const std::string& name, const std::filesystem::path& path, std::uintmax_t size) {
  CatalogImage image = named_image(name, path.string());
  image.path = path.string();
  image.size = size;
  if (size == 0) return fail(Code::image_unreadable, fmt::format("{} is empty", path.string()));
  if (const Status added = add_content(image, path); !added) return fail(added.error());
  return image;
}

Result<CatalogImage> surveyed(const std::string& name, const ImageDirectory& directory) {
  const Result<std::optional<std::filesystem::path>> path = directory.find(name);
  if (!path) return fail(path.error());
  std::error_code problem;
  const std::uintmax_t size = std::filesystem::file_size(**path, problem);
  if (problem) return fail(Code::image_unreadable, fmt::format("{}: {}", (*path)->string(), problem.message()));
  return described(name, **path, size);
}

Error not_locked(const std::string& name) {
  return Error(Code::image_lock_differs, fmt::format("{} is not in {}", printable(name), kLockFile))
      .with_help("Run `firmform catalog lock`, look at what it adds, and commit it.");
}

Status check_lock(const CatalogImage& image, const Lock* lock) {
  if (lock == nullptr) return {};
  const LockedImage* pin = lock->find(image.name);
  if (pin == nullptr) return fail(not_locked(image.name));
  if (pin->sha256 == image.sha256 && pin->size == image.size) return {};
  return fail(
      Error(Code::image_lock_differs, fmt::format("{} is not the one in {}", printable(image.name), kLockFile))
          .with_note(fmt::format("locked: {}, {} bytes", pin->sha256, pin->size))
          .with_note(fmt::format("found: {}, {} bytes, in {}", image.sha256, image.size, image.path))
          .with_help("Find out who replaced it; if the new file is meant, run `firmform catalog lock -update`."));
}

/// Adds what the copy in the cache tells, when there is one. A copy that is not what the lock pins is not used.
Status add_fetched(CatalogImage& image, const std::filesystem::path& cache) {
  const Result<std::string> name = file_name_of_url(image.url);
  if (!name) return {};
  const std::filesystem::path path = cached_path(cache, image.sha256, *name);
  std::error_code problem;
  if (!std::filesystem::is_regular_file(path, problem)) return {};
  const Result<CatalogImage> copy = read_image(*name, path);
  if (!copy) return fail(copy.error());
  if (copy->sha256 != image.sha256) {
    return fail(Error(Code::image_lock_differs, fmt::format("{} was changed in the cache", path.string()))
                    .with_help("Remove it, and run `firmform catalog fetch`."));
  }
  image.fetched_path = path.string();
  image.format = copy->format;
  image.signature = copy->signature;
  image.package = copy->package;
  image.sections = copy->sections;
  return {};
}

Result<CatalogImage> from_url(const std::string& name, const std::string& url, const Lock* lock,
                              const std::filesystem::path& directory) {
  if (const Status usable = check_image_url(url); !usable) return fail(usable.error());
  CatalogImage image = named_image(name, path_of_url(url));
  image.url = url;
  if (lock == nullptr) return image;
  const LockedImage* pin = lock->find(name);
  if (pin == nullptr) return fail(not_locked(name));
  image.sha256 = pin->sha256;
  image.size = pin->size;
  if (const Status added = add_fetched(image, image_cache(directory)); !added) return fail(added.error());
  return image;
}

Error not_all_read(const ImageDirectory& directory) {
  const std::string_view why = directory.readable()
                                   ? "was not read as a whole: there are too many files, or folders that cannot be read"
                                   : "cannot be read";
  return {Code::image_unreadable, fmt::format("{} {}", directory.path().string(), why)};
}

std::string looked_in(const ImageDirectory& directory) {
  return directory.complete() ? fmt::format("looked in {}", directory.path().string())
                              : not_all_read(directory).message();
}

Error not_in_catalog(const std::string& name, const Sources& sources) {
  Error error(Code::image_not_in_catalog, fmt::format("no catalog source has the image {}", printable(name)));
  std::vector<std::string> candidates;
  for (const ImageDirectory& directory : sources.directories) {
    const std::vector<std::string> names = directory.names();
    candidates.insert(candidates.end(), names.begin(), names.end());
    error = error.with_note(looked_in(directory));
  }
  if (sources.directories.empty()) error = error.with_note("the manifest names no catalog directory");
  if (const auto near = nearest(name, candidates)) error = error.with_help(fmt::format("Did you mean {}?", *near));
  return error;
}

Result<CatalogImage> find_image(const std::string& name, const Sources& sources, const Lock* lock) {
  if (is_url(name)) return from_url(name, name, lock, sources.directory);
  if (const Status usable = check_image_name(name); !usable) return fail(usable.error());
  for (const ImageDirectory& directory : sources.directories) {
    const Result<std::optional<std::filesystem::path>> path = directory.find(name);
    if (!path) return fail(path.error());
    if (!*path) continue;
    Result<CatalogImage> image = read_image(name, **path);
    if (!image) return image;
    const Status locked = check_lock(*image, lock);
    return locked ? image : fail(locked.error());
  }
  if (sources.base_urls.empty()) return fail(not_in_catalog(name, sources));
  return from_url(name, join_url(sources.base_urls.front(), name), lock, sources.directory);
}

}  // namespace

void Catalog::add(CatalogImage image) {
  std::string name = image.name;
  images_.insert_or_assign(std::move(name), std::move(image));
}

const CatalogImage* Catalog::find(std::string_view name) const {
  if (const auto exact = images_.find(name); exact != images_.end()) return &exact->second;
  if (is_url(name)) return nullptr;
  for (const auto& [key, image] : images_) {
    if (equals_ignoring_case(key, name)) return &image;
  }
  return nullptr;
}

std::vector<std::string> Catalog::names() const {
  std::vector<std::string> names;
  for (const auto& entry : images_) names.push_back(entry.first);
  return names;
}

Result<CatalogImage> read_image(const std::string& name, const std::filesystem::path& path) {
  const Result<FileDigest> digest = digest_file(path);
  if (!digest) return fail(digest.error());
  Result<CatalogImage> image = described(name, path, digest->size);
  if (image) image->sha256 = digest->sha256;
  return image;
}

CatalogReading survey(const std::vector<manifest::CatalogSource>& sources, const std::filesystem::path& directory) {
  CatalogReading reading;
  std::set<std::string> seen;
  for (const ImageDirectory& opened : open_sources(sources, directory).directories) {
    if (!opened.complete()) reading.problems.push_back({opened.path().string(), not_all_read(opened)});
    for (const std::string& name : opened.names()) {
      if (!is_image_name(name) || !seen.insert(to_lower(name)).second) continue;
      Result<CatalogImage> image = surveyed(name, opened);
      if (image) reading.catalog.add(*std::move(image));
      if (!image) reading.problems.push_back({name, image.error()});
    }
  }
  return reading;
}

std::vector<const CatalogImage*> Catalog::images() const {
  std::vector<const CatalogImage*> images;
  for (const auto& entry : images_) images.push_back(&entry.second);
  return images;
}

CatalogReading read_catalog(const std::vector<manifest::CatalogSource>& sources, const std::filesystem::path& directory,
                            const std::vector<std::string>& wanted, const Lock* lock) {
  const Sources opened = open_sources(sources, directory);
  CatalogReading reading;
  for (const std::string& name : std::set<std::string>(wanted.begin(), wanted.end())) {
    Result<CatalogImage> image = find_image(name, opened, lock);
    if (image) {
      reading.catalog.add(*std::move(image));
    } else {
      reading.problems.push_back({name, image.error()});
    }
  }
  return reading;
}

}  // namespace firmform::catalog
