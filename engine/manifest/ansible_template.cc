// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/ansible_template.h"

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"

namespace firmform::manifest {
namespace {

constexpr int kMostLevels = 8;
constexpr std::size_t kMostBytes = 4096;

}  // namespace

std::optional<std::string> AnsibleTemplates::render(const std::string& host, std::string_view text) const {
  return render(host, text, 0);
}

std::optional<std::string> AnsibleTemplates::render(const std::string& host, std::string_view text, int level) const {
  if (text.find("{%") != std::string_view::npos || text.find("{#") != std::string_view::npos) return std::nullopt;
  std::string result;
  for (std::size_t open = text.find("{{"); open != std::string_view::npos; open = text.find("{{")) {
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos || level >= kMostLevels) return std::nullopt;
    const auto inner = value(host, trim(text.substr(open + 2, close - open - 2)), level);
    if (!inner) return std::nullopt;
    result += text.substr(0, open);
    result += *inner;
    if (result.size() > kMostBytes) return std::nullopt;
    text.remove_prefix(close + 2);
  }
  result += text;
  return result;
}

std::optional<std::string> AnsibleTemplates::value(const std::string& host, std::string_view name, int level) const {
  if (name == "inventory_hostname") return host;
  if (name == "inventory_hostname_short") return host.substr(0, host.find('.'));
  if (!rule(Format::variable).matches(name)) return std::nullopt;
  const AnsibleLookup::Found found = lookup_.find(host, name);
  if (found.value == nullptr || found.conflict || found.value->form != AnsibleValue::Form::text) return std::nullopt;
  return render(host, found.value->text, level + 1);
}

}  // namespace firmform::manifest
