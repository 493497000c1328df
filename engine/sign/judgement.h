// SPDX-License-Identifier: Apache-2.0
// What the signatures of a plan are worth under the manifest's `plan_signing:`. Pure, but for reading keys.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/manifest.h"
#include "engine/plan/plan.h"
#include "engine/sign/ed25519.h"
#include "engine/sign/signature_file.h"

namespace firmform::sign {

struct NamedKey {
  std::string name;  ///< of its file, as it was given
  PublicKey key;
};

/// Relative paths are under `directory`. Fails with key_unreadable at the first that cannot be used.
[[nodiscard]] Result<std::vector<NamedKey>> read_keys(const std::vector<std::string>& files,
                                                      const std::filesystem::path& directory);

enum class Standing {
  good,
  wrong,    ///< by a key that is known, over other bytes
  foreign,  ///< by a key that is not known
};

[[nodiscard]] std::string_view to_string(Standing standing);  ///< "good", "wrong", "foreign"

struct Judged {
  Standing standing = Standing::foreign;
  std::string key;   ///< fingerprint
  std::string name;  ///< of the key's file; empty when it is not known
};

/// In the order of the signatures.
[[nodiscard]] std::vector<Judged> judge(std::string_view bytes, const std::vector<Signature>& signatures,
                                        const std::vector<NamedKey>& keys);

/// Something in a plan that `two_keys_for` may be about.
struct Danger {
  std::string kind;  ///< "downgrade", "one_way", "recovery_set"
  std::string text;  ///< "web-01/SystemBMC goes down from 3.11 to 2.78"
};

/// What the plan would do of the kinds that need two keys; one for each kind and change.
[[nodiscard]] std::vector<Danger> dangers_of(const plan::Plan& plan, const manifest::PlanSigning& signing);

/// How many different keys must have signed.
[[nodiscard]] std::size_t keys_needed(const manifest::PlanSigning& signing, const std::vector<Danger>& dangers);

/// Whether these signatures permit the plan: none of them is wrong, and enough different keys have signed. Fails with
/// signature_invalid or signature_missing.
[[nodiscard]] Status permit(const std::vector<Judged>& judged, const manifest::PlanSigning& signing,
                            const std::vector<Danger>& dangers);

}  // namespace firmform::sign
