// SPDX-License-Identifier: Apache-2.0
// The vaults here were written by ansible-core 2.14 with the password "hunter2-vault".
#include "engine/apply/ansible_vault.h"

#include <catch2/catch.hpp>

#include <fstream>

#include "engine/apply/vault_file.h"
#include "tests/support/temporary_directory.h"

using namespace firmform;

namespace {

const Secret kPassword("hunter2-vault");

/// "inline canary"
constexpr const char* kInline = R"($ANSIBLE_VAULT;1.1;AES256
          32313865373433363031393731613431343338656436353732316331346132373432373332393031
          3165666561633032393864323335303634623735633435350a656364636632396231313636303264
          38323962623966623665326565303430373464643337666330386665393333356131306439613731
          3930386134316438390a353533653231353030623835646263613630383634646461666164386638
          3638
)";

/// "labelled canary"
constexpr const char* kLabelled = R"($ANSIBLE_VAULT;1.2;AES256;prod
          62623036336537366338363535663433626230326463333630633636363230643062623038383337
          6538613137383535623635373736346337383935393030370a643334316636336236313334376430
          63623037303361623164343663626330373335383062363238353361626438306566396630393035
          3565623631363537330a303335363230633237656434613838336664323538656432313339353334
          6166
)";

/// vault_ilo_password: "canary value", ilo: {password: nested, "10.0.0.1": dotted}, list: [a]
constexpr const char* kWhole = R"($ANSIBLE_VAULT;1.1;AES256
39343738653536353962373561356536623331373064343663303032326162616530316339373936
3963646539383135313939396465303661373639356133300a363033303233386333656562336130
36383838313333353330313831643634643166303763353664646336633830623030613766646266
6366656135383163380a313662333766643965616638316663363836313838303764613534313661
61613265373761383936366363623739326331303463636362323236653938343731343564373234
35363664643532353737386463343566353866663937613664613765643131646535303633303964
30376464333035333364363336393031376433646463343831373637383034313563376561633031
61376666643936623433663262386439626631636365326234336136666565396665313665316332
3063
)";

std::string opened(const std::string& vault, const Secret& password = kPassword) {
  const auto plain = apply::open_ansible_vault(vault, password);
  return plain ? std::string(plain->reveal()) : "";
}

std::string refusal(const std::string& vault, const Secret& password = kPassword) {
  const auto plain = apply::open_ansible_vault(vault, password);
  REQUIRE_FALSE(plain);
  CHECK(plain.error().code() == Code::credentials_unavailable);
  return plain.error().message();
}

std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

class VaultFile {
 public:
  explicit VaultFile(const std::string& text) { std::ofstream(path()) << text; }
  [[nodiscard]] std::filesystem::path path() const { return directory_.path() / "vault.yml"; }
  [[nodiscard]] std::string value(const std::string& key) const {
    const auto found = apply::read_vault_value(path(), key, kPassword);
    return found ? std::string(found->reveal()) : "";
  }
  [[nodiscard]] Error problem(const std::string& key, const Secret& password = kPassword) const {
    const auto found = apply::read_vault_value(path(), key, password);
    REQUIRE_FALSE(found);
    CHECK(found.error().code() == Code::credentials_unavailable);
    CHECK(found.error().message().starts_with(path().string()));
    return found.error();
  }

 private:
  tests::TemporaryDirectory directory_;
};

}  // namespace

TEST_CASE("vaults of formats 1.1 and 1.2 are opened") {
  CHECK(opened(kInline) == "inline canary");
  CHECK(opened(kLabelled) == "labelled canary");
  CHECK(opened(kWhole).starts_with("vault_ilo_password: \"canary value\"\n"));
}

TEST_CASE("line ends and white space around a vault do not matter") {
  std::string text = std::string("\n") + kInline + "\n\n";
  for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) text.insert(at, 1, '\r');
  CHECK(opened(text) == "inline canary");
}

TEST_CASE("a wrong password and an altered vault are refused before anything is decrypted") {
  const std::string wrong = refusal(kInline, Secret("hunter3"));
  CHECK(wrong == "the password does not open the vault, or the vault was altered");
  CHECK(refusal(kInline, Secret("")) == wrong);
  CHECK(refusal(with(kInline, "6638\n          3638", "6638\n          3639")) == wrong);
}

TEST_CASE("each kind of damage has words of its own") {
  CHECK(refusal("password: plain").find("not encrypted") != std::string::npos);
  CHECK(refusal("$ANSIBLE_VAULT;1.1").find("first line is incomplete") != std::string::npos);
  CHECK(refusal("$ANSIBLE_VAULT;1.1;AES256").find("nothing follows") != std::string::npos);
  CHECK(refusal(with(kInline, "1.1;AES256", "1.0;AES")).find("format 1.0 under AES") != std::string::npos);
  CHECK(refusal(with(kInline, "3638\n", "363\n")).find("cut off") != std::string::npos);
  CHECK(refusal(with(kInline, "3638\n", "\n")).find("cut off") != std::string::npos);
  CHECK(refusal(with(kInline, "3638\n", "xx\n")).find("hexadecimal") != std::string::npos);
  CHECK(refusal(std::string("$ANSIBLE_VAULT;1.1;AES256\n") + std::string(9U << 20U, '3')).find("limit") !=
        std::string::npos);
}

TEST_CASE("a vault that is cut off anywhere is refused") {
  const std::string whole(kInline);
  for (std::size_t size = 0; size + 5 < whole.size(); ++size) CHECK(opened(whole.substr(0, size)).empty());
}

TEST_CASE("a value is found in a file that is encrypted as a whole") {
  const VaultFile file(kWhole);
  CHECK(file.value("vault_ilo_password") == "canary value");
  CHECK(file.value("ilo.password") == "nested");
  CHECK(file.value("ilo.\"10.0.0.1\"") == "dotted");
  CHECK(file.problem("ilo.user").message().ends_with("has no key `ilo.user`"));
  CHECK(file.problem("ilo.password.deeper").message().ends_with("has no key `ilo.password.deeper`"));
  CHECK(file.problem("list").message().ends_with("`list` is a list and not a text"));
}

TEST_CASE("a value is found that is encrypted alone, among others and their tags") {
  const VaultFile file(std::string("plain: text\nother: !unsafe '{{ x }}'\nilo:\n    password: !vault |\n") +
                       with(kInline, "$ANS", "          $ANS") + "last: !vault |\n" +
                       with(kLabelled, "$ANS", "          $ANS"));
  CHECK(file.value("ilo.password") == "inline canary");
  CHECK(file.value("last") == "labelled canary");
  const Error clear = file.problem("plain");
  CHECK(clear.message().ends_with("`plain` stands there in clear text"));
  CHECK(clear.help().size() == 1);
}

TEST_CASE("what is wrong with a vault file never quotes it") {
  const VaultFile broken("key: [canary-value\nother: }\n");
  const Error error = broken.problem("key");
  CHECK(error.one_line().find("canary-value") == std::string::npos);
  CHECK(error.message().find("is not well-formed YAML") != std::string::npos);
  CHECK(VaultFile(kWhole).problem("ilo.password", Secret("no")).message().find("does not open") != std::string::npos);
  const auto missing = apply::read_vault_value("/nonexistent/vault.yml", "a", kPassword);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message().find("cannot be read") != std::string::npos);
}
