// SPDX-License-Identifier: Apache-2.0
#include "engine/policy/answer.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/json/value.h"
#include "engine/policy/line.h"
#include "engine/policy/sarif.h"

namespace firmform::policy {
namespace {

using json::Value;
using Level = Finding::Level;

tl::unexpected<Error> undecided(std::string message) {
  return fail(Code::policy_undecided, std::move(message));
}

/// "deny_downgrade" of "data.main.deny_downgrade", which newer versions give; else what kind of rule it was.
std::string kind_of(const Value& item, std::string_view otherwise) {
  const std::string_view query = item["metadata"].text("query");
  const std::size_t dot = query.rfind('.');
  return dot == std::string_view::npos || dot + 1 == query.size() ? std::string(otherwise)
                                                                  : std::string(query.substr(dot + 1));
}

/// A rule may give one address of `resource_changes` or several.
std::vector<std::string> subjects_of(const Value& item) {
  const Value& address = item["metadata"]["address"];
  std::vector<std::string> subjects;
  if (const std::string* one = address.as_string()) subjects.push_back(one_line(*one));
  for (const Value& each : address.items()) {
    if (const std::string* one = each.as_string()) subjects.push_back(one_line(*one));
  }
  return subjects;
}

Status add_items(const Value& items, const std::string& name_space, Level level, std::string_view otherwise,
                 std::vector<Finding>& findings) {
  if (!items.is_null() && !items.is_array()) return undecided("its answer has results that are no list");
  for (const Value& item : items.items()) {
    const std::string message = one_line(item.text("msg"));
    if (message.empty()) return undecided("its answer has a result without `msg`");
    findings.push_back(
        {one_line(fmt::format("{}.{}", name_space, kind_of(item, otherwise))), level, message, subjects_of(item)});
  }
  return {};
}

/// How many rules of a namespace were looked at and found nothing.
struct Checked {
  bool anything = false;
};

Status add_check(const Value& check, std::vector<Finding>& findings, Checked& checked) {
  const auto successes = check["successes"].as_int();
  if (check.find("filename") == nullptr || !successes) {
    return undecided("its answer is a list, and not of results as conftest has them");
  }
  const std::string name_space(check.text("namespace"));
  const std::size_t before = findings.size();
  if (const Status added = add_items(check["failures"], name_space, Level::failure, "failure", findings); !added) {
    return added;
  }
  if (const Status added = add_items(check["warnings"], name_space, Level::warning, "warning", findings); !added) {
    return added;
  }
  const bool excepted = !check["exceptions"].items().empty();
  checked.anything |= *successes > 0 || excepted || findings.size() > before;
  if (findings.size() == before) findings.push_back({.rule = one_line(name_space), .message = {}, .subjects = {}});
  return {};
}

Result<std::vector<Finding>> read_conftest(const Value& answer) {
  std::vector<Finding> findings;
  Checked checked;
  for (const Value& check : answer.items()) {
    if (const Status added = add_check(check, findings, checked); !added) return fail(added.error());
  }
  if (!checked.anything) return undecided("its answer says that no rule was checked");
  return findings;
}

}  // namespace

Result<std::vector<Finding>> read_answer(std::string_view text) {
  if (trim(text).empty()) return undecided("it wrote nothing to its standard output");
  const auto answer = json::parse(text);
  if (!answer) return undecided(fmt::format("its answer is no JSON: {}", answer.error().message()));
  if (answer->is_array()) return read_conftest(*answer);
  if (answer->is_object() && answer->find("runs") != nullptr) return read_sarif(*answer);
  return undecided("its answer is neither conftest's JSON nor SARIF");
}

}  // namespace firmform::policy
