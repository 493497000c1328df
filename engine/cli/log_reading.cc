// SPDX-License-Identifier: Apache-2.0
#include "engine/cli/log_reading.h"

#include <boost/asio/this_coro.hpp>

#include "engine/apply/sync.h"
#include "engine/base/time_text.h"
#include "engine/cli/staging_tables.h"

namespace firmform::cli {
namespace {

constexpr int kAtATime = 64;

/// Shared by the coroutines of one read_logs call.
struct Reading {
  Runtime& runtime;
  Since since;
  apply::Semaphore slots{kAtATime};
  apply::Signal finished;
  std::size_t left = 0;
};

std::optional<UtcTime> start_of(const Since& since, const inventory::HostSnapshot& host) {
  if (!since.age) return since.time;
  const auto manager_clock = parse_rfc3339(host.manager.date_time);
  const UtcTime now =
      host.staging && host.staging->clock ? *host.staging->clock : manager_clock.value_or(host.captured_at);
  return now - *since.age;
}

Task<Result<std::vector<LogEntry>>> read_log(Reading& reading, const apply::Target& target) {
  auto client = reading.runtime.connector().client(target);
  if (!client) co_return fail(client.error());
  const Providers& providers = reading.runtime.providers();
  const auto host = co_await apply::read_host(**client, providers, target, reading.runtime.clock());
  if (!host) {
    co_await (*client)->logout();
    co_return fail(host.error());
  }
  const Provider* provider = providers.find(host->provider);
  if (provider == nullptr) co_return fail(Code::internal_error, "the host was read by a provider that does not exist");
  auto entries = co_await provider->read_log(**client, start_of(reading.since, *host));
  co_await (*client)->logout();
  co_return entries;
}

Task<void> read_one(std::shared_ptr<Reading> reading, apply::Target target, HostLog& log) {
  const apply::Semaphore::Permit permit = co_await reading->slots.acquire();
  auto entries = co_await read_log(*reading, target);
  if (entries) {
    log.entries = std::move(*entries);
  } else {
    log.error = entries.error();
  }
  --reading->left;
  if (reading->left == 0) reading->finished.notify();
}

Task<bool> read_all(std::shared_ptr<Reading> reading, std::vector<apply::Target> targets, std::vector<HostLog>& logs) {
  const auto executor = co_await boost::asio::this_coro::executor;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    boost::asio::co_spawn(executor, read_one(reading, targets[i], logs[i]), [](std::exception_ptr problem) {
      if (problem) std::rethrow_exception(problem);
    });
  }
  while (reading->left > 0) co_await reading->finished.wait();
  co_return true;
}

}  // namespace

std::vector<HostLog> read_logs(Runtime& runtime, const std::vector<apply::Target>& targets, Since since) {
  std::vector<HostLog> logs;
  for (const apply::Target& target : targets) logs.push_back({.host = target.name, .entries = {}, .error = {}});
  auto reading = std::make_shared<Reading>(Reading{.runtime = runtime, .since = since, .left = targets.size()});
  runtime.run(read_all(std::move(reading), targets, logs));
  return logs;
}

}  // namespace firmform::cli
