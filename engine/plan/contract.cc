// SPDX-License-Identifier: Apache-2.0
#include "engine/plan/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/plan/naming.h"

namespace firmform::plan {
namespace {

using inventory::HostSnapshot;

class Checker {
 public:
  explicit Checker(const HostSnapshot& host) : host_(host) {}

  void require(bool holds, const Action& action, std::string_view rule) {
    if (!holds) found_.push_back(fmt::format("{} \"{}\": {}", to_string(action.type), action.summary, rule));
  }

  void any_action(const Action& action) {
    require(action.host.empty() || action.host == host_.name, action, "is for another host");
    require(action.expected > Duration::zero(), action, "expects to take no time");
    require(action.deadline >= action.expected, action, "has a deadline before it is expected to end");
    require(!action.postconditions.empty(), action, "does not say what makes it done");
    for (const std::string& component : action.components) {
      require(host_.find(component) != nullptr || is_resource(component) || component == kIntegrityAddress, action,
              "concerns a component that the host does not have");
    }
    for (const auto* conditions : {&action.preconditions, &action.postconditions}) {
      for (const Condition& condition : *conditions)
        require(is_decidable(condition), action, "has a condition on nothing");
    }
  }

  void write(const Action& action) {
    any_action(action);
    require(action.request.has_value(), action, "is a write without a request");
    if (!action.request) return;
    require(action.request->target.starts_with('/'), action, "has no path on the BMC as its target");
    require(!holds_secret(action.request->body), action, "carries a password");
    require(!action.image || action.image->url.find('@') == std::string::npos, action, "carries a login in its URL");
    require(!only_keeps(action.type) || action.restarts == Restarts::nothing, action,
            "restarts something although it installs nothing");
  }

  /// What is made must be seen to be there, and what is removed to be gone: nothing else tells after a crash.
  void result(const Action& action) {
    const auto promises = [&](Condition::Type type) {
      return std::ranges::find(action.postconditions, type, &Condition::type) != action.postconditions.end();
    };
    if (action.type == ActionType::create || action.type == ActionType::change) {
      require(promises(Condition::Type::resource_present), action, "does not say what is there afterwards");
    }
    if (action.type == ActionType::remove) {
      require(promises(Condition::Type::resource_absent), action, "does not say what is gone afterwards");
    }
  }

  /// A file may be stored in pieces; the last one completes it.
  void stores(const std::vector<Action>& actions) {
    const Action* last = nullptr;
    for (const Action& action : actions) {
      if (action.type != ActionType::store) continue;
      require(action.image.has_value(), action, "stores nothing");
      last = &action;
    }
    if (last == nullptr) return;
    const auto is_stored = [](const Condition& condition) {
      return condition.type == Condition::Type::resource_present &&
             condition.component.starts_with(inventory::kImagePrefix);
    };
    // Of a file behind a URL nobody may know the size, and so not what the BMC will show of it.
    const bool is_known = !last->image || last->image->size > 0;
    require(!is_known || std::ranges::any_of(last->postconditions, is_stored), *last,
            "does not say which file is stored");
  }

  void verify(const Action& action) {
    any_action(action);
    require(action.type == ActionType::verify, action, "stands where the recipe must end in verify");
    require(!action.request, action, "verifies with a write");
  }

  static bool is_write_of_resource(ActionType type) {
    switch (type) {
      case ActionType::store:
      case ActionType::create:
      case ActionType::change:
      case ActionType::remove:
      case ActionType::invoke:
        return true;
      case ActionType::flash:
      case ActionType::start_update:
      case ActionType::reset_host:
      case ActionType::reset_bmc:
      case ActionType::verify:
      case ActionType::hold:
      case ActionType::restore:
        return false;
    }
    return false;
  }

  /// Not so for queue entries and invoked sets, which the BMC may begin with at once.
  static bool only_keeps(ActionType type) {
    return type == ActionType::store || type == ActionType::change || type == ActionType::remove;
  }

  void complain(std::string text) { found_.push_back(std::move(text)); }

  std::vector<std::string> take() { return std::move(found_); }

 private:
  [[nodiscard]] bool is_decidable(const Condition& condition) const {
    switch (condition.type) {
      case Condition::Type::installed_version:
        return host_.find(condition.component) != nullptr;
      case Condition::Type::wanted_version:
        return host_.find(condition.component) != nullptr && !condition.value.empty();
      case Condition::Type::same_system:
      case Condition::Type::power_state:
      case Condition::Type::clock_agrees:
      case Condition::Type::not_later:
      case Condition::Type::not_before:
        return !condition.value.empty();
      case Condition::Type::fact_changed:
        return !condition.component.empty();
      case Condition::Type::resource_present:
      case Condition::Type::resource_absent:
        return host_.staging.has_value() && is_resource(condition.component);
      case Condition::Type::queue_unblocked:
        return host_.staging.has_value();
      case Condition::Type::update_service_idle:
      case Condition::Type::host_ready:
        return true;
    }
    return false;
  }

  static bool is_resource(std::string_view address) {
    return std::ranges::any_of(std::array{inventory::kImagePrefix, inventory::kWindowPrefix,
                                          inventory::kInstallSetPrefix, inventory::kQueuePrefix},
                               [&](std::string_view prefix) { return address.starts_with(prefix); });
  }

  static bool holds_secret(const json::Value& body) {
    const auto is_secret = [](const json::Member& member) {
      return equals_ignoring_case(member.key, "Password") || holds_secret(member.value);
    };
    return std::ranges::any_of(body.members(), is_secret) || std::ranges::any_of(body.items(), holds_secret);
  }

  const HostSnapshot& host_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> violations(const Recipe& recipe, const ChangeRequest& request) {
  Checker checker(request.host);
  for (const Action& action : recipe.actions) {
    checker.write(action);
    checker.result(action);
    checker.require(action.type != ActionType::verify && action.type != ActionType::reset_host, action,
                    "has no place among the writes of a recipe");
  }
  checker.stores(recipe.actions);
  checker.require(!recipe.actions.empty(), recipe.verify, "follows no write");
  checker.require(!request.appointment || recipe.scheduled, recipe.verify,
                  "comes at once, and the host changes in a window only");
  checker.require(!recipe.scheduled || request.appointment, recipe.verify, "waits for a window that nobody gave");
  checker.verify(recipe.verify);
  for (const Action& action : recipe.cleanup) {
    checker.write(action);
    checker.result(action);
    checker.require(action.type == ActionType::remove, action, "does something else than to clean up");
  }
  return checker.take();
}

std::vector<std::string> violations_of_write(const std::vector<Action>& actions, const ResourceRequest& request) {
  Checker checker(request.host);
  for (const Action& action : actions) {
    checker.write(action);
    checker.result(action);
    checker.require(Checker::is_write_of_resource(action.type), action, "is no write on what the BMC keeps");
  }
  checker.stores(actions);
  if (actions.empty()) checker.complain("a write without actions");
  return checker.take();
}

std::vector<std::string> violations_of_reset(const Action& reset, const HostSnapshot& host) {
  Checker checker(host);
  checker.write(reset);
  checker.require(reset.type == ActionType::reset_host, reset, "stands where a reset of the host must");
  checker.require(reset.restarts == Restarts::host, reset, "does not say that it restarts the host");
  return checker.take();
}

}  // namespace firmform::plan
