#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
import json
import sys

if sys.argv[1] == "--list":
    print(json.dumps({"web": {"hosts": ["web1", "web2"]}, "lone": ["h9"]}))
elif sys.argv[2] == "h9":
    print("{}")
else:
    print(json.dumps({"bmc": "bmc-of-" + sys.argv[2], "café": "é\"\\"}))
