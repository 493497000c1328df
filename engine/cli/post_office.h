// SPDX-License-Identifier: Apache-2.0
// Sends events from a thread of its own: whatever receivers do, they cannot slow down what the events are about.
#pragma once

#include <memory>
#include <vector>

#include "engine/notify/receiver.h"

namespace firmform::cli {

class PostOffice {
 public:
  /// Asks for the receivers' keys, which may take a while; relative paths and commands of these start in `directory`.
  PostOffice(const std::filesystem::path& directory, std::vector<notify::Receiver> receivers);
  PostOffice(const PostOffice&) = delete;
  PostOffice& operator=(const PostOffice&) = delete;
  /// Drops what is not sent yet.
  ~PostOffice();

  /// Returns at once.
  void post(notify::Event event);
  /// Waits until all is sent, at most for `patience`. Returns what was not delivered: notification_failed.
  [[nodiscard]] std::vector<Error> finish(Duration patience);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace firmform::cli
