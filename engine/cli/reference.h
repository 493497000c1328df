// SPDX-License-Identifier: Apache-2.0
// What the program knows of itself as Markdown, from the same tables as --help, the man page and `explain`.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace firmform::cli {

struct ReferenceTopic {
  std::string_view name;  ///< "commands"
  std::string_view summary;
  std::string (*write)();
};

/// commands, manifest, exit-codes, diagnostics.
[[nodiscard]] std::span<const ReferenceTopic> reference_topics();

}  // namespace firmform::cli
