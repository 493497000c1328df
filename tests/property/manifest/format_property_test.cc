// SPDX-License-Identifier: Apache-2.0
// Formatting and reading of texts that no person wrote.
#include <catch2/catch.hpp>
#include <fmt/format.h>
#include <rapidcheck.h>
#include <rapidcheck/catch.h>

#include "engine/manifest/format.h"
#include "engine/manifest/load.h"
#include "engine/manifest/yaml_tree.h"

using namespace firmform;
using namespace firmform::manifest;

namespace {

int below(int bound) {
  return *rc::gen::inRange(0, bound);
}
bool chance(int in) {
  return below(in) == 0;
}

std::string word() {
  return *rc::gen::element<std::string>("alpha", "b2", "iLO 5", "3.10", "a#b", "x: y", "été", "no", "- z", "[q", "");
}

std::string quoted(const std::string& text) {
  return chance(2) ? fmt::format("'{}'", text) : fmt::format("\"{}\"", text);
}

std::string scalar() {
  const std::string text = word();
  const bool needs_quotes = text.find_first_of(":[#-") != std::string::npos || text.empty();
  return needs_quotes || chance(3) ? quoted(text) : text;
}

/// Writes a random tree in a random, yet well-formed style: indentation, comments, blank lines, brackets.
class Writer {
 public:
  std::string document() {
    noise(0);
    map(0, 3);
    noise(0);
    return out_;
  }

 private:
  void noise(int indent) {
    for (int i = below(3); i > 0; --i) {
      if (chance(2)) {
        out_ += std::string(static_cast<std::size_t>(below(4)), ' ') + "\n";
      } else {
        out_ += std::string(static_cast<std::size_t>(indent), ' ') + fmt::format("# {}\n", comments_++);
      }
    }
  }

  void end_line() {
    if (chance(3)) out_ += fmt::format("  # {}", comments_++);
    if (chance(3)) out_ += "  ";
    out_ += '\n';
  }

  void margin(int indent) { out_ += std::string(static_cast<std::size_t>(indent), ' '); }

  void map(int indent, int depth) {
    const int count = 1 + below(3);
    for (int i = 0; i < count; ++i) {
      noise(indent);
      margin(indent);
      map_entry(indent, depth);
    }
  }

  void map_entry(int indent, int depth) {
    out_ += fmt::format("k{}:", keys_++);
    value(indent, depth, 0);
  }

  void list(int indent, int depth) {
    const int count = 1 + below(3);
    for (int i = 0; i < count; ++i) {
      noise(indent);
      margin(indent);
      out_ += '-';
      const int spaces = 1 + below(3);
      if (depth > 0 && chance(3)) {  // a map that begins on the line of the dash
        out_ += std::string(static_cast<std::size_t>(spaces), ' ');
        map_entry(indent + 1 + spaces, depth - 1);
        if (!chance(2)) continue;
        margin(indent + 1 + spaces);
        map_entry(indent + 1 + spaces, depth - 1);
      } else {
        value(indent, depth, 1);
      }
    }
  }

  /// Behind "key:" or "-"; `least`: how much deeper a list must be.
  void value(int indent, int depth, int least) {
    const int step = 1 + below(5);
    switch (depth > 0 ? below(6) : below(3)) {
      case 0:
        out_ += " " + scalar();
        return end_line();
      case 1:
        out_ += " " + flow(2);
        return end_line();
      case 2:
        return block_scalar(indent + step);
      case 3:
        out_ += " {";
        end_line();
        for (int i = below(3); i > 0; --i) {
          margin(indent + 1 + below(6));
          out_ += fmt::format("k{}: {},", keys_++, flow(1));
          end_line();
        }
        margin(indent + 1);
        out_ += "}";
        return end_line();
      case 4:
        end_line();
        return map(indent + step, depth - 1);
      default:
        end_line();
        return list(indent + std::max(least, below(4)), depth - 1);
    }
  }

  void block_scalar(int indent) {
    out_ += chance(2) ? " |" : " >-";
    if (chance(3)) out_ += "  # a comment";
    out_ += '\n';
    for (int i = 1 + below(3); i > 0; --i) {
      margin(indent);
      out_ += "text # of " + word() + "\n";
      if (chance(3)) out_ += "\n";
    }
  }

  std::string flow(int depth) {
    switch (depth > 0 ? below(3) : 0) {
      case 0:
        return scalar();
      case 1:
        return fmt::format("[{}, {}]", flow(depth - 1), flow(depth - 1));
      default:
        return fmt::format("{{k{}: {}}}", keys_++, flow(depth - 1));
    }
  }

  std::string out_;
  int keys_ = 0;
  int comments_ = 0;
};

std::optional<YamlNode> tree_of(const std::string& text) {
  SourceMap sources;
  return parse_yaml(sources, sources.add("t.yaml", text)).value;
}

bool same(const YamlNode& a, const YamlNode& b) {
  const auto same_entry = [](const YamlEntry& x, const YamlEntry& y) {
    return x.key == y.key && same(x.value, y.value);
  };
  return a.kind == b.kind && a.text == b.text && a.quoted == b.quoted && std::ranges::equal(a.items, b.items, same) &&
         std::ranges::equal(a.entries, b.entries, same_entry);
}

/// Everything but white space.
std::string ink(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '\n') result += c;
  }
  return result;
}

std::optional<std::string> formatted(const std::string& text) {
  SourceMap sources;
  return format(sources, sources.add("t.yaml", text)).value;
}

/// Lines of YAML that fit together badly.
std::string soup() {
  const auto piece = rc::gen::element<std::string>(
      "a", ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "\n", "\n  ", "\n    ", "\n\n", " ", "\t", "#", " # c", "\"",
      "'", "|", ">", "|2", "&x ", "*x", "<<: ", "!t ", "---\n", "...\n", "%YAML 1.2\n", "é", "\\", "~", "null", "true",
      "\r\n", "firmform: v1\n", "hosts:", "password: ", "@", "`", "\x01", "\xFF", "\xEF\xBB\xBF");
  std::string text;
  for (const std::string& part : *rc::gen::container<std::vector<std::string>>(piece)) text += part;
  return text;
}

}  // namespace

TEST_CASE("formatting any well-formed text keeps its values and comments, and is idempotent") {
  rc::prop("format", [] {
    const std::string text = Writer().document();
    RC_LOG() << text;
    const auto before = tree_of(text);
    RC_PRE(before.has_value());
    const auto once = formatted(text);
    RC_ASSERT(once.has_value());
    RC_ASSERT(same(*before, tree_of(*once).value()));
    RC_ASSERT(ink(text) == ink(*once));
    RC_ASSERT(formatted(*once) == once);
    RC_ASSERT(once->ends_with('\n'));
    RC_ASSERT(once->find("\t") == std::string::npos);
  });
}

TEST_CASE("whatever the text, reading ends in a value or a diagnostic with a place") {
  rc::prop("read", [] {
    const std::string text = soup();
    RC_LOG() << text;
    SourceMap sources;
    const FileId file = sources.add("t.yaml", text);
    const auto tree = parse_yaml(sources, file);
    RC_ASSERT(tree.value.has_value() || tree.diagnostics.has_errors());
    for (const Diagnostic& diagnostic : tree.diagnostics.sorted()) {
      RC_ASSERT(diagnostic.primary.has_value());
      RC_ASSERT(diagnostic.primary->span.line >= 1U);
      RC_ASSERT(diagnostic.primary->span.column >= 1U);
    }
    RC_ASSERT(!render(tree.diagnostics, sources, {}).starts_with("\n"));
  });
}

TEST_CASE("whatever the text, it is formatted without a change of meaning or not at all") {
  rc::prop("format or refuse", [] {
    const std::string text = soup();
    RC_LOG() << text;
    const auto once = formatted(text);
    if (!once) return;
    RC_ASSERT(same(tree_of(text).value(), tree_of(*once).value()));
    RC_ASSERT(formatted(*once) == once);
  });
}

TEST_CASE("whatever the text, a manifest is desired only without an error") {
  rc::prop("load", [] {
    const std::string text = (chance(2) ? "firmform: v1\n" : "") + soup();
    RC_LOG() << text;
    SourceMap sources;
    const auto desired = load_desired({{"t.yaml", text}}, sources);
    RC_ASSERT(desired.value.has_value() != desired.diagnostics.has_errors());
    RC_ASSERT(!desired.diagnostics.empty() || desired.value.has_value());
  });
}
