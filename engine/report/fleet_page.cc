// SPDX-License-Identifier: Apache-2.0
#include "engine/report/fleet_page.h"

#include <fmt/format.h>

#include <array>
#include <initializer_list>
#include <utility>

#include "engine/base/digest.h"
#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/report/fleet_page_data.h"
#include "engine/report/timeline_markup.h"

// From page/, by EmbedPage.cmake.
extern "C" {
extern const char firmform_page_markup[];
extern const char firmform_page_markup_end[];
extern const char firmform_page_style[];
extern const char firmform_page_style_end[];
extern const char firmform_page_script[];
extern const char firmform_page_script_end[];
}

namespace firmform::report {
namespace {

std::string_view markup() {
  return {firmform_page_markup, firmform_page_markup_end};
}

std::string_view style() {
  return {firmform_page_style, firmform_page_style_end};
}

std::string_view script() {
  return {firmform_page_script, firmform_page_script_end};
}

unsigned digit(char hex) {
  return static_cast<unsigned>(hex <= '9' ? hex - '0' : hex - 'a' + 10);
}

/// "sha256-…" in base 64, as a Content Security Policy names what it permits.
std::string source_hash(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string hex = sha256_hex(text);
  std::string hash = "sha256-";
  // 256 bits are 42 digits of six bits and one of four; base 64 adds a "=".
  unsigned bits = 0;
  int count = 0;
  for (const char c : hex) {
    bits = (bits << 4U) | digit(c);
    count += 4;
    if (count >= 6) {
      count -= 6;
      hash += kDigits[(bits >> static_cast<unsigned>(count)) & 63U];
    }
  }
  hash += kDigits[(bits << static_cast<unsigned>(6 - count)) & 63U];
  return hash + "=";
}

std::string row(std::string_view name, std::string_view value) {
  return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(printable(name)),
                     escaped(printable(value)));
}

/// What readers without JavaScript see.
std::string totals(const FleetReport& report) {
  std::string text = "<table>\n<caption>Totals</caption>\n";
  text += row("Hosts", std::to_string(report.drift.hosts));
  text += row("Hosts as wanted", std::to_string(report.drift.hosts_in_line));
  for (const plan::DriftClass drift : plan::drift_classes()) {
    const auto count = report.drift.counts.find(drift);
    if (count == report.drift.counts.end()) continue;
    const bool is_host = drift == plan::DriftClass::unreachable;
    text += row(fmt::format("{} ({})", to_string(drift), meaning_of(drift)),
                is_host ? counted(count->second, "host") : counted(count->second, "component"));
  }
  text += row("Blocked changes", std::to_string(report.plan.count(plan::ChangeKind::blocked)));
  text += row("Actions", std::to_string(report.plan.actions.size()));
  text += row("Exit code", fmt::format("{} ({})", static_cast<int>(report.exit), exit_name(report.exit)));
  text += row("Manifest", report.plan.header.manifest_digest);
  text += row("Plan", report.plan.header.id);
  text += row("Made at", to_rfc3339(report.at));
  return text + "</table>\n";
}

/// Puts values in the places of "{{name}}"; what is put in is not looked at again.
std::string filled(std::string_view form, std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  std::string text;
  while (true) {
    const std::size_t open = form.find("{{");
    text += form.substr(0, open);
    if (open == std::string_view::npos) return text;
    const std::size_t close = form.find("}}", open);
    const std::string_view name = form.substr(open + 2, close - open - 2);
    for (const auto& [key, value] : values) {
      if (key == name) text += value;
    }
    form.remove_prefix(close + 2);
  }
}

}  // namespace

std::string script_safe(std::string_view json) {
  constexpr std::string_view kSeparator = "\xE2\x80";  // of U+2028 and U+2029, which are line ends to some readers
  std::string text;
  text.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    if (c == '<' || c == '>' || c == '&') {
      text += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else if (json.substr(i, 2) == kSeparator && i + 2 < json.size() &&
               (json[i + 2] == '\xA8' || json[i + 2] == '\xA9')) {
      text += json[i + 2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      text += c;
    }
  }
  return text;
}

Result<std::string> html_report(const FleetReport& report) {
  const std::string data = script_safe(json::dump(page_data(report)));
  const std::string verdict = escaped(verdict_text(report));
  const std::string policy = fmt::format(
      "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'; "
      "require-trusted-types-for 'script'",
      source_hash(style()), source_hash(script()));
  return filled(markup(), {{"policy", policy},
                           {"title", verdict},
                           {"verdict", verdict},
                           {"verb", escaped(report.verb)},
                           {"at", to_rfc3339(report.at)},
                           {"totals", totals(report)},
                           {"style", style()},
                           {"script", script()},
                           {"data", data}});
}

}  // namespace firmform::report
