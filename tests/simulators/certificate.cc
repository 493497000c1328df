// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/certificate.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <memory>
#include <vector>

namespace firmform::simulators {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string contents(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string certificate_pem(X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_X509(memory.get(), certificate);
  return contents(memory.get());
}

std::string key_pem(EVP_PKEY* key) {
  const Memory memory(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return contents(memory.get());
}

bool add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value), &X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

Certificate unsigned_certificate(const char* common_name, EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), serial >> 1U);
  constexpr long kHour = 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour * 24 * 397);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

}  // namespace

Result<LabCertificates> make_certificates() {
  const auto failed = [] { return fail(Code::lab_failed, "OpenSSL could not make the lab's certificates"); };
  const Key ca_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Key server_key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  if (!ca_key || !server_key) return failed();
  const Certificate ca = unsigned_certificate("Firmform lab CA", ca_key.get());
  X509_set_issuer_name(ca.get(), X509_get_subject_name(ca.get()));
  bool good = add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  good = good && add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  good = good && add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  good = good && X509_sign(ca.get(), ca_key.get(), EVP_sha256()) > 0;
  const Certificate server = unsigned_certificate("localhost", server_key.get());
  X509_set_issuer_name(server.get(), X509_get_subject_name(ca.get()));
  good = good && add_extension(server.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  good = good && add_extension(server.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
  good = good && add_extension(server.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  good = good && add_extension(server.get(), ca.get(), NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost");
  good = good && add_extension(server.get(), ca.get(), NID_subject_key_identifier, "hash");
  good = good && add_extension(server.get(), ca.get(), NID_authority_key_identifier, "keyid:always");
  good = good && X509_sign(server.get(), ca_key.get(), EVP_sha256()) > 0;
  if (!good) return failed();
  return LabCertificates{certificate_pem(ca.get()), certificate_pem(server.get()), key_pem(server_key.get())};
}

std::string random_hex(std::size_t digits) {
  std::vector<unsigned char> bytes((digits + 1) / 2);
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) text += fmt::format("{:02x}", byte);
  text.resize(digits);
  return text;
}

}  // namespace firmform::simulators
