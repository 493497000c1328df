// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/bmc.h"

#include <fmt/format.h>

#include "tests/simulators/faults.h"
#include "tests/simulators/faulty_bmc.h"
#include "tests/simulators/ilo_bmc.h"
#include "tests/simulators/traits.h"

namespace firmform::simulators {

std::vector<std::string> bmc_models() {
  std::vector<std::string> names;
  for (const ModelTraits& traits : all_traits()) names.emplace_back(traits.name);
  return names;
}

Result<std::unique_ptr<Bmc>> make_bmc(BmcOptions options, UtcTime now) {
  const ModelTraits* traits = find_traits(options.model);
  if (traits == nullptr) {
    return fail(Code::lab_failed, fmt::format("there is no simulated machine `{}`; there are {}", options.model,
                                              fmt::join(bmc_models(), ", ")));
  }
  Result<Faults> faults = read_faults(options.faults);
  if (!faults) return fail(faults.error().with_context(options.name));
  std::unique_ptr<RedfishBmc> machine;
  if (traits->hpe)
    machine = std::make_unique<IloBmc>(std::move(options), *traits, std::move(faults->model), now);
  else
    machine = std::make_unique<RedfishBmc>(std::move(options), *traits, std::move(faults->model), now);
  if (faults->wire.empty()) return std::unique_ptr<Bmc>(std::move(machine));
  return std::unique_ptr<Bmc>(std::make_unique<FaultyBmc>(std::move(machine), std::move(faults->wire)));
}

}  // namespace firmform::simulators
