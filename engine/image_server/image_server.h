// SPDX-License-Identifier: Apache-2.0
// ImageServer: the run's own web server, for BMCs that pull their images. It lives on the run's event loop, offers
// only what the run publishes, and ends with it.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <memory>

#include "engine/apply/image_publisher.h"
#include "engine/base/clock.h"

namespace firmform::image_server {

/// How long a peer may take for each of its steps; whoever takes longer is cut off.
struct Patience {
  Duration handshake = std::chrono::seconds(15);
  Duration head = std::chrono::seconds(15);   ///< a whole request, however slowly it trickles in
  Duration idle = std::chrono::seconds(30);   ///< between requests
  Duration chunk = std::chrono::seconds(60);  ///< taking one chunk of a file
  Duration sweep = std::chrono::seconds(1);   ///< how often it is looked at
};

class ImageServer final : public apply::ImagePublisher {
 public:
  /// Nothing listens before the first image is published. settings.tls decides between TLS and plain http: whether
  /// plain is allowed is the caller's to know. Ports from 0 to 0: any free one.
  ImageServer(boost::asio::any_io_executor executor, plan::ImageServerSettings settings, Patience patience = {});
  ImageServer(const ImageServer&) = delete;
  ImageServer& operator=(const ImageServer&) = delete;
  /// Stops.
  ~ImageServer() override;

  Task<Result<apply::PublishedImage>> publish(plan::Image image, std::string host, std::string bmc,
                                              apply::OnFetch on_fetch) override;

  /// Closes all connections and listens no more. What a BMC was fetching breaks off.
  void stop();

  /// Connections that are open now.
  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< also held by the connections' coroutines
};

}  // namespace firmform::image_server
