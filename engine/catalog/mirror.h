// SPDX-License-Identifier: Apache-2.0
// Files of an HTTP(S) mirror, brought here. A file is fetched in ranges, so that memory does not grow with it and a
// download that was cut off goes on where it stopped; it comes into the cache under its digest, or not at all.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/digest.h"
#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/catalog/lock.h"
#include "engine/catalog/repository_index.h"
#include "engine/http/transport.h"

namespace firmform::catalog {

struct MirrorFile {
  std::string url;
  std::string name;  ///< that it gets in the cache; a plain file name
  http::TlsOptions tls;
  std::optional<LockedImage> pin;  ///< what it must be
};

struct FetchedFile {
  std::filesystem::path path;  ///< in the cache
  FileDigest digest;
};

class Mirror {
 public:
  /// `transport` outlives this. `cache` is created when something is fetched.
  Mirror(http::Transport& transport, std::filesystem::path cache) : transport_(transport), cache_(std::move(cache)) {}

  /// Brings one file into the cache, together with what lies beside it on the mirror and belongs to it: the metadata
  /// of a package without payload.json, the signatures of a Smart Component. Fails with mirror_failed (with status,
  /// type and first bytes of the answer), image_lock_differs and output_failed.
  Task<Result<FetchedFile>> fetch(MirrorFile file);

  /// What the mirror at `base` lists; absent when it has no index. Fails with mirror_failed.
  Task<Result<std::optional<std::vector<IndexedImage>>>> read_index(std::string base, http::TlsOptions tls);

 private:
  /// What a first look at a file showed.
  struct Source {
    std::uint64_t size = 0;
    std::string validator;          ///< ETag or Last-Modified: the file is still the same; empty: the mirror gives none
    std::filesystem::path partial;  ///< where its bytes gather
  };

  Task<Result<http::Response>> get(MirrorFile file, http::Headers headers, std::size_t max_bytes);
  Task<Result<Source>> look_at(MirrorFile file);
  Task<Status> complete(MirrorFile file, Source source);
  Task<Status> fetch_companions(MirrorFile file, FetchedFile fetched);
  /// False: the mirror has none.
  Task<Result<bool>> fetch_companion(MirrorFile companion, std::filesystem::path path);
  std::shared_ptr<const http::Endpoint> endpoint(const MirrorFile& file);

  http::Transport& transport_;
  std::filesystem::path cache_;
  std::map<std::string, std::shared_ptr<const http::Endpoint>> endpoints_;  ///< by origin and CA file
};

}  // namespace firmform::catalog
