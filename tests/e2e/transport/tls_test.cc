// SPDX-License-Identifier: Apache-2.0
// Whom the transport talks to, and that it says nothing to anybody else.
#include "tests/e2e/transport/transport_fixture.h"

namespace firmform::tests {

TEST_CASE("a certificate of the given CA is trusted") {
  HttpsServer server(trusted_server(), always(text_reply("hello")));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  REQUIRE(response);
  REQUIRE(response->status == 200);
  REQUIRE(response->body == "hello");
}

TEST_CASE("a certificate of an unknown CA is untrusted, and no request is sent") {
  HttpsServer server(trusted_server(), always(text_reply("hello")));
  Loop loop;
  const auto response = loop.send(Loop::get(Loop::endpoint_with(server.url(), {})));
  REQUIRE(response.error().code() == Code::tls_untrusted);
  REQUIRE(server.requests().empty());
}

TEST_CASE("an expired certificate is untrusted, and the error says expired") {
  HttpsServerOptions options;
  options.identity = test_ca().issue({{"127.0.0.1"}, true});
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  REQUIRE(response.error().code() == Code::tls_untrusted);
  REQUIRE(response.error().message().find("expired") != std::string::npos);
}

TEST_CASE("a trusted certificate for another name is told apart from an untrusted one") {
  HttpsServerOptions options;
  options.identity = test_ca().issue({{"other.example", "127.0.0.9"}});
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  const auto response = loop.send(Loop::get(loop.endpoint(server.url())));
  REQUIRE(response.error().code() == Code::tls_wrong_name);
  REQUIRE(server.requests().empty());
}

TEST_CASE("a pinned key is trusted whatever its chain and name, and no other key is") {
  const CertificateAuthority other("unknown CA");
  HttpsServerOptions options;
  options.identity = other.issue({{"wrong.example"}, true});
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  http::TlsOptions tls;

  tls.pin_sha256 = options.identity->pin_hex;
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))));

  tls.pin_sha256 = other.issue().pin_hex;
  const auto wrong = loop.send(Loop::get(Loop::endpoint_with(server.url(), tls)));
  REQUIRE(wrong.error().code() == Code::tls_wrong_pin);

  tls.verify = false;
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))).error().code() == Code::tls_wrong_pin);

  tls.pin_sha256 = "not a pin";
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))).error().code() == Code::tls_bad_pin);
  REQUIRE(server.requests().size() == 1);
}

TEST_CASE("without verification any certificate will do") {
  const CertificateAuthority other("unknown CA");
  HttpsServerOptions options;
  options.identity = other.issue({{"wrong.example"}});
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  http::TlsOptions tls;
  tls.verify = false;
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))));
}

TEST_CASE("a connection that was made without verification is not reused with it") {
  const CertificateAuthority other("unknown CA");
  HttpsServerOptions options;
  options.identity = other.issue();
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  http::TlsOptions tls;
  tls.verify = false;
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))));
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))).error().code() == Code::tls_untrusted);
  REQUIRE(server.requests().size() == 1);
}

TEST_CASE("a further connection to a host takes up its TLS session, and is checked like the first") {
  HttpsServerOptions options = trusted_server();
  HttpsServer server(options, always(text_reply("hello")));
  Loop loop;
  http::TlsOptions pinned;
  pinned.pin_sha256 = options.identity->pin_hex;
  http::TlsOptions wrong_pin;
  wrong_pin.pin_sha256 = test_ca().issue().pin_hex;
  const auto fresh = [&](const std::shared_ptr<const Endpoint>& endpoint) {
    Request request = Loop::get(endpoint);
    request.fresh_connection = true;
    return loop.send(std::move(request));
  };

  const auto by_ca = loop.endpoint(server.url());
  REQUIRE(fresh(by_ca));
  REQUIRE(server.resumed_sessions() == 0);
  REQUIRE(fresh(by_ca));
  REQUIRE(server.resumed_sessions() == 1);

  const auto by_pin = Loop::endpoint_with(server.url(), pinned);
  REQUIRE(fresh(by_pin));
  REQUIRE(fresh(by_pin));
  REQUIRE(server.resumed_sessions() == 2);
  const auto by_wrong_pin = Loop::endpoint_with(server.url(), wrong_pin);
  REQUIRE(fresh(by_wrong_pin).error().code() == Code::tls_wrong_pin);
  REQUIRE(fresh(by_wrong_pin).error().code() == Code::tls_wrong_pin);
  REQUIRE(server.requests().size() == 4);
}

TEST_CASE("two CA files at once each trust their own servers") {
  const CertificateAuthority other("second CA");
  HttpsServerOptions second;
  second.identity = other.issue();
  HttpsServer server_a(trusted_server(), always(text_reply("a")));
  HttpsServer server_b(second, always(text_reply("b")));
  Loop loop;
  std::ofstream(loop.directory.path() / "other.pem") << other.certificate_pem();
  http::TlsOptions tls;
  tls.ca_file = loop.directory.path() / "other.pem";
  for (int i = 0; i < 3; ++i) {
    REQUIRE(loop.send(Loop::get(loop.endpoint(server_a.url()))));
    REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server_b.url(), tls))));
    REQUIRE_FALSE(loop.send(Loop::get(Loop::endpoint_with(server_a.url(), tls))));
  }
}

TEST_CASE("a CA file that is missing or holds no certificate is named") {
  HttpsServer server(trusted_server(), always(text_reply("hello")));
  Loop loop;
  http::TlsOptions tls;
  tls.ca_file = loop.directory.path() / "nothing.pem";
  const auto missing = loop.send(Loop::get(Loop::endpoint_with(server.url(), tls)));
  REQUIRE(missing.error().code() == Code::ca_file_unreadable);
  REQUIRE(missing.error().message().find("nothing.pem") != std::string::npos);

  std::ofstream(*tls.ca_file) << "this is no certificate\n";
  REQUIRE(loop.send(Loop::get(Loop::endpoint_with(server.url(), tls))).error().code() == Code::ca_file_unreadable);
  REQUIRE(server.requests().empty());
}

TEST_CASE("a server that speaks no TLS, or only an old one, fails the handshake") {
  Loop loop;
  HttpsServer plain({}, always(text_reply("hello")));
  const std::string as_https = "https" + plain.url().substr(4);
  REQUIRE(loop.send(Loop::get(loop.endpoint(as_https))).error().code() == Code::tls_failed);

  HttpsServerOptions old = trusted_server();
  old.tls11_only = true;
  HttpsServer server(old, always(text_reply("hello")));
  REQUIRE(loop.send(Loop::get(loop.endpoint(server.url()))).error().code() == Code::tls_failed);
  REQUIRE(server.requests().empty());
}

}  // namespace firmform::tests
