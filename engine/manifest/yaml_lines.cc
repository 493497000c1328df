// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/yaml_lines.h"

#include <algorithm>

namespace firmform::manifest {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t';
}

/// True at the end of the line too: indicators count when white space follows.
bool space_at(std::string_view text, std::size_t at) {
  return at >= text.size() || is_space(text[at]);
}

std::size_t skip_spaces(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

std::size_t skip_word(std::string_view text, std::size_t at) {
  while (!space_at(text, at)) ++at;
  return at;
}

bool comment_at(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] == '#' && (at == 0 || is_space(text[at - 1]));
}

/// "---", "..." and "%YAML 1.2": lines about the document, not in it.
bool document_marker(std::string_view text) {
  const bool marker = text.starts_with("---") || text.starts_with("...");
  return (marker && space_at(text, 3)) || text.starts_with('%');
}

bool flow_indicator(char c) {
  return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

}  // namespace

std::optional<YamlLine> LineScanner::next() {
  if (ended_ || at_ >= text_.size()) return std::nullopt;
  const std::size_t end = text_.find('\n', at_);
  YamlLine line;
  line.offset = at_;
  line.text = text_.substr(at_, end == std::string_view::npos ? end : end - at_);
  if (line.text.ends_with('\r')) line.text.remove_suffix(1);
  ended_ = end == std::string_view::npos;
  at_ = end + 1;
  line.indent = skip_spaces(line.text, 0);
  const std::size_t tab = line.text.substr(0, line.indent).find('\t');
  if (tab != std::string_view::npos) line.tab = tab;
  line.flow_depth = flow_depth_;
  line.deepest = flow_depth_;
  classify(line);
  return line;
}

void LineScanner::classify(YamlLine& line) {
  const bool blank = line.indent == line.text.size();
  if (block_scalar_ && continues_block_scalar(line)) return;
  if (quote_ != '\0' || (flow_depth_ > 0 && !blank)) return scan_continuation(line);
  if (blank) return;
  if (comment_at(line.text, line.indent)) {
    line.kind = LineKind::comment;
    line.comment = line.indent;
    plain_parent_.reset();
    return;
  }
  if (plain_parent_ && line.indent >= *plain_parent_) return scan_continuation(line);
  scan_block(line);
}

bool LineScanner::continues_block_scalar(YamlLine& line) {
  const std::size_t spaces = std::min(line.text.find_first_not_of(' '), line.text.size());
  const bool blank = spaces == line.text.size();
  BlockScalar& scalar = *block_scalar_;
  if (!blank && scalar.indent == 0 && spaces >= scalar.parent) scalar.indent = std::max<std::size_t>(spaces, 1);
  if (!blank && (scalar.indent == 0 || spaces < scalar.indent)) {
    block_scalar_.reset();
    return false;
  }
  line.kind = LineKind::scalar;
  line.in_block_scalar = true;
  line.tab = YamlLine::kNone;
  return true;
}

/// A line that goes on with what an earlier line opened: a quote, brackets or a plain scalar.
void LineScanner::scan_continuation(YamlLine& line) {
  std::size_t at = line.indent;
  line.kind = flow_depth_ > 0 ? LineKind::flow : LineKind::scalar;
  if (quote_ != '\0') {
    line.kind = LineKind::scalar;
    line.tab = YamlLine::kNone;
    at = scan_quoted(line, 0);
    if (quote_ != '\0') return;
  } else if (flow_depth_ == 0) {
    line.tab = YamlLine::kNone;
    scan_plain(line, at);
    return;
  }
  if (flow_depth_ > 0) at = scan_flow(line, at);
  if (flow_depth_ == 0 && quote_ == '\0') scan_nodes(line, skip_spaces(line.text, at), 0);
}

void LineScanner::scan_block(YamlLine& line) {
  line.kind = LineKind::block;
  plain_parent_.reset();
  std::size_t at = line.indent;
  if (document_marker(line.text)) {
    line.content = line.text.size();
    return;
  }
  std::size_t parent = line.indent;
  while (at < line.text.size() && (line.text[at] == '-' || line.text[at] == '?') && space_at(line.text, at + 1)) {
    if (line.text[at] == '?') line.explicit_key = true;
    if (line.text[at] == '-') line.dashes.push_back(at);
    parent = at + 1;
    at = skip_spaces(line.text, at + 1);
  }
  line.content = at;
  scan_nodes(line, at, parent);
}

/// What stands on a line in block context: "key: value" once or a lone value. `parent`: how far a scalar
/// that goes on is indented at least.
void LineScanner::scan_nodes(YamlLine& line, std::size_t at, std::size_t parent) {
  const std::string_view text = line.text;
  const std::size_t start = at;
  while (at < text.size()) {
    at = skip_spaces(text, at);
    if (at >= text.size() || comment_at(text, at)) break;
    const char c = text[at];
    bool complete = true;  // a node that ends on this line and may be a key
    if (c == '&' || c == '!' || c == '*') {
      at = skip_word(text, at);
      complete = c == '*';
    } else if ((c == '|' || c == '>') && !line.opens_block_scalar) {
      line.opens_block_scalar = true;
      const std::size_t digit = text.find_first_of("123456789", at);
      block_scalar_ = BlockScalar{parent, 0};
      if (digit != std::string_view::npos && digit <= at + 2) {
        block_scalar_->indent = parent + static_cast<std::size_t>(text[digit] - '0') - (parent > 0 ? 1 : 0);
      }
      at = skip_word(text, at);
      continue;
    } else if (c == '"' || c == '\'') {
      at = open_quoted(line, at);
      if (quote_ != '\0') return;
    } else if (c == '[' || c == '{') {
      at = scan_flow(line, at);
      if (flow_depth_ > 0 || quote_ != '\0') return;
    } else {
      const std::size_t end = scan_plain(line, at);
      const bool value = end >= text.size() || comment_at(text, end);
      if (value && end == text.size()) plain_parent_ = parent;
      at = end;
    }
    const std::size_t colon = skip_spaces(text, at);
    if (complete && colon < text.size() && text[colon] == ':' && space_at(text, colon + 1)) {
      if (start == line.content) line.has_key = true;
      plain_parent_.reset();
      parent = line.content + 1;
      at = colon + 1;
    }
  }
  note_comment(line, at);
}

std::size_t LineScanner::note_comment(YamlLine& line, std::size_t at) {
  if (at < line.text.size()) line.comment = at;
  return line.text.size();
}

/// Scans brackets from `at` until they are all closed or the line ends; where it stopped.
std::size_t LineScanner::scan_flow(YamlLine& line, std::size_t at) {
  const std::string_view text = line.text;
  while (at < text.size()) {
    const char c = text[at];
    if (comment_at(text, at)) return note_comment(line, at);
    if (!flow_plain_ && (c == '"' || c == '\'')) {
      at = open_quoted(line, at);
      if (quote_ != '\0') return at;
      continue;
    }
    if (c == '[' || c == '{') {
      ++flow_depth_;
      if (flow_depth_ > line.deepest) {
        line.deepest = flow_depth_;
        line.deepest_at = at;
      }
    }
    if (c == ']' || c == '}') --flow_depth_;
    const bool ends_key = c == ':' && (space_at(text, at + 1) || flow_indicator(text[at + 1]));
    if (flow_indicator(c) || ends_key) {
      flow_plain_ = false;
    } else if (!is_space(c) && c != ':') {
      flow_plain_ = true;
    }
    ++at;
    if (flow_depth_ == 0) return at;
  }
  return at;
}

std::optional<std::size_t> LineScanner::open_quote() const {
  return quote_ == '\0' ? std::nullopt : std::optional(quote_at_);
}

std::size_t LineScanner::open_quoted(const YamlLine& line, std::size_t at) {
  quote_ = line.text[at];
  quote_at_ = line.offset + at;
  return scan_quoted(line, at + 1);
}

/// Scans to behind the closing quote, if it is on this line; else the quote stays open.
std::size_t LineScanner::scan_quoted(const YamlLine& line, std::size_t at) {
  const std::string_view text = line.text;
  while (at < text.size()) {
    const bool doubled = quote_ == '\'' && text.substr(at).starts_with("''");
    const bool escaped = quote_ == '"' && text[at] == '\\';
    if (text[at] == quote_ && !doubled) {
      quote_ = '\0';
      return at + 1;
    }
    at += doubled || escaped ? 2 : 1;
  }
  return text.size();
}

/// Scans a plain scalar of block context up to ": ", " #" or the end of the line.
std::size_t LineScanner::scan_plain(YamlLine& line, std::size_t at) {
  const std::string_view text = line.text;
  for (; at < text.size(); ++at) {
    if (text[at] == ':' && space_at(text, at + 1)) return at;
    if (comment_at(text, at)) {
      note_comment(line, at);
      return at;
    }
  }
  return at;
}

}  // namespace firmform::manifest
