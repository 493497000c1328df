// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <deque>
#include <map>
#include <string_view>
#include <vector>

#include "engine/manifest/schema.h"

namespace firmform::manifest {
namespace {

/// A pipe would end the cell.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) result += c == '|' ? std::string("\\|") : std::string(1, c);
  return result;
}

/// "`a`, `b`"
std::string keys_of(const KeyRule& rule, std::size_t first = 0) {
  std::vector<std::string> keys;
  for (std::size_t i = first; i < rule.keys.size() && !rule.keys[i].empty(); ++i)
    keys.push_back(fmt::format("`{}`", rule.keys[i]));
  return fmt::format("{}", fmt::join(keys, ", "));
}

std::string sentence(const KeyRule& rule) {
  switch (rule.kind) {
    case KeyRule::Kind::exactly_one:
      return fmt::format("Exactly one of {}.", keys_of(rule));
    case KeyRule::Kind::at_most_one:
      return fmt::format("At most one of {}.", keys_of(rule));
    case KeyRule::Kind::at_least_one:
      return fmt::format("At least one of {}.", keys_of(rule));
    case KeyRule::Kind::needs:
      return fmt::format("`{}` needs {}.", rule.keys[0], keys_of(rule, 1));
  }
  return {};
}

/// The map that a shape is, or holds under names or in a list; null when there is none.
const Shape* map_in(const Shape& shape) {
  if (shape.kind == ShapeKind::map) return &shape;
  if (shape.kind == ShapeKind::named || shape.kind == ShapeKind::list) return map_in(*shape.element);
  return nullptr;
}

/// "baselines" of a list of maps is "baselines[]", of a map by names "baselines.NAME".
std::string path_to_map(const Shape& shape, std::string path) {
  if (shape.kind == ShapeKind::named) return path_to_map(*shape.element, path + ".NAME");
  if (shape.kind == ShapeKind::list) return path_to_map(*shape.element, path + "[]");
  return path;
}

/// GitHub's rule for the fragment of a heading.
std::string anchor(std::string_view heading) {
  std::string result;
  for (const char c : heading) {
    if (c >= 'A' && c <= 'Z') {
      result += static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
      result += c;
    } else if (c == ' ') {
      result += '-';
    }
  }
  return result;
}

class Manual {
 public:
  explicit Manual(std::map<const Shape*, std::string> places) : places_(std::move(places)) {}

  void write() {
    text_ =
        "# Manifest reference\n\n"
        "Generated from the table that the validator and the JSON Schema come from (`firmform reference manifest`).\n\n"
        "All `*.yaml` files of a directory form one configuration; each begins with `firmform: v1`. Keys that are not "
        "listed are errors, except those that begin with `x-`, which are yours. A text stays the text that is written: "
        "`2.10` is never `2.1`.\n\n";
    table(manifest_shape(), "");
    for (const Field& field : manifest_shape().fields) section(field);
  }

  [[nodiscard]] const std::string& text() const { return text_; }
  /// Where each map is described.
  [[nodiscard]] const std::map<const Shape*, std::string>& described() const { return described_; }

 private:
  struct Waiting {
    const Shape* shape;
    std::string path;
  };

  void section(const Field& field) {
    const Shape* map = map_in(*field.shape);
    if (map == nullptr) return;
    text_ += fmt::format("\n## {}\n\n{}\n", field.key, field.description);
    if (field.shape->kind != ShapeKind::map) text_ += fmt::format("\nA {}.\n", value_text(*field.shape, false));
    waiting_.push_back({map, path_to_map(*field.shape, std::string(field.key))});
    while (!waiting_.empty()) {
      const Waiting next = waiting_.front();
      waiting_.pop_front();
      if (described_.contains(next.shape)) continue;
      described_[next.shape] = next.path;
      text_ += fmt::format("\n### {}\n\n", next.path);
      table(*next.shape, next.path);
    }
  }

  void table(const Shape& map, const std::string& path) {
    text_ += "| key | value | meaning |\n|---|---|---|\n";
    for (const Field& field : map.fields) {
      const std::string needed = field.required ? " (required)" : "";
      text_ += fmt::format("| `{}`{} | {} | {} |\n", field.key, needed, cell(value_text(*field.shape, true)),
                           cell(field.description));
      if (!path.empty()) queue(*field.shape, fmt::format("{}.{}", path, field.key));
    }
    if (!map.rules.empty()) text_ += '\n';
    for (const KeyRule& rule : map.rules) text_ += fmt::format("- {}\n", sentence(rule));
    choices(map);
  }

  /// What the words of a choice mean, where a table has one that explains them.
  void choices(const Shape& map) {
    for (const Field& field : map.fields) {
      const Shape& shape = field.shape->kind == ShapeKind::list ? *field.shape->element : *field.shape;
      if (shape.kind != ShapeKind::choice || shape.choices.size() < 2) continue;
      text_ += fmt::format("\n`{}`:\n\n", field.key);
      for (const Choice& choice : shape.choices) text_ += fmt::format("- `{}`: {}\n", choice.value, choice.description);
    }
  }

  void queue(const Shape& shape, const std::string& path) {
    if (const Shape* map = map_in(shape)) waiting_.push_back({map, path_to_map(shape, path)});
    if (shape.shorthand != nullptr) queue(*shape.shorthand, path);
  }

  [[nodiscard]] std::string value_text(const Shape& shape, bool linked) const {
    const std::string own = own_text(shape, linked);
    return shape.shorthand == nullptr ? own : fmt::format("{}, or {}", own, value_text(*shape.shorthand, linked));
  }

  [[nodiscard]] std::string own_text(const Shape& shape, bool linked) const {
    switch (shape.kind) {
      case ShapeKind::text:
        return std::string(rule(shape.format).expected);
      case ShapeKind::choice: {
        std::vector<std::string> words;
        for (const Choice& choice : shape.choices) words.push_back(fmt::format("`{}`", choice.value));
        return fmt::format("{}", fmt::join(words, ", "));
      }
      case ShapeKind::boolean:
        return "`true` or `false`";
      case ShapeKind::integer:
        return fmt::format("number from {} to {}", shape.least, shape.most);
      case ShapeKind::map:
        return map_text(shape, linked);
      case ShapeKind::named:
        return fmt::format("map: {} → {}", rule(shape.format).expected, value_text(*shape.element, linked));
      case ShapeKind::list:
        return fmt::format("list of: {}", value_text(*shape.element, linked));
    }
    return {};
  }

  [[nodiscard]] std::string map_text(const Shape& shape, bool linked) const {
    const auto found = places_.find(&shape);
    if (!linked || found == places_.end()) return std::string(shape.what);
    return fmt::format("[{}](#{})", shape.what, anchor(found->second));
  }

  std::map<const Shape*, std::string> places_;  ///< that links lead to
  std::string text_;
  std::map<const Shape*, std::string> described_;
  std::deque<Waiting> waiting_;
};

}  // namespace

std::string manifest_markdown() {
  // Links lead forwards too, so the places come from a first pass.
  Manual draft({});
  draft.write();
  Manual manual(draft.described());
  manual.write();
  return manual.text();
}

}  // namespace firmform::manifest
