// SPDX-License-Identifier: Apache-2.0
#include "tests/conformance/providers/mockups.h"

#include <memory>
#include <stdexcept>

#include "engine/inventory/tree_transport.h"
#include "providers/provider.h"
#include "tests/support/golden.h"
#include "tests/support/virtual_clock.h"

namespace firmform::tests {
namespace {

template <class T>
T value_of(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().one_line());
  return std::move(*result);
}

Task<Result<inventory::HostSnapshot>> read(redfish::Client& client, const Providers& providers) {
  const Status connected = co_await client.connect();
  if (!connected) co_return fail(connected.error());
  co_return co_await providers.choose(client.facts()).read(client);
}

}  // namespace

const std::vector<Mockup>& mockups() {
  static const std::vector<Mockup> all = {{"hpe-dl360-gen10plus-ilo5", "hpe", 23}, {"hpe-dl380a-gen11-ilo6", "hpe", 34},
                                          {"hpe-dl380a-gen12-ilo7", "hpe", 43},    {"dell-r750-idrac9", "dell", 29},
                                          {"lenovo-sr670v2-xcc", "lenovo", 43},    {"openbmc-2.15", "openbmc", 1},
                                          {"dmtf-public-rackmount1", "redfish", 3}};
  return all;
}

std::filesystem::path mockup_path(const std::string& folder) {
  return std::filesystem::path(FIRMFORM_TESTS_DIR) / "mockups" / folder;
}

json::Value resource(const std::filesystem::path& tree, const std::string& uri) {
  const std::string text = read_text(tree / inventory::resource_file(uri));
  return text.empty() ? json::Value() : value_of(json::parse(text));
}

Reading read_tree(const std::filesystem::path& tree, const std::function<void(redfish::Client&)>& before_reading) {
  boost::asio::io_context io;
  VirtualClock clock;
  inventory::TreeTransport transport(tree);
  const Providers providers = all_providers();
  redfish::Client client(transport, clock, std::make_shared<http::Endpoint>(http::Endpoint{"https://bmc.example", {}}),
                         {"admin", Secret("secret")});
  if (before_reading) before_reading(client);
  Reading reading;
  reading.host = value_of(run(io, clock, read(client, providers)));
  reading.requests = client.requests_sent();
  return reading;
}

}  // namespace firmform::tests
