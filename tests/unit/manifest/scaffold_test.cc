// SPDX-License-Identifier: Apache-2.0
#include "engine/manifest/scaffold.h"

#include <catch2/catch.hpp>

#include "engine/manifest/format.h"
#include "manifest_text.h"

using namespace firmform;
using namespace firmform::tests;

TEST_CASE("the scaffold is a valid and formatted manifest") {
  const std::string text = manifest::scaffold("./manifest.v1.schema.json");
  CHECK(text.starts_with("# yaml-language-server: $schema=./manifest.v1.schema.json\nfirmform: v1\n"));
  const Reading reading = read_files({{"manifest.yaml", text}});
  INFO(reading.text());
  CHECK(reading.codes().empty());
  CHECK(reading.result.value);
  SourceMap sources;
  CHECK(manifest::format(sources, sources.add("manifest.yaml", text)).value == text);
}
