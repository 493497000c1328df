// SPDX-License-Identifier: Apache-2.0
// Reading and writing through RapidJSON; the only file that includes it.
#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <system_error>
#include <variant>

#include "engine/json/value.h"

namespace firmform::json {
namespace {

/// RapidJSON lets a lone low surrogate (U+DD00) through as bytes that are not UTF-8: ED A0 to ED BF.
bool has_lone_surrogate(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != std::string_view::npos; at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

/// Builds a Value from RapidJSON's events and enforces the limits that RapidJSON does not know.
class Builder {
 public:
  explicit Builder(const ParseLimits& limits) : limits_(limits) {}

  bool Null() { return put(Value()); }                                                    // NOLINT
  bool Bool(bool value) { return put(Value(value)); }                                     // NOLINT
  // Numbers arrive as text (see parse), so these are never called.
  bool Int(int) { return false; }                                                         // NOLINT
  bool Uint(unsigned) { return false; }                                                   // NOLINT
  bool Int64(std::int64_t) { return false; }                                              // NOLINT
  bool Uint64(std::uint64_t) { return false; }                                            // NOLINT
  bool Double(double) { return false; }                                                   // NOLINT
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {                    // NOLINT
    return number({text, length});
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {                       // NOLINT
    if (has_lone_surrogate({text, length})) return refuse("a string holds half of a surrogate pair");
    return put(Value(std::string(text, length)));
  }
  bool StartObject() { return open(Value(Object())); }                                    // NOLINT
  bool Key(const char* text, rapidjson::SizeType length, bool) {                          // NOLINT
    if (has_lone_surrogate({text, length})) return refuse("a key holds half of a surrogate pair");
    keys_.emplace_back(text, length);
    return true;
  }
  bool EndObject(rapidjson::SizeType) {                                                   // NOLINT
    if (!keys_are_unique(open_.back().members())) return refuse("an object has the same key twice");
    return close();
  }
  bool StartArray() { return open(Value(Array())); }                                      // NOLINT
  bool EndArray(rapidjson::SizeType) { return close(); }                                  // NOLINT

  [[nodiscard]] const std::string& problem() const { return problem_; }
  Value take() { return std::move(result_); }

 private:
  bool refuse(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }

  /// An integer where it is written as one and fits, else a double.
  bool number(std::string_view text) {
    const char* const end = text.data() + text.size();
    std::int64_t integer = 0;
    if (const auto read = std::from_chars(text.data(), end, integer); read.ec == std::errc() && read.ptr == end) {
      return put(Value(integer));
    }
    double real = 0;
    const auto read = std::from_chars(text.data(), end, real);
    if (read.ec != std::errc() || read.ptr != end) return refuse("a number is out of range");
    return put(Value(real));
  }

  bool open(Value container) {
    if (open_.size() >= limits_.max_depth) return refuse(fmt::format("nested deeper than {}", limits_.max_depth));
    open_.push_back(std::move(container));
    return true;
  }

  bool close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    return put(std::move(done));
  }

  bool put(Value value) {
    if (++count_ > limits_.max_values) return refuse(fmt::format("more than {} values", limits_.max_values));
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().is_array()) {
      open_.back().array().push_back(std::move(value));
    } else {
      open_.back().object().append(std::move(keys_.back()), std::move(value));
      keys_.pop_back();
    }
    return true;
  }

  static bool keys_are_unique(const Object& object) {
    constexpr std::size_t kFew = 16;  // below, comparing all pairs is faster than sorting
    if (object.size() <= kFew) {
      for (const Member* a = object.begin(); a != object.end(); ++a) {
        for (const Member* b = a + 1; b != object.end(); ++b) {
          if (a->key == b->key) return false;
        }
      }
      return true;
    }
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const Member& member : object) keys.emplace_back(member.key);
    std::ranges::sort(keys);
    return std::ranges::adjacent_find(keys) == keys.end();
  }

  const ParseLimits& limits_;
  std::vector<Value> open_;
  std::vector<std::string> keys_;
  std::size_t count_ = 0;
  std::string problem_;
  Value result_;
};

template <class Writer>
void write(Writer& writer, const Value& value, bool sorted);

template <class Writer>
void write_object(Writer& writer, const Object& object, bool sorted) {
  writer.StartObject();
  std::vector<const Member*> members;
  members.reserve(object.size());
  for (const Member& member : object) members.push_back(&member);
  if (sorted) std::ranges::sort(members, {}, &Member::key);
  for (const Member* member : members) {
    writer.Key(member->key.data(), static_cast<rapidjson::SizeType>(member->key.size()));
    write(writer, member->value, sorted);
  }
  writer.EndObject();
}

template <class Writer>
void write(Writer& writer, const Value& value, bool sorted) {
  struct Visitor {
    Writer& writer;
    bool sorted;
    void operator()(std::monostate) const { writer.Null(); }
    void operator()(bool v) const { writer.Bool(v); }
    void operator()(std::int64_t v) const { writer.Int64(v); }
    void operator()(double v) const { writer.Double(v); }
    void operator()(const std::string& v) const {
      writer.String(v.data(), static_cast<rapidjson::SizeType>(v.size()));
    }
    void operator()(const Array& items) const {
      writer.StartArray();
      for (const Value& item : items) write(writer, item, sorted);
      writer.EndArray();
    }
    void operator()(const Object& object) const { write_object(writer, object, sorted); }
  };
  std::visit(Visitor{writer, sorted}, value.data());
}

std::string dump_compact(const Value& value, bool sorted) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  write(writer, value, sorted);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace

Result<Value> parse(std::string_view text, const ParseLimits& limits) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.size() > limits.max_bytes) {
    return fail(Code::json_malformed, fmt::format("{} bytes are more than the limit of {}", text.size(), limits.max_bytes));
  }
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  rapidjson::MemoryStream stream(text.data(), text.size());
  rapidjson::Reader reader;
  Builder builder(limits);
  // The iterative parser cannot be driven out of the stack by nesting; encodings are checked. RapidJSON's own
  // conversion of numbers has undefined behaviour for some ("0e82"), so they come to the builder as text.
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
  if (result.IsError()) {
    const std::string why = builder.problem().empty() ? rapidjson::GetParseError_En(result.Code()) : builder.problem();
    return fail(Code::json_malformed, fmt::format("not valid JSON at byte {}: {}", result.Offset(), why));
  }
  return builder.take();
}

std::string dump(const Value& value) { return dump_compact(value, false); }

std::string dump_canonical(const Value& value) { return dump_compact(value, true); }

std::string dump_pretty(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', 2);
  write(writer, value, false);
  std::string text(buffer.GetString(), buffer.GetSize());
  text += '\n';
  return text;
}

}  // namespace firmform::json
