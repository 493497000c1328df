// SPDX-License-Identifier: Apache-2.0
// Reads the same resources from many hosts, either with a bare libcurl multi loop (the floor) or with our
// client, and prints what it cost. `serve` is a server that takes its time for each reply. Driven by
// inventory_bench.sh.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <curl/curl.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/clock.h"
#include "engine/http/curl_transport.h"
#include "providers/redfish/client.h"
#include "tests/support/https_server.h"

namespace {

using namespace firmform;

struct Options {
  std::string mode;  ///< bare, client, serve
  int hosts = 100;   ///< 127.0.1.1, 127.0.1.2, …
  int port = 0;
  int connections = 1;      ///< per host
  int delay_ms = 0;         ///< serve
  std::string ca_file;      ///< bare, client
  std::string targets;      ///< bare: file with one path a line; client: the collection to read
  std::string bases;        ///< bare: file with one base URL a line, instead of the loopback addresses
  std::string login;        ///< bare: user:password for Basic
  std::string root;         ///< serve: directory with <path>/index.json
  std::string certificate;  ///< serve
  std::string key;          ///< serve
};

struct Totals {
  std::size_t requests = 0;
  std::size_t failures = 0;
};

std::string address(int host) {
  return "127.0." + std::to_string(1 + host / 250) + "." + std::to_string(1 + host % 250);
}

std::string url(const Options& options, int host) {
  return "https://" + address(host) + ":" + std::to_string(options.port);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> read_lines(const std::string& path) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}


/// One connection: its host's share of the targets, one after the other.
struct Lane {
  std::string base;
  std::size_t next = 0;
  std::size_t step = 1;
  std::string body;
};

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(data, size * count);
  return size * count;
}

CURL* make_handle(const Options& options, Lane& lane) {
  CURL* easy = curl_easy_init();
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &append_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &lane.body);
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &lane);
  if (!options.login.empty()) curl_easy_setopt(easy, CURLOPT_USERPWD, options.login.c_str());
  return easy;
}

void start_next(CURLM* multi, CURL* easy, Lane& lane, const std::vector<std::string>& targets) {
  lane.body.clear();
  curl_easy_setopt(easy, CURLOPT_URL, (lane.base + targets[lane.next]).c_str());
  lane.next += lane.step;
  curl_multi_add_handle(multi, easy);
}

std::vector<std::string> base_urls(const Options& options) {
  if (!options.bases.empty()) return read_lines(options.bases);
  std::vector<std::string> urls;
  for (int host = 0; host < options.hosts; ++host) urls.push_back(url(options, host));
  return urls;
}

Totals run_bare(const Options& options) {
  const auto targets = read_lines(options.targets);
  const auto bases = base_urls(options);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  CURLM* multi = curl_multi_init();
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(bases.size()) * options.connections + 16);
  std::deque<Lane> lanes;
  for (const std::string& base : bases) {
    for (int connection = 0; connection < options.connections; ++connection) {
      lanes.push_back({base,
                       static_cast<std::size_t>(connection),
                       static_cast<std::size_t>(options.connections),
                       {}});
      start_next(multi, make_handle(options, lanes.back()), lanes.back(), targets);
    }
  }
  Totals totals;
  int running = 1;
  while (running > 0) {
    curl_multi_perform(multi, &running);
    int queued = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &queued)) {
      CURL* easy = message->easy_handle;
      ++totals.requests;
      if (message->data.result != CURLE_OK) ++totals.failures;
      Lane* lane = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &lane);
      curl_multi_remove_handle(multi, easy);
      if (lane->next < targets.size()) {
        start_next(multi, easy, *lane, targets);
        ++running;
      } else {
        curl_easy_cleanup(easy);
      }
    }
    if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
  }
  curl_multi_cleanup(multi);
  return totals;
}


Task<void> read_host(http::Transport& transport, Clock& clock, std::shared_ptr<const http::Endpoint> endpoint,
                     std::string collection, Totals& totals) {
  redfish::ClientOptions options;
  options.use_session = false;  // the floor has no login either
  redfish::Client client(transport, clock, std::move(endpoint), {"user", Secret("password")}, options);
  std::vector<std::string> warnings;
  const auto connected = co_await client.connect();
  const auto members = co_await client.members(collection, warnings);
  totals.requests += client.requests_sent();
  if (!connected || !members || !warnings.empty()) ++totals.failures;
}

Totals run_client(const Options& options) {
  http::raise_open_files_limit();
  boost::asio::io_context io(1);
  SystemClock clock;
  http::CurlTransportOptions transport_options;
  transport_options.expected_hosts = static_cast<std::size_t>(options.hosts);
  http::CurlTransport transport(io, transport_options);
  Totals totals;
  for (int host = 0; host < options.hosts; ++host) {
    http::Endpoint endpoint;
    endpoint.url = url(options, host);
    endpoint.tls.ca_file = options.ca_file;
    endpoint.max_connections = options.connections;
    boost::asio::co_spawn(
        io, read_host(transport, clock, std::make_shared<const http::Endpoint>(endpoint), options.targets, totals),
        boost::asio::detached);
  }
  io.run();
  return totals;
}


int run_server(const Options& options) {
  tests::HttpsServerOptions server_options;
  server_options.identity = tests::Identity{read_file(options.certificate), read_file(options.key), {}};
  server_options.addresses.clear();
  for (int host = 0; host < options.hosts; ++host) server_options.addresses.push_back(address(host));
  std::map<std::string, std::string> cache;
  const tests::HttpsServer server(server_options, [&](const tests::ServerRequest& request) {
    std::string& body = cache[request.target];
    if (body.empty()) body = read_file(options.root + request.target + "/index.json");
    tests::ServerReply reply;
    reply.status = body.empty() ? 404 : 200;
    reply.body = body;
    reply.delay = Duration(options.delay_ms);
    return reply;
  });
  std::printf("%d\n", server.port());
  std::fflush(stdout);
  ::pause();
  return 0;
}


double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// Prints wall and CPU seconds, memory in MB, requests, failures.
int measure(const Options& options) {
  const auto begin = std::chrono::steady_clock::now();
  const Totals totals = options.mode == "bare" ? run_bare(options) : run_client(options);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.4f %.4f %.1f %zu %zu\n", wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime),
              static_cast<double>(usage.ru_maxrss) / 1024, totals.requests, totals.failures);
  return totals.failures == 0 ? 0 : 1;
}

Options parse(int argc, char** argv) {
  Options options;
  options.mode = argc > 1 ? argv[1] : "";
  std::map<std::string, std::string> values;
  for (int i = 2; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
  const auto number = [&](const char* name, int otherwise) {
    return values.contains(name) ? std::atoi(values[name].c_str()) : otherwise;
  };
  options.hosts = number("--hosts", 100);
  options.port = number("--port", 0);
  options.connections = number("--connections", 1);
  options.delay_ms = number("--delay-ms", 0);
  options.ca_file = values["--ca"];
  options.targets = values["--targets"];
  options.bases = values["--bases"];
  options.login = values["--login"];
  options.root = values["--root"];
  options.certificate = values["--certificate"];
  options.key = values["--key"];
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = parse(argc, argv);
  if (options.mode == "serve") return run_server(options);
  if (options.mode == "bare" || options.mode == "client") return measure(options);
  std::fprintf(stderr, "usage: transport_bench bare|client|serve --option value …; see inventory_bench.sh\n");
  return 2;
}
