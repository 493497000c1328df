// SPDX-License-Identifier: Apache-2.0
// Transport: the seam between everything that speaks Redfish and the network. Three kinds exist: libcurl,
// a recorded tree on disk, and the tests' in-process BMC models.
#pragma once

#include "engine/base/result.h"
#include "engine/base/task.h"
#include "engine/http/message.h"

namespace firmform::http {

class Transport {
 public:
  virtual ~Transport() = default;

  /// Sends once and never follows a redirect. (A GET or HEAD may go out again at once when a kept-alive
  /// connection turns out to be dead; no other method ever does.) Any HTTP status is a success here.
  /// Failures: codes for which `was_not_sent` holds mean that not one byte of the request left this
  /// machine; after every other failure the peer may have acted on it.
  virtual Task<Result<Response>> send(Request request) = 0;
};

/// True for failures that happened before the request was written (address, resolve, connect, TLS, a body
/// that cannot be read).
[[nodiscard]] bool was_not_sent(Code code);

}  // namespace firmform::http
