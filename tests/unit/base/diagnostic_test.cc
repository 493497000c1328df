// SPDX-License-Identifier: Apache-2.0
#include "engine/base/diagnostic.h"

#include <catch2/catch.hpp>

using namespace firmform;

namespace {

Diagnostic at(SourceSpan span, std::string label = {}, Code code = Code::yaml_syntax) {
  Diagnostic diagnostic{code};
  diagnostic.message = "something is wrong";
  diagnostic.primary = Label{span, std::move(label)};
  diagnostic.help = {"mend it"};
  return diagnostic;
}

/// The lines of a snippet, without headline and footnotes.
std::string snippet(const Diagnostic& diagnostic, const SourceMap& sources) {
  const std::string text = render(diagnostic, sources, {});
  const std::size_t start = text.find('\n') + 1;
  return text.substr(start, text.find("   = help") - start);
}

}  // namespace

TEST_CASE("a diagnostic shows code, place, line, carets, notes and help") {
  SourceMap sources;
  const FileId file = sources.add("hosts.yaml", "a: b\nhosts:\n  web: x\n");
  Diagnostic diagnostic = at({file, 3, 8, 1}, "expected a map");
  diagnostic.notes = {"seen twice"};
  CHECK(render(diagnostic, sources, {}) ==
        "error[FF0101]: something is wrong\n"
        " --> hosts.yaml:3:8\n"
        "  |\n"
        "3 |   web: x\n"
        "  |        ^ expected a map\n"
        "  |\n"
        "  = note: seen twice\n"
        "  = help: mend it\n"
        "  = explain: firmform explain FF0101\n"
        "\n");
}

TEST_CASE("without help of its own a diagnostic shows that of its code") {
  Diagnostic diagnostic{Code::manifest_missing};
  diagnostic.message = "nothing here";
  const std::string text = render(diagnostic, SourceMap(), {});
  CHECK(text.find(std::string(info(Code::manifest_missing).next)) != std::string::npos);
}

TEST_CASE("both sides of a conflict are shown, in the order of the text, with gaps marked") {
  SourceMap sources;
  const FileId a = sources.add("a.yaml", "one: 1\ntwo: 2\nthree: 3\nfour: 4\n");
  const FileId b = sources.add("b.yaml", "five: 5\n");
  Diagnostic diagnostic = at({a, 4, 1, 4}, "here");
  diagnostic.secondary = {{{b, 1, 1, 4}, "there"}, {{a, 1, 6, 1}, "value"}, {{a, 1, 1, 3}, "key"}};
  CHECK(render(diagnostic, sources, {})
            .find(" --> a.yaml:4:1\n"
                  "  |\n"
                  "1 | one: 1\n"
                  "  | --- key\n"
                  "  |      - value\n"
                  "...\n"
                  "4 | four: 4\n"
                  "  | ^^^^ here\n"
                  " ::: b.yaml:1:1\n"
                  "  |\n"
                  "1 | five: 5\n"
                  "  | ---- there\n"
                  "  |\n") != std::string::npos);
}

TEST_CASE("columns count Unicode characters") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "größe: ß\n");
  CHECK(render(at({file, 1, 8, 1}), sources, {}).find("1 | größe: ß\n  |        ^\n") != std::string::npos);
}

TEST_CASE("control characters and malformed bytes of a source line are not printed") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "a: \x1b[31m\xff\tb\r\n");
  const std::string text = render(at({file, 1, 1, 1}, "\x1b[1mlabel"), sources, {});
  CHECK(text.find('\x1b') == std::string::npos);
  CHECK(text.find('\xff') == std::string::npos);
  CHECK(text.find('\t') == std::string::npos);
  CHECK(text.find('\r') == std::string::npos);
}

TEST_CASE("of a long line the part around the place is shown") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", std::string(100'000, 'x') + "HERE" + std::string(100'000, 'y'));
  const std::string text = render(at({file, 1, 100'001, 4}, "this"), sources, {});
  CHECK(text.size() < 1000);
  CHECK(text.find("HERE") != std::string::npos);
  const std::size_t line = text.find("1 | ") + 4;
  const std::size_t carets = text.find("  | ", line) + 4;
  // The ellipsis takes three bytes and one column.
  CHECK(text.find("HERE", line) - line - 2 == text.find("^^^^ this", carets) - carets);
}

TEST_CASE("places beyond the text do no harm") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "a\n");
  CHECK_FALSE(render(at({file, 9, 9, 9}), sources, {}).empty());
  CHECK_FALSE(render(at({file, 1, 50, 50}), sources, {}).empty());
  CHECK_FALSE(render(at({file, 0, 0, 0}), sources, {}).empty());
  CHECK_FALSE(render(at({sources.add("empty", ""), 1, 1, 1}), sources, {}).empty());
}

TEST_CASE("what is concealed is never shown") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "pä: secret, a: b\n");
  sources.conceal({file, 1, 5, 6});
  CHECK(sources.shown_line(file, 1) == "pä: ******, a: b");
  CHECK(snippet(at({file, 1, 5, 6}), sources).find("secret") == std::string::npos);
  CHECK(sources.line(file, 1) == "pä: secret, a: b");
}

TEST_CASE("a failure of a host names the host and carries the notes of its error") {
  const Error error = Error(Code::host_unreachable, "connection refused").with_note("after 3 tries").with_help("look");
  const Diagnostic diagnostic = to_diagnostic(error, "web-01");
  CHECK(render(diagnostic, SourceMap(), {}) ==
        "error[FF0301]: web-01: connection refused\n"
        "  = note: after 3 tries\n"
        "  = help: look\n"
        "  = explain: firmform explain FF0301\n\n");
}

TEST_CASE("diagnostics are sorted by place, those without one come last in order of arrival") {
  Diagnostics diagnostics;
  Diagnostic first{Code::no_hosts};
  first.message = "first";
  Diagnostic second{Code::manifest_missing};
  second.message = "second";
  diagnostics.add(first);
  diagnostics.add(second);
  diagnostics.add(at({1, 1, 1, 1}));
  diagnostics.add(at({0, 2, 5, 1}));
  diagnostics.add(at({0, 2, 1, 1}));
  const auto sorted = diagnostics.sorted();
  CHECK(sorted[0].primary->span == SourceSpan{0, 2, 1, 1});
  CHECK(sorted[1].primary->span == SourceSpan{0, 2, 5, 1});
  CHECK(sorted[2].primary->span == SourceSpan{1, 1, 1, 1});
  CHECK(sorted[3].message == "first");
  CHECK(sorted[4].message == "second");
}

TEST_CASE("several diagnostics end with their count, and the exit code is the worst of the errors") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "a\n");
  Diagnostics diagnostics;
  CHECK(render(diagnostics, sources, {}).empty());
  CHECK(diagnostics.exit() == Exit::ok);
  Diagnostic warning = at({file, 1, 1, 1});
  warning.severity = Severity::warning;
  diagnostics.add(warning);
  CHECK_FALSE(diagnostics.has_errors());
  CHECK(diagnostics.exit() == Exit::ok);
  CHECK(render(diagnostics, sources, {}).starts_with("warning[FF0101]"));
  CHECK(render(diagnostics, sources, {}).find("1 warning\n") == std::string::npos);
  Diagnostics more;
  more.add(at({file, 1, 1, 1}, "", Code::insecure_tls_setting));
  more.add(at({file, 1, 1, 1}));
  diagnostics.append(std::move(more));
  CHECK(render(diagnostics, sources, {}).ends_with("2 errors, 1 warning\n"));
  CHECK(diagnostics.exit() == Exit::manifest_invalid);
}

TEST_CASE("lines are found whatever the line ending") {
  SourceMap sources;
  const FileId file = sources.add("a.yaml", "\xEF\xBB\xBFone\r\ntwo\n\nfour");
  CHECK(sources.line(file, 1) == "one");
  CHECK(sources.line(file, 2) == "two");
  CHECK(sources.line(file, 3).empty());
  CHECK(sources.line(file, 4) == "four");
  CHECK(sources.line(file, 5).empty());
  CHECK(sources.describe({file, 2, 3, 1}) == "a.yaml:2:3");
}
