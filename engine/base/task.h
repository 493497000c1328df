// SPDX-License-Identifier: Apache-2.0
// Task<T>: a coroutine on the one Asio event loop. Parameters of coroutines are taken by value or are
// references to services that outlive the loop; nothing else may be referenced across a co_await.
#pragma once

#include <boost/asio/awaitable.hpp>

namespace firmform {

template <class T>
using Task = boost::asio::awaitable<T>;

}  // namespace firmform
