// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/yaml_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/manifest/problem.h"
#include "engine/manifest/yaml_lines.h"

namespace firmform::manifest {
namespace {

std::optional<Diagnostic> check_byte_order_mark(std::string_view text, FileId file) {
  const bool utf16 = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
  const bool wide = text.size() >= 2 && (text[0] == '\0') != (text[1] == '\0');
  if (!utf16 && !wide) return std::nullopt;
  return problem(Code::yaml_encoding, "the file is UTF-16 or UTF-32, not UTF-8", {file, 1, 1, 1},
                 "begins with the bytes of another encoding");
}

bool is_plain(unsigned char byte) {
  return (byte >= 0x20U && byte < 0x7FU) || byte == '\n' || byte == '\t';
}

std::optional<Diagnostic> check_characters(const SourceMap& sources, FileId file) {
  const std::string_view text = sources.text(file);
  for (std::size_t at = 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (is_plain(byte)) {
      ++at;
      continue;
    }
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0) {
      return problem(Code::yaml_encoding, fmt::format("byte 0x{:02X} is not valid UTF-8", byte),
                     span_at(sources, file, at), "not a character");
    }
    const bool line_end = byte == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (length == 1 && byte == '\r' && !line_end) {
      return problem(Code::yaml_encoding, "a carriage return without a line feed is no line ending",
                     span_at(sources, file, at), "end lines with LF or CRLF");
    }
    if (length == 1 && !line_end) {
      return problem(Code::yaml_encoding, fmt::format("control character U+{:04X} is not allowed", byte),
                     span_at(sources, file, at), "cannot be seen by a reviewer");
    }
    at += length;
  }
  return std::nullopt;
}

std::optional<Diagnostic> check_lines(const SourceMap& sources, FileId file, const YamlLimits& limits) {
  LineScanner scanner(sources.text(file));
  while (const std::optional<YamlLine> line = scanner.next()) {
    if (line->deepest > limits.max_depth) {
      return problem(Code::yaml_limit, fmt::format("brackets are nested deeper than {} levels", limits.max_depth),
                     span_at(sources, file, line->offset + line->deepest_at), "one too many");
    }
    const bool structural = line->kind == LineKind::block || line->kind == LineKind::flow;
    if (structural && line->tab != YamlLine::kNone) {
      return problem(Code::yaml_tab, "a tab is used to indent this line",
                     span_at(sources, file, line->offset + line->tab), "use spaces");
    }
  }
  if (const auto quote = scanner.open_quote()) {  // yaml-cpp takes the end of the text for the closing quote
    return problem(Code::yaml_syntax, "a quote is never closed", span_at(sources, file, *quote), "opened here");
  }
  return std::nullopt;
}

}  // namespace

SourceSpan span_at(const SourceMap& sources, FileId file, std::size_t offset, std::uint32_t length) {
  const std::string_view text = sources.text(file);
  const std::string_view before = text.substr(0, std::min(offset, text.size()));
  const auto line = static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1);
  const std::size_t line_start = before.rfind('\n');
  std::string_view head = before.substr(line_start == std::string_view::npos ? 0 : line_start + 1);
  if (line == 1 && head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  return {file, line, static_cast<std::uint32_t>(utf8_length(head) + 1), length};
}

std::optional<Diagnostic> check_text(const SourceMap& sources, FileId file, const YamlLimits& limits) {
  const std::string_view text = sources.text(file);
  if (text.size() > limits.max_bytes) {
    return problem(Code::yaml_limit,
                   fmt::format("the file has {} bytes; the limit is {}", text.size(), limits.max_bytes),
                   {file, 1, 1, 1}, "");
  }
  if (auto found = check_byte_order_mark(text, file)) return found;
  if (auto found = check_characters(sources, file)) return found;
  return check_lines(sources, file, limits);
}

}  // namespace firmform::manifest
