// SPDX-License-Identifier: Apache-2.0
// Metrics in the text format that Prometheus reads, version 0.0.4: of a node_exporter's textfile as of a /metrics
// endpoint.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace firmform::report {

/// What an HTTP reply with an exposition says that it is.
inline constexpr std::string_view kExpositionContentType = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricType { gauge, counter, histogram };

/// One line: name, labels, value. Samples of a family differ in their labels.
struct Sample {
  std::vector<std::pair<std::string, std::string>> labels;  ///< names as Prometheus allows them, values any text
  double value = 0;
  std::string suffix = {};  ///< "_bucket", "_sum" or "_count" of a histogram; else empty
};

struct MetricFamily {
  std::string name;  ///< "firmform_host_compliant"; of a counter with "_total"
  std::string help;
  MetricType type = MetricType::gauge;
  std::vector<Sample> samples;
};

/// Families without samples are left out: a metric that is not there is not zero.
[[nodiscard]] std::string exposition(const std::vector<MetricFamily>& families);

/// Samples of a histogram: one "_bucket" per upper bound and one for all, "_sum" and "_count". `counts` are those of
/// the buckets alone, not added up, one more than there are bounds.
[[nodiscard]] std::vector<Sample> histogram_samples(const std::vector<std::pair<std::string, std::string>>& labels,
                                                    const std::vector<double>& bounds,
                                                    const std::vector<double>& counts, double sum);

}  // namespace firmform::report
