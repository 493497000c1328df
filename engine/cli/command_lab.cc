// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "engine/base/text.h"
#include "engine/base/time_text.h"
#include "engine/cli/commands.h"
#include "tests/simulators/bmc.h"
#include "tests/simulators/lab.h"

namespace firmform::cli {
namespace {

Error wrong(std::string message, std::string help) { return Error(Code::usage, std::move(message)).with_help(std::move(help)); }

/// "ilo5,ilo6*3" gives ilo5, ilo6, ilo6, ilo6.
Result<std::vector<std::string>> parse_models(const std::string& text) {
  constexpr int kMost = 10'000;
  const std::vector<std::string> known = simulators::bmc_models();
  std::vector<std::string> models;
  for (const std::string& part : split(text, ',')) {
    const std::size_t star = part.find('*');
    const std::string name(trim(part.substr(0, star)));
    if (std::ranges::find(known, name) == known.end()) {
      std::string names;
      for (const std::string& model : known) names += (names.empty() ? "" : ", ") + model;
      return fail(wrong(fmt::format("there is no model `{}`", name), fmt::format("the models are {}", names)));
    }
    int count = 1;
    if (star != std::string::npos) {
      const std::string number = part.substr(star + 1);
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), count);
      const bool whole = error == std::errc{} && end == number.data() + number.size();
      if (!whole || count < 1 || count > kMost) return fail(wrong(fmt::format("`{}` is no number of machines", number), "for example ilo5*100"));
    }
    models.insert(models.end(), static_cast<std::size_t>(count), name);
  }
  return models;
}

Result<json::Value> read_faults(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail(wrong(fmt::format("cannot read {}", path), "-faults takes a JSON file"));
  auto value = json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
  if (!value) return fail(value.error().with_context(path));
  return value;
}

Result<simulators::LabOptions> lab_options(const Arguments& arguments) {
  constexpr int kDefaultPort = 8443;
  constexpr int kHighestPort = 65'535;
  simulators::LabOptions options;
  options.directory = arguments.positionals().empty() ? "lab" : arguments.positionals().front();
  if (const auto list = arguments.value("models")) {
    auto models = parse_models(*list);
    if (!models) return fail(models.error());
    options.models = std::move(*models);
  }
  const auto port = arguments.integer("port", kDefaultPort, 0, kHighestPort);
  if (!port) return fail(port.error());
  options.first_port = static_cast<std::uint16_t>(*port);
  const std::string speed = arguments.value("speed").value_or("60");
  options.speed = std::strtod(speed.c_str(), nullptr);
  if (!std::isfinite(options.speed) || options.speed <= 0) return fail(wrong(fmt::format("`{}` is no speed", speed), "for example -speed 60"));
  if (const auto delay = arguments.value("delay")) {
    const auto duration = parse_duration(*delay);
    if (!duration) return fail(wrong(fmt::format("`{}` is no duration", *delay), "for example -delay 50ms"));
    options.reply_delay = *duration;
  }
  if (const auto faults = arguments.value("faults")) {
    auto value = read_faults(*faults);
    if (!value) return fail(value.error());
    options.faults = std::move(*value);
  }
  return options;
}

std::string banner(const simulators::LabInfo& info, double speed) {
  constexpr std::size_t kShown = 8;
  std::string text;
  for (std::size_t i = 0; i < info.hosts.size() && i < kShown; ++i) {
    text += fmt::format("  {:<10} {:<8} {}\n", info.hosts[i].name, info.hosts[i].model, info.hosts[i].url);
  }
  if (info.hosts.size() > kShown) text += fmt::format("  and {} more\n", info.hosts.size() - kShown);
  text += fmt::format("  images     {}\n", info.image_url);
  text += fmt::format("ready: {} in {}, {:g} times faster than real machines\n", counted(info.hosts.size(), "simulated BMC"),
                      info.directory.string(), speed);
  text += fmt::format("In another terminal: cd {} && FIRMFORM_LAB_SPEED={:g} firmform plan. Ctrl-C stops the lab.\n",
                      info.directory.string(), speed);
  return text;
}

}  // namespace

Exit run_lab(const Arguments& arguments, Context& context) {
  auto options = lab_options(arguments);
  if (!options) return context.report(options.error());
  const double speed = options->speed;
  const Status served = simulators::run_lab(std::move(*options), [&](const simulators::LabInfo& info) {
    context.out.print(banner(info, speed));
    static_cast<void>(context.out.flush());
  });
  return served ? Exit::ok : context.report(served.error());
}

}  // namespace firmform::cli
