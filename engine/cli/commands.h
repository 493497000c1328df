// SPDX-License-Identifier: Apache-2.0
// The functions behind the verbs; the table in verbs.cc names them.
#pragma once

#include "engine/cli/verb.h"

namespace firmform::cli {

Exit run_init(const Arguments& arguments, Context& context);
Exit run_validate(const Arguments& arguments, Context& context);
Exit run_fmt(const Arguments& arguments, Context& context);
Exit run_inventory(const Arguments& arguments, Context& context);
Exit run_plan(const Arguments& arguments, Context& context);
Exit run_show(const Arguments& arguments, Context& context);
Exit run_graph(const Arguments& arguments, Context& context);
Exit run_apply(const Arguments& arguments, Context& context);
Exit run_resume(const Arguments& arguments, Context& context);
Exit run_support_bundle(const Arguments& arguments, Context& context);
Exit run_lab(const Arguments& arguments, Context& context);
Exit run_schema(const Arguments& arguments, Context& context);
Exit run_explain(const Arguments& arguments, Context& context);
Exit run_version(const Arguments& arguments, Context& context);
Exit run_completion(const Arguments& arguments, Context& context);
Exit run_reference(const Arguments& arguments, Context& context);
Exit run_man(const Arguments& arguments, Context& context);

Exit run_catalog_list(const Arguments& arguments, Context& context);
Exit run_catalog_show(const Arguments& arguments, Context& context);
Exit run_catalog_match(const Arguments& arguments, Context& context);
Exit run_catalog_diff(const Arguments& arguments, Context& context);
Exit run_catalog_verify(const Arguments& arguments, Context& context);
Exit run_catalog_lock(const Arguments& arguments, Context& context);
Exit run_catalog_fetch(const Arguments& arguments, Context& context);
/// The verb with these subcommands.
[[nodiscard]] Verb catalog_verb();

}  // namespace firmform::cli
