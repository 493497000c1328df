// SPDX-License-Identifier: Apache-2.0
// What a verb needs to talk to BMCs: the event loop, the clock, the transport, the providers.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <memory>
#include <optional>

#include "engine/apply/hosts.h"
#include "engine/cli/project.h"
#include "engine/http/trace_transport.h"
#include "engine/inventory/snapshot.h"

namespace firmform::cli {

class Runtime {
 public:
  /// `directory` is what relative paths of secrets are relative to; `hosts` how many BMCs to expect.
  Runtime(std::filesystem::path directory, std::size_t hosts);

  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  [[nodiscard]] Clock& clock() { return *clock_; }
  [[nodiscard]] apply::Connector& connector() { return connector_; }
  [[nodiscard]] apply::Secrets& secrets() { return secrets_; }
  [[nodiscard]] http::Transport& transport() { return *transport_; }
  [[nodiscard]] const Providers& providers() const { return providers_; }
  /// Silent until it is told to begin.
  [[nodiscard]] http::TraceTransport& trace() { return *transport_; }

  /// Runs the loop until `task` has a result. Exceptions of the task come out of here.
  template <class T>
  T run(Task<T> task) {
    std::optional<T> result;
    std::exception_ptr problem;
    boost::asio::co_spawn(loop_, std::move(task), [&](std::exception_ptr thrown, T value) {
      if (thrown) {
        problem = thrown;
      } else {
        result.emplace(std::move(value));
      }
      loop_.stop();
    });
    loop_.restart();
    loop_.run();
    if (problem) std::rethrow_exception(problem);
    return std::move(*result);
  }

 private:
  boost::asio::io_context loop_{1};
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<http::TraceTransport> transport_;
  apply::Secrets secrets_;
  Providers providers_;
  apply::Connector connector_;
};

/// Reads the hosts live, with a progress line on a terminal.
[[nodiscard]] inventory::Inventory read_live(Runtime& runtime, std::vector<apply::Target> targets,
                                             apply::ReadOptions options, const Context& context);

}  // namespace firmform::cli
