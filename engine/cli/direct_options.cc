// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/direct_options.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/window_kind.h"

namespace firmform::cli {

Result<std::optional<UtcTime>> time_option(const Arguments& arguments, std::string_view option, UtcTime now) {
  const auto text = arguments.value(option);
  if (!text) return std::nullopt;
  if (text->starts_with('+')) {
    if (const auto after = parse_duration(std::string_view(*text).substr(1))) {
      return std::chrono::time_point_cast<std::chrono::milliseconds>(
          std::chrono::floor<std::chrono::seconds>(now + *after));
    }
  } else if (const auto time = parse_rfc3339(*text)) {
    return *time;
  }
  return fail(Error(Code::usage, fmt::format("--{} is `{}`, not a time", option, *text))
                  .with_help("for example 2026-12-05T22:00:00Z, or +2h for two hours from now"));
}

Result<std::vector<inventory::Updater>> updaters_option(const Arguments& arguments, std::string_view option) {
  std::vector<inventory::Updater> updaters;
  for (const std::string& list : arguments.values(option)) {
    for (const std::string& name : split(list, ',')) {
      const auto updater = inventory::parse_updater(trim(name));
      if (!updater) {
        return fail(Error(Code::usage, fmt::format("--{}: nobody is called `{}`", option, name))
                        .with_help("they are Bmc, Uefi and RuntimeAgent"));
      }
      updaters.push_back(*updater);
    }
  }
  return updaters;
}

Result<std::string> window_option(const Arguments& arguments, const inventory::HostSnapshot& host) {
  const auto wanted = arguments.value("window");
  if (!wanted) return std::string();
  const auto window = find_item<WindowKind>(host, *wanted);
  if (!window) return fail(window.error());
  return (*window)->id;
}

}  // namespace firmform::cli
