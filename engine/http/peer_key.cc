// SPDX-License-Identifier: Apache-2.0
#include "engine/http/peer_key.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <optional>

#include "engine/base/digest.h"

namespace firmform::http {
namespace {

namespace asio = boost::asio;
using Stream = asio::ssl::stream<asio::ip::tcp::socket>;

struct Place {
  std::string host;  ///< without brackets
  std::string port;
};

std::optional<Place> place_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), &curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return std::nullopt;
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    std::string result;
    if (curl_url_get(parsed.get(), which, &text, CURLU_DEFAULT_PORT) == CURLUE_OK) result = text;
    curl_free(text);
    return result;
  };
  Place place{part(CURLUPART_HOST), part(CURLUPART_PORT)};
  if (part(CURLUPART_SCHEME) != "https" || place.host.empty() || place.port.empty()) return std::nullopt;
  if (place.host.starts_with('[')) place.host = place.host.substr(1, place.host.size() - 2);
  return place;
}

std::optional<std::string> key_digest(Stream& stream) {
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(stream.native_handle()),
                                                                &X509_free);
  if (!certificate) return std::nullopt;
  unsigned char* bytes = nullptr;
  const int length = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &bytes);
  if (length <= 0) return std::nullopt;
  const std::string key(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
  OPENSSL_free(bytes);
  return sha256_hex(key);
}

}  // namespace

Task<Result<std::string>> peer_key(std::string url, Duration timeout) {
  const auto place = place_of(url);
  if (!place) co_return fail(Code::tls_failed, fmt::format("{} is no https URL", url));
  const auto executor = co_await asio::this_coro::executor;
  boost::system::error_code problem;

  asio::ip::tcp::resolver resolver(executor);
  const auto addresses =
      co_await resolver.async_resolve(place->host, place->port, asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return fail(Code::name_not_resolved, fmt::format("{}: {}", place->host, problem.message()));

  asio::ssl::context context(asio::ssl::context::tls_client);
  context.set_verify_mode(asio::ssl::verify_none);
  const auto stream = std::make_shared<Stream>(executor, context);
  boost::system::error_code not_numeric;
  asio::ip::make_address(place->host, not_numeric);
  if (not_numeric) SSL_set_tlsext_host_name(stream->native_handle(), place->host.c_str());
  asio::steady_timer timer(executor, timeout);
  timer.async_wait([stream](boost::system::error_code cancelled) {
    boost::system::error_code ignored;
    if (!cancelled) stream->lowest_layer().close(ignored);
  });

  co_await asio::async_connect(stream->lowest_layer(), addresses, asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return fail(Code::connection_refused, fmt::format("{}: {}", url, problem.message()));
  co_await stream->async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, problem));
  if (problem) co_return fail(Code::tls_failed, fmt::format("{}: {}", url, problem.message()));
  const auto digest = key_digest(*stream);
  if (!digest) co_return fail(Code::tls_failed, fmt::format("{} shows no certificate", url));
  co_return *digest;
}

}  // namespace firmform::http
