// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/yaml_cursor.h"

#include <algorithm>

namespace firmform::manifest {

YamlCursor::YamlCursor(FileId file, std::string_view text) : file_(file), text_(text), at_(start()), line_start_(at_) {}

std::size_t YamlCursor::start() const {
  return text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

SourceSpan YamlCursor::at(std::size_t offset, std::size_t length) {
  offset = std::clamp(offset, start(), text_.size());
  if (offset < line_start_) rewind_to(offset);
  for (; at_ > offset; --at_) column_ -= begins_character(at_ - 1) ? 1U : 0U;
  for (; at_ < offset; ++at_) step();
  return {file_, line_, column_, static_cast<std::uint32_t>(std::max<std::size_t>(length, 1))};
}

bool YamlCursor::begins_character(std::size_t at) const {
  return (static_cast<unsigned char>(text_[at]) & 0xC0U) != 0x80U;
}

void YamlCursor::rewind_to(std::size_t offset) {
  while (line_start_ > offset) {
    const std::size_t previous = line_start_ < 2 ? std::string_view::npos : text_.rfind('\n', line_start_ - 2);
    line_start_ = previous == std::string_view::npos ? start() : previous + 1;
    --line_;
  }
  at_ = line_start_;
  column_ = 1;
}

void YamlCursor::step() {
  if (text_[at_] == '\n') {
    ++line_;
    column_ = 1;
    line_start_ = at_ + 1;
  } else if (begins_character(at_)) {
    ++column_;
  }
}

}  // namespace firmform::manifest
