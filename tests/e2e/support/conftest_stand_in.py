# SPDX-License-Identifier: Apache-2.0
"""Judges a plan on standard input as `conftest test - --output json` documents it, without Rego.

Arguments: deny=COMPONENT and warn=COMPONENT speak against changes of components with that name. Ends with 1 when
something is denied, and with 0 otherwise.
"""

import json
import sys


def results(plan, kind, component):
    for resource in plan["resource_changes"]:
        if resource["name"] == component and "update" in resource["change"]["actions"]:
            yield {"msg": f"{component} goes to {resource['change']['after']['version']}",
                   "metadata": {"query": f"data.main.{kind}", "address": resource["address"]}}


def main():
    plan = json.load(sys.stdin)
    rules = [argument.split("=", 1) for argument in sys.argv[1:]]
    found = {kind: [result for rule, component in rules if rule == kind for result in results(plan, kind, component)]
             for kind in ("deny", "warn")}
    check = {"filename": "", "namespace": "main", "successes": len(rules) - len(found["deny"]) - len(found["warn"])}
    if found["warn"]:
        check["warnings"] = found["warn"]
    if found["deny"]:
        check["failures"] = found["deny"]
    check["successes"] = max(check["successes"], 0)
    json.dump([check], sys.stdout, indent="\t")
    return 1 if found["deny"] else 0


if __name__ == "__main__":
    sys.exit(main())
