// SPDX-License-Identifier: Apache-2.0
#include "engine/sign/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/base/text.h"

namespace firmform::sign {
namespace {

using plan::Change;
using plan::ChangeKind;

bool is_named(const manifest::PlanSigning& signing, std::string_view kind) {
  return std::ranges::any_of(signing.two_keys_for, [&](const manifest::Text& text) { return text.value == kind; });
}

std::string subject_of(const Change& change) {
  return fmt::format("{}/{}", change.host, printable(change.address));
}

std::string shown(const std::optional<std::string>& version) {
  return version ? printable(*version) : std::string("an unknown version");
}

/// An install set's content begins with its kind (inventory::content_of).
bool concerns_recovery_set(const Change& change) {
  constexpr std::string_view kRecovery = "recovery|";
  if (change.resource != plan::ResourceType::install_set) return false;
  return change.to.starts_with(kRecovery) || change.from.value_or("").starts_with(kRecovery);
}

/// A member whose name speaks of the recovery set, and that is true ("UpdateRecoverySet").
bool asks_for_recovery_set(const json::Value& body) {
  const auto says = [](const json::Member& member) {
    const bool about_it = to_lower(member.key).find("recoveryset") != std::string::npos;
    return (about_it && member.value.as_bool().value_or(false)) || asks_for_recovery_set(member.value);
  };
  return std::ranges::any_of(body.members(), says) || std::ranges::any_of(body.items(), asks_for_recovery_set);
}

bool touches_recovery_set(const plan::Plan& plan, const Change& change) {
  if (concerns_recovery_set(change)) return true;
  return std::ranges::any_of(change.actions, [&](plan::ActionId id) {
    const auto& request = plan.actions[id].request;
    return request && asks_for_recovery_set(request->body);
  });
}

void find_in(const plan::Plan& plan, const Change& change, const manifest::PlanSigning& signing,
             std::vector<Danger>& found) {
  if (change.actions.empty()) return;
  const std::string subject = subject_of(change);
  if (is_named(signing, "downgrade") && change.kind == ChangeKind::downgrade) {
    found.push_back(
        {"downgrade", fmt::format("{} goes down from {} to {}", subject, shown(change.from), printable(change.to))});
  }
  const bool is_one_way = change.way_back && change.way_back->kind == plan::WayBack::Kind::one_way;
  if (is_named(signing, "one_way") && is_one_way) {
    found.push_back({"one_way", fmt::format("{} cannot be undone: {}", subject, change.way_back->text)});
  }
  if (is_named(signing, "recovery_set") && touches_recovery_set(plan, change)) {
    found.push_back({"recovery_set", fmt::format("{} touches the recovery set", subject)});
  }
}

/// A name and the digits that `openssl` would show of it.
std::string described(const Judged& judged) {
  const std::string digits = judged.key.substr(0, 16);
  return judged.name.empty() ? fmt::format("key {}…", digits) : fmt::format("{} ({}…)", judged.name, digits);
}

std::set<std::string> keys_of(const std::vector<Judged>& judged, Standing standing) {
  std::set<std::string> keys;
  for (const Judged& one : judged) {
    if (one.standing == standing) keys.insert(one.key);
  }
  return keys;
}

Error too_few(const std::vector<Judged>& judged, std::size_t have, std::size_t need,
              const std::vector<Danger>& dangers) {
  constexpr std::size_t kShown = 8;
  const bool has_foreign = !keys_of(judged, Standing::foreign).empty();
  Error error(has_foreign ? Code::signature_invalid : Code::signature_missing,
              fmt::format("{} of the manifest must have signed the plan, and {}", counted(need, "key"),
                          have == 0 ? std::string("none has") : fmt::format("{} has", have)));
  for (std::size_t i = 0; i < std::min(kShown, dangers.size()); ++i) error = error.with_note(dangers[i].text);
  if (dangers.size() > kShown) error = error.with_note(counted(dangers.size() - kShown, "more such change"));
  for (const Judged& one : judged) {
    if (one.standing == Standing::foreign) error = error.with_note(described(one) + " is not one of them");
  }
  return error;
}

}  // namespace

Result<std::vector<NamedKey>> read_keys(const std::vector<std::string>& files, const std::filesystem::path& directory) {
  std::vector<NamedKey> keys;
  for (const std::string& file : files) {
    auto key = PublicKey::read(directory / file);
    if (!key) return fail(key.error());
    keys.push_back({file, std::move(*key)});
  }
  return keys;
}

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::good:
      return "good";
    case Standing::wrong:
      return "wrong";
    case Standing::foreign:
      return "foreign";
  }
  return "foreign";
}

std::vector<Judged> judge(std::string_view bytes, const std::vector<Signature>& signatures,
                          const std::vector<NamedKey>& keys) {
  std::vector<Judged> judged;
  for (const Signature& signature : signatures) {
    Judged one{.standing = Standing::foreign, .key = signature.key, .name = {}};
    const auto is_its = [&](const NamedKey& named) { return named.key.fingerprint() == signature.key; };
    if (const auto known = std::ranges::find_if(keys, is_its); known != keys.end()) {
      one.name = known->name;
      one.standing = known->key.verifies(bytes, signature.bytes) ? Standing::good : Standing::wrong;
    }
    judged.push_back(std::move(one));
  }
  return judged;
}

std::vector<Danger> dangers_of(const plan::Plan& plan, const manifest::PlanSigning& signing) {
  std::vector<Danger> found;
  if (signing.two_keys_for.empty()) return found;
  for (const Change& change : plan.changes) find_in(plan, change, signing, found);
  return found;
}

std::size_t keys_needed(const manifest::PlanSigning& signing, const std::vector<Danger>& dangers) {
  if (!dangers.empty()) return 2;
  return signing.required ? 1 : 0;
}

Status permit(const std::vector<Judged>& judged, const manifest::PlanSigning& signing,
              const std::vector<Danger>& dangers) {
  for (const Judged& one : judged) {
    if (one.standing != Standing::wrong) continue;
    return fail(Code::signature_invalid, fmt::format("the signature by {} is of another plan", described(one)));
  }
  const std::size_t have = keys_of(judged, Standing::good).size();
  const std::size_t need = keys_needed(signing, dangers);
  if (have < need) return fail(too_few(judged, have, need, dangers));
  return {};
}

}  // namespace firmform::sign
