// SPDX-License-Identifier: Apache-2.0
#include "engine/report/exposition.h"

#include <catch2/catch.hpp>

#include <limits>

namespace firmform::tests {

using report::MetricFamily;
using report::MetricType;

TEST_CASE("A family is its help, its type and a line for each sample") {
  CHECK(report::exposition({{.name = "firmform_hosts",
                             .help = "Hosts.",
                             .samples = {{.labels = {{"status", "ok"}}, .value = 3},
                                         {.labels = {{"status", "unreachable"}}, .value = 0}}}}) ==
        "# HELP firmform_hosts Hosts.\n"
        "# TYPE firmform_hosts gauge\n"
        "firmform_hosts{status=\"ok\"} 3\n"
        "firmform_hosts{status=\"unreachable\"} 0\n");
}

TEST_CASE("A family without samples is left out") {
  CHECK(report::exposition({{.name = "firmform_nothing", .help = "Nothing.", .samples = {}}}).empty());
}

TEST_CASE("Labels cannot end their quotes or their line") {
  const std::string text =
      report::exposition({{.name = "m",
                           .help = "a\\b\nc",
                           .samples = {{.labels = {{"l", "quote \" slash \\ line\nend \xff"}}, .value = 1}}}});
  CHECK(text ==
        "# HELP m a\\\\b c\n"
        "# TYPE m gauge\n"
        "m{l=\"quote \\\" slash \\\\ line end \xEF\xBF\xBD\"} 1\n");
}

TEST_CASE("Whole numbers have no fraction, and what is no number has the words of Prometheus") {
  const auto text_of = [](double value) {
    const std::string text =
        report::exposition({{.name = "m", .help = "", .samples = {{.labels = {}, .value = value}}}});
    return text.substr(text.rfind('\n', text.size() - 2) + 1);
  };
  CHECK(text_of(1'795'233'600) == "m 1795233600\n");
  CHECK(text_of(0.25) == "m 0.25\n");
  CHECK(text_of(-0.0) == "m 0\n");
  CHECK(text_of(std::numeric_limits<double>::infinity()) == "m +Inf\n");
  CHECK(text_of(std::numeric_limits<double>::quiet_NaN()) == "m NaN\n");
}

TEST_CASE("A histogram adds its buckets up and ends with all") {
  const MetricFamily family{.name = "d",
                            .help = "Durations.",
                            .type = MetricType::histogram,
                            .samples = report::histogram_samples({{"r", "ok"}}, {0.5, 10}, {1, 2, 3}, 99.5)};
  CHECK(report::exposition({family}) ==
        "# HELP d Durations.\n"
        "# TYPE d histogram\n"
        "d_bucket{r=\"ok\",le=\"0.5\"} 1\n"
        "d_bucket{r=\"ok\",le=\"10\"} 3\n"
        "d_bucket{r=\"ok\",le=\"+Inf\"} 6\n"
        "d_sum{r=\"ok\"} 99.5\n"
        "d_count{r=\"ok\"} 6\n");
}

}  // namespace firmform::tests
