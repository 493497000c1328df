// SPDX-License-Identifier: Apache-2.0
// firmform catalog verify: whether every image that the manifest wants can be used, and is the one that is meant.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/image_kind.h"
#include "engine/catalog/package_archive.h"
#include "engine/cli/commands.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/staging_tables.h"
#include "engine/manifest/images.h"
#include "engine/report/diagnostics_json.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using catalog::CatalogImage;

struct Verdict {
  std::string image;
  std::string state;  ///< "ok", "refused", "not-here": on a mirror, and no copy of it is here
  const CatalogImage* found = nullptr;
};

/// The file on this machine; empty when there is none.
const std::string& file_of(const CatalogImage& image) {
  return image.path.empty() ? image.fetched_path : image.path;
}

/// What the entries of the manifest say of the image's digest against what it is.
std::optional<Error> declared_otherwise(const manifest::Desired& desired, const CatalogImage& image) {
  for (const auto& [name, host] : desired.hosts) {
    for (const manifest::BaselineChoice& choice : host.baselines) {
      for (const manifest::FirmwareEntry& entry : choice.baseline->firmware) {
        const bool differs = entry.image && entry.image->value == image.name && entry.sha256 && !image.sha256.empty() &&
                             !equals_ignoring_case(entry.sha256->value, image.sha256);
        if (!differs) continue;
        return Error(Code::image_digest_mismatch,
                     fmt::format("{} is not the file that the manifest declares", image.name))
            .with_note("declared: " + entry.sha256->value)
            .with_note("found: " + image.sha256);
      }
    }
  }
  return std::nullopt;
}

std::optional<Error> flaw_of(const manifest::Desired& desired, const CatalogImage& image) {
  if (auto differs = declared_otherwise(desired, image)) return differs;
  if (image.format != catalog::ImageFormat::fwpkg || file_of(image).empty()) return std::nullopt;
  const Status readable = catalog::test_archive(file_of(image));
  return readable ? std::nullopt : std::optional(readable.error());
}

Diagnostic unsigned_warning(const Project& project, const CatalogImage& image) {
  const Error error(Code::image_unsigned,
                    fmt::format("{} has no .compsig beside it; an iLO takes it only with one", image.name));
  Diagnostic diagnostic = image_diagnostic(project, {image.name, error});
  diagnostic.severity = Severity::warning;
  return diagnostic;
}

Diagnostic superfluous(const std::string& image) {
  Diagnostic diagnostic =
      to_diagnostic(Error(Code::image_lock_differs,
                          fmt::format("{} pins {}, which the manifest does not want", catalog::kLockFile, image))
                        .with_help("Run `firmform catalog lock` to take it out."));
  diagnostic.severity = Severity::warning;
  return diagnostic;
}

struct Verification {
  std::vector<Verdict> verdicts;
  Diagnostics diagnostics;
};

void judge(const Project& project, const CatalogImage& image, Verification& verification) {
  Verdict verdict{.image = image.name, .state = file_of(image).empty() ? "not-here" : "ok", .found = &image};
  if (const auto flaw = flaw_of(project.desired, image)) {
    verification.diagnostics.add(image_diagnostic(project, {image.name, *flaw}));
    verdict.state = "refused";
  }
  const bool bare =
      image.format == catalog::ImageFormat::smart_component && image.signature == catalog::Signature::none;
  if (bare && verdict.state == "ok") verification.diagnostics.add(unsigned_warning(project, image));
  verification.verdicts.push_back(std::move(verdict));
}

Verification verify(const Project& project, const catalog::CatalogReading& reading,
                    const std::optional<catalog::Lock>& lock, const std::vector<std::string>& wanted) {
  Verification verification;
  for (const catalog::CatalogProblem& problem : reading.problems) {
    verification.diagnostics.add(image_diagnostic(project, problem));
    verification.verdicts.push_back({.image = problem.image, .state = "refused"});
  }
  for (const CatalogImage* image : reading.catalog.images()) judge(project, *image, verification);
  if (!lock) return verification;
  for (const auto& [name, pin] : lock->images) {
    if (std::ranges::find(wanted, name) == wanted.end()) verification.diagnostics.add(superfluous(name));
  }
  return verification;
}

/// Enough of a digest to tell files apart; the whole is in firmform.lock and in -json.
std::string short_digest(const CatalogImage* image) {
  constexpr std::size_t kDigits = 16;
  return image == nullptr || image->sha256.empty() ? "-" : image->sha256.substr(0, kDigits) + "...";
}

std::string verdicts_text(std::vector<Verdict> verdicts, bool locked, const report::Style& style) {
  if (verdicts.empty()) return "The manifest wants no image.\n";
  std::ranges::sort(verdicts, {}, &Verdict::image);
  report::Table table({{"IMAGE", 16}, {"STATE", 8}, {"SIZE", 9, true}, {"SIGNATURE", 9}, {"SHA256", 16}});
  for (const Verdict& verdict : verdicts) {
    const CatalogImage* image = verdict.found;
    table.add(
        {printable(verdict.image), verdict.state, image == nullptr || image->size == 0 ? "-" : size_text(image->size),
         image == nullptr ? "-" : std::string(to_string(image->signature)), short_digest(image)},
        verdict.state == "refused" ? report::Ink::red : report::Ink::plain);
  }
  constexpr int kNarrowest = 40;
  std::string text = table.render(static_cast<std::size_t>(std::max(style.width, kNarrowest)), style.color);
  if (!locked) text += fmt::format("\nThere is no {}; `firmform catalog lock` makes one.\n", catalog::kLockFile);
  return text;
}

json::Value verdicts_json(const Verification& verification, bool locked, const SourceMap& sources) {
  json::Array images;
  for (const Verdict& verdict : verification.verdicts) {
    json::Object object{{"image", verdict.image}, {"state", verdict.state}};
    if (verdict.found != nullptr) {
      object.append("sha256", verdict.found->sha256.empty() ? json::Value() : json::Value(verdict.found->sha256));
      object.append("size", static_cast<std::uint64_t>(verdict.found->size));
      object.append("signature", to_string(verdict.found->signature));
    }
    images.emplace_back(std::move(object));
  }
  return json::Object{{"format_version", "1.0"},
                      {"locked", locked},
                      {"images", std::move(images)},
                      {"diagnostics", report::diagnostics_json(verification.diagnostics, sources)["diagnostics"]}};
}

}  // namespace

Exit run_catalog_verify(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  const auto lock = open_lock(*project, context);
  if (!lock) return lock.error();
  const std::vector<std::string> wanted = manifest::images_of(project->desired);
  const auto reading = read_images(*project, wanted, context);
  if (!reading) return reading.error();
  const Verification verification = verify(*project, *reading, *lock, wanted);
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(verdicts_json(verification, lock->has_value(), *project->sources)));
  } else {
    context.out.print(verdicts_text(verification.verdicts, lock->has_value(), report_style(context)));
    context.report(verification.diagnostics, *project->sources);
  }
  return verification.diagnostics.exit();
}

}  // namespace firmform::cli
