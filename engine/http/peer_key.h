// SPDX-License-Identifier: Apache-2.0
// Which key a server shows, before there is anything to hold it against.
#pragma once

#include <string>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/base/task.h"

namespace firmform::http {

/// SHA-256 (64 hexadecimal digits) of the public key in the certificate that the server at an https URL shows, as
/// TlsOptions::pin_sha256 takes it. Nothing is checked and nothing is sent but the TLS handshake: whoever answers at
/// that moment is believed. Fails with name_not_resolved, connection_refused or tls_failed.
Task<Result<std::string>> peer_key(std::string url, Duration timeout);

}  // namespace firmform::http
