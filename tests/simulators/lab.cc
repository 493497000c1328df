// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/lab.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <memory>

#include "engine/base/time_text.h"
#include "tests/simulators/certificate.h"
#include "tests/simulators/image_files.h"
#include "tests/simulators/lab_files.h"
#include "tests/simulators/lab_machine.h"

namespace firmform::simulators {
namespace {

namespace asio = boost::asio;

UtcTime utc_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

/// One line of JSON for each request. Bodies and headers, and with them credentials, are never written.
class RequestLog {
 public:
  explicit RequestLog(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "we"), &close) {}
  [[nodiscard]] bool good() const { return file_ != nullptr; }

  void write(const std::string& host, const std::string& method, const std::string& path, int status) const {
    const json::Value line = json::Object{
        {"time", to_rfc3339(utc_now())}, {"host", host}, {"method", method}, {"path", path}, {"status", status}};
    const std::string text = json::dump(line) + "\n";
    std::fwrite(text.data(), 1, text.size(), file_.get());
    std::fflush(file_.get());
  }

 private:
  static void close(std::FILE* file) { std::fclose(file); }
  std::unique_ptr<std::FILE, void (*)(std::FILE*)> file_;
};

/// A thousand machines need more than the usual thousand descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

json::Value faults_of(const json::Value& faults, const std::string& host) {
  if (!faults.is_object()) return faults;
  json::Array merged = faults[host].items();
  const json::Array& common = faults["*"].items();
  merged.insert(merged.end(), common.begin(), common.end());
  return merged;
}

Status check_fault_hosts(const json::Value& faults, const std::vector<LabHost>& hosts) {
  for (const json::Member& member : faults.members()) {
    const bool known =
        member.key == "*" || std::ranges::any_of(hosts, [&](const LabHost& host) { return host.name == member.key; });
    if (!known) return fail(Code::lab_failed, fmt::format("the faults name `{}`, which is not in the lab", member.key));
  }
  return {};
}

class Lab {
 public:
  explicit Lab(LabOptions options)
      : options_(std::move(options)),
        tls_(asio::ssl::context::tls_server),
        services_{loop_, tls_, options_.reply_delay, {}},
        images_(loop_) {}

  Status prepare() {
    std::error_code problem;
    std::filesystem::create_directories(options_.directory, problem);
    if (problem) return fail(Code::output_failed, fmt::format("cannot make {}", options_.directory.string()));
    info_.directory = std::filesystem::absolute(options_.directory);
    password_ = random_hex(24);
    if (Status good = open_image_port(); !good) return good;
    if (Status good = make_machines(); !good) return good;
    const Result<LabCertificates> certificates = make_certificates();
    if (!certificates) return fail(certificates.error());
    use_certificates(*certificates);
    return write_lab_files(options_, info_, certificates->ca_pem, password_);
  }

  Status run(const std::function<void(const LabInfo&)>& on_ready) {
    log_ = std::make_unique<RequestLog>(info_.directory / "requests.log");
    if (!log_->good()) return fail(Code::output_failed, "cannot write requests.log");
    services_.log = [this](const std::string& host, const std::string& method, const std::string& target, int status) {
      log_->write(host, method, target, status);
    };
    image_log_ = [this](const std::string& method, const std::string& path, int status) {
      log_->write("images", method, path, status);
    };
    images_.listen();
    firmware_ = info_.directory / "firmware";
    asio::co_spawn(loop_, serve_images(images_, firmware_, image_log_), asio::detached);
    for (const auto& machine : machines_) machine->start();
    asio::signal_set signals(loop_, SIGINT, SIGTERM);
    signals.async_wait([this](const boost::system::error_code&, int) { loop_.stop(); });
    on_ready(info_);
    loop_.run();
    return {};
  }

 private:
  Status open_image_port() {
    boost::system::error_code problem;
    const asio::ip::tcp::endpoint address(asio::ip::address_v4::loopback(), options_.first_port);
    images_.open(address.protocol(), problem);
    if (!problem) images_.set_option(asio::ip::tcp::acceptor::reuse_address(true), problem);
    if (!problem) images_.bind(address, problem);
    if (problem) {
      return fail(Error(Code::lab_failed,
                        fmt::format("cannot listen on 127.0.0.1:{}: {}", options_.first_port, problem.message()))
                      .with_help("Choose another --port, or leave it out to take free ones."));
    }
    info_.image_url = fmt::format("http://127.0.0.1:{}/", images_.local_endpoint().port());
    return {};
  }

  Status make_machines() {
    const std::size_t digits = std::max<std::size_t>(2, std::to_string(options_.models.size()).size());
    for (std::size_t i = 0; i < options_.models.size(); ++i) {
      info_.hosts.push_back({fmt::format("lab-{:0{}}", i + 1, digits), options_.models[i], {}});
    }
    if (Status good = check_fault_hosts(options_.faults, info_.hosts); !good) return good;
    for (std::size_t i = 0; i < info_.hosts.size(); ++i) {
      LabHost& host = info_.hosts[i];
      BmcOptions bmc{host.model,       host.name,      options_.username,
                     password_,        options_.speed, faults_of(options_.faults, host.name),
                     options_.seed + i};
      Result<std::unique_ptr<Bmc>> made = make_bmc(std::move(bmc), utc_now());
      if (!made) return fail(made.error());
      machines_.push_back(std::make_unique<LabMachine>(services_, std::move(*made)));
      const std::uint16_t port =
          options_.first_port == 0 ? std::uint16_t(0) : static_cast<std::uint16_t>(options_.first_port + 1 + i);
      if (Status good = machines_.back()->bind(port); !good) return good;
      host.url = fmt::format("https://127.0.0.1:{}", machines_.back()->port());
    }
    return {};
  }

  void use_certificates(const LabCertificates& certificates) {
    SSL_CTX_set_min_proto_version(tls_.native_handle(), TLS1_2_VERSION);
    const std::string chain = certificates.server_pem + certificates.ca_pem;
    tls_.use_certificate_chain(asio::buffer(chain));
    tls_.use_private_key(asio::buffer(certificates.server_key), asio::ssl::context::pem);
  }

  LabOptions options_;
  asio::io_context loop_{1};
  asio::ssl::context tls_;
  LabServices services_;
  asio::ip::tcp::acceptor images_;
  std::filesystem::path firmware_;
  std::unique_ptr<RequestLog> log_;
  std::function<void(const std::string&, const std::string&, int)> image_log_;
  std::string password_;
  LabInfo info_;
  std::vector<std::unique_ptr<LabMachine>> machines_;
};

}  // namespace

Status run_lab(LabOptions options, const std::function<void(const LabInfo&)>& on_ready) {
  raise_descriptor_limit();
  Lab lab(std::move(options));
  if (Status good = lab.prepare(); !good) return good;
  return lab.run(on_ready);
}

}  // namespace firmform::simulators
