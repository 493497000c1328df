// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "engine/apply/secrets.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/commands.h"
#include "engine/cli/support_bundle.h"
#include "engine/manifest/load.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;

/// The passwords and keys that the manifest names, as far as they can be had without running a command: the last net
/// below the rules by which secrets are kept out.
std::vector<Secret> known_secrets(const fs::path& directory) {
  std::vector<Secret> secrets;
  auto files = manifest::read_directory(directory);
  if (!files) return secrets;
  SourceMap sources;
  const auto loaded = manifest::load(std::move(*files), sources);
  if (!loaded.value) return secrets;
  apply::Secrets source(directory);
  const auto learn = [&](const manifest::PasswordSource& password) {
    if (apply::runs_command(password)) return;
    if (auto secret = source.resolve(password)) secrets.push_back(std::move(*secret));
    for (const manifest::PasswordSource& unlock : password.unlock) {
      if (auto secret = source.resolve(unlock)) secrets.push_back(std::move(*secret));
    }
  };
  for (const auto& [name, credentials] : loaded.value->credentials) learn(credentials.value.password);
  for (const auto& [name, notification] : loaded.value->notifications) {
    if (notification.value.hmac) learn(*notification.value.hmac);
  }
  return secrets;
}

std::string default_name() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::string time = to_rfc3339(now);
  std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
  return fmt::format("firmform-support-{}.tar.gz", time);
}

}  // namespace

Exit run_support_bundle(const Arguments& arguments, Context& context) {
  std::error_code problem;
  const fs::path directory = fs::absolute(context.directory, problem).lexically_normal();
  Bundle bundle = collect_support(directory);
  conceal(bundle, known_secrets(directory));
  const fs::path file = arguments.value("out").value_or(default_name());
  const Status written = write_archive(bundle, file);
  if (!written) return context.report(written.error());
  std::string text = fmt::format("{} holds {}:\n", file.string(), counted(bundle.entries.size(), "file"));
  for (const BundleEntry& entry : bundle.entries) {
    text += fmt::format("  {} ({})\n", printable(entry.name), counted(entry.text.size(), "byte"));
  }
  for (const std::string& missing : bundle.missing) text += fmt::format("not in it: {}\n", printable(missing));
  context.out.print(text + "Passwords and session tokens were left out. Read it before you hand it on.\n");
  return Exit::ok;
}

}  // namespace firmform::cli
