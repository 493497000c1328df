// SPDX-License-Identifier: Apache-2.0
// Sends exactly the planned request of an action, once.
#pragma once

#include "providers/provider.h"
#include "providers/redfish/client.h"

namespace firmform::redfish {

/// JSON, raw and multipart requests. ilo_form belongs to the HPE provider: here it is an internal error.
Task<Result<Accepted>> send_planned(Client& client, plan::Action action);

/// The bytes of the image that this action sends: all of the file, or one section of it.
[[nodiscard]] http::FileBody bytes_of(const plan::Image& image);

/// Time for sending `bytes` and for the BMC to answer.
[[nodiscard]] http::Deadlines upload_deadlines(std::uint64_t bytes);

}  // namespace firmform::redfish
