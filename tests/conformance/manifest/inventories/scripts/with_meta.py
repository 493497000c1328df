#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
import json
import sys

if sys.argv[1] == "--list":
    print(json.dumps({
        "web": {"hosts": ["web1", "web2"], "vars": {"tier": "front"}},
        "db": ["db1"],
        "prod": {"children": ["web", "db"], "vars": {"env": "prod", "number": 5}},
        "_meta": {"hostvars": {"web1": {"bmc": "10.0.0.1"}, "db1": {"bmc": "10.0.0.9", "nested": {"a": [1]}}}},
    }, indent="\t"))
else:
    sys.exit("must not be asked")
