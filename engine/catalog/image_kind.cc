// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/image_kind.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

struct Ending {
  std::string_view text;
  ImageKind kind;
};

constexpr ImageKind kPackage{ImageFormat::fwpkg, Signature::embedded};
constexpr ImageKind kSmartComponent{ImageFormat::smart_component, Signature::none};
constexpr ImageKind kSignedInside{ImageFormat::raw, Signature::embedded};

constexpr std::array kEndings{
    Ending{".fwpkg", kPackage},
    Ending{".exe", kSmartComponent},
    Ending{".scexe", kSmartComponent},
    Ending{".rpm", kSmartComponent},
    Ending{".zip", kSmartComponent},
    Ending{".bin", kSignedInside},
    Ending{".signed.flash", kSignedInside},
    Ending{".vme", kSignedInside},
    Ending{".hex", kSignedInside},
    Ending{".full", kSignedInside},
    Ending{".lpk", kSignedInside},
    Ending{".hpb", kSignedInside},
    Ending{".fup", kSignedInside},
    Ending{".pup", kSignedInside},
};

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() > ending.size() && equals_ignoring_case(name.substr(name.size() - ending.size()), ending);
}

const Ending* ending_of(std::string_view name) {
  const auto found = std::ranges::find_if(kEndings, [&](const Ending& known) { return ends_with(name, known.text); });
  return found == kEndings.end() ? nullptr : &*found;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::ranges::all_of(text, is_digit);
}

/// "2.36", "1.14.00"
bool is_dotted(std::string_view text) {
  const bool digits_and_dots = std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '.'; });
  return digits_and_dots && text.find('.') != std::string_view::npos && is_digit(text.front()) && is_digit(text.back());
}

/// "ilo5_311" is 3.11; "ilo7_1.14.00" says it in full.
std::string ilo_version(std::string_view text) {
  if (is_number(text, 3)) return fmt::format("{}.{}", text.substr(0, 1), text.substr(1));
  return !text.empty() && is_dotted(text) ? std::string(text) : std::string();
}

std::optional<NameHint> ilo_hint(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (first.size() != 4 || !equals_ignoring_case(first.substr(0, 3), "ilo") || !is_digit(first[3])) return std::nullopt;
  const std::string version = ilo_version(words[1]);
  if (version.empty()) return std::nullopt;
  return NameHint{fmt::format("iLO {}", first[3]), version};
}

std::optional<NameHint> rom_hint(const std::vector<std::string>& words) {
  const std::string& family = words.front();
  const bool is_family = family.size() == 3 && family[0] >= 'A' && family[0] <= 'Z' && is_number(family.substr(1), 2);
  if (!is_family || words[1].empty() || !is_dotted(words[1])) return std::nullopt;
  std::string version = "v" + words[1];
  if (words.size() >= 5 && is_number(words[2], 2) && is_number(words[3], 2) && is_number(words[4], 4)) {
    version += fmt::format(" ({}/{}/{})", words[2], words[3], words[4]);
  }
  return NameHint{"System ROM " + family, version};
}

}  // namespace

ImageKind kind_of(std::string_view name) {
  const Ending* known = ending_of(name);
  return known == nullptr ? ImageKind{} : known->kind;
}

bool is_image_name(std::string_view name) {
  return ending_of(name) != nullptr;
}

std::string_view to_string(ImageFormat format) {
  switch (format) {
    case ImageFormat::raw:
      return "raw";
    case ImageFormat::fwpkg:
      return "fwpkg";
    case ImageFormat::smart_component:
      return "smart-component";
  }
  return "";
}

std::string_view to_string(Signature signature) {
  switch (signature) {
    case Signature::embedded:
      return "embedded";
    case Signature::detached:
      return "detached";
    case Signature::none:
      return "none";
  }
  return "";
}

std::optional<NameHint> hint_of(std::string_view name) {
  const Ending* known = ending_of(name);
  if (known == nullptr || known->kind.format != ImageFormat::raw) return std::nullopt;
  std::string_view stem = name.substr(0, name.size() - known->text.size());
  if (ends_with(stem, ".signed")) stem = stem.substr(0, stem.size() - std::string_view(".signed").size());
  const std::vector<std::string> words = split(stem, '_');
  if (words.size() < 2) return std::nullopt;
  if (const auto ilo = ilo_hint(words)) return ilo;
  return rom_hint(words);
}

}  // namespace firmform::catalog
