// SPDX-License-Identifier: Apache-2.0
#include "engine/base/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "engine/base/text.h"

namespace firmform {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

auto place_of(const Diagnostic& diagnostic) {
  const SourceSpan span = diagnostic.primary ? diagnostic.primary->span : SourceSpan{};
  return std::tuple(!diagnostic.primary, span.file, span.line, span.column,
                    diagnostic.primary ? diagnostic.code : Code{});
}

}  // namespace

FileId SourceMap::add(std::string name, std::string text) {
  File file{std::move(name), std::move(text), {0}, {}};
  for (std::size_t end = file.text.find('\n'); end != std::string::npos; end = file.text.find('\n', end + 1)) {
    file.line_starts.push_back(end + 1);
  }
  files_.push_back(std::move(file));
  return static_cast<FileId>(files_.size() - 1);
}

const std::string& SourceMap::name(FileId file) const {
  return files_.at(file).name;
}

const std::string& SourceMap::text(FileId file) const {
  return files_.at(file).text;
}

std::string_view SourceMap::line(FileId file, std::uint32_t number) const {
  const File& source = files_.at(file);
  if (number == 0 || number > source.line_starts.size()) return {};
  const std::size_t start = source.line_starts[number - 1];
  const std::size_t end = number < source.line_starts.size() ? source.line_starts[number] - 1 : source.text.size();
  std::string_view line = std::string_view(source.text).substr(start, end - start);
  if (number == 1 && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

void SourceMap::conceal(const SourceSpan& span) {
  files_.at(span.file).concealed.insert(span);
}

std::string SourceMap::shown_line(FileId file, std::uint32_t number) const {
  const std::set<SourceSpan>& concealed = files_.at(file).concealed;
  std::string_view rest = line(file, number);
  auto span = concealed.lower_bound(SourceSpan{file, number, 0, 0});
  if (span == concealed.end() || span->line != number) return std::string(rest);
  std::string shown;
  std::uint32_t hidden_until = 0;
  for (std::uint32_t column = 1; !rest.empty(); ++column) {
    for (; span != concealed.end() && span->line == number && span->column <= column; ++span) {
      hidden_until = std::max(hidden_until, span->column + span->length);
    }
    const std::size_t bytes = std::max<std::size_t>(utf8_sequence_length(rest), 1);
    shown += column < hidden_until ? std::string_view("*") : rest.substr(0, bytes);
    rest.remove_prefix(bytes);
  }
  return shown;
}

std::string SourceMap::describe(const SourceSpan& span) const {
  return fmt::format("{}:{}:{}", name(span.file), span.line, span.column);
}

Diagnostic to_diagnostic(const Error& error, std::string subject) {
  Diagnostic diagnostic{error.code()};
  diagnostic.message = error.message();
  diagnostic.notes = error.notes();
  diagnostic.help = error.help();
  diagnostic.subject = std::move(subject);
  return diagnostic;
}

void Diagnostics::add(Diagnostic diagnostic) {
  items_.push_back(std::move(diagnostic));
}

void Diagnostics::append(Diagnostics other) {
  items_.insert(items_.end(), std::make_move_iterator(other.items_.begin()),
                std::make_move_iterator(other.items_.end()));
}

bool Diagnostics::has_errors() const {
  return std::ranges::any_of(items_, [](const Diagnostic& item) { return item.severity == Severity::error; });
}

Diagnostics Diagnostics::errors() const {
  Diagnostics result;
  for (const Diagnostic& item : items_) {
    if (item.severity == Severity::error) result.add(item);
  }
  return result;
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  // The index keeps the order of arrival among equals.
  std::vector<std::pair<decltype(place_of(items_[0])), std::size_t>> order;
  order.reserve(items_.size());
  for (std::size_t i = 0; i < items_.size(); ++i) order.emplace_back(place_of(items_[i]), i);
  std::ranges::sort(order);
  std::vector<Diagnostic> result;
  result.reserve(items_.size());
  for (const auto& [place, index] : order) result.push_back(items_[index]);
  return result;
}

Exit Diagnostics::exit() const {
  Exit result = Exit::ok;
  for (const Diagnostic& item : items_) {
    if (item.severity == Severity::error) result = worst(result, info(item.code).exit);
  }
  return result;
}

}  // namespace firmform
