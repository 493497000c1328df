// SPDX-License-Identifier: Apache-2.0
#include "engine/json/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace firmform::json {
namespace {

const Value kNull;
const Array kNoItems;
const Object kNoMembers;

}  // namespace

Object::Object() = default;
Object::Object(const Object&) = default;
Object::Object(Object&&) noexcept = default;
Object& Object::operator=(const Object&) = default;
Object& Object::operator=(Object&&) noexcept = default;
Object::~Object() = default;

Object::Object(std::initializer_list<Member> members) : members_(members) {}

const Value* Object::find(std::string_view key) const {
  const auto found = std::ranges::find(members_, key, &Member::key);
  return found == members_.end() ? nullptr : &found->value;
}

Value* Object::find(std::string_view key) {
  const auto found = std::ranges::find(members_, key, &Member::key);
  return found == members_.end() ? nullptr : &found->value;
}

Value& Object::operator[](std::string_view key) {
  if (Value* found = find(key)) return *found;
  return members_.emplace_back(Member{std::string(key), Value()}).value;
}

void Object::set(std::string key, Value value) {
  if (Value* found = find(key)) {
    *found = std::move(value);
  } else {
    append(std::move(key), std::move(value));
  }
}

bool Object::erase(std::string_view key) {
  return std::erase_if(members_, [&](const Member& member) { return member.key == key; }) > 0;
}

void Object::append(std::string key, Value value) { members_.push_back({std::move(key), std::move(value)}); }

std::size_t Object::size() const { return members_.size(); }
bool Object::empty() const { return members_.empty(); }
const Member* Object::begin() const { return members_.data(); }
const Member* Object::end() const { return members_.data() + members_.size(); }
Member* Object::begin() { return members_.data(); }
Member* Object::end() { return members_.data() + members_.size(); }
void Object::reserve(std::size_t count) { members_.reserve(count); }

bool Object::operator==(const Object& other) const {
  if (size() != other.size()) return false;
  return std::ranges::all_of(members_, [&](const Member& member) {
    const Value* theirs = other.find(member.key);
    return theirs != nullptr && *theirs == member.value;
  });
}

std::optional<bool> Value::as_bool() const {
  const bool* value = std::get_if<bool>(&data_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<std::int64_t> Value::as_int() const {
  const auto* value = std::get_if<std::int64_t>(&data_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<double> Value::as_double() const {
  if (const auto* value = std::get_if<double>(&data_)) return *value;
  if (const auto* value = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*value);
  return std::nullopt;
}

const Array& Value::items() const {
  const auto* value = std::get_if<Array>(&data_);
  return value == nullptr ? kNoItems : *value;
}

const Object& Value::members() const {
  const auto* value = std::get_if<Object>(&data_);
  return value == nullptr ? kNoMembers : *value;
}

const Value& Value::operator[](std::string_view key) const {
  const Value* found = find(key);
  return found == nullptr ? kNull : *found;
}

const Value* Value::find(std::string_view key) const { return members().find(key); }

std::string_view Value::text(std::string_view key) const {
  const std::string* found = (*this)[key].as_string();
  return found == nullptr ? std::string_view() : *found;
}

std::optional<std::string> Value::optional_text(std::string_view key) const {
  const std::string* found = (*this)[key].as_string();
  return found == nullptr ? std::nullopt : std::optional(*found);
}

Object& Value::object() {
  if (!is_object()) data_ = Object();
  return std::get<Object>(data_);
}

Array& Value::array() {
  if (!is_array()) data_ = Array();
  return std::get<Array>(data_);
}

bool Value::operator==(const Value& other) const { return data_ == other.data_; }

}  // namespace firmform::json
