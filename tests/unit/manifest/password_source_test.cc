// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "engine/manifest/key_path.h"
#include "manifest_text.h"

using namespace firmform;
using namespace firmform::manifest;
using namespace firmform::tests;
using Kind = PasswordSource::Kind;
using Keys = std::vector<std::string>;

namespace {

Reading reading_of(const std::string& password) {
  return read_manifest(
      "credentials: {c: {username: u, password: " + password +
      "}}\nbaselines: {b: {firmware: []}}\nhosts: {h: {bmc: https://h, credentials: c, baseline: b}}\n");
}

PasswordSource source_of(const std::string& password) {
  const Reading reading = reading_of(password);
  INFO(reading.text());
  REQUIRE(reading.codes().empty());
  return reading.host("h").credentials.password;
}

std::vector<Code> codes_of(const std::string& password) {
  return reading_of(password).codes();
}

}  // namespace

TEST_CASE("every kind of password source is read") {
  CHECK(source_of("{systemd_credential: ilo.password}") ==
        PasswordSource{.kind = Kind::systemd, .name = "ilo.password"});
  CHECK(source_of("{ansible_vault: {file: g/v.yml, key: vault_ilo, unlock: {file: .vault-pass}}}") ==
        PasswordSource{.kind = Kind::ansible_vault,
                       .name = "g/v.yml",
                       .key = "vault_ilo",
                       .unlock = {{.kind = Kind::file, .name = ".vault-pass"}}});
  CHECK(source_of("{ansible_vault: {file: v, key: a.b, unlock: {exec: [pass, show, vault]}}}").unlock ==
        std::vector{PasswordSource{.kind = Kind::exec, .argv = {"pass", "show", "vault"}}});
  CHECK(source_of("{sops: {file: s.yaml, key: '\"10.0.0.1\".password'}}") ==
        PasswordSource{.kind = Kind::sops, .name = "s.yaml", .key = "\"10.0.0.1\".password"});
  CHECK(source_of("{vault: {path: secret/ilo, field: password}}") ==
        PasswordSource{.kind = Kind::vault, .name = "secret/ilo", .key = "password"});
}

TEST_CASE("what is missing or too much in a password source is reported") {
  using enum Code;
  CHECK(codes_of("{ansible_vault: {file: v, key: k}}") == std::vector{missing_key});
  CHECK(codes_of("{ansible_vault: {file: v, unlock: {env: P}}}") == std::vector{missing_key});
  CHECK(codes_of("{ansible_vault: {file: v, key: k, unlock: {sops: {file: a, key: b}}}}") == std::vector{unknown_key});
  CHECK(codes_of("{sops: {file: s}}") == std::vector{missing_key});
  CHECK(codes_of("{sops: {file: s, key: a..b}}") == std::vector{invalid_value});
  CHECK(codes_of("{vault: {path: -x, field: f}}") == std::vector{invalid_value});
  CHECK(codes_of("{vault: {path: x}}") == std::vector{missing_key});
  CHECK(codes_of("{systemd_credential: ../x}") == std::vector{invalid_value});
  CHECK(codes_of("{env: A, vault: {path: x, field: f}}") == std::vector{exclusive_keys});
}

TEST_CASE("a literal in place of a password source is refused and never shown") {
  for (const std::string text : {"hunter2canary", "{ansible_vault: {file: v, key: k, unlock: hunter2canary}}"}) {
    const Reading reading = reading_of(text);
    CHECK(reading.codes() == std::vector{Code::literal_secret});
    CHECK(reading.text().find("hunter2canary") == std::string::npos);
  }
}

TEST_CASE("a secret in place of a part of its source is not shown either") {
  for (const std::string text : {"{env: hunter-2-canary}", "{sops: hunter-2-canary}", "{vault: hunter-2-canary}",
                                 "{ansible_vault: hunter-2-canary}",
                                 "{ansible_vault: {file: v, key: k, unlock: {env: hunter-2-canary}}}"}) {
    const Reading reading = reading_of(text);
    INFO(text);
    CHECK(reading.codes().size() == 1);
    CHECK(reading.text().find("hunter-2-canary") == std::string::npos);
  }
  CHECK(codes_of("{env: a-b}") == std::vector{Code::invalid_value});
}

TEST_CASE("a source over several lines is no secret, and is shown in diagnostics") {
  const Reading reading = read_manifest(
      "credentials:\n  c:\n    username: u\n    password:\n      sops:\n        file: s\n        kee: a\n"
      "      # the end\n");
  CHECK(reading.codes().front() == Code::unknown_key);
  CHECK(reading.text().find("kee: a") != std::string::npos);
}

TEST_CASE("a key path is keys with dots between them") {
  CHECK(parse_key_path("a") == Keys{"a"});
  CHECK(parse_key_path("ilo.password") == Keys{"ilo", "password"});
  CHECK(parse_key_path("\"10.0.0.1\".password") == Keys{"10.0.0.1", "password"});
  CHECK(parse_key_path("a.\"b c\"") == Keys{"a", "b c"});
  CHECK(parse_key_path("\"a[0]\"") == Keys{"a[0]"});
}

TEST_CASE("a malformed key path is none") {
  for (const char* text :
       {"", ".", "a.", ".a", "a..b", "\"", "\"a", "\"a\"b", "a\"b\"", "\"\"", "a b", "a[0]", "a\nb"}) {
    INFO(text);
    CHECK_FALSE(parse_key_path(text));
  }
  CHECK_FALSE(parse_key_path(std::string(2000, 'a')));
}
