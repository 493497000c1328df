// SPDX-License-Identifier: Apache-2.0
// Ansible's host patterns. As there, unions come first, then `&`, then `!`, in whatever order they are written; unlike
// there, a term that matches nothing is an error.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <functional>
#include <regex>
#include <set>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/ansible_inventory.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

using Names = std::vector<std::string>;

/// Terms between commas or, where there is none, between colons outside of brackets.
Names split_terms(std::string_view pattern) {
  const char separator = pattern.find(',') != std::string_view::npos ? ',' : ':';
  Names terms;
  std::string term;
  bool bracket = false;
  for (const char c : pattern) {
    bracket = c == '[' || (bracket && c != ']');
    if (c == separator && (separator == ',' || !bracket)) {
      terms.push_back(std::exchange(term, {}));
    } else {
      term += c;
    }
  }
  terms.push_back(std::move(term));
  for (std::string& each : terms) each = std::string(trim(each));
  std::erase_if(terms, [](const std::string& each) { return each.empty(); });
  return terms;
}

/// "[2]", "[-1]", "[0:3]", "[1:]" or the older "[0-3]" behind a term.
struct Subscript {
  std::int64_t first = 0;
  std::optional<std::int64_t> last;  ///< inclusive; absent: `first` alone
};

/// Cuts a subscript off the term.
std::optional<Subscript> take_subscript(std::string_view& term) {
  constexpr std::int64_t kEnd = 1'000'000'000;
  const std::size_t open = term.rfind('[');
  if (open == std::string_view::npos || open == 0 || !term.ends_with(']')) return std::nullopt;
  const std::string_view inner = term.substr(open + 1, term.size() - open - 2);
  const std::size_t colon = inner.find_first_of(":-", 1);
  const auto first = parse_integer(inner.substr(0, colon));
  if (!first) return std::nullopt;
  Subscript result{*first, {}};
  if (colon != std::string_view::npos) {
    const std::string_view end = inner.substr(colon + 1);
    const auto last = end.empty() ? std::optional(kEnd) : parse_integer(end);
    if (!last || *first < 0 || *last < 0) return std::nullopt;
    result.last = last;
  }
  term = term.substr(0, open);
  return result;
}

class Selecting {
 public:
  Selecting(const AnsibleInventory& inventory, const Text& pattern) : inventory_(inventory), pattern_(pattern) {}

  Parsed<Names> run() {
    std::set<std::string> selected;
    const Names terms = split_terms(pattern_.value);
    const auto sign = [](const std::string& term) {
      return term.front() == '&' || term.front() == '!' ? term.front() : ' ';
    };
    if (std::ranges::none_of(terms, [&](const std::string& term) { return sign(term) == ' '; })) {
      for (const auto& [name, host] : inventory_.hosts) selected.insert(name);
    }
    for (const char turn : {' ', '&', '!'}) {
      for (const std::string& term : terms) {
        if (sign(term) == turn) combine(selected, term, turn);
      }
    }
    Parsed<Names> result;
    result.value = Names(selected.begin(), selected.end());
    result.diagnostics = std::move(diagnostics_);
    return result;
  }

 private:
  void combine(std::set<std::string>& selected, const std::string& term, char sign) {
    const Names found = matches(sign == ' ' ? term : term.substr(1));
    if (sign == ' ') {
      selected.insert(found.begin(), found.end());
    } else if (sign == '!') {
      for (const std::string& name : found) selected.erase(name);
    } else {
      const std::set<std::string> kept(found.begin(), found.end());
      std::erase_if(selected, [&](const std::string& name) { return !kept.contains(name); });
    }
  }

  Names matches(std::string_view term) {
    const bool is_regex = term.starts_with('~');
    const std::string whole(term);
    const auto subscript = is_regex ? std::nullopt : take_subscript(term);
    const auto fits = matcher(term);
    if (!fits) return {};
    bool any_group = false;
    Names found;
    for (const std::string& name : inventory_.group_order) {
      if (!fits(name)) continue;
      any_group = true;
      append_hosts_of(name, found);
    }
    if (!any_group || is_regex || term.find_first_of(".?*[") != std::string_view::npos) {
      for (const std::string& name : inventory_.host_order) {
        if (fits(name)) found.push_back(name);
      }
    }
    if (found.empty() && !any_group && term != kAllGroup && term != "*") report_nothing(whole, term);
    remove_repeats(found);
    return subscript ? cut(found, *subscript, whole) : found;
  }

  /// Empty when the term is a regular expression that cannot be read.
  std::function<bool(const std::string&)> matcher(std::string_view term) {
    if (!term.starts_with('~')) {
      return [glob = std::string(term)](const std::string& name) {
        return ::fnmatch(glob.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
      };
    }
    try {
      const std::regex expression{std::string(term.substr(1))};
      return [expression](const std::string& name) {
        return std::regex_search(name, expression, std::regex_constants::match_continuous);
      };
    } catch (const std::regex_error&) {
      diagnostics_.add(problem(Code::invalid_value, fmt::format("`{}` is not a regular expression", term),
                               pattern_.span, "cannot be read"));
      return {};
    }
  }

  /// Hosts of the group and of all below it, in the order of the inventory.
  void append_hosts_of(const std::string& group, Names& found) const {
    std::set<std::string_view> seen{group};
    std::vector<std::string_view> order{group};
    for (std::size_t i = 0; i < order.size(); ++i) {
      const AnsibleGroup& at = inventory_.groups.find(order[i])->second;
      found.insert(found.end(), at.hosts.begin(), at.hosts.end());
      for (const std::string& child : at.children) {
        if (seen.insert(child).second) order.push_back(child);
      }
    }
  }

  static void remove_repeats(Names& names) {
    std::set<std::string> seen;
    std::erase_if(names, [&](const std::string& name) { return !seen.insert(name).second; });
  }

  Names cut(const Names& names, const Subscript& subscript, const std::string& term) {
    const auto size = static_cast<std::int64_t>(names.size());
    const std::int64_t first = subscript.first < 0 ? size + subscript.first : subscript.first;
    const std::int64_t last = std::min(subscript.last.value_or(first), size - 1);
    if (first >= 0 && first <= last) return {names.begin() + first, names.begin() + last + 1};
    if (!names.empty()) report_nothing(term, {});
    return {};
  }

  void report_nothing(const std::string& term, std::string_view name) {
    Diagnostic found = problem(Code::unknown_reference, fmt::format("`{}` matches no host of the inventory", term),
                               pattern_.span, "no such host or group");
    Names known = inventory_.group_order;
    known.insert(known.end(), inventory_.host_order.begin(), inventory_.host_order.end());
    if (const auto near = nearest(std::string(name), known)) {
      found.help.push_back(fmt::format("did you mean `{}`?", *near));
    }
    diagnostics_.add(std::move(found));
  }

  const AnsibleInventory& inventory_;
  const Text& pattern_;
  Diagnostics diagnostics_;
};

}  // namespace

Parsed<std::vector<std::string>> select_hosts(const AnsibleInventory& inventory, const Text& pattern) {
  return Selecting(inventory, pattern).run();
}

}  // namespace firmform::manifest
