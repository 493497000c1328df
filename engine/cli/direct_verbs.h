// SPDX-License-Identifier: Apache-2.0
// The direct verbs: what a person asks of single BMCs, beside the manifest.
#pragma once

#include "engine/cli/verb.h"

namespace firmform::cli {

[[nodiscard]] Verb repository_verb();
[[nodiscard]] Verb queue_verb();
[[nodiscard]] Verb window_verb();
[[nodiscard]] Verb install_set_verb();
[[nodiscard]] Verb integrity_verb();
[[nodiscard]] Verb log_verb();
[[nodiscard]] Verb reset_verb();
[[nodiscard]] Verb recover_verb();

Exit run_repository_list(const Arguments& arguments, Context& context);
Exit run_repository_show(const Arguments& arguments, Context& context);
Exit run_repository_add(const Arguments& arguments, Context& context);
Exit run_repository_delete(const Arguments& arguments, Context& context);
Exit run_repository_clear(const Arguments& arguments, Context& context);

Exit run_queue_list(const Arguments& arguments, Context& context);
Exit run_queue_show(const Arguments& arguments, Context& context);
Exit run_queue_add(const Arguments& arguments, Context& context);
Exit run_queue_delete(const Arguments& arguments, Context& context);
Exit run_queue_clear(const Arguments& arguments, Context& context);

Exit run_window_list(const Arguments& arguments, Context& context);
Exit run_window_show(const Arguments& arguments, Context& context);
Exit run_window_add(const Arguments& arguments, Context& context);
Exit run_window_delete(const Arguments& arguments, Context& context);
Exit run_window_clear(const Arguments& arguments, Context& context);

Exit run_install_set_list(const Arguments& arguments, Context& context);
Exit run_install_set_show(const Arguments& arguments, Context& context);
Exit run_install_set_add(const Arguments& arguments, Context& context);
Exit run_install_set_delete(const Arguments& arguments, Context& context);
Exit run_install_set_invoke(const Arguments& arguments, Context& context);
Exit run_install_set_clear(const Arguments& arguments, Context& context);

Exit run_integrity_show(const Arguments& arguments, Context& context);
Exit run_integrity_check(const Arguments& arguments, Context& context);

Exit run_log(const Arguments& arguments, Context& context);
Exit run_reset(const Arguments& arguments, Context& context);
Exit run_recover(const Arguments& arguments, Context& context);

}  // namespace firmform::cli
