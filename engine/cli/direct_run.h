// SPDX-License-Identifier: Apache-2.0
// A direct verb that writes: what is asked of each host becomes a plan, which is shown, approved, journaled and carried
// out like any other.
#pragma once

#include <string_view>

#include "engine/catalog/catalog.h"
#include "engine/cli/run_session.h"
#include "engine/cli/scene.h"
#include "engine/plan/direct.h"

namespace firmform::cli {

/// What is asked of one host, in order.
struct HostWork {
  std::string host;
  std::vector<ResourceWrite> writes;
  std::optional<plan::Action> reset;
};

class DirectRun {
 public:
  /// Options used: those of RunSession and approved(), dry-run, out. With dry-run or out nothing is locked, for nothing
  /// will be sent. Fails when one of the hosts cannot be read: what is asked of several is asked of all of them.
  [[nodiscard]] static OrExit<DirectRun> open(std::string_view verb, const std::string& hosts,
                                              const Arguments& arguments, Context& context);
  /// The same; hosts that cannot be read are in the scene with the reason.
  [[nodiscard]] static OrExit<DirectRun> open_what_answers(std::string_view verb, const std::string& hosts,
                                                           const Arguments& arguments, Context& context);

  [[nodiscard]] const Scene& scene() const { return scene_; }

  /// How images go to the hosts; what the manifest says, when this is automatic.
  void deliver_by(manifest::Delivery delivery);

  /// Makes the plan and goes through with it.
  [[nodiscard]] Exit carry_out(const std::vector<HostWork>& work, const catalog::Catalog& catalog);
  /// Goes through with a plan that was made elsewhere: shows or saves it, or asks and starts. Plans that need
  /// signatures are only shown or saved.
  [[nodiscard]] Exit carry_out(const plan::Plan& plan, Exit problems);

 private:
  DirectRun(Scene scene, std::unique_ptr<RunSession> session, const Arguments& arguments, Context& context)
      : scene_(std::move(scene)), session_(std::move(session)), arguments_(&arguments), context_(&context) {}

  Scene scene_;
  std::unique_ptr<RunSession> session_;  ///< null when nothing will be sent
  const Arguments* arguments_;
  Context* context_;
};

}  // namespace firmform::cli
