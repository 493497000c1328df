// SPDX-License-Identifier: Apache-2.0
// ImagePublisher: makes local files available to BMCs that pull. The run asks for it; the image server is one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/plan/plan.h"

namespace firmform::apply {

struct PublishedImage {
  std::string url;            ///< ends with the image's name
  std::string signature_url;  ///< empty when the image has no detached signature
};

/// Told how many bytes of an image its BMC has fetched, of how many; on the loop's thread.
using OnFetch = std::function<void(std::uint64_t fetched, std::uint64_t total)>;

class ImagePublisher {
 public:
  virtual ~ImagePublisher() = default;
  /// Offers the bytes of `image` (the part that the action sends) to the BMC at `bmc` for as long as this object
  /// lives, under a path that nobody can guess. The server starts with the first call. Fails with image_server_failed
  /// and image_unreadable.
  virtual Task<Result<PublishedImage>> publish(plan::Image image, std::string host, std::string bmc,
                                               OnFetch on_fetch) = 0;
};

}  // namespace firmform::apply
