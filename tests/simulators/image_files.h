// SPDX-License-Identifier: Apache-2.0
// The lab's image server: plain HTTP, GET and HEAD, byte ranges, the files of one folder and nothing else.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <filesystem>
#include <functional>
#include <string>

#include "engine/base/task.h"

namespace firmform::simulators {

/// Called for every answered request: method, path, status.
using ImageLog = std::function<void(const std::string& method, const std::string& path, int status)>;

/// Accepts until the loop ends.
Task<void> serve_images(boost::asio::ip::tcp::acceptor& acceptor, const std::filesystem::path& folder,
                        const ImageLog& log);

}  // namespace firmform::simulators
