// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. Used for every failure whose cause lies outside our code.
#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "engine/base/error.h"

namespace firmform {

template <class T>
using Result = tl::expected<T, Error>;

/// Success without a value, or an Error.
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

[[nodiscard]] inline tl::unexpected<Error> fail(Code code, std::string message) {
  return tl::unexpected<Error>(Error(code, std::move(message)));
}

}  // namespace firmform
