// SPDX-License-Identifier: Apache-2.0
// firmform repository list|show|add|delete|clear
#include "engine/cli/direct_verbs.h"
#include "engine/cli/project_catalog.h"
#include "engine/cli/repository_kind.h"

namespace firmform::cli {
namespace {

/// Images of the catalog by these names; problems are printed.
OrExit<catalog::Catalog> images_of(const Project& project, const std::vector<std::string>& names, Context& context) {
  auto reading = read_images(project, names, context, Pins::where_given);
  if (!reading) return leave(reading.error());
  Exit exit = Exit::ok;
  for (const catalog::CatalogProblem& problem : reading->problems) {
    exit = worst(exit, context.report(problem.error.with_context(problem.image)));
  }
  if (exit != Exit::ok) return leave(exit);
  return std::move(reading->catalog);
}

/// The BMC tells no digest of what it stores: name and size are what an image is known by.
bool is_stored(const inventory::HostSnapshot& host, const catalog::CatalogImage& image) {
  const inventory::StoredImage* stored = host.staging->repository->find(image.name);
  return stored != nullptr && image.size > 0 && stored->size == image.size;
}

Result<manifest::Delivery> delivery_option(const Arguments& arguments) {
  if (arguments.has("pull") && arguments.has("push")) return fail(Code::usage, "-pull and -push exclude each other");
  if (arguments.has("pull")) return manifest::Delivery::pull;
  return arguments.has("push") ? manifest::Delivery::push : manifest::Delivery::automatic;
}

}  // namespace

Exit run_repository_list(const Arguments& arguments, Context& context) {
  return run_resource_list<RepositoryKind>(arguments, context);
}

Exit run_repository_show(const Arguments& arguments, Context& context) {
  return run_resource_show<RepositoryKind>(arguments, context);
}

Exit run_repository_add(const Arguments& arguments, Context& context) {
  const auto delivery = delivery_option(arguments);
  if (!delivery) return context.report(delivery.error());
  auto run = open_run<RepositoryKind>(arguments, context);
  if (!run) return run.error();
  const std::vector<std::string> names(arguments.positionals().begin() + 1, arguments.positionals().end());
  const auto images = images_of(run->scene().project, names, context);
  if (!images) return images.error();
  std::vector<HostWork> work;
  for (const auto& [name, host] : run->scene().inventory) {
    HostWork one{.host = name, .writes = {}, .reset = {}};
    for (const std::string& file : names) {
      const catalog::CatalogImage& image = *images->find(file);
      if (is_stored(host, image)) {
        context.err.print(fmt::format("{}: {} is stored already.\n", name, image.name));
      } else {
        one.writes.emplace_back(StoreImage{image, arguments.has("update-recovery-set")});
      }
    }
    if (!one.writes.empty()) work.push_back(std::move(one));
  }
  if (work.empty()) return Exit::ok;
  run->deliver_by(*delivery);
  return run->carry_out(work, *images);
}

Exit run_repository_delete(const Arguments& arguments, Context& context) {
  return run_resource_delete<RepositoryKind>(arguments, context);
}

Exit run_repository_clear(const Arguments& arguments, Context& context) {
  auto run = open_run<RepositoryKind>(arguments, context);
  if (!run) return run.error();
  return remove_items<RepositoryKind>(
      *run, context, [](const inventory::HostSnapshot&, const inventory::StoredImage& image) { return !image.locked; });
}

}  // namespace firmform::cli
