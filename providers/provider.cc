// SPDX-License-Identifier: Apache-2.0
#include "providers/provider.h"

#include <algorithm>
#include <utility>

namespace firmform {

Providers::Providers(std::vector<std::unique_ptr<Provider>> providers) : providers_(std::move(providers)) {}

const Provider& Providers::choose(const ServiceFacts& facts) const {
  const auto score = [&](const std::unique_ptr<Provider>& provider) { return provider->match(facts); };
  return **std::ranges::max_element(providers_, {}, score);
}

const Provider* Providers::find(std::string_view name) const {
  const auto found = std::ranges::find(providers_, name, [](const auto& provider) { return provider->name(); });
  return found == providers_.end() ? nullptr : found->get();
}

}  // namespace firmform
