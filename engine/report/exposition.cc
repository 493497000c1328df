// SPDX-License-Identifier: Apache-2.0
#include "engine/report/exposition.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>

#include "engine/base/text.h"

namespace firmform::report {
namespace {

std::string_view word_of(MetricType type) {
  switch (type) {
    case MetricType::gauge:
      return "gauge";
    case MetricType::counter:
      return "counter";
    case MetricType::histogram:
      return "histogram";
  }
  return "untyped";
}

/// The format knows three escapes, in help texts the quote is none of them.
std::string escaped(std::string_view text, bool in_quotes) {
  std::string result;
  for (const char c : printable(text)) {
    if (c == '\\' || (in_quotes && c == '"')) result += '\\';
    result += c;
  }
  return result;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53: above, not every whole number is one
  if (std::trunc(value) == value && std::abs(value) < kExact) return fmt::format("{:.0f}", value + 0.0);  // no "-0"
  return fmt::format("{}", value);
}

std::string line_of(const std::string& name, const Sample& sample) {
  std::string labels;
  for (const auto& [label, value] : sample.labels) {
    labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", label, escaped(value, true));
  }
  if (!labels.empty()) labels = "{" + labels + "}";
  return fmt::format("{}{}{} {}\n", name, sample.suffix, labels, number(sample.value));
}

}  // namespace

std::string exposition(const std::vector<MetricFamily>& families) {
  std::string text;
  for (const MetricFamily& family : families) {
    if (family.samples.empty()) continue;
    text += fmt::format("# HELP {} {}\n# TYPE {} {}\n", family.name, escaped(family.help, false), family.name,
                        word_of(family.type));
    for (const Sample& sample : family.samples) text += line_of(family.name, sample);
  }
  return text;
}

std::vector<Sample> histogram_samples(const std::vector<std::pair<std::string, std::string>>& labels,
                                      const std::vector<double>& bounds, const std::vector<double>& counts,
                                      double sum) {
  std::vector<Sample> samples;
  double so_far = 0;
  for (std::size_t i = 0; i <= bounds.size(); ++i) {
    so_far += i < counts.size() ? counts[i] : 0;
    Sample& bucket = samples.emplace_back(Sample{.labels = labels, .value = so_far, .suffix = "_bucket"});
    bucket.labels.emplace_back("le", i < bounds.size() ? number(bounds[i]) : "+Inf");
  }
  samples.push_back({.labels = labels, .value = sum, .suffix = "_sum"});
  samples.push_back({.labels = labels, .value = so_far, .suffix = "_count"});
  return samples;
}

}  // namespace firmform::report
