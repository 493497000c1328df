// SPDX-License-Identifier: Apache-2.0
// By which of this machine's addresses a BMC can reach it.
#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

#include "engine/base/result.h"
#include "engine/base/task.h"

namespace firmform::image_server {

/// The host of "https://host[:port]", without the brackets of an IPv6 address.
[[nodiscard]] std::string host_of(const std::string& url);

/// The local end of the route to the BMC at `url`. No packet is sent. Fails with image_server_failed.
Task<Result<boost::asio::ip::address>> local_address_towards(std::string url);

}  // namespace firmform::image_server
