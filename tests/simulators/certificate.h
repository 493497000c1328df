// SPDX-License-Identifier: Apache-2.0
// A certification authority that lives for one run of the lab and signs one server certificate.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace firmform::simulators {

struct LabCertificates {
  std::string ca_pem;      ///< for the clients
  std::string server_pem;  ///< for IP 127.0.0.1 and DNS localhost
  std::string server_key;  ///< ECDSA P-256; never written to disk
};

/// Fails with Code::lab_failed when OpenSSL refuses.
[[nodiscard]] Result<LabCertificates> make_certificates();

/// `digits` hexadecimal digits from the operating system's random source.
[[nodiscard]] std::string random_hex(std::size_t digits);

}  // namespace firmform::simulators
