// SPDX-License-Identifier: Apache-2.0
#include "engine/http/curl_transfer.h"

#include <fmt/format.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"
#include "engine/http/pin.h"
#include "engine/http/transport.h"

namespace firmform::http {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256U << 10U;
/// A write does not reuse a connection that was idle for longer: when a BMC closes it just then, nobody
/// knows whether the write arrived.
constexpr long kMaxIdleSecondsForWrites = 5;

bool is_read(Method method) {
  return method == Method::get || method == Method::head;
}

/// The system store as one file. A directory (CURLOPT_CAPATH) would make libcurl parse every certificate
/// anew for each connection: 20 ms and 0.8 MB apiece.
const std::string& system_ca_file() {
  static const std::string file = [] {
    for (const char* candidate : {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                  "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"}) {
      std::error_code ignored;
      if (std::filesystem::exists(candidate, ignored)) return std::string(candidate);
    }
    return std::string();
  }();
  return file;
}

struct UrlDeleter {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

std::optional<std::string> url_part(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_base_url(const std::string& text) {
  const std::unique_ptr<CURLU, UrlDeleter> url(curl_url());
  if (!url || curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return false;
  const auto scheme = url_part(url.get(), CURLUPART_SCHEME);
  const auto path = url_part(url.get(), CURLUPART_PATH);
  const bool has_extras = url_part(url.get(), CURLUPART_USER) || url_part(url.get(), CURLUPART_PASSWORD) ||
                          url_part(url.get(), CURLUPART_QUERY) || url_part(url.get(), CURLUPART_FRAGMENT);
  return (scheme == "https" || scheme == "http") && (!path || *path == "/") && !has_extras;
}

/// Printable ASCII without spaces: nothing that could end the request line.
bool is_request_target(std::string_view target) {
  return target.starts_with('/') && std::ranges::all_of(target, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_header_text(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

bool asks_to_close(const Headers& headers) {
  const auto connection = headers.find("Connection");
  return connection && to_lower(*connection).find("close") != std::string::npos;
}

template <class Period>
long to_count(Duration duration) {
  return static_cast<long>(std::chrono::ceil<std::chrono::duration<long, Period>>(duration).count());
}

}  // namespace

Result<CurlPeer> make_peer(const Endpoint& endpoint) {
  CurlPeer peer;
  peer.url = endpoint.url;
  while (peer.url.ends_with('/')) peer.url.pop_back();
  if (!is_base_url(peer.url)) {
    const bool may_hold_password = peer.url.find('@') != std::string::npos;
    return fail(Code::bad_request_address, fmt::format("{} is not of the form https://host[:port]",
                                                       may_hold_password ? "the address" : "'" + endpoint.url + "'"));
  }
  peer.verify = endpoint.tls.verify && !endpoint.tls.pin_sha256;
  if (peer.verify) peer.ca_file = endpoint.tls.ca_file ? endpoint.tls.ca_file->string() : system_ca_file();
  if (endpoint.tls.pin_sha256) {
    const auto pin = normalize_pin(*endpoint.tls.pin_sha256);
    if (!pin) return fail(Code::tls_bad_pin, fmt::format("'{}' is not a SHA-256", *endpoint.tls.pin_sha256));
    peer.pin = "sha256//" + *pin;
  }
  return peer;
}

TlsSessions make_tls_sessions() {
  TlsSessions sessions(curl_share_init(), &curl_share_cleanup);
  if (!sessions) throw std::bad_alloc();
  curl_share_setopt(sessions.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  return sessions;
}

CurlTransfer::CurlTransfer(Request request, std::shared_ptr<const CurlPeer> peer)
    : request_(std::move(request)), peer_(std::move(peer)) {}

bool CurlTransfer::is_write() const {
  return !is_read(request_.method);
}

Status CurlTransfer::prepare(EasyHandle easy, TlsSessions sessions) {
  easy_ = std::move(easy);
  sessions_ = std::move(sessions);
  if (!is_request_target(request_.target)) {
    return fail(Code::bad_request_address,
                fmt::format("{}: '{}' is not a path", peer_->url, printable(request_.target)));
  }
  if (!std::holds_alternative<std::monostate>(request_.body) && !std::holds_alternative<std::string>(request_.body)) {
    auto body = BodyReader::open(request_.body);
    if (!body) return fail(body.error());
    body_.emplace(std::move(*body));
  }
  const Status headers = set_headers();
  if (!headers) return headers;
  set_connection_options();
  set_tls_options();
  set_method_and_body();
  set_deadlines();
  return {};
}

void CurlTransfer::set_connection_options() {
  set(CURLOPT_URL, (peer_->url + request_.target).c_str());
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_PROXY, "");  // not even one from the environment: BMCs live on management networks
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // giving up never waits for a name server that does not answer
  set(CURLOPT_DNS_CACHE_TIMEOUT, -1L);  // else every finished transfer prunes the whole cache
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_FRESH_CONNECT, request_.fresh_connection ? 1L : 0L);
  set(CURLOPT_FORBID_REUSE, asks_to_close(request_.headers) ? 1L : 0L);
  if (is_write()) set(CURLOPT_MAXAGE_CONN, kMaxIdleSecondsForWrites);

  set(CURLOPT_ERRORBUFFER, error_text_.data());
  set(CURLOPT_HEADERFUNCTION, &CurlTransfer::take_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &CurlTransfer::take_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_PREREQFUNCTION, &CurlTransfer::before_request);
  set(CURLOPT_PREREQDATA, this);
}

void CurlTransfer::set_tls_options() {
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_SSL_VERIFYPEER, peer_->verify ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, peer_->verify ? 2L : 0L);
  set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // see system_ca_file()
  if (!peer_->ca_file.empty()) set(CURLOPT_CAINFO, peer_->ca_file.c_str());
  set(CURLOPT_SHARE, sessions_.get());
  if (!peer_->pin.empty()) set(CURLOPT_PINNEDPUBLICKEY, peer_->pin.c_str());
}

void CurlTransfer::set_method_and_body() {
  const auto* text = std::get_if<std::string>(&request_.body);
  if (request_.method == Method::head) set(CURLOPT_NOBODY, 1L);
  if (text == nullptr && !body_ && request_.method != Method::post) {
    if (is_write()) set(CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
    return;
  }
  set(CURLOPT_POST, 1L);
  if (request_.method != Method::post) set(CURLOPT_CUSTOMREQUEST, std::string(to_string(request_.method)).c_str());
  if (body_) {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_->size()));
    set(CURLOPT_READFUNCTION, &CurlTransfer::give_body);
    set(CURLOPT_READDATA, this);
  } else {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(text == nullptr ? 0 : text->size()));
    set(CURLOPT_POSTFIELDS, text == nullptr ? "" : text->data());
  }
}

void CurlTransfer::set_deadlines() {
  set(CURLOPT_CONNECTTIMEOUT_MS, to_count<std::milli>(request_.deadlines.connect));
  set(CURLOPT_TIMEOUT_MS, to_count<std::milli>(request_.deadlines.total));
  set(CURLOPT_LOW_SPEED_LIMIT, 1L);  // bytes per second
  set(CURLOPT_LOW_SPEED_TIME, to_count<std::ratio<1>>(request_.deadlines.idle));
}

Status CurlTransfer::set_headers() {
  const auto append = [&](const std::string& line) {
    curl_slist* list = curl_slist_append(header_list_.get(), line.c_str());
    if (list == nullptr) throw std::bad_alloc();
    (void)header_list_.release();  // the list begins where it began, or `list` is the first element
    header_list_.reset(list);
  };
  for (const auto& [name, value] : request_.headers) {
    if (!is_header_text(name) || !is_header_text(value)) {
      return fail(Code::bad_request_address, fmt::format("header {} holds a line break", printable(name)));
    }
    append(value.empty() ? name + ";" : name + ": " + value);
  }
  append("Expect:");                         // BMCs do not answer 100-continue, and each upload would wait for it
  set(CURLOPT_ACCEPT_ENCODING, "identity");  // and decode what some BMCs compress all the same
  if (!request_.headers.find("Content-Type")) {
    append(body_ && !body_->content_type().empty() ? "Content-Type: " + body_->content_type() : "Content-Type:");
  }
  set(CURLOPT_HTTPHEADER, header_list_.get());
  return {};
}

EasyHandle CurlTransfer::release() {
  curl_easy_reset(easy_.get());
  set(CURLOPT_SHARE, static_cast<CURLSH*>(nullptr));  // a reset leaves it in place
  return std::move(easy_);
}

std::chrono::microseconds CurlTransfer::reply_time() const {
  curl_off_t ready = 0;
  curl_off_t first_byte = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &ready);
  curl_easy_getinfo(easy_.get(), CURLINFO_STARTTRANSFER_TIME_T, &first_byte);
  return std::chrono::microseconds(first_byte - ready);
}

bool CurlTransfer::connection_reusable() const {
  return !asks_to_close(request_.headers) && !asks_to_close(response_.headers);
}

std::size_t CurlTransfer::take_header(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::string_view line(data, size * count);
  transfer.header_bytes_ += line.size();
  if (transfer.header_bytes_ > kMaxHeaderBytes) {
    transfer.too_large_ = true;
    return 0;
  }
  const std::size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) {
    transfer.response_.headers = {};  // of an interim reply, such as 100
    transfer.headers_complete_ = false;
  } else if (trim(line).empty()) {
    transfer.headers_complete_ = true;
  } else if (colon != std::string_view::npos) {
    transfer.response_.headers.add(std::string(trim(line.substr(0, colon))), std::string(trim(line.substr(colon + 1))));
  }
  return line.size();
}

std::size_t CurlTransfer::take_body(char* data, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const std::size_t bytes = size * count;
  if (transfer.response_.body.size() + bytes > transfer.request_.max_response_bytes) {
    transfer.too_large_ = true;
    return 0;
  }
  transfer.response_.body.append(data, bytes);
  return bytes;
}

std::size_t CurlTransfer::give_body(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  const auto read = transfer.body_->read(buffer, size * count);
  if (read) return *read;
  transfer.body_error_ = read.error();
  return CURL_READFUNC_ABORT;
}

/// The last moment before the first byte of the request. libcurl repeats a request by itself when a reused
/// connection dies before the reply, a POST like any other; so a second time is for reads only.
int CurlTransfer::before_request(void* self, char*, char*, int, int) {
  auto& transfer = *static_cast<CurlTransfer*>(self);
  if (++transfer.times_connected_ > 1) {
    return transfer.is_write() ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK;
  }
  if (transfer.on_connected) transfer.on_connected();
  return CURL_PREREQFUNC_OK;
}

Result<Response> CurlTransfer::outcome(CURLcode code) {
  long status = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  response_.status = static_cast<int>(status);
  if (code == CURLE_OK || refused_during_upload()) return std::move(response_);
  return fail(failure(code));
}

/// A peer that refuses an upload often answers and closes while we still send. The reply counts; that the
/// rest could not be sent does not.
bool CurlTransfer::refused_during_upload() const {
  return headers_complete_ && response_.status >= 400 && !too_large_ &&
         !std::holds_alternative<std::monostate>(request_.body);
}

Error CurlTransfer::failure(CURLcode code) const {
  if (times_connected_ == 0) return failure_before_sending(code);
  if (too_large_) {
    return Error(Code::reply_too_large,
                 fmt::format("{} {}{}: the reply is larger than {} bytes", to_string(request_.method), peer_->url,
                             request_.target, request_.max_response_bytes));
  }
  if (body_error_) return Error(Code::connection_lost, body_error_->message());
  if (code == CURLE_OPERATION_TIMEDOUT) return Error(Code::no_reply, describe("no complete reply in time", code));
  return Error(Code::connection_lost, describe("the connection broke", code));
}

Error CurlTransfer::failure_before_sending(CURLcode code) const {
  struct Cause {
    CURLcode curl;
    Code code;
    std::string_view text;
  };
  static constexpr std::array kCauses{
      Cause{CURLE_COULDNT_RESOLVE_HOST, Code::name_not_resolved, "the name cannot be resolved"},
      Cause{CURLE_COULDNT_CONNECT, Code::connection_refused, "cannot connect"},
      Cause{CURLE_OPERATION_TIMEDOUT, Code::connect_timeout, "no connection in time"},
      Cause{CURLE_SSL_PINNEDPUBKEYNOTMATCH, Code::tls_wrong_pin, "the server's key is not the pinned one"},
      Cause{CURLE_SSL_CACERT_BADFILE, Code::ca_file_unreadable, "the CA file cannot be used"},
      Cause{CURLE_URL_MALFORMAT, Code::bad_request_address, "the address is malformed"},
      Cause{CURLE_UNSUPPORTED_PROTOCOL, Code::bad_request_address, "the address is neither http nor https"},
  };
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    long verify_result = X509_V_OK;
    curl_easy_getinfo(easy_.get(), CURLINFO_SSL_VERIFYRESULT, &verify_result);
    // libcurl checks the name after the chain and leaves "unspecified" behind when that fails.
    if (verify_result == X509_V_OK || verify_result == X509_V_ERR_UNSPECIFIED) {
      return Error(Code::tls_wrong_name, describe("the certificate is for another name", code));
    }
    return Error(Code::tls_untrusted, fmt::format("{}: {}", peer_->url, X509_verify_cert_error_string(verify_result)));
  }
  const auto cause = std::ranges::find(kCauses, code, &Cause::curl);
  if (cause != kCauses.end()) return Error(cause->code, describe(cause->text, code));
  if (peer_->url.starts_with("http:")) return Error(Code::connection_refused, describe("cannot connect", code));
  return Error(Code::tls_failed, describe("the TLS handshake failed", code));
}

std::string CurlTransfer::describe(std::string_view what, CURLcode code) const {
  const std::string_view detail = error_text_[0] == '\0' ? curl_easy_strerror(code) : error_text_.data();
  return fmt::format("{}: {} ({})", peer_->url, what, printable(detail));
}

}  // namespace firmform::http
