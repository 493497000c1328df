// SPDX-License-Identifier: Apache-2.0
// json::Value: a regular value type for JSON, read through RapidJSON with limits and written in a
// canonical or a readable form. Objects keep the order of insertion and never hold a key twice.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/result.h"

namespace firmform::json {

class Value;
using Array = std::vector<Value>;
struct Member;  // {std::string key; Value value;}

class Object {
 public:
  Object();
  Object(std::initializer_list<Member> members);
  Object(const Object&);
  Object(Object&&) noexcept;
  Object& operator=(const Object&);
  Object& operator=(Object&&) noexcept;
  ~Object();

  [[nodiscard]] const Value* find(std::string_view key) const;
  [[nodiscard]] Value* find(std::string_view key);
  /// Inserts null under `key` when absent.
  Value& operator[](std::string_view key);
  void set(std::string key, Value value);
  bool erase(std::string_view key);
  /// Appends without looking for the key; the caller knows that it is new.
  void append(std::string key, Value value);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool empty() const;
  [[nodiscard]] const Member* begin() const;
  [[nodiscard]] const Member* end() const;
  [[nodiscard]] Member* begin();
  [[nodiscard]] Member* end();
  void reserve(std::size_t count);
  bool operator==(const Object& other) const;  ///< same members, whatever their order

 private:
  std::vector<Member> members_;
};

class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) {}                                             // NOLINT(google-explicit-constructor)
  Value(bool value) : data_(value) {}                                  // NOLINT(google-explicit-constructor)
  Value(int value) : data_(static_cast<std::int64_t>(value)) {}        // NOLINT(google-explicit-constructor)
  Value(std::int64_t value) : data_(value) {}                          // NOLINT(google-explicit-constructor)
  Value(std::uint64_t value) : data_(static_cast<std::int64_t>(value)) {}  // NOLINT(google-explicit-constructor)
  Value(double value) : data_(value) {}                                // NOLINT(google-explicit-constructor)
  Value(const char* value) : data_(std::string(value)) {}              // NOLINT(google-explicit-constructor)
  Value(std::string_view value) : data_(std::string(value)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string value) : data_(std::move(value)) {}                // NOLINT(google-explicit-constructor)
  Value(Array value) : data_(std::move(value)) {}                      // NOLINT(google-explicit-constructor)
  Value(Object value) : data_(std::move(value)) {}                     // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  [[nodiscard]] bool is_string() const { return std::holds_alternative<std::string>(data_); }
  [[nodiscard]] bool is_array() const { return std::holds_alternative<Array>(data_); }
  [[nodiscard]] bool is_object() const { return std::holds_alternative<Object>(data_); }
  [[nodiscard]] bool is_bool() const { return std::holds_alternative<bool>(data_); }
  [[nodiscard]] bool is_number() const {
    return std::holds_alternative<std::int64_t>(data_) || std::holds_alternative<double>(data_);
  }

  // Lenient readers for untrusted documents: the wrong type reads as absent.
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] std::optional<bool> as_bool() const;
  [[nodiscard]] std::optional<std::int64_t> as_int() const;  ///< whole numbers only
  [[nodiscard]] std::optional<double> as_double() const;
  [[nodiscard]] const Array& items() const;     ///< empty when not an array
  [[nodiscard]] const Object& members() const;  ///< empty when not an object

  /// Member of an object; a null value when absent or not an object. Chains: root["Oem"]["Hpe"]["State"].
  [[nodiscard]] const Value& operator[](std::string_view key) const;
  [[nodiscard]] const Value* find(std::string_view key) const;
  /// Text of member `key`; empty when absent or not a string.
  [[nodiscard]] std::string_view text(std::string_view key) const;
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view key) const;

  /// For building: turn into an object or array first when null.
  Object& object();
  Array& array();

  bool operator==(const Value& other) const;

  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object>;
  [[nodiscard]] const Data& data() const { return data_; }

 private:
  Data data_;
};

struct Member {
  std::string key;
  Value value;
};

struct ParseLimits {
  std::size_t max_bytes = 16U << 20U;
  std::size_t max_depth = 64;
  std::size_t max_values = 2'000'000;
};

/// Parses UTF-8 JSON (a BOM and trailing white space are tolerated). Refuses duplicate keys, bad UTF-8,
/// trailing garbage and anything over the limits: Code::json_malformed with the byte offset.
[[nodiscard]] Result<Value> parse(std::string_view text, const ParseLimits& limits = {});

/// Compact, one line, members in order of insertion.
[[nodiscard]] std::string dump(const Value& value);
/// Indented by two spaces, with a trailing newline.
[[nodiscard]] std::string dump_pretty(const Value& value);
/// Compact with sorted keys: equal values give equal bytes. For digests.
[[nodiscard]] std::string dump_canonical(const Value& value);

}  // namespace firmform::json
