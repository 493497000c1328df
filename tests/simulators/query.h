// SPDX-License-Identifier: Apache-2.0
// Query parameters of reads as DSP0266 defines them: $expand, $select, $filter, only. Reference: redfish.md A.13.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/captured_tree.h"

namespace firmform::simulators {

struct Query {
  enum class Expand { none, all, no_links, links };
  Expand expand = Expand::none;
  std::int64_t levels = 1;
  std::vector<std::string> select;  ///< property paths, "A" or "B/C"
  std::string filter;
  bool only = false;
};

/// Why a query is refused: a status and a key of the Base registry.
struct QueryRefusal {
  int status = 400;
  std::string key;
  std::vector<std::string> args;
};

struct QueryReading {
  Query query;
  std::optional<QueryRefusal> refusal;
};

/// Unknown parameters that begin with `$` are refused with 501, others are ignored.
[[nodiscard]] QueryReading read_query(std::string_view text, const ProtocolFeatures& features);

/// Body of another resource by its URI; null when there is none.
using ResourceReader = std::function<json::Value(const std::string& uri)>;

/// The body that the query asks for.
[[nodiscard]] json::Value apply_query(const Query& query, json::Value body, const ResourceReader& read);

/// True when `resource` fulfils a $filter expression; empty when the expression is malformed.
[[nodiscard]] std::optional<bool> matches_filter(std::string_view expression, const json::Value& resource);

/// "%24expand" gives "$expand"; plus signs stay.
[[nodiscard]] std::string percent_decoded(std::string_view text);

}  // namespace firmform::simulators
