// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/plan_signatures.h"

#include <fmt/format.h>

#include "engine/plan/canonical.h"
#include "engine/sign/judgement.h"

namespace firmform::cli {
namespace {

std::vector<std::string> key_files(const manifest::PlanSigning& signing) {
  std::vector<std::string> files;
  for (const manifest::Text& file : signing.keys) files.push_back(file.value);
  return files;
}

Error with_way(const Error& error, std::string_view file) {
  return error.with_help(fmt::format(
      "have it signed: `firmform sign {} -key KEY.pem`, and see who has: `firmform verify {}`", file, file));
}

}  // namespace

std::string file_bytes(const plan::Plan& plan) {
  std::string bytes;
  plan::write_canonical(plan, true, [&](std::string_view piece) { bytes += piece; });
  bytes += '\n';
  return bytes;
}

Status check_signatures(const std::filesystem::path& file, const plan::Plan& plan, const Project& project) {
  const auto& signing = project.desired.plan_signing;
  if (!signing) return {};
  const auto dangers = sign::dangers_of(plan, *signing);
  if (sign::keys_needed(*signing, dangers) == 0) return {};
  const auto keys = sign::read_keys(key_files(*signing), project.directory);
  if (!keys) return fail(keys.error());
  const auto signatures = sign::read_signatures(sign::signature_path(file));
  if (!signatures) return fail(signatures.error());
  const Status permitted = sign::permit(sign::judge(file_bytes(plan), *signatures, *keys), *signing, dangers);
  if (permitted) return {};
  return fail(with_way(permitted.error().with_context(file.string()), file.string()));
}

Status check_unsaved(const plan::Plan& plan, const Project& project) {
  const auto& signing = project.desired.plan_signing;
  if (!signing || plan.actions.empty()) return {};
  const auto dangers = sign::dangers_of(plan, *signing);
  if (sign::keys_needed(*signing, dangers) == 0) return {};
  Error error(Code::signature_missing,
              "the manifest asks for signatures on plans, and one that was not saved has none");
  if (!dangers.empty()) error = error.with_note(dangers.front().text);
  return fail(
      error.with_help("save the plan with `-out FILE`, have it signed with `firmform sign FILE -key KEY.pem`, then "
                      "`firmform apply FILE`"));
}

}  // namespace firmform::cli
