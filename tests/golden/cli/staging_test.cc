// SPDX-License-Identifier: Apache-2.0
// What the direct verbs print, byte by byte.
#include <catch2/catch.hpp>

#include "engine/base/time_text.h"
#include "engine/cli/dry_run.h"
#include "engine/cli/staging_tables.h"
#include "engine/report/staging_report.h"
#include "engine/plan/naming.h"
#include "tests/support/golden.h"

using namespace firmform;
using inventory::Updater;

namespace {

constexpr std::uint64_t kMiB = 1U << 20U;

UtcTime at(std::string_view text) {
  return *parse_rfc3339(text);
}

inventory::HostSnapshot host() {
  inventory::HostSnapshot host;
  host.name = "web-01";
  host.captured_at = at("2026-12-05T20:00:00Z");
  inventory::Staging& staging = host.staging.emplace();
  staging.clock = at("2026-12-05T20:00:02Z");
  staging.limits = {.windows = 8, .install_sets = 8, .stored_name = 127, .queued_name = 64, .name = 64};
  staging.repository = inventory::Repository{.uri = "/redfish/v1/UpdateService/ComponentRepository",
                                             .total_bytes = 1023 * kMiB,
                                             .free_bytes = 809 * kMiB,
                                             .images = {{.uri = "/r/051e264c",
                                                         .id = "051e264c",
                                                         .file = "ilo5_271.bin",
                                                         .name = "iLO 5",
                                                         .version = "2.71",
                                                         .size = 32 * kMiB,
                                                         .locked = true,
                                                         .updatable_by = {Updater::bmc},
                                                         .activates = "AfterDeviceReset"},
                                                        {.uri = "/r/9456ccd7",
                                                         .id = "9456ccd7",
                                                         .file = "SPSGen10Plus_04.04.04.702.fwpkg",
                                                         .name = "Server Platform Services",
                                                         .version = "04.04.04.702",
                                                         .size = 8 * kMiB,
                                                         .updatable_by = {Updater::uefi}}}};
  inventory::QueueEntry failed;
  failed.id = "2d1a59f9";
  failed.uri = "/q/2d1a59f9";
  failed.step = {.name = "bios-u46", .file = "U46_2.34.fwpkg", .updatable_by = {Updater::bmc}};
  failed.state = inventory::QueueState::exception;
  failed.result = "the image is not valid";
  inventory::QueueEntry ours;
  ours.id = "9774ef68";
  ours.uri = "/q/9774ef68";
  ours.step = {.name = plan::queue_entry_name("ilo5_271.bin", "", {}), .file = "ilo5_271.bin"};
  ours.window_id = "7ada2ed8";
  staging.queue_uri = "/q";
  staging.queue = {failed, ours};
  staging.windows_uri = "/w";
  staging.windows = {{.uri = "/w/7ada2ed8",
                      .id = "7ada2ed8",
                      .name = "night 2026-12-05T22:00Z",
                      .description = "Made by firmform",
                      .start = at("2026-12-05T22:00:00Z"),
                      .end = at("2026-12-06T02:00:00Z")},
                     {.uri = "/w/636c6859",
                      .id = "636c6859",
                      .name = "Christmas 2020",
                      .description = "",
                      .start = at("2020-12-25T00:00:00Z"),
                      .end = at("2020-12-25T22:00:00Z")}};
  staging.install_sets_uri = "/s";
  staging.install_sets = {
      {.uri = "/s/a4f0d824",
       .id = "a4f0d824",
       .name = "golden",
       .description = "Golden firmware",
       .steps = {{.name = "1", .file = "ilo5_271.bin"}, {.name = "2", .command = "Wait", .wait_seconds = 30}}},
      {.uri = "/s/a74b22b6",
       .id = "a74b22b6",
       .name = "System Recovery Set",
       .description = "Essential System Firmware Components",
       .is_recovery = true}};
  return host;
}

plan::Plan sample_plan() {
  plan::Plan plan;
  plan.hosts.push_back({.name = "web-01", .bmc = "https://10.20.0.11/"});
  plan::Action window;
  window.host = "web-01";
  window.summary = "create the window tonight";
  window.request = plan::PlannedRequest{
      .target = "/w", .body = json::Object{{"Name", "tonight"}, {"StartAfter", "2026-12-05T22:00:00Z"}}};
  plan::Action section;
  section.id = 1;
  section.host = "web-01";
  section.summary = "push cp066789.exe, part 2 of 2";
  section.request = plan::PlannedRequest{.target = "/cgi-bin/uploadFile",
                                         .body = json::Object{{"UpdateRepository", true}, {"Section", 2}},
                                         .upload = plan::PlannedRequest::Upload::ilo_form};
  section.image = plan::Image{.name = "cp066789.exe",
                              .path = "firmware/cp066789.exe",
                              .sha256 = "ab12",
                              .size = 40 * kMiB,
                              .offset = 32 * kMiB,
                              .length = 8 * kMiB,
                              .signature_path = "firmware/cp066789_part2.compsig"};
  plan::Action verify;
  verify.id = 2;
  verify.host = "web-01";
  plan.actions = {window, section, verify};
  return plan;
}

}  // namespace

TEST_CASE("Tables of what a BMC keeps") {
  const inventory::HostSnapshot one = host();
  const cli::Hosts hosts{&one};
  const report::Style style{.width = 120};
  const std::string text = cli::repository_text(hosts, style) + "\n" + cli::queue_text(hosts, style) + "\n" +
                           cli::windows_text(hosts, style) + "\n" + cli::install_sets_text(hosts, style);
  CHECK(text == tests::golden("golden/cli/tables.txt", text));
}

TEST_CASE("Single resources in full, as text and JSON") {
  const inventory::HostSnapshot one = host();
  const inventory::Staging& staging = *one.staging;
  const std::string text = cli::in_full(staging.repository->images[0]) + "\n" + cli::in_full(staging.queue[1]) + "\n" +
                           cli::in_full(staging.windows[0]) + "\n" + cli::in_full(staging.install_sets[0]) + "\n" +
                           json::dump_pretty(report::to_json(staging.repository->images[0])) +
                           json::dump_pretty(report::to_json(staging.queue[1])) +
                           json::dump_pretty(report::to_json(staging.windows[0])) +
                           json::dump_pretty(report::to_json(staging.install_sets[0]));
  CHECK(text == tests::golden("golden/cli/resources.txt", text));
}

TEST_CASE("A dry run shows what would be sent, in text and JSON") {
  const std::string text =
      cli::requests_text(sample_plan()) + "\n" + json::dump_pretty(cli::requests_json(sample_plan()));
  CHECK(text == tests::golden("golden/cli/dry_run.txt", text));
}
