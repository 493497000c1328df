// SPDX-License-Identifier: Apache-2.0
#include "engine/catalog/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <system_error>

#include "engine/base/digest.h"
#include "engine/base/text.h"

namespace firmform::catalog {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".compsig";
constexpr std::string_view kPart = "_part";

/// Everything before the last dot: "cp040154" of "cp040154.exe".
std::string_view stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot == 0 ? name : name.substr(0, dot);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// The number of "_part3"; 0 for the signature of the whole; empty when it is no signature of this file.
std::optional<std::uint64_t> part_number(std::string_view name, std::string_view stem) {
  if (name.size() < stem.size() + kExtension.size() || !starts_with_ignoring_case(name, stem)) return std::nullopt;
  if (!equals_ignoring_case(name.substr(name.size() - kExtension.size()), kExtension)) return std::nullopt;
  std::string_view middle = name.substr(stem.size(), name.size() - stem.size() - kExtension.size());
  if (middle.empty()) return 0;
  if (!starts_with_ignoring_case(middle, kPart)) return std::nullopt;
  middle.remove_prefix(kPart.size());
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(middle.data(), middle.data() + middle.size(), number);
  const bool whole = problem == std::errc() && end == middle.data() + middle.size();
  return whole && number > 0 && middle.front() != '0' ? std::optional(number) : std::nullopt;
}

using Found = std::map<std::uint64_t, fs::path>;  ///< by part number

Found find_signatures(const fs::path& file) {
  const std::string name = file.filename().string();
  Found found;
  std::error_code problem;
  fs::directory_iterator entry(file.parent_path(), problem);
  for (; !problem && entry != fs::directory_iterator(); entry.increment(problem)) {
    const auto number = part_number(entry->path().filename().string(), stem_of(name));
    if (number) found.emplace(*number, entry->path());
  }
  return found;
}

std::string listed(const Found& found) {
  std::vector<std::string> names;
  for (const auto& [number, path] : found) names.push_back(path.filename().string());
  return fmt::format("{}", fmt::join(names, ", "));
}

/// One error for a file, with what its size asks for and what there is.
Error mismatch(const fs::path& file, std::uint64_t size, const Found& found, std::string_view what) {
  const std::string name = file.filename().string();
  const std::vector<std::string> wanted = signature_names(name, size);
  return Error(Code::signature_mismatch, fmt::format("{}: {}", printable(name), what))
      .with_note(fmt::format("a file of {} bytes is sent in {} of at most 32 MiB, and takes {}", size,
                             counted(wanted.size(), "piece"), fmt::join(wanted, ", ")))
      .with_note(fmt::format("beside it: {}", printable(listed(found))));
}

/// Which numbers there must be: 0 for a file in one piece, 1 … n for one in several.
std::set<std::uint64_t> wanted_numbers(std::size_t pieces) {
  if (pieces == 1) return {0};
  std::set<std::uint64_t> numbers;
  for (std::size_t i = 1; i <= pieces; ++i) numbers.insert(i);
  return numbers;
}

/// What is missing and what is too much; empty when neither.
std::string difference(const std::set<std::uint64_t>& wanted, const Found& found) {
  std::size_t missing = 0;
  std::size_t superfluous = 0;
  for (const std::uint64_t number : wanted) missing += found.contains(number) ? 0 : 1;
  // One signature over the whole of a file that is sent in pieces harms nobody.
  for (const auto& [number, path] : found) superfluous += number == 0 || wanted.contains(number) ? 0 : 1;
  if (missing > 0 && superfluous > 0) return "its signatures are those of a file of another size";
  if (missing > 0) return fmt::format("{} missing", counted(missing, "signature is", "signatures are"));
  if (superfluous > 0) return fmt::format("{} too many: they are of a larger file", counted(superfluous, "signature"));
  return {};
}

Result<FileDigest> digest_signature(const fs::path& path) {
  std::error_code problem;
  if (fs::symlink_status(path, problem).type() != fs::file_type::regular) {
    return fail(Code::image_unreadable, fmt::format("{} is not a regular file", path.string()));
  }
  return digest_file(path);
}

}  // namespace

std::vector<Section> cut_into_sections(std::uint64_t size) {
  std::vector<Section> sections;
  for (std::uint64_t offset = 0; offset == 0 || offset < size; offset += kSectionBytes) {
    Section section;
    section.offset = offset;
    section.length = std::min(kSectionBytes, size - offset);
    sections.push_back(std::move(section));
  }
  return sections;
}

std::vector<std::string> signature_names(std::string_view file, std::uint64_t size) {
  const std::size_t pieces = cut_into_sections(size).size();
  if (pieces == 1) return {fmt::format("{}{}", stem_of(file), kExtension)};
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= pieces; ++i)
    names.push_back(fmt::format("{}{}{}{}", stem_of(file), kPart, i, kExtension));
  return names;
}

Result<std::vector<Section>> read_signatures(const fs::path& file, std::uint64_t size) {
  const Found found = find_signatures(file);
  if (found.empty()) return std::vector<Section>{};
  std::vector<Section> sections = cut_into_sections(size);
  const std::set<std::uint64_t> wanted = wanted_numbers(sections.size());
  if (const std::string wrong = difference(wanted, found); !wrong.empty()) {
    return fail(mismatch(file, size, found, wrong));
  }
  std::map<std::string, std::string> seen;  // digest to name
  auto section = sections.begin();
  for (const std::uint64_t number : wanted) {
    const fs::path& path = found.at(number);
    const std::string name = path.filename().string();
    const Result<FileDigest> digest = digest_signature(path);
    if (!digest) return fail(digest.error());
    if (digest->size == 0) return fail(mismatch(file, size, found, fmt::format("{} is empty", name)));
    if (digest->size > size) return fail(mismatch(file, size, found, fmt::format("{} is larger than the file", name)));
    const auto [other, is_new] = seen.emplace(digest->sha256, name);
    if (!is_new) {
      return fail(mismatch(file, size, found, fmt::format("{} and {} are the same", other->second, name)));
    }
    section->signature_path = path.string();
    section->signature_sha256 = digest->sha256;
    ++section;
  }
  return sections;
}

}  // namespace firmform::catalog
