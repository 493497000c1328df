// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/conceal.h"

#include <algorithm>
#include <array>
#include <optional>

#include "engine/base/text.h"
#include "engine/manifest/yaml_lines.h"

namespace firmform::manifest {
namespace {

/// Parts of keys whose values may be secrets; "pas" meets misspelt passwords too.
constexpr std::array<std::string_view, 5> kTelling = {"pas", "pwd", "secret", "token", "hmac"};
constexpr std::string_view kKeyCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";

/// The word that ends before `colon`, quotes around it left out.
std::string_view key_before(std::string_view line, std::size_t colon) {
  std::size_t end = colon;
  while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '"' || line[end - 1] == '\'')) --end;
  const std::size_t before = end == 0 ? std::string_view::npos : line.find_last_not_of(kKeyCharacters, end - 1);
  const std::size_t start = before == std::string_view::npos ? 0 : before + 1;
  return line.substr(start, end - start);
}

/// Where the secret of a line starts, behind a telling key. At the end of the line when it must follow.
std::optional<std::size_t> secret_start(std::string_view line) {
  for (std::size_t colon = line.find(':'); colon != std::string_view::npos; colon = line.find(':', colon + 1)) {
    if (!looks_secret(key_before(line, colon))) continue;
    return std::min(line.find_first_not_of(" \t", colon + 1), line.size());
  }
  return std::nullopt;
}

/// Whether a value names the source of a secret (`{env: …}`, `file: …`) or is no value (a comment).
bool names_source(std::string_view value) {
  constexpr std::array<std::string_view, 10> kSources = {
      "{", "#", "env:", "file:", "exec:", "systemd_credential:", "ansible_vault:", "sops:", "vault:", "*"};
  return std::ranges::any_of(kSources, [&](std::string_view start) { return value.starts_with(start); });
}

class Concealer {
 public:
  Concealer(SourceMap& sources, FileId file) : sources_(sources), file_(file) {}

  void line(const YamlLine& line) {
    const std::string_view text = sources_.line(file_, ++number_);
    conceal_user_info(text);
    if (below_ && line.indent > *below_ && line.kind != LineKind::blank) {
      if (names_source(trim(text))) {
        below_.reset();
      } else {
        conceal(text, line.indent, text.size());
      }
      return;
    }
    if (line.kind != LineKind::blank) below_.reset();
    const auto start = secret_start(text);
    if (!start) return;
    const std::string_view value = text.substr(*start);
    if (value.empty() || value.front() == '|' || value.front() == '>') {
      below_ = line.indent;
    } else if (!names_source(value)) {
      conceal(text, *start, text.size());
      below_ = line.indent;  // a plain text may go on
    }
  }

 private:
  void conceal(std::string_view text, std::size_t from, std::size_t to) {
    if (from >= to) return;
    const std::uint32_t column = column_of(text, from);
    const auto length = static_cast<std::uint32_t>(utf8_length(text.substr(from, to - from)));
    sources_.conceal({file_, number_, column, length});
  }

  /// Counts on from the last place asked for, so that a line full of secrets costs linear time.
  std::uint32_t column_of(std::string_view text, std::size_t at) {
    if (counted_line_ != number_ || at < counted_to_) {
      counted_line_ = number_;
      counted_to_ = 0;
      column_ = 1;
    }
    column_ += static_cast<std::uint32_t>(utf8_length(text.substr(counted_to_, at - counted_to_)));
    counted_to_ = at;
    return column_;
  }

  /// https://user:password@host
  void conceal_user_info(std::string_view text) {
    for (std::size_t at = text.find("://"); at != std::string_view::npos; at = text.find("://", at + 1)) {
      const std::size_t start = at + 3;
      const std::size_t end = text.find_first_of("/?# \t\"'", start);
      const std::size_t sign = text.substr(0, end).rfind('@');
      if (sign != std::string_view::npos && sign > start) conceal(text, start, sign);
    }
  }

  SourceMap& sources_;
  FileId file_;
  std::uint32_t number_ = 0;
  std::uint32_t counted_line_ = 0;
  std::size_t counted_to_ = 0;
  std::uint32_t column_ = 1;
  std::optional<std::size_t> below_;  ///< lines that are indented deeper than this belong to a secret
};

}  // namespace

bool looks_secret(std::string_view key) {
  const std::string lowered = to_lower(key);
  return std::ranges::any_of(kTelling, [&](std::string_view part) { return lowered.find(part) != std::string::npos; });
}

void conceal_secrets(SourceMap& sources, FileId file) {
  Concealer concealer(sources, file);
  LineScanner scanner(sources.text(file));
  while (const auto line = scanner.next()) concealer.line(*line);
}

}  // namespace firmform::manifest
