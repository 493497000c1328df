// SPDX-License-Identifier: Apache-2.0
// CurlTransfer: one request on one libcurl easy handle. Sets the options, takes what comes back, and turns
// libcurl's result into a response or an error that says truthfully whether the request was sent. Knows
// nothing of event loops.
#pragma once

#include <curl/curl.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/http/body.h"
#include "engine/http/message.h"

namespace firmform::http {

/// An Endpoint in the form that libcurl takes.
struct CurlPeer {
  std::string url;      ///< scheme://host[:port]
  bool verify = true;   ///< chain and name
  std::string ca_file;  ///< empty: libcurl's default
  std::string pin;      ///< "sha256//…"; empty: none
};

/// Fails with bad_request_address or tls_bad_pin.
[[nodiscard]] Result<CurlPeer> make_peer(const Endpoint& endpoint);

struct CleanupEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using EasyHandle = std::unique_ptr<CURL, CleanupEasy>;

/// TLS sessions of one peer, so that its further connections cost it no private-key operation.
using TlsSessions = std::shared_ptr<CURLSH>;
[[nodiscard]] TlsSessions make_tls_sessions();

class CurlTransfer {
 public:
  CurlTransfer(Request request, std::shared_ptr<const CurlPeer> peer);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;

  /// Called once, inside libcurl, when the connection stands and the request is about to be written.
  std::function<void()> on_connected;

  [[nodiscard]] const Request& request() const { return request_; }
  [[nodiscard]] bool is_write() const;
  /// Puts the request onto a fresh or reset handle. Fails with codes for which was_not_sent() holds.
  [[nodiscard]] Status prepare(EasyHandle easy, TlsSessions sessions);
  [[nodiscard]] CURL* easy() const { return easy_.get(); }
  /// The handle, reset for the next transfer. The connection stays with the multi handle.
  [[nodiscard]] EasyHandle release();
  /// What became of it, once libcurl is done. Moves the response out.
  [[nodiscard]] Result<Response> outcome(CURLcode code);
  /// From the last byte before the request to the first byte of the reply.
  [[nodiscard]] std::chrono::microseconds reply_time() const;
  /// True when the connection can serve the next request.
  [[nodiscard]] bool connection_reusable() const;

 private:
  template <class T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_.get(), option, value);
  }
  void set_connection_options();
  void set_tls_options();
  void set_method_and_body();
  void set_deadlines();
  [[nodiscard]] Status set_headers();
  [[nodiscard]] Error failure(CURLcode code) const;
  [[nodiscard]] Error failure_before_sending(CURLcode code) const;
  [[nodiscard]] std::string describe(std::string_view what, CURLcode code) const;
  [[nodiscard]] bool refused_during_upload() const;

  static std::size_t take_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t take_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t give_body(char* buffer, std::size_t size, std::size_t count, void* self);
  static int before_request(void* self, char*, char*, int, int);

  struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };

  Request request_;
  std::shared_ptr<const CurlPeer> peer_;
  TlsSessions sessions_;  // outlives the handle that uses it
  EasyHandle easy_;
  std::unique_ptr<curl_slist, FreeList> header_list_;
  std::optional<BodyReader> body_;  ///< of files and forms; texts are sent from the request itself
  std::optional<Error> body_error_;
  Response response_;
  std::size_t header_bytes_ = 0;
  int times_connected_ = 0;
  bool headers_complete_ = false;
  bool too_large_ = false;
  std::array<char, CURL_ERROR_SIZE> error_text_{};
};

}  // namespace firmform::http
