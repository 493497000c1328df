// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/validate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/text.h"

namespace firmform::manifest {
namespace {

std::string quoted_list(const std::vector<std::string>& words, std::string_view last = "or") {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? fmt::format(" {} ", last) : ", ";
    text += fmt::format("`{}`", words[i]);
  }
  return text;
}

std::vector<std::string> keys_of(const KeyRule& rule) {
  std::vector<std::string> keys;
  for (const std::string_view key : rule.keys) {
    if (!key.empty()) keys.emplace_back(key);
  }
  return keys;
}

/// Values are shown in part: a text may be a megabyte long.
std::string shortened(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  if (text.size() <= kLongest) return std::string(text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return fmt::format("{}…", text.substr(0, end));
}

bool holds_url(Format format) {
  return format == Format::base_url || format == Format::catalog_url || format == Format::image;
}

/// https://user:password@host
bool has_user_info(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = url.substr(scheme + 3);
  return rest.substr(0, rest.find('/')).find('@') != std::string_view::npos;
}

/// What a value must be, in words.
std::string expectation(const Shape& shape) {
  if (shape.kind == ShapeKind::choice) {
    std::vector<std::string> words;
    for (const Choice& choice : shape.choices) words.emplace_back(choice.value);
    return quoted_list(words);
  }
  if (shape.kind == ShapeKind::integer) {
    return fmt::format("{} from {} to {}", shape.what, shape.least, shape.most);
  }
  if (shape.kind == ShapeKind::map) {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> keys;
    for (const Field& field : shape.fields.first(std::min(kShown, shape.fields.size()))) keys.emplace_back(field.key);
    return fmt::format("{}, which is a map with keys such as {}", shape.what, quoted_list(keys));
  }
  if (!shape.what.empty()) return std::string(shape.what);
  return std::string(rule(shape.format).expected);
}

class Validator {
 public:
  explicit Validator(SourceMap& sources) : sources_(sources) {}

  /// `name`: the key under which the value stands, `place`: where that key is.
  bool check(YamlNode& node, const Shape& shape, std::string_view name, SourceSpan place) {
    node.valid = check_kind(node, shape, name, place);
    return node.valid;
  }

  [[nodiscard]] Diagnostics take() { return std::move(diagnostics_); }

 private:
  bool check_kind(YamlNode& node, const Shape& shape, std::string_view name, SourceSpan place) {
    if (!shape.secret) return check_value(node, shape, name, place);
    ++secrets_;
    const bool good = check_value(node, shape, name, place);
    --secrets_;
    return good;
  }

  bool check_value(YamlNode& node, const Shape& shape, std::string_view name, SourceSpan place) {
    if (shape.shorthand != nullptr && node.kind == node_kind(*shape.shorthand)) {
      return check_kind(node, *shape.shorthand, name, place);
    }
    // A secret may stand where only its source belongs, or a part of that.
    const bool misplaced = node.kind == YamlKind::scalar && node_kind(shape) == YamlKind::map && secrets_ > 0;
    if (misplaced) return literal_secret(node, name);
    if (node.kind != node_kind(shape)) return wrong_kind(node, shape, name);
    switch (shape.kind) {
      case ShapeKind::text:
        return check_text(node, shape, name);
      case ShapeKind::choice:
        return check_choice(node, shape, name);
      case ShapeKind::boolean:
        return check_boolean(node, shape, name);
      case ShapeKind::integer:
        return check_integer(node, shape, name);
      case ShapeKind::map:
        return check_map(node, shape, place);
      case ShapeKind::named:
        return check_named(node, shape);
      case ShapeKind::list:
        return check_list(node, shape, name);
    }
    return false;
  }

  bool report(Code code, std::string message, SourceSpan span, std::string label, std::string help = {}) {
    Diagnostic diagnostic{code};
    diagnostic.message = std::move(message);
    diagnostic.primary = Label{span, std::move(label)};
    if (!help.empty()) diagnostic.help.push_back(std::move(help));
    diagnostics_.add(std::move(diagnostic));
    return false;
  }

  bool literal_secret(const YamlNode& node, std::string_view name) {
    sources_.conceal(node.span);
    return report(Code::literal_secret, fmt::format("`{}` must not be written in the manifest", name), node.span,
                  "a secret in clear text");
  }

  /// A password in place of the name of the variable that holds it.
  bool no_variable(const YamlNode& node, std::string_view name) {
    sources_.conceal(node.span);
    return report(Code::invalid_value, fmt::format("`{}` is no name of an environment variable", name), node.span,
                  "letters, digits and `_`, beginning with no digit");
  }

  bool wrong_kind(const YamlNode& node, const Shape& shape, std::string_view name) {
    const std::string expected = expectation(shape);
    if (node.kind == YamlKind::null) {
      return report(Code::wrong_type, fmt::format("`{}` has no value", name), node.span,
                    fmt::format("expected {}", expected), "give it a value, or remove the key");
    }
    return report(Code::wrong_type, fmt::format("`{}` cannot be {}", name, describe(node.kind)), node.span,
                  fmt::format("expected {}", expected));
  }

  bool invalid(const YamlNode& node, const Shape& shape, std::string_view name, std::string help = {}) {
    return report(code_of(node, shape), fmt::format("`{}` cannot be `{}`", name, shortened(node.text)), node.span,
                  fmt::format("expected {}", expectation(shape)), std::move(help));
  }

  static Code code_of(const YamlNode& node, const Shape& shape) {
    if (shape.kind == ShapeKind::text && shape.format == Format::requirement) return Code::constraint_malformed;
    const auto zero = parse_tolerance(node.text);
    return shape.admits && zero && zero->value == 0 ? Code::impossible_limit : Code::invalid_value;
  }

  bool check_text(const YamlNode& node, const Shape& shape, std::string_view name) {
    const bool user_in_url = holds_url(shape.format) && has_user_info(node.text);
    if (user_in_url) {
      sources_.conceal(node.span);
      return report(Code::literal_secret, fmt::format("`{}` must not hold a user name or password", name), node.span,
                    "credentials in a URL", "remove them from the URL, and use `credentials:`");
    }
    const FormatRule& format = rule(shape.format);
    if (secrets_ > 0 && shape.format == Format::variable && !format.matches(node.text)) return no_variable(node, name);
    const bool boolean = !format.number_like && !node.quoted && (node.text == "true" || node.text == "false");
    if (format.matches(node.text) && !boolean) return true;
    if (trim(node.text).empty()) {
      return report(Code::invalid_value, fmt::format("`{}` is empty", name), node.span,
                    fmt::format("expected {}", expectation(shape)));
    }
    return invalid(node, shape, name);
  }

  bool check_choice(const YamlNode& node, const Shape& shape, std::string_view name) {
    if (std::ranges::find(shape.choices, node.text, &Choice::value) != shape.choices.end()) return true;
    std::vector<std::string> words;
    for (const Choice& choice : shape.choices) words.emplace_back(choice.value);
    const auto near = nearest(node.text, words);
    return invalid(node, shape, name, near ? fmt::format("did you mean `{}`?", *near) : std::string());
  }

  bool check_boolean(const YamlNode& node, const Shape& shape, std::string_view name) {
    if (!node.quoted && (node.text == "true" || node.text == "false")) return true;
    return invalid(node, shape, name, "write `true` or `false`, without quotes");
  }

  bool check_integer(const YamlNode& node, const Shape& shape, std::string_view name) {
    const auto value = parse_integer(node.text);
    if (value && node.quoted) return invalid(node, shape, name, "write the number without quotes");
    if (value && *value >= shape.least && *value <= shape.most) return true;
    return invalid(node, shape, name);
  }

  bool check_list(YamlNode& node, const Shape& shape, std::string_view name) {
    if (node.items.empty() && !shape.may_be_empty) {
      return report(Code::invalid_value, fmt::format("`{}` is an empty list", name), node.span,
                    fmt::format("expected {}", expectation(shape)), "give it at least one item");
    }
    bool good = true;
    const std::string item_name = fmt::format("{}[]", name);
    for (YamlNode& item : node.items) good = check(item, *shape.element, item_name, item.span) && good;
    return good;
  }

  bool check_named(YamlNode& node, const Shape& shape) {
    const FormatRule& names = rule(shape.format);
    bool good = true;
    for (YamlEntry& entry : node.entries) {
      if (!names.matches(entry.key)) {
        good = report(Code::invalid_value, fmt::format("`{}` cannot be a name", shortened(entry.key)), entry.key_span,
                      fmt::format("expected {}", names.expected));
      }
      good = check(entry.value, *shape.element, entry.key, entry.key_span) && good;
    }
    return good;
  }

  bool check_map(YamlNode& node, const Shape& shape, SourceSpan place) {
    bool good = true;
    for (YamlEntry& entry : node.entries) {
      if (entry.key.starts_with(kExtensionPrefix)) continue;
      const auto field = std::ranges::find(shape.fields, entry.key, &Field::key);
      if (field == shape.fields.end()) {
        good = unknown_key(entry, shape);
        entry.value.valid = false;
      } else {
        good = check(entry.value, *field->shape, entry.key, entry.key_span) && good;
      }
    }
    // A key that is missing because it is misspelt was reported already.
    const bool complete = good || !has_unknown_key(node, shape);
    if (complete) good = check_required(node, shape, place) && good;
    for (const KeyRule& key_rule : shape.rules) good = check_rule(node, shape, key_rule, complete, place) && good;
    return good;
  }

  static bool has_unknown_key(const YamlNode& node, const Shape& shape) {
    return std::ranges::any_of(node.entries, [&](const YamlEntry& entry) {
      return !entry.key.starts_with(kExtensionPrefix) &&
             std::ranges::find(shape.fields, entry.key, &Field::key) == shape.fields.end();
    });
  }

  bool unknown_key(const YamlEntry& entry, const Shape& shape) {
    std::vector<std::string> keys;
    for (const Field& field : shape.fields) keys.emplace_back(field.key);
    const auto near = nearest(entry.key, keys);
    std::string help =
        near ? fmt::format("did you mean `{}`?", *near) : fmt::format("the keys here are {}", quoted_list(keys, "and"));
    return report(Code::unknown_key, fmt::format("unknown key `{}` in {}", shortened(entry.key), shape.what),
                  entry.key_span, "not a key that is known here", std::move(help));
  }

  bool check_required(const YamlNode& node, const Shape& shape, SourceSpan place) {
    bool good = true;
    for (const Field& field : shape.fields) {
      if (!field.required || node.find(field.key) != nullptr) continue;
      good = missing(place, fmt::format("{} needs the key `{}`", shape.what, field.key),
                     fmt::format("add `{}:` with {}", field.key, expectation(*field.shape)));
    }
    return good;
  }

  bool missing(SourceSpan place, std::string message, std::string help) {
    return report(Code::missing_key, std::move(message), place, "incomplete", std::move(help));
  }

  bool check_rule(const YamlNode& node, const Shape& shape, const KeyRule& key_rule, bool complete, SourceSpan place) {
    std::vector<const YamlEntry*> given;
    for (const std::string_view key : key_rule.keys) {
      const auto entry = std::ranges::find(node.entries, key, &YamlEntry::key);
      if (!key.empty() && entry != node.entries.end()) given.push_back(&*entry);
    }
    const std::vector<std::string> keys = keys_of(key_rule);
    switch (key_rule.kind) {
      case KeyRule::Kind::exactly_one:
        if (given.size() > 1) return exclusive(given, key_rule);
        if (!given.empty() || !complete) return true;
        return missing(place, fmt::format("{} needs {}", shape.what, quoted_list(keys)),
                       fmt::format("add one of {}", quoted_list(keys)));
      case KeyRule::Kind::at_most_one:
        return given.size() < 2 || exclusive(given, key_rule);
      case KeyRule::Kind::at_least_one:
        if (!given.empty() || !complete) return true;
        return missing(place, fmt::format("{} needs {}", shape.what, quoted_list(keys)),
                       fmt::format("add at least one of {}", quoted_list(keys)));
      case KeyRule::Kind::needs:
        return check_need(node, key_rule, complete);
    }
    return true;
  }

  bool exclusive(const std::vector<const YamlEntry*>& given, const KeyRule& key_rule) {
    Diagnostic diagnostic{Code::exclusive_keys};
    diagnostic.message = fmt::format("only one of {} can be given", quoted_list(keys_of(key_rule)));
    diagnostic.primary = Label{given[1]->key_span, "excludes the other"};
    for (const YamlEntry* entry : given) {
      if (entry != given[1]) diagnostic.secondary.push_back({entry->key_span, "given too"});
    }
    diagnostics_.add(std::move(diagnostic));
    return false;
  }

  bool check_need(const YamlNode& node, const KeyRule& key_rule, bool complete) {
    const std::vector<std::string> keys = keys_of(key_rule);
    const auto entry = std::ranges::find(node.entries, keys.front(), &YamlEntry::key);
    const std::vector<std::string> others(keys.begin() + 1, keys.end());
    const auto is_given = [&](const std::string& key) { return node.find(key) != nullptr; };
    if (entry == node.entries.end() || std::ranges::any_of(others, is_given) || !complete) return true;
    const std::string wanted =
        others.size() == 1 ? fmt::format("`{}:`", others.front()) : fmt::format("one of {}", quoted_list(others));
    return report(Code::missing_key, fmt::format("`{}` needs {} beside it", keys.front(), quoted_list(others)),
                  entry->key_span, "has no meaning alone", fmt::format("add {}", wanted));
  }

  SourceMap& sources_;
  Diagnostics diagnostics_;
  int secrets_ = 0;  ///< how many shapes of secrets the value at hand lies in
};

}  // namespace

YamlKind node_kind(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::text:
    case ShapeKind::choice:
    case ShapeKind::boolean:
    case ShapeKind::integer:
      return YamlKind::scalar;
    case ShapeKind::map:
    case ShapeKind::named:
      return YamlKind::map;
    case ShapeKind::list:
      return YamlKind::sequence;
  }
  return YamlKind::null;
}

Diagnostics validate(YamlNode& root, const Shape& shape, SourceMap& sources) {
  Validator validator(sources);
  validator.check(root, shape, shape.what, root.span);
  return validator.take();
}

}  // namespace firmform::manifest
