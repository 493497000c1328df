// SPDX-License-Identifier: Apache-2.0
// firmform sign, firmform verify: signatures on saved plans.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/plan_signatures.h"
#include "engine/cli/trust_verbs.h"
#include "engine/plan/codec.h"
#include "engine/sign/judgement.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;

Result<plan::Plan> read_plan(const std::string& file) {
  auto plan = plan::read_file(file);
  if (!plan) return fail(plan.error().with_context(file));
  return plan;
}

/// The key's older signature, which is of another plan of that name, gives way to the new one.
std::vector<sign::Signature> with_signature(std::vector<sign::Signature> signatures, sign::Signature made) {
  std::erase_if(signatures, [&](const sign::Signature& old) { return old.key == made.key; });
  signatures.push_back(std::move(made));
  return signatures;
}

Result<std::size_t> sign_plan(const std::string& file, const std::string& key_file) {
  const auto plan = read_plan(file);
  if (!plan) return fail(plan.error());
  const auto key = sign::PrivateKey::read(key_file);
  if (!key) return fail(key.error());
  auto known = sign::read_signatures(sign::signature_path(file));
  if (!known) return fail(known.error().with_help(fmt::format("remove {}.sig, and have the plan signed again", file)));
  sign::Signature made{.key = key->fingerprint(), .bytes = key->sign(file_bytes(*plan))};
  const auto all = with_signature(std::move(*known), std::move(made));
  if (const Status written = sign::write_signatures(sign::signature_path(file), all); !written) {
    return fail(written.error());
  }
  return all.size();
}

/// What `verify` judges by: keys that are given, else those of the manifest.
struct Rules {
  manifest::PlanSigning signing;
  std::vector<sign::NamedKey> keys;
};

OrExit<Rules> rules_of(const Arguments& arguments, Context& context) {
  Rules rules;
  fs::path directory;
  std::vector<std::string> files = arguments.values("key");
  if (files.empty()) {
    const auto project = open_project(context);
    if (!project) return leave(project.error());
    if (project->desired.plan_signing) rules.signing = *project->desired.plan_signing;
    directory = project->directory;
    for (const manifest::Text& key : rules.signing.keys) files.push_back(key.value);
  } else {
    rules.signing.required = true;
  }
  auto keys = sign::read_keys(files, directory);
  if (!keys) return leave(context.report(keys.error()));
  rules.keys = std::move(*keys);
  return rules;
}

std::string line_of(const sign::Judged& judged) {
  switch (judged.standing) {
    case sign::Standing::good:
      return fmt::format("good     {}  {}\n", judged.key, judged.name);
    case sign::Standing::wrong:
      return fmt::format("wrong    {}  {}: of another plan\n", judged.key, judged.name);
    case sign::Standing::foreign:
      return fmt::format("foreign  {}  not a key of the manifest\n", judged.key);
  }
  return {};
}

json::Value json_of(const std::vector<sign::Judged>& judged, const std::vector<sign::Danger>& dangers,
                    std::size_t needed, bool permitted) {
  json::Array signatures;
  for (const sign::Judged& one : judged) {
    signatures.push_back(json::Object{{"key", one.key}, {"name", one.name}, {"standing", to_string(one.standing)}});
  }
  json::Array reasons;
  for (const sign::Danger& danger : dangers) {
    reasons.push_back(json::Object{{"kind", danger.kind}, {"text", danger.text}});
  }
  return json::Object{{"format_version", "1.0"},
                      {"permitted", permitted},
                      {"keys_needed", static_cast<std::int64_t>(needed)},
                      {"signatures", std::move(signatures)},
                      {"two_keys_because", std::move(reasons)}};
}

std::string summary_of(const std::vector<sign::Judged>& judged, const std::vector<sign::Danger>& dangers,
                       std::size_t needed) {
  std::string text;
  for (const sign::Judged& one : judged) text += line_of(one);
  if (judged.empty()) text += "The plan has no signatures.\n";
  for (const sign::Danger& danger : dangers) text += fmt::format("Needs two keys: {}\n", danger.text);
  if (needed == 0) text += "The manifest asks for no signature on this plan.\n";
  return text;
}

Exit run_sign(const Arguments& arguments, Context& context) {
  const std::string& file = arguments.positionals().front();
  const auto key = arguments.value("key");
  if (!key) {
    return context.report(Error(Code::usage, "no key was given").with_help("add -key KEY.pem, an Ed25519 private key"));
  }
  const auto count = sign_plan(file, *key);
  if (!count) return context.report(count.error());
  context.out.print(fmt::format("Signed {}: {}.sig holds {}.\n", file, file, counted(*count, "signature")));
  return Exit::ok;
}

Exit run_verify(const Arguments& arguments, Context& context) {
  const std::string& file = arguments.positionals().front();
  const auto plan = read_plan(file);
  if (!plan) return context.report(plan.error());
  const auto rules = rules_of(arguments, context);
  if (!rules) return rules.error();
  const auto signatures = sign::read_signatures(sign::signature_path(file));
  if (!signatures) return context.report(signatures.error());
  const auto judged = sign::judge(file_bytes(*plan), *signatures, rules->keys);
  const auto dangers = sign::dangers_of(*plan, rules->signing);
  const std::size_t needed = sign::keys_needed(rules->signing, dangers);
  const Status permitted = sign::permit(judged, rules->signing, dangers);
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(json_of(judged, dangers, needed, permitted.has_value())));
  } else {
    context.out.print(summary_of(judged, dangers, needed));
  }
  return permitted ? Exit::ok : context.report(permitted.error().with_context(file));
}

}  // namespace

Verb sign_verb() {
  return {
      "sign",
      "Sign a saved plan",
      "Adds a signature (Ed25519, over exactly the bytes of the plan file) to FILE.sig. Several people may sign one "
      "plan. What signatures a plan needs is written in `plan_signing:` of the manifest; `apply FILE` checks them "
      "before anything else.\n\n"
      "Make a pair of keys with `openssl genpkey -algorithm ed25519 -out KEY.pem` and "
      "`openssl pkey -in KEY.pem -pubout -out KEY.pub`.",
      {{"FILE", "a plan file", true}},
      {{"key", "KEY.pem", "The private key, as a PEM file without a passphrase."}},
      run_sign,
      {}};
}

Verb verify_verb() {
  return {
      "verify",
      "Check the signatures of a saved plan",
      "Shows who signed the plan, and whether that is what `plan_signing:` of the manifest asks for. With -key no "
      "manifest is needed: one of these keys must have signed.\n\n"
      "JSON: {format_version, permitted, keys_needed, signatures: [{key, name, standing: good|wrong|foreign}], "
      "two_keys_because: [{kind, text}]}.",
      {{"FILE", "a plan file", true}},
      {{"json", "", "Machine-readable output on standard output."},
       {"key", "KEY.pub", "A public key to judge by, instead of the manifest's. May be given several times.", true}},
      run_verify,
      {}};
}

}  // namespace firmform::cli
