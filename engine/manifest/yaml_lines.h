// SPDX-License-Identifier: Apache-2.0
// The lines of a YAML text, each with what it is: a light lexer that knows comments, quotes, flow
// brackets, block scalars and nothing of meaning. It guards the parser (nesting, tabs) and is what the
// formatter works on. It is exact for YAML as people write it; who relies on it checks the outcome.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace firmform::manifest {

enum class LineKind {
  blank,
  comment,  ///< nothing but a comment
  block,    ///< begins in block context: "key: value", "- item", …
  flow,     ///< continues a `{…}` or `[…]` of an earlier line
  scalar,   ///< continues a quoted, plain or block scalar of an earlier line
};

struct YamlLine {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  std::string_view text;   ///< without its line ending
  std::size_t offset = 0;  ///< of `text` in the whole
  LineKind kind = LineKind::blank;
  std::size_t indent = 0;           ///< leading white space, in bytes
  std::size_t tab = kNone;          ///< first tab in that white space
  std::size_t comment = kNone;      ///< where a comment begins, in `text`
  std::size_t flow_depth = 0;       ///< brackets that are open where the line begins
  std::size_t deepest_at = 0;       ///< where the line reaches its greatest depth of brackets
  std::size_t deepest = 0;          ///< that depth
  std::vector<std::size_t> dashes;  ///< columns of leading "- " indicators (block lines)
  std::size_t content = 0;          ///< column behind the dashes
  bool has_key = false;             ///< `content` starts a "key:"
  bool explicit_key = false;        ///< uses the rare "? key" form
  bool in_block_scalar = false;     ///< a line of a `|` or `>` scalar
  bool opens_block_scalar = false;
};

class LineScanner {
 public:
  /// A byte order mark at the start is left out.
  explicit LineScanner(std::string_view text) : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}
  /// The next line; empty at the end. Linear in the length of the text.
  [[nodiscard]] std::optional<YamlLine> next();
  /// At the end of the text: where the quote began that was never closed.
  [[nodiscard]] std::optional<std::size_t> open_quote() const;

 private:
  struct BlockScalar {
    std::size_t parent = 0;  ///< content is indented deeper than `parent` - 1
    std::size_t indent = 0;  ///< of its content; 0 until known
  };

  void classify(YamlLine& line);
  bool continues_block_scalar(YamlLine& line);
  void scan_block(YamlLine& line);
  void scan_nodes(YamlLine& line, std::size_t at, std::size_t parent);
  std::size_t scan_flow(YamlLine& line, std::size_t at);
  std::size_t open_quoted(const YamlLine& line, std::size_t at);
  std::size_t scan_quoted(const YamlLine& line, std::size_t at);
  std::size_t scan_plain(YamlLine& line, std::size_t at);
  void scan_continuation(YamlLine& line);
  std::size_t note_comment(YamlLine& line, std::size_t at);

  std::string_view text_;
  std::size_t at_;
  bool ended_ = false;

  std::size_t flow_depth_ = 0;
  bool flow_plain_ = false;   ///< within a plain scalar inside brackets
  char quote_ = '\0';         ///< the quote that is open
  std::size_t quote_at_ = 0;  ///< where it began
  std::optional<BlockScalar> block_scalar_;
  std::optional<std::size_t> plain_parent_;  ///< a plain scalar goes on where lines are indented this far
};

}  // namespace firmform::manifest
