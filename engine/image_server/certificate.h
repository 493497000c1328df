// SPDX-License-Identifier: Apache-2.0
// The image server's TLS: a certificate that is given, or one that is made for the run and signed by itself.
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"

struct ssl_ctx_st;

namespace firmform::image_server {

using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// TLS 1.2 and newer, with certificate chain and key from PEM files. Fails with image_server_failed.
[[nodiscard]] Result<TlsContext> context_from_files(const std::string& certificate, const std::string& key);

/// The same with a new key (ECDSA P-384) and a certificate for `address`, an IP address or a name, valid for a week.
/// The key never leaves memory.
[[nodiscard]] Result<TlsContext> self_signed_context(const std::string& address);

}  // namespace firmform::image_server
