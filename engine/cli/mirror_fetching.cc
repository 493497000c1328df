// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/mirror_fetching.h"

#include <fmt/format.h>

#include "engine/catalog/image_cache.h"
#include "engine/catalog/image_url.h"
#include "engine/cli/runtime.h"

namespace firmform::cli {
namespace {

http::TlsOptions tls_of(const Project& project, const manifest::CatalogSource& source) {
  http::TlsOptions tls;
  if (source.ca_file) tls.ca_file = project.directory / source.ca_file->value;
  return tls;
}

/// What the manifest says of the mirror that the URL is on; the system's CAs for any other.
http::TlsOptions tls_for(const Project& project, const std::string& url) {
  for (const manifest::CatalogSource& source : project.desired.catalog) {
    const bool same = source.url && catalog::origin_of_url(source.url->value) == catalog::origin_of_url(url);
    if (same) return tls_of(project, source);
  }
  return {};
}

Result<catalog::FetchedFile> fetch_file(const Project& project, const WantedFile& file, Runtime& runtime,
                                        catalog::Mirror& mirror) {
  const Result<std::string> name = catalog::file_name_of_url(file.url);
  if (!name) return fail(name.error());
  return runtime.run(
      mirror.fetch({.url = file.url, .name = *name, .tls = tls_for(project, file.url), .pin = file.pin}));
}

}  // namespace

OrExit<std::vector<MirrorIndex>> read_indexes(const Project& project, Context& context) {
  Runtime runtime(project.directory, 1);
  catalog::Mirror mirror(runtime.transport(), catalog::image_cache(project.directory));
  std::vector<MirrorIndex> indexes;
  for (const manifest::CatalogSource& source : project.desired.catalog) {
    if (!source.url) continue;
    auto images = runtime.run(mirror.read_index(source.url->value, tls_of(project, source)));
    if (!images) return leave(context.report(images.error()));
    indexes.push_back({source.url->value, std::move(*images)});
  }
  return indexes;
}

std::vector<FetchOutcome> fetch_files(const Project& project, const std::vector<WantedFile>& files, Context& context) {
  std::vector<FetchOutcome> outcomes;
  if (files.empty()) return outcomes;
  Runtime runtime(project.directory, 1);
  catalog::Mirror mirror(runtime.transport(), catalog::image_cache(project.directory));
  for (const WantedFile& file : files) {
    if (context.err.is_tty) context.err.print(fmt::format("Fetching {} …\n", file.url));
    outcomes.push_back({file.image, fetch_file(project, file, runtime, mirror)});
  }
  return outcomes;
}

}  // namespace firmform::cli
