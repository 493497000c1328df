// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/query.h"

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace firmform::simulators {
namespace {

/// Resources inlined into one reply at most; keeps `$expand=*($levels=6)` of a whole tree within reason.
constexpr int kMaxExpanded = 2000;

QueryReading refused(int status, std::string key, std::vector<std::string> args) {
  return {{}, QueryRefusal{status, std::move(key), std::move(args)}};
}

bool expand_mode_supported(Query::Expand mode, const ExpandSupport& support) {
  switch (mode) {
    case Query::Expand::none:
      return true;
    case Query::Expand::links:
      return support.links;
    case Query::Expand::all:
      return support.all || support.no_links;
    case Query::Expand::no_links:
      return support.no_links;
  }
  return false;
}

/// "*", "." or "~", then perhaps "($levels=n)".
std::optional<QueryRefusal> read_expand(std::string_view value, const ExpandSupport& support, Query& query) {
  const QueryRefusal bad{400, "QueryParameterValueFormatError", {std::string(value), "$expand"}};
  if (!support.all && !support.no_links && !support.links) return QueryRefusal{501, "QueryNotSupported", {}};
  if (value.empty()) return bad;
  switch (value.front()) {
    case '*':
      query.expand = Query::Expand::all;
      break;
    case '.':
      query.expand = Query::Expand::no_links;
      break;
    case '~':
      query.expand = Query::Expand::links;
      break;
    default:
      return bad;
  }
  if (!expand_mode_supported(query.expand, support)) return QueryRefusal{501, "QueryNotSupported", {}};
  // iLO takes `*` for `.` although it announces ExpandAll as false.
  if (query.expand == Query::Expand::all && !support.all) query.expand = Query::Expand::no_links;
  value.remove_prefix(1);
  if (value.empty()) return std::nullopt;
  constexpr std::string_view kLevels = "($levels=";
  if (!support.levels || !value.starts_with(kLevels) || !value.ends_with(')')) return bad;
  const std::string_view digits = value.substr(kLevels.size(), value.size() - kLevels.size() - 1);
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), query.levels);
  if (parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size()) return bad;
  if (query.levels < 1 || query.levels > support.max_levels) {
    return QueryRefusal{
        400, "QueryParameterOutOfRange", {std::string(digits), "$levels", "1-" + std::to_string(support.max_levels)}};
  }
  return std::nullopt;
}

class Expander {
 public:
  Expander(Query::Expand mode, const ResourceReader& read) : mode_(mode), read_(read) {}

  void expand(json::Value& value, std::int64_t levels, bool in_links) {
    if (value.is_array()) {
      for (json::Value& item : value.array()) visit(item, levels, in_links);
      return;
    }
    if (!value.is_object()) return;
    for (json::Member& member : value.object()) {
      // The resource's own annotations are no links to other resources.
      if (member.key.starts_with('@')) continue;
      visit(member.value, levels, in_links || member.key == "Links");
    }
  }

 private:
  [[nodiscard]] bool wanted(bool in_links) const {
    return mode_ == Query::Expand::all || (mode_ == Query::Expand::links) == in_links;
  }

  void visit(json::Value& value, std::int64_t levels, bool in_links) {
    const json::Value* id = value.members().size() == 1 ? value.find("@odata.id") : nullptr;
    const std::string* uri = id == nullptr ? nullptr : id->as_string();
    if (uri == nullptr) return expand(value, levels, in_links);
    if (!wanted(in_links) || uri->find('#') != std::string::npos || count_ >= kMaxExpanded) return;
    json::Value body = read_(*uri);
    if (body.is_null()) return;
    ++count_;
    if (levels > 1) expand(body, levels - 1, false);
    value = std::move(body);
  }

  Query::Expand mode_;
  const ResourceReader& read_;
  int count_ = 0;
};

json::Value selected(const json::Value& value, const std::vector<std::string>& paths) {
  if (value.is_array()) {
    json::Array items;
    for (const json::Value& item : value.items()) items.push_back(selected(item, paths));
    return items;
  }
  if (!value.is_object()) return value;
  json::Object kept;
  for (const json::Member& member : value.members()) {
    const std::string_view base = std::string_view(member.key).substr(0, member.key.find('@'));
    std::vector<std::string> below;
    bool whole = member.key.starts_with("@odata.");
    for (const std::string& path : paths) {
      const std::size_t slash = path.find('/');
      if (path.substr(0, slash) != base || base.empty()) continue;
      if (slash == std::string::npos)
        whole = true;
      else
        below.push_back(path.substr(slash + 1));
    }
    if (whole)
      kept.append(member.key, member.value);
    else if (!below.empty())
      kept.append(member.key, selected(member.value, below));
  }
  return kept;
}

/// Recursive descent over `or`, `and`, `not`, parentheses and comparisons.
class FilterParser {
 public:
  FilterParser(std::string_view text, const json::Value& resource) : rest_(text), resource_(resource) {}

  std::optional<bool> parse() {
    const bool value = any();
    if (!trim(rest_).empty()) good_ = false;
    return good_ ? std::optional(value) : std::nullopt;
  }

 private:
  std::string_view peek() {
    rest_ = trim(rest_);
    if (rest_.starts_with('(') || rest_.starts_with(')')) return rest_.substr(0, 1);
    if (rest_.starts_with('\'')) {
      const std::size_t end = rest_.find('\'', 1);
      return end == std::string_view::npos ? rest_ : rest_.substr(0, end + 1);
    }
    return rest_.substr(0, std::min(rest_.find_first_of(" ()"), rest_.size()));
  }
  std::string_view next() {
    const std::string_view token = peek();
    rest_.remove_prefix(token.size());
    if (token.empty()) good_ = false;
    return token;
  }
  bool accept(std::string_view word) {
    if (peek() != word) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool any() {
    bool value = all();
    while (good_ && accept("or")) {
      const bool right = all();
      value = value || right;
    }
    return value;
  }
  bool all() {
    bool value = one();
    while (good_ && accept("and")) {
      const bool right = one();
      value = value && right;
    }
    return value;
  }
  bool one() {
    if (accept("not")) return !one();
    if (accept("(")) {
      const bool value = any();
      if (!accept(")")) good_ = false;
      return value;
    }
    return comparison();
  }

  bool comparison() {
    const json::Value* property = &resource_;
    for (const std::string& step : split(next(), '/')) property = &(*property)[step];
    const std::string_view relation = next();
    const std::string_view literal = next();
    if (!good_) return false;
    const std::optional<int> order = compare(*property, literal);
    if (relation == "ne") return order != 0;
    if (relation == "eq") return order == 0;
    if (relation == "lt") return order.has_value() && *order < 0;
    if (relation == "le") return order.has_value() && *order <= 0;
    if (relation == "gt") return order.has_value() && *order > 0;
    if (relation == "ge") return order.has_value() && *order >= 0;
    good_ = false;
    return false;
  }

  static int sign(double difference) { return difference < 0 ? -1 : (difference > 0 ? 1 : 0); }

  std::optional<int> compare(const json::Value& value, std::string_view literal) {
    if (literal.starts_with('\'')) {
      if (literal.size() < 2 || !literal.ends_with('\'')) {
        good_ = false;
        return std::nullopt;
      }
      const std::string* text = value.as_string();
      if (text == nullptr) return std::nullopt;
      return sign(text->compare(literal.substr(1, literal.size() - 2)));
    }
    if (literal == "null") return value.is_null() ? std::optional(0) : std::nullopt;
    if (literal == "true" || literal == "false") {
      const std::optional<bool> flag = value.as_bool();
      if (!flag) return std::nullopt;
      return *flag == (literal == "true") ? 0 : 1;
    }
    // A point in time; OData writes it without quotes.
    if (literal.size() >= 20 && literal[4] == '-' && literal[10] == 'T') {
      const std::string* text = value.as_string();
      if (text == nullptr) return std::nullopt;
      return sign(text->compare(literal));
    }
    double number = 0;
    const auto parsed = std::from_chars(literal.data(), literal.data() + literal.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != literal.data() + literal.size()) {
      good_ = false;
      return std::nullopt;
    }
    const std::optional<double> own = value.as_double();
    if (!own) return std::nullopt;
    return sign(*own - number);
  }

  std::string_view rest_;
  const json::Value& resource_;
  bool good_ = true;
};

void keep_matching_members(json::Value& collection, const std::string& filter, const ResourceReader& read) {
  json::Value* members = collection.object().find("Members");
  if (members == nullptr || !members->is_array()) return;
  std::erase_if(members->array(), [&](const json::Value& member) {
    const json::Value body = member.members().size() == 1 ? read(std::string(member.text("@odata.id"))) : member;
    return !matches_filter(filter, body).value_or(false);
  });
  collection.object()["Members@odata.count"] = static_cast<std::int64_t>(members->items().size());
}

}  // namespace

QueryReading read_query(std::string_view text, const ProtocolFeatures& features) {
  QueryReading reading;
  for (const std::string& pair : split(text, '&')) {
    const std::size_t equals = pair.find('=');
    const std::string name = percent_decoded(std::string_view(pair).substr(0, equals));
    const std::string value =
        equals == std::string::npos ? std::string() : percent_decoded(std::string_view(pair).substr(equals + 1));
    if (name == "$expand") {
      if (auto refusal = read_expand(value, features.expand, reading.query)) return {{}, std::move(refusal)};
    } else if (name == "$select" && features.select) {
      if (value.empty()) return refused(400, "QueryParameterValueFormatError", {value, name});
      reading.query.select = split(value, ',');
    } else if (name == "$filter" && features.filter) {
      if (!matches_filter(value, json::Object{})) return refused(400, "QueryParameterValueFormatError", {value, name});
      reading.query.filter = value;
    } else if (name == "only" && features.only) {
      reading.query.only = true;
    } else if (name.starts_with('$')) {
      return refused(501, "QueryNotSupported", {});
    }
  }
  return reading;
}

json::Value apply_query(const Query& query, json::Value body, const ResourceReader& read) {
  const bool is_collection = body["Members"].is_array();
  if (query.only && is_collection && body["Members"].items().size() == 1) {
    body = read(std::string(body["Members"].items().front().text("@odata.id")));
  } else if (!query.filter.empty() && is_collection) {
    keep_matching_members(body, query.filter, read);
  }
  if (query.expand != Query::Expand::none) Expander(query.expand, read).expand(body, query.levels, false);
  if (!query.select.empty()) body = selected(body, query.select);
  return body;
}

std::optional<bool> matches_filter(std::string_view expression, const json::Value& resource) {
  return FilterParser(expression, resource).parse();
}

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto parsed = std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16);
      if (parsed.ec == std::errc() && parsed.ptr == text.data() + i + 3) {
        decoded += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    decoded += text[i];
  }
  return decoded;
}

}  // namespace firmform::simulators
