// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/yaml_syntax.h"

#include <array>
#include <string_view>

#include "engine/manifest/yaml_check.h"

namespace firmform::manifest {
namespace {

struct Explanation {
  std::string_view complaint;  ///< beginning of the parser's words
  std::string_view message;
  std::string_view label;
  std::string_view help;
};

constexpr std::string_view kQuoteIt = "put the whole text in quotes if it is meant as text";

constexpr std::array kExplanations = {
    Explanation{"end of map flow not found", "a `{` is not closed where it should be",
                "expected `,` or `}` before this", "close the `{`, or separate its entries by commas"},
    Explanation{"end of sequence flow not found", "a `[` is not closed where it should be",
                "expected `,` or `]` before this", "close the `[`, or separate its items by commas"},
    Explanation{"end of map not found", "this does not fit the entries around it", "expected a `key:` or an end here",
                "check the indentation: entries of one map begin in the same column; check for a missing `:` or quote"},
    Explanation{"end of sequence not found", "this does not fit the list around it", "expected `- ` here",
                "check the indentation: the items of one list begin with `- ` in the same column"},
    Explanation{"illegal map value", "a `:` stands where no value can follow", "unexpected `:`",
                "check the indentation; put a text that contains `: ` in quotes"},
    Explanation{"illegal map key", "a key cannot stand here", "unexpected key", "check the indentation"},
    Explanation{"illegal block entry", "a `- ` cannot stand here", "unexpected list item",
                "begin the list on a line of its own, or write it as `[a, b]`"},
    Explanation{"illegal flow end", "a bracket is closed that was not opened", "unexpected bracket",
                "remove the bracket, or check that brackets are closed in the order in which they were opened"},
    Explanation{"unknown token", "a plain text cannot begin with this character", "unexpected character", kQuoteIt},
    Explanation{"unknown escape character", "unknown escape in a double-quoted text", "not an escape that YAML knows",
                "double the backslash, or use single quotes"},
    Explanation{"the referenced anchor is not defined", "the alias refers to no anchor", "no `&` of this name above",
                "define the anchor before its use, or put the text in quotes if it is no alias"},
    Explanation{"alias not found", "a `*` begins an alias and has no name", "expected a name", kQuoteIt},
    Explanation{"anchor not found", "a `&` begins an anchor and has no name", "expected a name", kQuoteIt},
    Explanation{"unexpected character in block scalar", "text stands behind a block scalar's `|` or `>`",
                "expected the end of the line", "begin the text on the next line"},
    Explanation{"illegal tab", "a tab is used to indent", "use spaces", "replace the tab by spaces"},
};

SourceSpan last_line(const SourceMap& sources, FileId file) {
  const std::string_view text = sources.text(file);
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return span_at(sources, file, last == std::string_view::npos ? 0 : last);
}

}  // namespace

Diagnostic explain_syntax(const SyntaxProblem& problem, const SourceMap& sources, FileId file) {
  Diagnostic diagnostic{Code::yaml_syntax};
  diagnostic.message = "malformed YAML: " + problem.complaint;
  std::string label;
  for (const Explanation& entry : kExplanations) {
    if (!std::string_view(problem.complaint).starts_with(entry.complaint)) continue;
    diagnostic.message = entry.message;
    label = entry.label;
    diagnostic.help.emplace_back(entry.help);
    break;
  }
  const bool bracket_open = problem.complaint.find("flow not found") != std::string::npos;
  if (bracket_open && problem.open_bracket && !problem.place) {
    diagnostic.message = "a bracket is never closed";
    diagnostic.primary = Label{*problem.open_bracket, "opened here"};
    return diagnostic;
  }
  if (bracket_open && problem.open_bracket) diagnostic.secondary.push_back({*problem.open_bracket, "opened here"});
  diagnostic.primary = Label{problem.place.value_or(last_line(sources, file)), std::move(label)};
  return diagnostic;
}

}  // namespace firmform::manifest
