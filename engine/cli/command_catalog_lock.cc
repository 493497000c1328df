// SPDX-License-Identifier: Apache-2.0
// firmform catalog lock|fetch: which images exactly, and copies of them.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/cli/commands.h"
#include "engine/cli/mirror_fetching.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/staging_tables.h"
#include "engine/manifest/images.h"

namespace firmform::cli {
namespace {

namespace fs = std::filesystem;
using catalog::CatalogImage;
using catalog::Lock;
using catalog::LockChange;
using catalog::LockedImage;

/// The images that the manifest wants, as they are now. All must be usable: a lock with holes pins nothing.
OrExit<catalog::CatalogReading> wanted_images(const Project& project, Context& context) {
  auto reading =
      catalog::read_catalog(project.desired.catalog, project.directory, manifest::images_of(project.desired));
  Diagnostics problems;
  for (const catalog::CatalogProblem& problem : reading.problems) problems.add(image_diagnostic(project, problem));
  if (problems.empty()) return reading;
  context.report(problems, *project.sources);
  return leave(problems.exit());
}

LockedImage pin_of(const CatalogImage& image, const Project& project) {
  const fs::path relative = fs::path(image.path).lexically_normal().lexically_relative(project.directory);
  return {.sha256 = image.sha256, .size = image.size, .source = relative.generic_string()};
}

/// A package that was fetched must be readable, too, before it is pinned.
Status check_fetched(const catalog::FetchedFile& file) {
  const auto image = catalog::read_image(file.path.filename().string(), file.path);
  if (!image) return fail(image.error());
  return {};
}

/// Adds the images of mirrors. Those that are pinned keep their pins, unless `anew`; the others are fetched.
Exit pin_mirrored(const Project& project, const std::vector<const CatalogImage*>& images, const Lock& before, bool anew,
                  Lock& lock, Context& context) {
  std::vector<WantedFile> files;
  for (const CatalogImage* image : images) {
    const LockedImage* pin = before.find(image->name);
    if (pin != nullptr && !anew) {
      lock.images[image->name] = {pin->sha256, pin->size, image->url};
    } else {
      files.push_back({image->name, image->url, std::nullopt});
    }
  }
  Exit exit = Exit::ok;
  const auto url_of = [&](const std::string& name) { return std::ranges::find(files, name, &WantedFile::image)->url; };
  for (const FetchOutcome& outcome : fetch_files(project, files, context)) {
    const Status usable = outcome.file ? check_fetched(*outcome.file) : fail(outcome.file.error());
    if (!usable) {
      exit = worst(exit, context.report(usable.error()));
    } else {
      const FileDigest& digest = outcome.file->digest;
      lock.images[outcome.image] = {digest.sha256, digest.size, url_of(outcome.image)};
    }
  }
  return exit;
}

/// The lock as it would be made now.
OrExit<Lock> fresh_lock(const Project& project, const Lock& before, bool anew, Context& context) {
  const auto reading = wanted_images(project, context);
  if (!reading) return leave(reading.error());
  Lock lock;
  std::vector<const CatalogImage*> mirrored;
  for (const CatalogImage* image : reading->catalog.images()) {
    if (image->path.empty()) {
      mirrored.push_back(image);
    } else {
      lock.images[image->name] = pin_of(*image, project);
    }
  }
  const Exit exit = pin_mirrored(project, mirrored, before, anew, lock, context);
  if (exit != Exit::ok) return leave(exit);
  return lock;
}

std::string_view kind_of_change(const LockChange& change) {
  if (!change.before) return "added";
  if (!change.after) return "removed";
  return change.replaces() ? "replaced" : "moved";
}

std::string pin_text(const LockedImage& pin) {
  return fmt::format("sha256 {}, {}, {}", pin.sha256, size_text(pin.size), printable(pin.source));
}

std::string change_text(const LockChange& change) {
  std::string text = fmt::format("{} {}\n", kind_of_change(change), printable(change.image));
  if (change.before) text += fmt::format("  - {}\n", pin_text(*change.before));
  if (change.after) text += fmt::format("  + {}\n", pin_text(*change.after));
  return text;
}

json::Value pin_json(const std::optional<LockedImage>& pin) {
  if (!pin) return {};
  return json::Object{{"sha256", pin->sha256}, {"size", pin->size}, {"source", pin->source}};
}

json::Value lock_json(const std::vector<LockChange>& changes, bool written) {
  json::Array array;
  for (const LockChange& change : changes) {
    array.emplace_back(json::Object{{"image", change.image},
                                    {"kind", kind_of_change(change)},
                                    {"before", pin_json(change.before)},
                                    {"after", pin_json(change.after)}});
  }
  return json::Object{{"format_version", "1.0"}, {"written", written}, {"changes", std::move(array)}};
}

void print_changes(const std::vector<LockChange>& changes, bool written, bool as_json, Context& context) {
  if (as_json) {
    context.out.print(json::dump_pretty(lock_json(changes, written)));
    return;
  }
  for (const LockChange& change : changes) context.out.print(change_text(change));
  if (written) {
    context.out.print(fmt::format("Wrote {}: {}.\n", catalog::kLockFile, counted(changes.size(), "change")));
  } else if (changes.empty()) {
    context.out.print(fmt::format("{} is up to date.\n", catalog::kLockFile));
  }
}

Error replaced(std::size_t count) {
  return Error(Code::image_lock_differs,
               fmt::format("{} of the same name; {} was not written",
                           counted(count, "image was replaced by another", "images were replaced by others"),
                           catalog::kLockFile))
      .with_help(
          "Find out why; if the new files are meant, run `firmform catalog lock -update` and commit the change.");
}

/// The mirrors' images that the lock pins and that are not here.
std::vector<WantedFile> absent_files(const std::vector<const CatalogImage*>& images) {
  std::vector<WantedFile> files;
  for (const CatalogImage* image : images) {
    const bool here = !image->path.empty() || !image->fetched_path.empty();
    if (!here) files.push_back({image->name, image->url, LockedImage{image->sha256, image->size, image->url}});
  }
  return files;
}

json::Value fetched_json(const FetchOutcome& outcome) {
  return json::Object{{"image", outcome.image},
                      {"path", outcome.file->path.string()},
                      {"sha256", outcome.file->digest.sha256},
                      {"size", static_cast<std::uint64_t>(outcome.file->digest.size)}};
}

}  // namespace

Exit run_catalog_lock(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto existing = open_lock(*project, context);
  if (!existing) return existing.error();
  const Lock before = existing->value_or(Lock());
  const bool update = arguments.has("update");
  const auto after = fresh_lock(*project, before, update, context);
  if (!after) return after.error();
  const std::vector<LockChange> changes = catalog::compare(before, *after);
  const auto replacements = static_cast<std::size_t>(std::ranges::count_if(changes, &LockChange::replaces));
  const bool refused = replacements > 0 && !update;
  const bool write = !refused && (!changes.empty() || !*existing);
  if (write) {
    if (const Status written = catalog::write_lock(project->directory, *after); !written) {
      return context.report(written.error());
    }
  }
  print_changes(changes, write, arguments.has("json"), context);
  return refused ? context.report(replaced(replacements)) : Exit::ok;
}

Exit run_catalog_fetch(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto lock = open_lock(*project, context);
  if (!lock) return lock.error();
  if (!*lock) {
    return context.report(Error(Code::image_lock_differs, fmt::format("there is no {} yet", catalog::kLockFile))
                              .with_help("Run `firmform catalog lock` first: it fetches what it pins."));
  }
  const auto reading = read_images(*project, manifest::images_of(project->desired), context);
  if (!reading) return reading.error();
  Exit exit = Exit::ok;
  for (const catalog::CatalogProblem& problem : reading->problems) exit = worst(exit, context.report(problem.error));
  json::Array fetched;
  for (const FetchOutcome& outcome : fetch_files(*project, absent_files(reading->catalog.images()), context)) {
    if (!outcome.file) {
      exit = worst(exit, context.report(outcome.file.error()));
      continue;
    }
    fetched.push_back(fetched_json(outcome));
    if (!arguments.has("json")) {
      context.out.print(fmt::format("{}: {}\n", printable(outcome.image), outcome.file->path.string()));
    }
  }
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(json::Object{{"format_version", "1.0"}, {"fetched", std::move(fetched)}}));
  } else if (fetched.empty() && exit == Exit::ok) {
    context.out.print("Everything is here already.\n");
  }
  return exit;
}

}  // namespace firmform::cli
