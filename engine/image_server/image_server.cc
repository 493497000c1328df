// SPDX-License-Identifier: Apache-2.0
#include "engine/image_server/image_server.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <list>
#include <map>
#include <optional>

#include "engine/image_server/connection.h"
#include "engine/image_server/route.h"

namespace firmform::image_server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kBreath = std::chrono::seconds(1);
constexpr int kBacklog = 256;

/// Where BMCs find us, and the acceptor behind it.
struct Listener {
  explicit Listener(asio::any_io_executor executor) : acceptor(std::move(executor)) {}
  tcp::acceptor acceptor;
  TlsContext tls;
  std::string base_url;
};

error_code try_to_listen(tcp::acceptor& acceptor, const tcp::endpoint& endpoint) {
  error_code problem;
  acceptor.open(endpoint.protocol(), problem);
  if (!problem) acceptor.set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(false), problem);
  if (!problem) acceptor.bind(endpoint, problem);
  if (!problem) acceptor.listen(kBacklog, problem);
  error_code ignored;
  if (problem) acceptor.close(ignored);
  return problem;
}

bool is_not_ours(const error_code& problem) {
  return problem == asio::error::address_family_not_supported || problem.value() == EADDRNOTAVAIL;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

struct ImageServer::State : std::enable_shared_from_this<State> {
  State(asio::any_io_executor loop, plan::ImageServerSettings given, Patience with)
      : executor(std::move(loop)),
        settings(std::move(given)),
        patience(with),
        bucket(settings.bytes_per_second),
        sweep_timer(executor),
        slot_free(executor, asio::steady_timer::time_point::max()) {}

  asio::any_io_executor executor;
  plan::ImageServerSettings settings;
  Patience patience;
  Publications publications;
  TokenBucket bucket;
  std::map<std::string, std::shared_ptr<Listener>> listeners;  ///< by the host in their URLs
  std::list<Connection*> open;
  asio::steady_timer sweep_timer;
  asio::steady_timer slot_free;  ///< cancelled when a connection ends
  bool stopped = false;

  [[nodiscard]] bool is_full() const { return settings.max_connections > 0 && open.size() >= settings.max_connections; }

  Task<Result<std::shared_ptr<Listener>>> listener_for(std::string bmc);
  [[nodiscard]] Result<std::shared_ptr<Listener>> listen_as(const std::string& host);
  [[nodiscard]] Status bind_port(tcp::acceptor& acceptor, const std::string& host) const;
  [[nodiscard]] Result<TlsContext> tls_for(const std::string& host) const;
  Task<void> accept(std::shared_ptr<State> self, std::shared_ptr<Listener> listener);
  Task<void> serve(std::shared_ptr<State> self, std::shared_ptr<Listener> listener, tcp::socket socket);
  Task<void> sweep(std::shared_ptr<State> self);
  void stop();
};

Task<Result<std::shared_ptr<Listener>>> ImageServer::State::listener_for(std::string bmc) {
  std::string host = settings.address;
  if (host.empty()) {
    const auto address = co_await local_address_towards(bmc);
    if (!address) co_return fail(address.error());
    host = address->to_string();
  }
  const auto known = listeners.find(host);
  if (known != listeners.end()) co_return known->second;
  auto listener = listen_as(host);
  if (!listener) co_return listener;
  if (listeners.empty()) asio::co_spawn(executor, sweep(shared_from_this()), asio::detached);
  listeners[host] = *listener;
  asio::co_spawn(executor, accept(shared_from_this(), *listener), asio::detached);
  co_return listener;
}

Result<std::shared_ptr<Listener>> ImageServer::State::listen_as(const std::string& host) {
  auto listener = std::make_shared<Listener>(executor);
  if (settings.tls) {
    auto tls = tls_for(host);
    if (!tls) return fail(tls.error());
    listener->tls = std::move(*tls);
  }
  if (const Status bound = bind_port(listener->acceptor, host); !bound) return fail(bound.error());
  error_code ignored;
  listener->base_url = fmt::format("{}://{}:{}", settings.tls ? "https" : "http", bracketed(host),
                                   listener->acceptor.local_endpoint(ignored).port());
  return listener;
}

Result<TlsContext> ImageServer::State::tls_for(const std::string& host) const {
  if (settings.certificate.empty()) return self_signed_context(host);
  return context_from_files(settings.certificate, settings.key.empty() ? settings.certificate : settings.key);
}

/// The first free port of the range, at the address itself where it is this machine's, else (a name, or an address
/// that is translated on the way) at all of this machine's.
Status ImageServer::State::bind_port(tcp::acceptor& acceptor, const std::string& host) const {
  error_code not_an_address;
  const auto address = asio::ip::make_address(host, not_an_address);
  std::vector<std::string> tried;
  for (std::uint32_t port = settings.first_port; port <= settings.last_port; ++port) {
    const auto number = static_cast<std::uint16_t>(port);
    error_code problem = asio::error::address_family_not_supported;
    if (!not_an_address) problem = try_to_listen(acceptor, {address, number});
    if (problem && is_not_ours(problem)) problem = try_to_listen(acceptor, {asio::ip::address_v6::any(), number});
    if (problem && is_not_ours(problem)) problem = try_to_listen(acceptor, {asio::ip::address_v4::any(), number});
    if (!problem) return {};
    tried.push_back(fmt::format("port {}: {}", port, problem.message()));
  }
  Error error(Code::image_server_failed,
              fmt::format("no port from {} to {} can be used at {}", settings.first_port, settings.last_port, host));
  for (std::string& attempt : tried) error = error.with_note(std::move(attempt));
  return fail(error);
}

/// At most max_connections are open; others wait in the kernel's queue until one ends.
Task<void> ImageServer::State::accept(std::shared_ptr<State> self, std::shared_ptr<Listener> listener) {
  while (!stopped) {
    error_code problem;
    if (is_full()) {
      co_await slot_free.async_wait(asio::redirect_error(asio::use_awaitable, problem));
      continue;
    }
    tcp::socket socket = co_await listener->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, problem));
    if (stopped) co_return;
    if (problem) {
      // No file descriptor, or the peer was gone at once: the next one may do better, after a breath.
      asio::steady_timer breath(executor, kBreath);
      co_await breath.async_wait(asio::redirect_error(asio::use_awaitable, problem));
      continue;
    }
    asio::co_spawn(executor, serve(self, listener, std::move(socket)), asio::detached);
  }
}

Task<void> ImageServer::State::serve(std::shared_ptr<State> self, std::shared_ptr<Listener> listener,
                                     tcp::socket socket) {
  Connection connection(std::move(socket), listener->tls, self->publications, self->bucket, self->patience);
  const auto place = self->open.insert(self->open.end(), &connection);
  const struct Leave {
    State& state;
    std::list<Connection*>::iterator place;
    ~Leave() {
      state.open.erase(place);
      state.slot_free.cancel();
    }
  } leave{*self, place};
  co_await connection.serve();
}

/// Ends connections that are overdue.
Task<void> ImageServer::State::sweep(std::shared_ptr<State> self) {
  while (!stopped) {
    error_code ignored;
    sweep_timer.expires_after(patience.sweep);
    co_await sweep_timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    const auto now = std::chrono::steady_clock::now();
    for (Connection* connection : self->open) {
      if (connection->deadline() < now) connection->close();
    }
  }
}

void ImageServer::State::stop() {
  stopped = true;
  error_code ignored;
  for (const auto& [host, listener] : listeners) listener->acceptor.close(ignored);
  for (Connection* connection : open) connection->close();
  sweep_timer.cancel();
  slot_free.cancel();
}

ImageServer::ImageServer(asio::any_io_executor executor, plan::ImageServerSettings settings, Patience patience)
    : state_(std::make_shared<State>(std::move(executor), std::move(settings), patience)) {}

ImageServer::~ImageServer() {
  stop();
}

void ImageServer::stop() {
  state_->stop();
}

std::size_t ImageServer::connections() const {
  return state_->open.size();
}

Task<Result<apply::PublishedImage>> ImageServer::publish(plan::Image image, std::string host, std::string bmc,
                                                         apply::OnFetch on_fetch) {
  const std::shared_ptr<State> state = state_;
  const auto listener = co_await state->listener_for(std::move(bmc));
  if (!listener) co_return fail(listener.error());
  const auto paths = state->publications.add(image, host, std::move(on_fetch));
  if (!paths) co_return fail(paths.error());
  apply::PublishedImage published{.url = (*listener)->base_url + paths->image, .signature_url = {}};
  if (!paths->signature.empty()) published.signature_url = (*listener)->base_url + paths->signature;
  co_return published;
}

}  // namespace firmform::image_server
