// SPDX-License-Identifier: Apache-2.0
// Catalog: finds the image that a manifest names, and reads what the package says of itself.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/catalog/lock.h"
#include "engine/manifest/manifest.h"

namespace firmform::catalog {

/// One device that a package is made for.
struct PackageDevice {
  std::string name;
  std::string target;  ///< GUID, lower case
  std::string version;
};

/// What a .fwpkg says of itself (payload.json).
struct PackageMetadata {
  std::string format;        ///< "FWPKG", "FWPKG-v2"
  std::string device_class;  ///< GUID, lower case
  std::vector<PackageDevice> devices;
  bool updatable_by_bmc = false;
  bool updatable_by_uefi = false;
  bool updatable_by_agent = false;
  bool direct_flash = false;  ///< DirectFlashOk of the first image
  bool uefi_flashable = false;
  bool reset_required = false;
  int install_seconds = 0;      ///< longest of all devices, delays included; 0 when not said
  std::string minimum_version;  ///< MinimumActiveVersion: what must be installed before; empty when not said
};

enum class ImageFormat {
  raw,              ///< one image with its own signature: .bin, .signed.flash, .vme …
  fwpkg,            ///< HPE firmware package
  smart_component,  ///< .exe, .scexe, .rpm, .zip with detached signatures (.compsig)
};

/// By the kind of the file, as HPE makes them; of other vendors' files it says nothing. Whether a signature is good is
/// for the BMC to judge.
enum class Signature {
  embedded,  ///< of the vendor, inside of the file
  detached,  ///< in .compsig files beside it
  none,      ///< there should be one, and there is none
};

/// A piece of a file that is sent by itself: BMCs take files with detached signatures in pieces of 32 MiB, each with
/// a signature of its own.
struct Section {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::string signature_path;  ///< .compsig of this piece
  std::string signature_sha256;
};

/// An image of the catalog. Either a local file or a URL that BMCs pull from.
struct CatalogImage {
  std::string name;
  std::string path;
  std::string url;
  /// The copy of a URL's image on this machine (`firmform catalog fetch`), for hosts that are to get it from here;
  /// its bytes are those of `sha256`. Empty: there is none.
  std::string fetched_path;
  std::uintmax_t size = 0;  ///< 0 for a URL without a pin
  std::string sha256;       ///< empty for a URL without a pin
  ImageFormat format = ImageFormat::raw;
  std::optional<PackageMetadata> package;
  Signature signature = Signature::embedded;
  std::vector<Section> sections;  ///< of a detached signature, in order; one for a small file
};

class Catalog {
 public:
  void add(CatalogImage image);
  /// The image of that name (whatever its case) or URL. Null when there is none.
  [[nodiscard]] const CatalogImage* find(std::string_view name) const;
  /// All names, sorted, for did-you-mean.
  [[nodiscard]] std::vector<std::string> names() const;
  /// All images in order of their names.
  [[nodiscard]] std::vector<const CatalogImage*> images() const;

 private:
  std::map<std::string, CatalogImage, std::less<>> images_;
};

/// Why an image of the manifest cannot be used.
struct CatalogProblem {
  std::string image;
  Error error;
};
struct CatalogReading {
  Catalog catalog;
  std::vector<CatalogProblem> problems;
};
/// Finds each of `wanted` (file names or URLs) in `sources`: first directories in their order (relative to
/// `directory`) with the folders below them, then the first URL source, which is not asked whether it has the file.
/// Names match whatever their case, exact ones first. Digests files, reads packages and detached signatures. With a
/// `lock`, each image must be the one that it pins. What cannot be used comes back as a problem by name:
/// image_not_in_catalog, image_unreadable, image_name_refused, package_malformed, signature_mismatch,
/// image_lock_differs. Whether a BMC may pull over plain http is a policy, and so the plan's decision.
[[nodiscard]] CatalogReading read_catalog(const std::vector<manifest::CatalogSource>& sources,
                                          const std::filesystem::path& directory,
                                          const std::vector<std::string>& wanted, const Lock* lock = nullptr);

/// All images in the directories of `sources`, each with what it says of itself, and without digests: a directory may
/// hold many gigabytes. Files that are no images are left out. Problems as of `read_catalog`.
[[nodiscard]] CatalogReading survey(const std::vector<manifest::CatalogSource>& sources,
                                    const std::filesystem::path& directory);

/// Reads one local file as `read_catalog` does.
[[nodiscard]] Result<CatalogImage> read_image(const std::string& name, const std::filesystem::path& path);

/// Reads payload.json out of a .fwpkg, or from the .json file beside a package that holds only its image.
/// Bounded: at most 1 MiB of metadata is unpacked, and nothing else. Fails with image_unreadable or package_malformed.
[[nodiscard]] Result<PackageMetadata> read_fwpkg(const std::filesystem::path& path);

}  // namespace firmform::catalog
