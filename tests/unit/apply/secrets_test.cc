// SPDX-License-Identifier: Apache-2.0
#include "engine/apply/secrets.h"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>

#include "engine/apply/hosts.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;
using manifest::PasswordSource;
using Kind = PasswordSource::Kind;

namespace {

/// A variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_) {
      ::setenv(name_, before_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

class Place {
 public:
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }
  void program(const std::string& name, const std::string& script) const {
    write(name, "#!/bin/sh\n" + script);
    ::chmod(path(name).c_str(), 0755);
  }
  [[nodiscard]] std::filesystem::path path(const std::string& name) const { return directory_.path() / name; }
  [[nodiscard]] std::string root() const { return directory_.path().string(); }
  [[nodiscard]] std::string resolve(const PasswordSource& source) const {
    const auto secret = apply::Secrets(directory_.path()).resolve(source);
    return secret ? std::string(secret->reveal()) : "";
  }
  [[nodiscard]] Error problem(const PasswordSource& source) const {
    const auto secret = apply::Secrets(directory_.path()).resolve(source);
    REQUIRE_FALSE(secret);
    CHECK(secret.error().code() == Code::credentials_unavailable);
    return secret.error();
  }

 private:
  tests::TemporaryDirectory directory_;
};

PasswordSource exec(std::vector<std::string> argv) {
  return {.kind = Kind::exec, .argv = std::move(argv)};
}

}  // namespace

TEST_CASE("the end of a line is no part of a password, and what is inside is") {
  const Place place;
  place.write("one", "two\nlines\r\n");
  CHECK(place.resolve({.kind = Kind::file, .name = "one"}) == "two\nlines");
  CHECK(place.resolve(exec({"printf", " a b \\n"})) == " a b ");
  place.write("empty", "\n");
  CHECK(place.problem({.kind = Kind::file, .name = "empty"}).message().ends_with("is empty"));
  place.write("long", std::string(5000, 'x'));
  CHECK(place.problem({.kind = Kind::file, .name = "long"}).message().ends_with("holds more than a password"));
}

TEST_CASE("a command that gives nothing says why, and never what it printed") {
  const Place place;
  const Error failed = place.problem(exec({"sh", "-c", "echo canary; exit 3"}));
  CHECK(failed.message() == "the command `sh` gave no password: it ended with exit code 3");
  CHECK(place.problem(exec({"no-such-program"})).message().ends_with("it cannot be run: No such file or directory"));
  CHECK(place.problem(exec({"sh", "-c", "kill -9 $$"})).message().ends_with("it was ended by signal 9"));
  const Error talkative = place.problem(exec({"sh", "-c", "head -c 9000 /dev/zero | tr '\\0' x"}));
  CHECK(talkative.message().ends_with("it wrote more than 4096 bytes"));
}

TEST_CASE("a source is asked once") {
  const Place place;
  place.program("ask", "echo x >> asked; cat asked | wc -l");
  apply::Secrets secrets(place.path("."));
  for (int i = 0; i < 3; ++i) CHECK(secrets.resolve(exec({"./ask"}))->reveal() == "1");
}

TEST_CASE("a credential of systemd is a file in its directory") {
  const Place place;
  place.write("ilo", "from systemd\n");
  const PasswordSource source{.kind = Kind::systemd, .name = "ilo"};
  {
    const Variable none("CREDENTIALS_DIRECTORY", "");
    const Error error = place.problem(source);
    CHECK(error.message() == "the credential `ilo` is not there: systemd gave this process none");
    CHECK(error.help().front().find("LoadCredential=ilo:") != std::string::npos);
  }
  const Variable given("CREDENTIALS_DIRECTORY", place.root());
  CHECK(place.resolve(source) == "from systemd");
  CHECK(place.problem({.kind = Kind::systemd, .name = "other"}).message() ==
        "systemd gave this process no credential `other`");
  for (const char* outside : {"../x", "..", "."}) {
    CHECK(place.problem({.kind = Kind::systemd, .name = outside}).message().find("no credential") != std::string::npos);
  }
}

TEST_CASE("sops is asked for one value of the file") {
  const Place place;
  place.program("sops", "printf '%s|' \"$@\"");
  const Variable path("PATH", place.root() + ":" + std::getenv("PATH"));
  const std::string file = place.path("s.yaml").string();
  CHECK(place.resolve({.kind = Kind::sops, .name = "s.yaml", .key = "ilo.password"}) ==
        "--decrypt|--extract|[\"ilo\"][\"password\"]|" + file + "|");
  CHECK(place.resolve({.kind = Kind::sops, .name = "s.yaml", .key = "\"10.0.0.1\""}) ==
        "--decrypt|--extract|[\"10.0.0.1\"]|" + file + "|");
  CHECK(place.problem({.kind = Kind::sops, .name = "s.yaml", .key = "\"a[b\""}).message().find("cannot be asked") !=
        std::string::npos);
}

TEST_CASE("vault is asked for one field of the secret") {
  const Place place;
  place.program("vault", "printf '%s|' \"$@\"");
  const Variable path("PATH", place.root() + ":" + std::getenv("PATH"));
  CHECK(place.resolve({.kind = Kind::vault, .name = "secret/ilo", .key = "password"}) ==
        "kv|get|-field=password|secret/ilo|");
  CHECK(place.problem({.kind = Kind::vault, .name = "-address=evil", .key = "f"}).message().find("cannot be asked") !=
        std::string::npos);
}

TEST_CASE("a program that is missing is named, with what to try") {
  const Place place;
  const Variable path("PATH", place.root());
  const Error sops = place.problem({.kind = Kind::sops, .name = "s.yaml", .key = "a"});
  CHECK(sops.message() == "s.yaml: the command `sops` gave no password: it cannot be run: No such file or directory");
  CHECK(sops.help().size() == 1);
  CHECK(place.problem({.kind = Kind::vault, .name = "secret/ilo", .key = "a"}).help().size() == 1);
}

TEST_CASE("an Ansible vault is unlocked by another source") {
  const Place place;
  // "inline canary" under the password "hunter2-vault"
  place.write("vault.yml", R"(ilo: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          32313865373433363031393731613431343338656436353732316331346132373432373332393031
          3165666561633032393864323335303634623735633435350a656364636632396231313636303264
          38323962623966623665326565303430373464643337666330386665393333356131306439613731
          3930386134316438390a353533653231353030623835646263613630383634646461666164386638
          3638
)");
  place.write("pass", "  hunter2-vault \n");
  PasswordSource source{.kind = Kind::ansible_vault, .name = "vault.yml", .key = "ilo"};
  CHECK(place.problem(source).message().ends_with("nothing says how to unlock it"));
  source.unlock = {{.kind = Kind::file, .name = "pass"}};
  CHECK(place.resolve(source) == "inline canary");
  source.unlock = {exec({"echo", "hunter2-vault"})};
  CHECK(place.resolve(source) == "inline canary");
  source.unlock = {{.kind = Kind::env, .name = "FIRMFORM_TEST_NO_SUCH_VARIABLE"}};
  CHECK(place.problem(source).message().starts_with("to unlock " + place.path("vault.yml").string()));
  source.unlock = {source};
  CHECK(place.problem(source).message().ends_with("nothing says how to unlock it"));
}

TEST_CASE("paths become absolute, whatever is behind them") {
  const auto absolute = [](PasswordSource source) { return apply::with_absolute_paths(std::move(source), "/m"); };
  CHECK(absolute({.kind = Kind::file, .name = "a"}).name == "/m/a");
  CHECK(absolute({.kind = Kind::sops, .name = "a"}).name == "/m/a");
  CHECK(absolute({.kind = Kind::vault, .name = "secret/a"}).name == "secret/a");
  CHECK(absolute({.kind = Kind::systemd, .name = "a"}).name == "a");
  const PasswordSource vault =
      absolute({.kind = Kind::ansible_vault, .name = "v", .unlock = {{.kind = Kind::file, .name = "p"}}});
  CHECK(vault.name == "/m/v");
  CHECK(vault.unlock.front().name == "/m/p");
  CHECK(absolute({.kind = Kind::file, .name = "/etc/a"}).name == "/etc/a");
}

TEST_CASE("which sources run a program is known") {
  CHECK(apply::runs_command(exec({"a"})));
  CHECK(apply::runs_command({.kind = Kind::sops}));
  CHECK(apply::runs_command({.kind = Kind::vault}));
  CHECK(apply::runs_command({.kind = Kind::ansible_vault, .unlock = {exec({"a"})}}));
  CHECK_FALSE(apply::runs_command({.kind = Kind::ansible_vault, .unlock = {{.kind = Kind::file}}}));
  CHECK_FALSE(apply::runs_command({.kind = Kind::systemd}));
}
