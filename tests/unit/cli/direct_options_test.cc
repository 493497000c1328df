// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/direct_options.h"

#include <catch2/catch.hpp>

#include "engine/base/time_text.h"

using namespace firmform;

namespace {

const UtcTime kNow = *parse_rfc3339("2026-12-05T20:00:00Z");

cli::Arguments with(std::string_view option, std::string value) {
  cli::Arguments arguments;
  arguments.add(option, std::move(value));
  return arguments;
}

inventory::HostSnapshot host_with_window() {
  inventory::HostSnapshot host;
  host.name = "web-01";
  host.staging.emplace();
  host.staging->windows.push_back({.id = "7ada2ed8", .name = "Christmas"});
  return host;
}

}  // namespace

TEST_CASE("A time is given as it is, or counted from now") {
  CHECK(*cli::time_option(with("start", "2026-12-06T02:00:00+01:00"), "start", kNow) ==
        parse_rfc3339("2026-12-06T01:00:00Z"));
  CHECK(*cli::time_option(with("start", "+2h"), "start", kNow) == parse_rfc3339("2026-12-05T22:00:00Z"));
  CHECK_FALSE(cli::time_option({}, "start", kNow)->has_value());
  const auto wrong = cli::time_option(with("start", "tomorrow"), "start", kNow);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code() == Code::usage);
}

TEST_CASE("Updaters are named in any case, and only those that exist") {
  using inventory::Updater;
  CHECK(*cli::updaters_option(with("updatable-by", "bmc,Uefi"), "updatable-by") ==
        std::vector{Updater::bmc, Updater::uefi});
  CHECK_FALSE(cli::updaters_option(with("updatable-by", "Bmc,Tom"), "updatable-by"));
}

TEST_CASE("A window is found by name and by Id") {
  const auto host = host_with_window();
  CHECK(*cli::window_option(with("window", "Christmas"), host) == "7ada2ed8");
  CHECK(*cli::window_option(with("window", "7ada2ed8"), host) == "7ada2ed8");
  CHECK(cli::window_option({}, host)->empty());
  const auto wrong = cli::window_option(with("window", "Christmass"), host);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().code() == Code::resource_unknown);
  CHECK(wrong.error().help().front() == "did you mean `Christmas`?");
}
