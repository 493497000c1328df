// SPDX-License-Identifier: Apache-2.0
// firmform catalog retire: which images nothing needs any more. It deletes nothing.
#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/catalog/release.h"
#include "engine/cli/fleet_reading.h"
#include "engine/cli/plan_output.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/staging_tables.h"
#include "engine/cli/trust_verbs.h"
#include "engine/plan/retire.h"
#include "engine/report/table.h"

namespace firmform::cli {
namespace {

using plan::ImageUse;

/// Files of the catalog's directories; what lies on mirrors is not this machine's to remove.
bool is_here(const ImageUse& use) {
  return !use.image->path.empty();
}

struct Finding {
  catalog::Catalog catalog;
  std::vector<ImageUse> uses;  ///< of images of the catalog that are here
  std::vector<std::string> unread;
};

std::vector<std::string> unread_hosts(const inventory::Inventory& inventory) {
  std::vector<std::string> names;
  for (const auto& [name, host] : inventory) {
    if (host.status != inventory::HostStatus::ok) names.push_back(name);
  }
  return names;
}

OrExit<Finding> find(const Project& project, const Arguments& arguments, Context& context, Exit& exit) {
  const auto hosts = select_hosts(project, {}, context);
  if (!hosts) return leave(hosts.error());
  const auto inventory = read_inventory(project, *hosts, arguments, context);
  if (!inventory) return leave(inventory.error());
  const auto declared = cli::declared(project);
  if (!declared) return leave(context.report(declared.error()));
  auto catalog = whole_catalog(project, context);
  if (!catalog) return leave(catalog.error());
  for (const catalog::CatalogProblem& problem : catalog->problems) {
    if (problem.error.code() != Code::image_not_in_catalog) exit = worst(exit, context.report(problem.error));
  }
  for (const auto& [name, host] : *inventory) {
    if (host.error) exit = worst(exit, context.report(host.error->with_context(name)));
  }
  Finding finding{.catalog = std::move(catalog->catalog), .uses = {}, .unread = unread_hosts(*inventory)};
  finding.uses = plan::uses_of(*declared, project.desired, *inventory, finding.catalog);
  std::erase_if(finding.uses, [](const ImageUse& use) { return !is_here(use); });
  return finding;
}

bool is_idle(const ImageUse& use) {
  return use.needed_for.empty();
}

std::string text_of(const Finding& finding, const report::Style& style) {
  std::string text;
  std::uintmax_t bytes = 0;
  report::Table table({{"IMAGE", 24}, {"SIZE", 9, true}, {"HOLDS", 16}, {"PLACE", 24}});
  std::size_t count = 0;
  for (const ImageUse& use : finding.uses) {
    if (!is_idle(use)) continue;
    const catalog::Release release = catalog::release_of(*use.image);
    table.add({printable(use.image->name), size_text(use.image->size),
               printable(fmt::format("{} {}", release.component, release.version)), printable(use.image->path)});
    bytes += use.image->size;
    ++count;
  }
  if (count == 0) {
    text = fmt::format("Each of the {} is needed.\n", counted(finding.uses.size(), "image"));
  } else {
    text = table.render(static_cast<std::size_t>(style.width), style.color) +
           fmt::format(
               "\n{} of {} ({}): no baseline, install set or repository names them, no host would need them to go "
               "back to what it runs now, and no BMC keeps them in its sets. Nothing was deleted.\n",
               count, counted(finding.uses.size(), "image"), size_text(bytes));
  }
  if (!finding.unread.empty()) {
    text += fmt::format("{} could not be read: what is needed to go back there is not known, so keep all of it.\n",
                        counted(finding.unread.size(), "host"));
  }
  return text;
}

json::Array texts(const std::vector<std::string>& lines) {
  json::Array array;
  for (const std::string& line : lines) array.emplace_back(line);
  return array;
}

json::Value json_of(const Finding& finding) {
  json::Array retirable;
  json::Array needed;
  for (const ImageUse& use : finding.uses) {
    json::Object image{
        {"name", use.image->name}, {"path", use.image->path}, {"size", static_cast<std::int64_t>(use.image->size)}};
    if (!is_idle(use)) image.append("needed_for", texts(use.needed_for));
    (is_idle(use) ? retirable : needed).push_back(std::move(image));
  }
  return json::Object{{"format_version", "1.0"},
                      {"complete", finding.unread.empty()},
                      {"unread_hosts", texts(finding.unread)},
                      {"retirable", std::move(retirable)},
                      {"needed", std::move(needed)}};
}

}  // namespace

Exit run_catalog_retire(const Arguments& arguments, Context& context) {
  const auto project = open_project(context);
  if (!project) return project.error();
  Exit exit = Exit::ok;
  const auto finding = find(*project, arguments, context, exit);
  if (!finding) return finding.error();
  if (arguments.has("json")) {
    context.out.print(json::dump_pretty(json_of(*finding)));
  } else {
    context.out.print(text_of(*finding, report_style(context)));
  }
  return exit;
}

}  // namespace firmform::cli
