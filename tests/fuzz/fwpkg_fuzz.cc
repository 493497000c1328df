// SPDX-License-Identifier: Apache-2.0
// Input: a .fwpkg, and at the same time a payload.json.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/catalog/catalog.h"
#include "engine/catalog/payload.h"
#include "tests/fuzz/require.h"

namespace {

using firmform::Code;

template <class Outcome>
void check(const Outcome& outcome) {
  if (outcome) {
    firmform::fuzz::require(!outcome->devices.empty() && outcome->install_seconds >= 0);
  } else {
    firmform::fuzz::require(outcome.error().code() == Code::package_malformed);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(firmform::catalog::parse_payload({reinterpret_cast<const char*>(data), size}));
  static const int file = memfd_create("package", MFD_CLOEXEC);
  firmform::fuzz::require(ftruncate(file, 0) == 0);
  firmform::fuzz::require(pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
  check(firmform::catalog::read_fwpkg("/proc/self/fd/" + std::to_string(file)));
  return 0;
}
