// SPDX-License-Identifier: Apache-2.0
// TreeTransport: a recorded Redfish tree on disk as a BMC that can only be read. Answers GET from
// ROOT/<path>/index.json, expands collections by one level, lets anybody log in, and refuses every write.
#pragma once

#include <filesystem>
#include <string>

#include "engine/http/transport.h"

namespace firmform::inventory {

class TreeTransport final : public http::Transport {
 public:
  explicit TreeTransport(std::filesystem::path root);

  Task<Result<http::Response>> send(http::Request request) override;

  /// The answer at once, for callers without a loop.
  [[nodiscard]] http::Response answer(const http::Request& request) const;

 private:
  std::filesystem::path root_;
};

/// File of a resource below a tree's root: "redfish/v1/Systems/1/index.json". Empty for what no tree may hold:
/// parent directories, empty or overlong segments, control characters.
[[nodiscard]] std::filesystem::path resource_file(std::string_view uri);

}  // namespace firmform::inventory
