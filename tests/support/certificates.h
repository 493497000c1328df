// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made on the spot: ECDSA P-256, valid from yesterday.
#pragma once

#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace firmform::tests {

struct CertificateOptions {
  std::vector<std::string> names{"127.0.0.1"};  ///< DNS names and IPv4 addresses
  bool expired = false;                         ///< ended an hour ago
};

/// A key with its certificate, in PEM and as the pin of its public key.
struct Identity {
  std::string certificate_pem;
  std::string key_pem;
  std::string pin_hex;  ///< SHA-256 of the public key (SPKI, DER)
};

class CertificateAuthority {
 public:
  explicit CertificateAuthority(const std::string& name = "firmform test CA");
  ~CertificateAuthority();
  [[nodiscard]] const std::string& certificate_pem() const { return certificate_pem_; }
  [[nodiscard]] Identity issue(const CertificateOptions& options = {}) const;

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  std::string certificate_pem_;
};

}  // namespace firmform::tests
