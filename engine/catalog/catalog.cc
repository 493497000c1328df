// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/catalog.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/catalog/image_directory.h"
#include "engine/catalog/image_url.h"

namespace firmform::catalog {
namespace {

/// The sources of the manifest, opened.
struct Sources {
  std::vector<ImageDirectory> directories;
  std::vector<std::string> base_urls;
};

Sources open_sources(const std::vector<manifest::CatalogSource>& sources, const std::filesystem::path& directory) {
  Sources opened;
  for (const manifest::CatalogSource& source : sources) {
    if (source.directory) opened.directories.emplace_back(directory / source.directory->value);
    if (source.url) opened.base_urls.push_back(source.url->value);
  }
  return opened;
}

ImageFormat format_of(std::string_view name) {
  constexpr std::string_view kExtension = ".fwpkg";
  const bool package =
      name.size() > kExtension.size() && equals_ignoring_case(name.substr(name.size() - kExtension.size()), kExtension);
  return package ? ImageFormat::fwpkg : ImageFormat::raw;
}

Result<CatalogImage> read_file(const std::string& name, const std::filesystem::path& path) {
  CatalogImage image{.name = name, .path = path.string(), .format = format_of(path.string())};
  const Result<FileDigest> digest = digest_file(path);
  if (!digest) return fail(digest.error());
  image.size = digest->size;
  image.sha256 = digest->sha256;
  if (image.format == ImageFormat::raw) return image;
  Result<PackageMetadata> package = read_fwpkg(path);
  if (!package) return fail(package.error());
  image.package = *std::move(package);
  return image;
}

Result<CatalogImage> from_url(const std::string& name, const std::string& url) {
  if (const Status usable = check_image_url(url); !usable) return fail(usable.error());
  return CatalogImage{.name = name, .url = url, .format = format_of(path_of_url(url))};
}

Error not_in_catalog(const std::string& name, const Sources& sources) {
  Error error(Code::image_not_in_catalog, fmt::format("no catalog source has the image {}", printable(name)));
  std::vector<std::string> candidates;
  for (const ImageDirectory& directory : sources.directories) {
    const std::vector<std::string> names = directory.names();
    candidates.insert(candidates.end(), names.begin(), names.end());
    error = error.with_note(directory.readable() ? fmt::format("looked in {}", directory.path().string())
                                                 : fmt::format("{} cannot be read", directory.path().string()));
  }
  if (sources.directories.empty()) error = error.with_note("the manifest names no catalog directory");
  if (const auto near = nearest(name, candidates)) error = error.with_help(fmt::format("Did you mean {}?", *near));
  return error;
}

Result<CatalogImage> find_image(const std::string& name, const Sources& sources) {
  if (is_url(name)) return from_url(name, name);
  if (const Status usable = check_image_name(name); !usable) return fail(usable.error());
  for (const ImageDirectory& directory : sources.directories) {
    const Result<std::optional<std::filesystem::path>> path = directory.find(name);
    if (!path) return fail(path.error());
    if (*path) return read_file(name, **path);
  }
  if (sources.base_urls.empty()) return fail(not_in_catalog(name, sources));
  return from_url(name, join_url(sources.base_urls.front(), name));
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

CatalogReading read_catalog(const std::vector<manifest::CatalogSource>& sources, const std::filesystem::path& directory,
                            const std::vector<std::string>& wanted) {
  const Sources opened = open_sources(sources, directory);
  CatalogReading reading;
  for (const std::string& name : std::set<std::string>(wanted.begin(), wanted.end())) {
    Result<CatalogImage> image = find_image(name, opened);
    if (image) {
      reading.catalog.add(*std::move(image));
    } else {
      reading.problems.push_back({name, image.error()});
    }
  }
  return reading;
}

}  // namespace firmform::catalog
