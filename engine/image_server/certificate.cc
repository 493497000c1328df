// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/certificate.h"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <array>

namespace firmform::image_server {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Error refused(const std::string& what) {
  std::array<char, 256> reason{};
  const unsigned long code = ERR_get_error();
  ERR_error_string_n(code, reason.data(), reason.size());
  ERR_clear_error();
  Error error(Code::image_server_failed, what);
  return code == 0 ? error : error.with_note(reason.data());
}

TlsContext new_context() {
  TlsContext context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) return context;
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return context;
}

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()), &X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

void set_serial_and_time(X509* certificate) {
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1U);
  // BMCs whose clock is off by up to a day still take it.
  constexpr long kDay = 24L * 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 7 * kDay);
}

Certificate self_signed(const std::string& address, EVP_PKEY* key) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  set_serial_and_time(certificate.get());
  X509_NAME* name = X509_get_subject_name(certificate.get());
  constexpr unsigned char kCommonName[] = "firmform image server";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, kCommonName, -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(address, not_an_address);
  const std::string names = (not_an_address ? "DNS:" : "IP:") + address;
  bool good = add_extension(certificate.get(), NID_basic_constraints, "critical,CA:FALSE");
  good = good && add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature");
  good = good && add_extension(certificate.get(), NID_ext_key_usage, "serverAuth");
  good = good && add_extension(certificate.get(), NID_subject_alt_name, names);
  good = good && X509_sign(certificate.get(), key, EVP_sha384()) > 0;
  if (!good) certificate.reset();
  return certificate;
}

}  // namespace

Result<TlsContext> context_from_files(const std::string& certificate, const std::string& key) {
  ERR_clear_error();
  const TlsContext context = new_context();
  if (!context) return fail(refused("TLS cannot be set up"));
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1) {
    return fail(refused(fmt::format("the certificate {} cannot be used", certificate)));
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return fail(refused(fmt::format("the key {} cannot be used", key)));
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(refused(fmt::format("the key {} does not belong to the certificate {}", key, certificate)));
  }
  return context;
}

Result<TlsContext> self_signed_context(const std::string& address) {
  ERR_clear_error();
  const TlsContext context = new_context();
  const Key key(EVP_EC_gen("P-384"), &EVP_PKEY_free);
  if (!context || !key) return fail(refused("TLS cannot be set up"));
  const Certificate certificate = self_signed(address, key.get());
  const bool good = certificate && SSL_CTX_use_certificate(context.get(), certificate.get()) == 1 &&
                    SSL_CTX_use_PrivateKey(context.get(), key.get()) == 1;
  if (!good) return fail(refused(fmt::format("no certificate can be made for {}", address)));
  return context;
}

}  // namespace firmform::image_server
