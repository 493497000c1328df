// SPDX-License-Identifier: Apache-2.0
// The one table of compiled-in providers.
#include <memory>
#include <utility>

#include "providers/dell/dell.h"
#include "providers/hpe/ilo.h"
#include "providers/lenovo/lenovo.h"
#include "providers/openbmc/openbmc.h"
#include "providers/provider.h"
#include "providers/redfish/standard.h"

namespace firmform {

Providers all_providers() {
  using redfish::StandardProvider;
  std::vector<std::unique_ptr<Provider>> providers;
  providers.push_back(std::make_unique<hpe::IloProvider>());
  providers.push_back(std::make_unique<StandardProvider>(dell::dialect()));
  providers.push_back(std::make_unique<lenovo::XccProvider>());
  providers.push_back(std::make_unique<StandardProvider>(openbmc::dialect()));
  providers.push_back(std::make_unique<StandardProvider>(redfish::standard_dialect(), std::vector{openbmc::dialect()}));
  return Providers(std::move(providers));
}

}  // namespace firmform
