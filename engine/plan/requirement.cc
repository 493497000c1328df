// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/requirement.h"

#include <array>
#include <utility>

#include "engine/base/text.h"

namespace firmform::plan {
namespace {

using Relation = Requirement::Relation;

constexpr std::array<std::pair<std::string_view, Relation>, 7> kRelations = {{
    {" >= ", Relation::greater_equal},
    {" <= ", Relation::less_equal},
    {" == ", Relation::equal},
    {" != ", Relation::not_equal},
    {" = ", Relation::equal},
    {" > ", Relation::greater},
    {" < ", Relation::less},
}};

}  // namespace

std::optional<Requirement> parse_requirement(std::string_view text) {
  for (const auto& [sign, relation] : kRelations) {
    const std::size_t place = text.rfind(sign);
    if (place == std::string_view::npos) continue;
    Requirement requirement{std::string(trim(text.substr(0, place))), relation,
                            std::string(trim(text.substr(place + sign.size())))};
    if (requirement.component.empty() || requirement.version.empty()) return std::nullopt;
    return requirement;
  }
  return std::nullopt;
}

bool is_met(const Requirement& requirement, std::string_view installed, version::Scheme scheme) {
  const bool equal = version::satisfies(installed, requirement.version, scheme);
  const version::Ordering order = version::compare(installed, requirement.version, scheme);
  switch (requirement.relation) {
    case Relation::equal:
      return equal;
    case Relation::not_equal:
      return !equal;
    case Relation::less:
      return !equal && order == version::Ordering::less;
    case Relation::less_equal:
      return equal || order == version::Ordering::less;
    case Relation::greater:
      return !equal && order == version::Ordering::greater;
    case Relation::greater_equal:
      return equal || order == version::Ordering::greater;
  }
  return false;
}

}  // namespace firmform::plan
