// SPDX-License-Identifier: Apache-2.0
// Keys, signatures, and what they permit.
#include <catch2/catch.hpp>

#include <fstream>

#include "engine/sign/judgement.h"
#include "tests/support/temporary_directory.h"
#include "tests/unit/sign/keys.h"

namespace firmform::tests {
namespace {

using manifest::PlanSigning;
using sign::Danger;
using sign::Judged;
using sign::PrivateKey;
using sign::PublicKey;
using sign::Signature;
using sign::Standing;

constexpr std::string_view kBytes = "{\"format_version\":1}\n";

void write(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path) << text;
}

class Desk {
 public:
  explicit Desk(const std::vector<std::string>& names) {
    for (const std::string& name : names) make_key(path(), name);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return directory_.path(); }
  [[nodiscard]] Signature signed_by(const std::string& name, std::string_view bytes = kBytes) const {
    const auto key = PrivateKey::read(path() / (name + ".pem"));
    REQUIRE(key);
    return {.key = key->fingerprint(), .bytes = key->sign(bytes)};
  }
  [[nodiscard]] std::vector<sign::NamedKey> keys(const std::vector<std::string>& names) const {
    std::vector<std::string> files;
    for (const std::string& name : names) files.push_back(name + ".pub");
    auto keys = sign::read_keys(files, path());
    REQUIRE(keys);
    return *keys;
  }

 private:
  TemporaryDirectory directory_;
};

PlanSigning asks_for(bool required, const std::vector<std::string>& two_keys_for = {}) {
  PlanSigning signing{.required = required};
  for (const std::string& kind : two_keys_for) signing.two_keys_for.push_back({kind, {}});
  return signing;
}

const std::vector<Danger> kDanger = {{"downgrade", "web-01/SystemBMC goes down from 3.11 to 2.78"}};

plan::Change change(plan::ChangeKind kind, const std::string& address) {
  plan::Change made{.host = "web-01", .address = address, .kind = kind, .from = "3.11", .to = "2.78"};
  made.actions = {0};
  return made;
}

plan::Plan plan_of(std::vector<plan::Change> changes) {
  plan::Plan plan;
  plan.actions.emplace_back();
  plan.changes = std::move(changes);
  return plan;
}

}  // namespace

TEST_CASE("A signature is good over exactly the bytes that were signed, by exactly that key") {
  const Desk desk({"anna", "ben"});
  const Signature signature = desk.signed_by("anna");
  const auto anna = PublicKey::read(desk.path() / "anna.pub");
  const auto ben = PublicKey::read(desk.path() / "ben.pub");
  REQUIRE(anna);
  REQUIRE(ben);
  CHECK(signature.key == anna->fingerprint());
  CHECK(anna->fingerprint() != ben->fingerprint());
  CHECK(anna->verifies(kBytes, signature.bytes));
  CHECK_FALSE(ben->verifies(kBytes, signature.bytes));
  CHECK_FALSE(anna->verifies(std::string(kBytes) + "\n", signature.bytes));
  CHECK_FALSE(anna->verifies(kBytes, signature.bytes.substr(1)));
  CHECK_FALSE(anna->verifies(kBytes, ""));
  for (std::size_t i = 0; i < signature.bytes.size(); ++i) {
    std::string other = signature.bytes;
    other[i] = static_cast<char>(other[i] ^ 1);
    CHECK_FALSE(anna->verifies(kBytes, other));
  }
}

TEST_CASE("Signing the same bytes again gives the same signature") {
  const Desk desk({"anna"});
  CHECK(desk.signed_by("anna") == desk.signed_by("anna"));
  CHECK(desk.signed_by("anna").bytes.size() == sign::kSignatureBytes);
}

TEST_CASE("A key that cannot be used is refused with what the file holds instead") {
  const Desk desk({"anna"});
  const auto why_no_private = [&](const std::string& file) {
    const auto key = PrivateKey::read(desk.path() / file);
    REQUIRE_FALSE(key);
    CHECK(key.error().code() == Code::key_unreadable);
    return key.error().message();
  };
  const auto why_no_public = [&](const std::string& file) {
    const auto key = PublicKey::read(desk.path() / file);
    REQUIRE_FALSE(key);
    CHECK(key.error().code() == Code::key_unreadable);
    return key.error().message();
  };
  make_key(desk.path(), "curve", "EC");
  make_key(desk.path(), "locked", "ED25519", "sesame");
  write(desk.path() / "text.pem", "no key at all\n");
  write(desk.path() / "empty.pem", "");
  CHECK(why_no_private("curve.pem").find("type EC") != std::string::npos);
  CHECK(why_no_public("curve.pub").find("type EC") != std::string::npos);
  CHECK(why_no_private("locked.pem").find("passphrase") != std::string::npos);
  CHECK(why_no_private("anna.pub").find("holds a PUBLIC KEY") != std::string::npos);
  CHECK(why_no_public("anna.pem").find("holds a PRIVATE KEY") != std::string::npos);
  CHECK(why_no_private("text.pem").find("no PEM file") != std::string::npos);
  CHECK(why_no_public("empty.pem").find("no PEM file") != std::string::npos);
  CHECK(why_no_private("nowhere.pem").find("there is no file") != std::string::npos);
}

TEST_CASE("A file of signatures is read as it was written") {
  const Desk desk({"anna", "ben"});
  const std::vector<Signature> both = {desk.signed_by("anna"), desk.signed_by("ben")};
  const auto again = sign::parse(sign::to_text(both));
  REQUIRE(again);
  CHECK(*again == both);
  const auto path = sign::signature_path(desk.path() / "the.plan");
  CHECK(path.filename() == "the.plan.sig");
  CHECK(sign::read_signatures(path)->empty());
  REQUIRE(sign::write_signatures(path, both));
  CHECK(*sign::read_signatures(path) == both);
}

TEST_CASE("A file of signatures that is damaged is refused, with the line") {
  const Desk desk({"anna"});
  const std::string good = sign::to_text({desk.signed_by("anna")});
  const auto why = [](const std::string& text) {
    const auto parsed = sign::parse(text);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code() == Code::signature_invalid);
    return parsed.error().message();
  };
  CHECK(why("").find("cut off") != std::string::npos);
  CHECK(why(good.substr(0, good.size() - 1)).find("cut off") != std::string::npos);
  CHECK(why(good + "rsa x y\n") == "line 3 is no signature");
  CHECK(why(good + "\n") == "line 3 is no signature");
  CHECK(why("something else\n").find("does not begin") != std::string::npos);
  CHECK(why(good.substr(0, good.size() - 3) + "A\n") == "line 2 is no signature");
  CHECK(why(std::string(100'000, 'x')).find("too long") != std::string::npos);
  std::string upper = good;
  upper.replace(upper.find("ed25519 ") + 8, 1, "G");
  CHECK(why(upper) == "line 2 is no signature");
}

TEST_CASE("Signatures are good, wrong or foreign") {
  const Desk desk({"anna", "ben", "eve"});
  const auto keys = desk.keys({"anna", "ben"});
  const auto judged =
      sign::judge(kBytes, {desk.signed_by("anna"), desk.signed_by("ben", "other"), desk.signed_by("eve")}, keys);
  REQUIRE(judged.size() == 3);
  CHECK(judged[0].standing == Standing::good);
  CHECK(judged[0].name == "anna.pub");
  CHECK(judged[1].standing == Standing::wrong);
  CHECK(judged[2].standing == Standing::foreign);
  CHECK(judged[2].name.empty());
}

TEST_CASE("A plan is permitted when enough different keys of the manifest have signed it") {
  const Desk desk({"anna", "ben", "eve"});
  const auto keys = desk.keys({"anna", "ben"});
  const auto standing = [&](const std::vector<Signature>& signatures) { return sign::judge(kBytes, signatures, keys); };
  const Signature anna = desk.signed_by("anna");
  const Signature ben = desk.signed_by("ben");
  const Signature eve = desk.signed_by("eve");
  const auto code = [](const Status& status) { return status ? std::optional<Code>() : status.error().code(); };

  CHECK(sign::permit({}, asks_for(false), {}));
  CHECK(code(sign::permit({}, asks_for(true), {})) == Code::signature_missing);
  CHECK(sign::permit(standing({anna}), asks_for(true), {}));
  CHECK(code(sign::permit(standing({eve}), asks_for(true), {})) == Code::signature_invalid);
  CHECK(sign::permit(standing({eve, anna}), asks_for(true), {}));

  CHECK(code(sign::permit(standing({anna}), asks_for(true), kDanger)) == Code::signature_missing);
  CHECK(code(sign::permit(standing({anna, anna}), asks_for(true), kDanger)) == Code::signature_missing);
  CHECK(sign::permit(standing({anna, ben}), asks_for(true), kDanger));
  // Also where no plan needs a signature as such.
  CHECK(code(sign::permit({}, asks_for(false), kDanger)) == Code::signature_missing);

  // One signature of another plan spoils it, however many are good.
  const auto spoiled = standing({anna, desk.signed_by("ben", "other")});
  CHECK(code(sign::permit(spoiled, asks_for(true), {})) == Code::signature_invalid);
}

TEST_CASE("One key under two names is one key") {
  const Desk desk({"anna"});
  std::filesystem::copy(desk.path() / "anna.pub", desk.path() / "again.pub");
  const auto keys = desk.keys({"anna", "again"});
  const auto judged = sign::judge(kBytes, {desk.signed_by("anna"), desk.signed_by("anna")}, keys);
  CHECK_FALSE(sign::permit(judged, asks_for(true), kDanger));
}

TEST_CASE("H31: a downgrade, a one-way door and the recovery set are dangers where the manifest says so") {
  plan::Change one_way = change(plan::ChangeKind::update, "SystemRomActive");
  one_way.way_back = plan::WayBack{.kind = plan::WayBack::Kind::one_way, .text = "the policy is NoDowngrade"};
  plan::Change recovery = change(plan::ChangeKind::update, "install-set:System Recovery Set");
  recovery.resource = plan::ResourceType::install_set;
  recovery.to = "recovery|golden; ilo5.fwpkg";
  plan::Change blocked = change(plan::ChangeKind::downgrade, "Card");
  blocked.actions.clear();
  const plan::Plan plan = plan_of({change(plan::ChangeKind::downgrade, "SystemBMC"), one_way, recovery, blocked,
                                   change(plan::ChangeKind::update, "Other")});
  const auto kinds = [&](const std::vector<std::string>& asked) {
    std::vector<std::string> found;
    for (const Danger& danger : sign::dangers_of(plan, asks_for(true, asked))) found.push_back(danger.kind);
    return found;
  };
  using Texts = std::vector<std::string>;
  CHECK(kinds({}).empty());
  CHECK(kinds({"downgrade"}) == Texts{"downgrade"});
  CHECK(kinds({"one_way"}) == Texts{"one_way"});
  CHECK(kinds({"recovery_set"}) == Texts{"recovery_set"});
  CHECK(kinds({"downgrade", "one_way", "recovery_set"}) == Texts{"downgrade", "one_way", "recovery_set"});
  CHECK(sign::dangers_of(plan, asks_for(true, {"downgrade"})).front().text ==
        "web-01/SystemBMC goes down from 3.11 to 2.78");
}

TEST_CASE("A flash that may overwrite files of the recovery set touches it") {
  plan::Plan plan = plan_of({change(plan::ChangeKind::update, "SystemBMC")});
  plan.actions[0].request =
      plan::PlannedRequest{.target = "/x", .body = json::Object{{"Oem", json::Object{{"UpdateRecoverySet", true}}}}};
  CHECK(sign::dangers_of(plan, asks_for(false, {"recovery_set"})).size() == 1);
  plan.actions[0].request->body = json::Object{{"UpdateRecoverySet", false}};
  CHECK(sign::dangers_of(plan, asks_for(false, {"recovery_set"})).empty());
}

TEST_CASE("The refusal says how many keys are needed, for what, and whose signature does not count") {
  const Desk desk({"anna", "eve"});
  const auto judged = sign::judge(kBytes, {desk.signed_by("eve")}, desk.keys({"anna"}));
  const Status refused = sign::permit(judged, asks_for(true, {"downgrade"}), kDanger);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message() == "2 keys of the manifest must have signed the plan, and none has");
  REQUIRE(refused.error().notes().size() == 2);
  CHECK(refused.error().notes()[0] == "web-01/SystemBMC goes down from 3.11 to 2.78");
  CHECK(refused.error().notes()[1].find("is not one of them") != std::string::npos);
}

}  // namespace firmform::tests
