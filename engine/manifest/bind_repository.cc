// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/bind_repository.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/manifest/format_rules.h"
#include "engine/manifest/node_access.h"
#include "engine/manifest/problem.h"

namespace firmform::manifest {
namespace {

/// Whether all names differ.
bool check_twice(const std::vector<Text>& names, const std::string& where, Diagnostics& diagnostics) {
  std::map<std::string, SourceSpan> known;
  bool good = true;
  for (const Text& name : names) {
    const auto [place, fresh] = known.emplace(name.value, name.span);
    if (fresh) continue;
    diagnostics.add(listed_twice(name, place->second, where));
    good = false;
  }
  return good;
}

bool check_files(const Repository& repository, Diagnostics& diagnostics) {
  bool good = true;
  for (const Text& file : repository.present) {
    auto found = one_file(file);
    if (!found) continue;
    found->help.emplace_back("only `absent:` takes `*` and `?`");
    diagnostics.add(*std::move(found));
    good = false;
  }
  return good;
}

bool check_both(const std::string& name, const Repository& repository, Diagnostics& diagnostics) {
  bool good = true;
  for (const Text& absent : repository.absent) {
    for (const Text& present : repository.present) {
      if (!glob_match(absent.value, present.value)) continue;
      Diagnostic found = problem(Code::wanted_both_ways,
                                 fmt::format("repository `{}` wants `{}` both present and absent", name, present.value),
                                 absent.span, "shall be absent");
      found.secondary.push_back({present.span, "shall be present"});
      diagnostics.add(std::move(found));
      good = false;
    }
  }
  return good;
}

}  // namespace

Repository bind_repository(const YamlEntry& entry, Diagnostics& diagnostics) {
  Repository result;
  result.present = texts(entry.value, "present");
  result.absent = texts(entry.value, "absent");
  result.prune = flag(entry.value, "prune");
  const std::string where = fmt::format("repository `{}`", entry.key);
  bool good = check_files(result, diagnostics);
  good = check_twice(result.present, where, diagnostics) && good;
  good = check_twice(result.absent, where, diagnostics) && good;
  if (good) good = check_both(entry.key, result, diagnostics);
  result.complete = entry.value.valid && good;
  return result;
}

ImageServer bind_image_server(const YamlNode& node, Diagnostics& diagnostics) {
  ImageServer result;
  result.span = node.span;
  result.address = text(node, "address");
  if (const auto ports = text(node, "ports")) {
    const PortRange range = parse_ports(ports->value).value_or(PortRange{result.first_port, result.last_port});
    result.first_port = range.first;
    result.last_port = range.last;
    if (range.first > range.last) {
      diagnostics.add(problem(Code::invalid_value, fmt::format("the port range `{}` is empty", ports->value),
                              ports->span, fmt::format("expected {}-{}", range.last, range.first)));
    }
  }
  result.certificate = text(node, "certificate");
  result.key = text(node, "key");
  result.tls = flag(node, "tls", true);
  if (const YamlNode* tls = valid(node, "tls")) result.span = tls->span;
  if (const auto bandwidth = text(node, "bandwidth")) result.bytes_per_second = parse_bandwidth(bandwidth->value);
  result.max_connections = number(node, "connections").value_or(result.max_connections);
  if (!result.tls && result.certificate) {
    Diagnostic found = problem(Code::exclusive_keys, "a server without TLS shows nobody its certificate",
                               result.certificate->span, "would never be used");
    found.secondary.push_back({node.find("tls")->span, "switches TLS off"});
    diagnostics.add(std::move(found));
  }
  return result;
}

}  // namespace firmform::manifest
