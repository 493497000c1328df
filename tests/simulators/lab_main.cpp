// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/base/text.h"
#include "tests/simulators/lab.h"

int main(int argc, char** argv) {
  firmform::simulators::LabOptions options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string key = argv[i];
    const std::string value = argv[i + 1];
    if (key == "-dir") options.directory = value;
    if (key == "-models") options.models = firmform::split(value, ',');
    if (key == "-speed") options.speed = std::stod(value);
    if (key == "-port") options.first_port = static_cast<std::uint16_t>(std::stoi(value));
    if (key == "-delay") options.reply_delay = firmform::Duration(std::stoi(value));
    if (key == "-count") {
      const auto model = options.models;
      options.models.clear();
      for (int n = 0; n < std::stoi(value); ++n) options.models.push_back(model[static_cast<std::size_t>(n) % model.size()]);
    }
    if (key == "-faults") {
      std::ifstream f(value);
      options.faults = firmform::json::parse(std::string(std::istreambuf_iterator<char>(f), {})).value();
    }
  }
  const auto done = firmform::simulators::run_lab(options, [](const firmform::simulators::LabInfo& info) {
    std::printf("ready: %zu machines, images at %s\n", info.hosts.size(), info.image_url.c_str());
    std::fflush(stdout);
  });
  if (!done) std::fprintf(stderr, "%s\n", done.error().one_line().c_str());
  return done ? 0 : 1;
}
