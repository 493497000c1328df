// SPDX-License-Identifier: Apache-2.0
// Ansible's INI inventories. Lines are read as Ansible reads them, but for types: values stay text.
#include <fmt/format.h>

#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/ansible_files.h"
#include "engine/manifest/ansible_range.h"
#include "engine/manifest/conceal.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

/// A word of a line, unquoted, and where it begins.
struct Word {
  std::string text;
  std::size_t offset = 0;
  std::size_t end = 0;
};

/// Words as a shell splits them; `#` outside of quotes begins a comment. Empty when a quote is never closed.
std::optional<std::vector<Word>> split_words(std::string_view line) {
  std::vector<Word> words;
  std::optional<Word> word;
  char quote = '\0';
  const auto take = [&](char c, std::size_t at) {
    if (!word) word = Word{{}, at, at};
    word->text += c;
  };
  std::size_t at = 0;
  for (; at < line.size(); ++at) {
    const char c = line[at];
    if (quote != '\0') {
      const bool escapes = quote == '"' && c == '\\' && at + 1 < line.size();
      if (c == quote) {
        quote = '\0';
      } else if (escapes && (line[at + 1] == '"' || line[at + 1] == '\\')) {
        ++at;
        take(line[at], at);
      } else {
        take(c, at);
      }
    } else if (c == '#') {
      break;
    } else if (c == '"' || c == '\'') {
      if (!word) word = Word{{}, at, at};
      quote = c;
    } else if (c == '\\' && at + 1 < line.size()) {
      take(line[at + 1], at);
      ++at;
    } else if (c == ' ' || c == '\t') {
      if (word) {
        word->end = at;
        words.push_back(*std::exchange(word, std::nullopt));
      }
    } else {
      take(c, at);
    }
  }
  if (quote != '\0') return std::nullopt;
  if (word) {
    word->end = at;
    words.push_back(std::move(*word));
  }
  return words;
}

/// The text of a value that Ansible reads as a literal of Python: quotes around it go, and a comment behind it.
std::string literal_text(std::string_view value) {
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
    std::string text;
    for (std::size_t at = 1; at < value.size(); ++at) {
      if (value[at] == '\\' && at + 1 < value.size()) {
        text += value[++at];
      } else if (value[at] == value.front()) {
        const std::string_view rest = trim(value.substr(at + 1));
        return rest.empty() || rest.front() == '#' ? text : std::string(value);
      } else {
        text += value[at];
      }
    }
    return std::string(value);
  }
  const std::size_t comment = value.find('#');
  const std::string_view head = trim(value.substr(0, comment));
  const bool number = !head.empty() && head.find_first_not_of("0123456789.-") == std::string_view::npos;
  return std::string(number ? head : value);
}

enum class Section { hosts, variables, children };

class IniReader {
 public:
  IniReader(SourceMap& sources, FileId file, AnsibleInventory& into) : sources_(sources), file_(file), into_(into) {}

  Diagnostics run() {
    const std::string_view text = sources_.text(file_);
    std::size_t lines = 1;
    for (const char c : text) lines += c == '\n' ? 1U : 0U;
    for (number_ = 1; number_ <= lines; ++number_) {
      line_ = sources_.line(file_, number_);
      if (!is_utf8()) {
        report("the file is not UTF-8", 0, 1, "not a character");
        return std::move(diagnostics_);
      }
      const std::size_t start = line_.find_first_not_of(" \t");
      if (start == std::string_view::npos || line_[start] == '#' || line_[start] == ';') continue;
      add(start);
    }
    report_undefined();
    return std::move(diagnostics_);
  }

 private:
  struct Pending {
    SourceSpan span;
    bool child = false;
    std::vector<std::string> parents;
  };

  [[nodiscard]] bool is_utf8() const {
    for (std::string_view rest = line_; !rest.empty();) {
      const std::size_t length = utf8_sequence_length(rest);
      if (length == 0) return false;
      rest.remove_prefix(length);
    }
    return true;
  }

  [[nodiscard]] SourceSpan span(std::size_t from, std::size_t to) const {
    const std::size_t column = utf8_length(line_.substr(0, from)) + 1;
    const std::size_t length = utf8_length(line_.substr(from, to - from));
    return {file_, number_, static_cast<std::uint32_t>(column),
            static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
  }

  void report(std::string message, std::size_t from, std::size_t to, std::string label) {
    diagnostics_.add(problem(Code::inventory_malformed, std::move(message), span(from, to), std::move(label)));
  }

  /// By the looks, so that it works in lines that make no sense, too: from the value to the end of the line.
  void conceal_secrets() {
    for (std::size_t equals = line_.find('='); equals != std::string_view::npos; equals = line_.find('=', equals + 1)) {
      const std::string_view before = trim(line_.substr(0, equals));
      const std::size_t blank = before.find_last_of(" \t");
      if (!looks_secret(before.substr(blank == std::string_view::npos ? 0 : blank + 1))) continue;
      if (equals + 1 < line_.size()) sources_.conceal(span(equals + 1, line_.size()));
      return;
    }
  }

  void add(std::size_t start) {
    conceal_secrets();
    const std::size_t end = line_.find_last_not_of(" \t") + 1;
    if (line_[start] == '[' && begin_section(start, end)) return;
    switch (section_) {
      case Section::hosts:
        return add_hosts();
      case Section::variables:
        return add_variable(start, end);
      case Section::children:
        return add_child(start);
    }
  }

  /// False when the line is no section header but a host that begins with a range.
  bool begin_section(std::size_t start, std::size_t end) {
    const std::size_t close = line_.find(']', start);
    if (close == std::string_view::npos) {
      report("a section is never closed", start, end, "expected `[group]`, `[group:vars]` or `[group:children]`");
      section_ = Section::hosts;
      return true;
    }
    const std::string_view rest = trim(line_.substr(close + 1));
    const bool header = rest.empty() || rest.front() == '#';
    if (!header) return false;
    const std::string_view inner = line_.substr(start + 1, close - start - 1);
    const std::size_t colon = inner.find(':');
    const std::string_view name = inner.substr(0, colon);
    const std::string_view kind = colon == std::string_view::npos ? "" : inner.substr(colon + 1);
    const bool known = colon == std::string_view::npos || kind == "hosts" || kind == "vars" || kind == "children";
    if (name.empty() || inner.find_first_of(" \t") != std::string_view::npos || !known) {
      report(fmt::format("`[{}]` is not a section of an inventory", inner), start, close + 1,
             "expected `[group]`, `[group:vars]` or `[group:children]`");
      return true;
    }
    section_ = kind == "vars" ? Section::variables : kind == "children" ? Section::children : Section::hosts;
    group_ = name;
    open_group(span(start + 1, start + 1 + name.size()));
    return true;
  }

  void open_group(SourceSpan place) {
    const bool known = into_.groups.contains(group_);
    if (!known && section_ == Section::variables) pending_.try_emplace(group_, Pending{place, false, {}});
    into_.group(group_, place);
    if (section_ == Section::variables) return;
    const auto waiting = pending_.find(group_);
    if (waiting == pending_.end()) return;
    for (const std::string& parent : waiting->second.parents) into_.add_child(parent, group_);
    pending_.erase(waiting);
  }

  void add_hosts() {
    const auto words = split_words(line_);
    if (!words) return report("a quote is never closed", 0, line_.size(), "in this line");
    if (words->empty()) return;
    const Word& first = words->front();
    const auto names = expand_host_names(first.text);
    if (!names) return report(names.error().message(), first.offset, first.end, "not a host");
    if (into_.hosts.size() + names->names.size() > kMostAnsibleHosts) {
      return report(fmt::format("more than {} hosts", kMostAnsibleHosts), first.offset, first.end, "too many");
    }
    const SourceSpan place = span(first.offset, first.end);
    AnsibleVariables variables;
    if (names->port) variables["ansible_port"] = {AnsibleValue::Form::text, *names->port, place};
    for (std::size_t i = 1; i < words->size(); ++i) {
      const Word& word = (*words)[i];
      const std::size_t equals = word.text.find('=');
      if (equals == std::string::npos) {
        report(fmt::format("`{}` is not a variable", printable(word.text)), word.offset, word.end,
               "expected `key=value`");
        continue;
      }
      set(variables, word.text.substr(0, equals), word.text.substr(equals + 1), word.offset, word.end);
    }
    for (const std::string& name : names->names) {
      AnsibleHost& host = into_.host(name, group_, place);
      for (const auto& [key, value] : variables) host.layer.own[key] = value;
    }
  }

  void add_variable(std::size_t start, std::size_t end) {
    const std::size_t equals = line_.find('=');
    if (equals == std::string_view::npos) return report("this is not a variable", start, end, "expected `key=value`");
    const std::string key(trim(line_.substr(start, equals - start)));
    const std::string value(trim(line_.substr(equals + 1, end - equals - 1)));
    set(into_.groups.at(group_).layer.own, key, value, start, end);
  }

  void set(AnsibleVariables& variables, const std::string& key, std::string_view value, std::size_t from,
           std::size_t to) {
    const SourceSpan place = span(from, to);
    const auto form = is_vault(value) ? AnsibleValue::Form::encrypted : AnsibleValue::Form::text;
    variables[key] = {form, literal_text(value), place};
  }

  void add_child(std::size_t start) {
    const std::string_view rest = line_.substr(start);
    const std::size_t end = std::min(rest.find_first_of(" \t#"), rest.size());
    const std::string name(rest.substr(0, end));
    const std::string_view behind = trim(rest.substr(end));
    if (name.empty() || name.find(':') != std::string::npos || !(behind.empty() || behind.front() == '#')) {
      return report("this is not the name of a group", start, line_.size(), "expected one group");
    }
    if (into_.groups.contains(name) && !pending_.contains(name)) return into_.add_child(group_, name);
    Pending& pending = pending_.try_emplace(name, Pending{span(start, start + end), true, {}}).first->second;
    pending.child = true;
    pending.parents.push_back(group_);
  }

  void report_undefined() {
    for (const auto& [name, pending] : pending_) {
      diagnostics_.add(
          problem(Code::inventory_malformed,
                  pending.child
                      ? fmt::format("group `{}` includes `{}`, which no section defines", pending.parents.front(), name)
                      : fmt::format("`[{}:vars]` gives variables to a group that no section defines", name),
                  pending.span, "no such group"));
    }
  }

  SourceMap& sources_;
  FileId file_;
  AnsibleInventory& into_;
  Diagnostics diagnostics_;
  std::uint32_t number_ = 0;
  std::string_view line_;
  Section section_ = Section::hosts;
  std::string group_{kUngroupedGroup};
  std::map<std::string, Pending> pending_;  ///< groups that are named before they are defined
};

}  // namespace

Diagnostics read_ansible_ini(SourceMap& sources, FileId file, AnsibleInventory& into) {
  return IniReader(sources, file, into).run();
}

}  // namespace firmform::manifest
