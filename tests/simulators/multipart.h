// SPDX-License-Identifier: Apache-2.0
// multipart/form-data bodies: reading them on the BMC's side, writing them for the in-process transport.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/http/message.h"

namespace firmform::simulators {

/// One part; all views point into the body.
struct FormView {
  std::string name;
  std::string filename;
  std::string content_type;
  std::string_view content;
};

/// Empty when the content type or the body is malformed.
[[nodiscard]] std::optional<std::vector<FormView>> read_form(std::string_view content_type, std::string_view body);

struct EncodedForm {
  std::string content_type;
  std::string body;
};

/// The bytes of a file, or of the part of it that is meant. Fails when it cannot be read or is shorter.
[[nodiscard]] Result<std::string> read_file_body(const http::FileBody& body);

/// Fails when a file cannot be read.
[[nodiscard]] Result<EncodedForm> write_form(const http::Form& form);

}  // namespace firmform::simulators
