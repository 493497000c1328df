// SPDX-License-Identifier: Apache-2.0
// What a user sees of windows that freeze periods cover.
#include <catch2/catch.hpp>

#include "engine/manifest/load.h"
#include "engine/schedule/check.h"
#include "tests/support/golden.h"

using namespace firmform;

TEST_CASE("windows that freeze periods cover are shown as recorded") {
  const std::string text = tests::read_text(std::string(FIRMFORM_TESTS_DIR) + "/golden/schedule/frozen.yaml");
  SourceMap sources;
  const auto loaded = manifest::load_desired({{"frozen.yaml", text}}, sources);
  REQUIRE(loaded.diagnostics.empty());
  const std::string actual = render(schedule::check_openings(*loaded.value), sources, {});
  CHECK(actual == tests::golden("golden/schedule/frozen.txt", actual));
}
