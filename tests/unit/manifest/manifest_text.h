// SPDX-License-Identifier: Apache-2.0
// Manifests written in tests.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "engine/manifest/load.h"

namespace firmform::tests {

/// The outcome of reading files, with the texts that diagnostics point into.
struct Reading {
  SourceMap sources;
  Parsed<manifest::Desired> result;

  [[nodiscard]] std::vector<Code> codes() const {
    std::vector<Code> codes;
    for (const Diagnostic& diagnostic : result.diagnostics.sorted()) codes.push_back(diagnostic.code);
    return codes;
  }
  [[nodiscard]] std::string text() const { return render(result.diagnostics, sources, {}); }
  [[nodiscard]] const manifest::DesiredHost& host(const std::string& name) const {
    return result.value.value().hosts.at(name);
  }
};

inline Reading read_files(std::vector<manifest::SourceText> files) {
  Reading reading;
  reading.result = manifest::load_desired(std::move(files), reading.sources);
  return reading;
}

/// One file; the header is put in front.
inline Reading read_manifest(const std::string& body) {
  return read_files({{"m.yaml", "firmform: v1\n" + body}});
}

/// Credentials, a baseline and defaults that use them: enough for hosts to be complete.
inline const std::string kBasics =
    "credentials: {ilo: {username: admin, password: {env: P}}}\n"
    "baselines: {b: {firmware: [{component: BIOS, version: 1}]}, c: {firmware: []}}\n"
    "defaults: {credentials: ilo, baseline: b}\n";

}  // namespace firmform::tests
