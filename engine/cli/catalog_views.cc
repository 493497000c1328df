// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/catalog_views.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/image_kind.h"
#include "engine/catalog/target.h"
#include "engine/cli/staging_tables.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using catalog::CatalogImage;
using catalog::IndexedImage;
using catalog::PackageMetadata;
using catalog::Release;
using catalog::ReleaseChange;

std::string or_dash(std::string_view text) {
  return text.empty() ? "-" : printable(text);
}

json::Value or_null(const std::string& text) {
  return text.empty() ? json::Value() : json::Value(text);
}

std::string rendered(const report::Table& table, const report::Style& style) {
  constexpr int kNarrowest = 40;
  return table.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color);
}

std::vector<std::string> updaters(const PackageMetadata& package) {
  std::vector<std::string> names;
  if (package.updatable_by_bmc) names.emplace_back("Bmc");
  if (package.updatable_by_uefi) names.emplace_back("Uefi");
  if (package.updatable_by_agent) names.emplace_back("RuntimeAgent");
  return names;
}

/// The targets in words, each once; at most `most` of them.
std::string target_words(const std::vector<std::string>& targets, std::size_t most) {
  std::vector<std::string> words;
  for (const std::string& target : targets) {
    std::string word = catalog::describe_target(target);
    if (!word.empty() && std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
  }
  const std::size_t left_out = words.size() > most ? words.size() - most : 0;
  words.resize(words.size() - left_out);
  const std::string text = fmt::format("{}", fmt::join(words, ", "));
  return left_out == 0 ? text : fmt::format("{} and {} more", text, left_out);
}

std::string class_word(const Release& release) {
  return release.device_class.empty() ? "-" : catalog::describe_device_class(release.device_class);
}

/// A star behind what is only a hint by the file's name.
std::string hinted(const std::string& text, const Release& release) {
  return release.guessed && !text.empty() ? or_dash(text) + "*" : or_dash(text);
}

constexpr std::string_view kHintLegend = "* by the file's name alone; the image says nothing of itself";

std::string reset_word(const CatalogImage& image) {
  if (!image.package) return "-";
  return image.package->reset_required ? "yes" : "no";
}

std::string signature_word(const CatalogImage& image) {
  const std::string word(to_string(image.signature));
  return image.sections.size() > 1 ? fmt::format("{}, {} pieces", word, image.sections.size()) : word;
}

std::string place_of(const CatalogImage& image) {
  return image.path.empty() ? image.url : image.path;
}

void add_line(std::string& text, std::string_view label, const std::string& value) {
  if (!value.empty()) text += fmt::format("{:<16} {}\n", label, value);
}

void add_package(std::string& text, const PackageMetadata& package) {
  add_line(text, "package format", printable(package.format));
  add_line(text, "device class",
           package.device_class.empty() ? std::string()
                                        : fmt::format("{} ({})", printable(package.device_class),
                                                      catalog::describe_device_class(package.device_class)));
  add_line(text, "updatable by", fmt::format("{}", fmt::join(updaters(package), ", ")));
  add_line(text, "needs before", printable(package.minimum_version));
  add_line(text, "restart needed", package.reset_required ? "yes" : "no");
  add_line(text, "takes", package.install_seconds > 0 ? fmt::format("{} s", package.install_seconds) : std::string());
  for (const catalog::PackageDevice& device : package.devices) {
    text += fmt::format("  {}  {}\n    {} ({})\n", or_dash(device.version), or_dash(device.name),
                        or_dash(device.target), catalog::describe_target(device.target));
  }
}

json::Value package_json(const PackageMetadata& package) {
  json::Array devices;
  for (const catalog::PackageDevice& device : package.devices) {
    devices.emplace_back(json::Object{{"name", device.name},
                                      {"target", device.target},
                                      {"target_text", catalog::describe_target(device.target)},
                                      {"version", device.version}});
  }
  json::Array names;
  for (std::string& name : updaters(package)) names.emplace_back(std::move(name));
  return json::Object{{"format", package.format},
                      {"device_class", or_null(package.device_class)},
                      {"updatable_by", std::move(names)},
                      {"reset_required", package.reset_required},
                      {"install_seconds", package.install_seconds},
                      {"minimum_version", or_null(package.minimum_version)},
                      {"devices", std::move(devices)}};
}

json::Value release_json(const std::optional<Release>& release) {
  if (!release) return {};
  return json::Object{
      {"component", release->component}, {"version", or_null(release->version)}, {"image", or_null(release->image)}};
}

std::string move_word(catalog::Move move) {
  return move == catalog::Move::other ? "changed" : std::string(to_string(move));
}

report::Ink ink_of(catalog::Move move) {
  switch (move) {
    case catalog::Move::added:
    case catalog::Move::up:
      return report::Ink::green;
    case catalog::Move::removed:
      return report::Ink::red;
    case catalog::Move::down:
    case catalog::Move::other:
      return report::Ink::yellow;
  }
  return report::Ink::plain;
}

}  // namespace

std::string images_text(const Images& images, const report::Style& style) {
  if (images.empty()) return "No images.\n";
  report::Table table({{"IMAGE", 12},
                       {"COMPONENT", 12},
                       {"VERSION", 7},
                       {"CLASS", 8},
                       {"FOR", 12},
                       {"UPDATABLE BY", 8},
                       {"SIZE", 9, true},
                       {"RESTART", 7},
                       {"SIGNATURE", 9}});
  std::uint64_t bytes = 0;
  bool guessed = false;
  for (const CatalogImage* image : images) {
    const Release release = catalog::release_of(*image);
    guessed |= release.guessed;
    const bool described = release.component != image->name;
    bytes += image->size;
    table.add({printable(image->name), described ? hinted(release.component, release) : "-", or_dash(release.version),
               class_word(release), or_dash(target_words(release.targets, 2)),
               image->package ? or_dash(fmt::format("{}", fmt::join(updaters(*image->package), ", "))) : "-",
               image->size == 0 ? "-" : size_text(image->size), reset_word(*image), signature_word(*image)});
  }
  std::string text = rendered(table, style);
  if (guessed) text += fmt::format("{}\n", kHintLegend);
  return text + fmt::format("\n{}, {}.\n", counted(images.size(), "image"), size_text(bytes));
}

std::string image_text(const CatalogImage& image) {
  const Release release = catalog::release_of(image);
  std::string text;
  add_line(text, "image", printable(image.name));
  if (release.component != image.name) add_line(text, "component", hinted(release.component, release));
  add_line(text, "version", release.version.empty() ? std::string() : hinted(release.version, release));
  add_line(text, "kind", std::string(to_string(image.format)));
  add_line(text, "size",
           image.size == 0 ? std::string() : fmt::format("{} bytes ({})", image.size, size_text(image.size)));
  add_line(text, "sha256", image.sha256);
  add_line(text, "signature", signature_word(image));
  for (const catalog::Section& section : image.sections) {
    text +=
        fmt::format("  bytes {} to {}: {}\n", section.offset, section.offset + section.length, section.signature_path);
  }
  add_line(text, "found at", printable(place_of(image)));
  add_line(text, "copy here", printable(image.fetched_path));
  if (image.package) add_package(text, *image.package);
  if (release.guessed) text += fmt::format("{}\n", kHintLegend);
  return text;
}

json::Value image_json(const CatalogImage& image) {
  const Release release = catalog::release_of(image);
  const bool described = release.component != image.name;
  json::Array sections;
  for (const catalog::Section& section : image.sections) {
    sections.emplace_back(json::Object{{"offset", section.offset},
                                       {"length", section.length},
                                       {"signature", section.signature_path},
                                       {"signature_sha256", section.signature_sha256}});
  }
  return json::Object{{"name", image.name},
                      {"kind", to_string(image.format)},
                      {"component", described ? json::Value(release.component) : json::Value()},
                      {"version", or_null(release.version)},
                      {"by_name_only", release.guessed},
                      {"size", image.size == 0 ? json::Value() : json::Value(static_cast<std::uint64_t>(image.size))},
                      {"sha256", or_null(image.sha256)},
                      {"signature", to_string(image.signature)},
                      {"sections", std::move(sections)},
                      {"path", or_null(image.path)},
                      {"url", or_null(image.url)},
                      {"fetched_path", or_null(image.fetched_path)},
                      {"package", image.package ? package_json(*image.package) : json::Value()}};
}

json::Value problem_json(const catalog::CatalogProblem& problem) {
  json::Array notes;
  for (const std::string& note : problem.error.notes()) notes.emplace_back(note);
  return json::Object{{"image", problem.image},
                      {"code", to_string(problem.error.code())},
                      {"message", problem.error.message()},
                      {"notes", std::move(notes)}};
}

std::string index_text(const std::string& url, const std::vector<IndexedImage>& images, const report::Style& style) {
  report::Table table({{"IMAGE", 12}, {"COMPONENT", 16}, {"VERSION", 7}, {"CLASS", 8}, {"FOR", 12}, {"RESTART", 7}});
  for (const IndexedImage& image : images) {
    table.add({printable(image.file), or_dash(image.description), or_dash(image.version),
               image.device_class.empty() ? "-" : catalog::describe_device_class(image.device_class),
               or_dash(target_words(image.targets, 2)), image.reset_required ? "yes" : "no"});
  }
  return fmt::format("\n{} lists {}:\n\n", url, counted(images.size(), "file")) + rendered(table, style);
}

json::Value index_json(const std::string& url, const std::vector<IndexedImage>& images) {
  json::Array files;
  for (const IndexedImage& image : images) {
    json::Array targets;
    for (const std::string& target : image.targets) targets.emplace_back(target);
    files.emplace_back(json::Object{{"name", image.file},
                                    {"component", or_null(image.description)},
                                    {"version", or_null(image.version)},
                                    {"device_class", or_null(image.device_class)},
                                    {"targets", std::move(targets)},
                                    {"reset_required", image.reset_required},
                                    {"minimum_version", or_null(image.minimum_version)}});
  }
  return json::Object{{"url", url}, {"files", std::move(files)}};
}

std::string changes_text(const std::vector<ReleaseChange>& changes, const report::Style& style) {
  if (changes.empty()) return "No differences.\n";
  report::Table table({{"CHANGE", 7}, {"COMPONENT", 16}, {"FROM", 10}, {"TO", 10}, {"IMAGE", 12}});
  for (const ReleaseChange& change : changes) {
    const Release& release = change.after ? *change.after : *change.before;
    table.add(
        {move_word(change.move), printable(release.component), change.before ? or_dash(change.before->version) : "-",
         change.after ? or_dash(change.after->version) : "-", or_dash(release.image)},
        ink_of(change.move));
  }
  return rendered(table, style) + fmt::format("\n{}.\n", counted(changes.size(), "difference"));
}

json::Value changes_json(const std::vector<ReleaseChange>& changes) {
  json::Array array;
  for (const ReleaseChange& change : changes) {
    const Release& release = change.after ? *change.after : *change.before;
    array.emplace_back(json::Object{{"component", release.component},
                                    {"move", to_string(change.move)},
                                    {"before", release_json(change.before)},
                                    {"after", release_json(change.after)}});
  }
  return json::Object{{"format_version", "1.0"}, {"changes", std::move(array)}};
}

}  // namespace firmform::cli
