// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/captured_files.h"

extern "C" {
/// One row of the generated table; the last row is all zero.
struct FirmformCapturedFile {
  const char* name;
  const char* begin;
  const char* end;
};
extern const FirmformCapturedFile firmform_captured_files[];
}

namespace firmform::simulators {

std::vector<std::pair<std::string_view, std::string_view>> captured_files(std::string_view folder) {
  std::vector<std::pair<std::string_view, std::string_view>> files;
  for (const FirmformCapturedFile* file = &firmform_captured_files[0]; file->name != nullptr; ++file) {
    std::string_view name = file->name;
    if (!name.starts_with(folder)) continue;
    name.remove_prefix(folder.size());
    files.emplace_back(name, std::string_view(file->begin, static_cast<std::size_t>(file->end - file->begin)));
  }
  return files;
}

}  // namespace firmform::simulators
