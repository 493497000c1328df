#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an editor says of manifests: reads YAML 1.2 types as editors do, and applies the JSON Schema.

check_schema.py SCHEMA corpus DIRECTORY   prints "NAME valid" or "NAME invalid" for each *.yaml
check_schema.py SCHEMA lines FILE         the same for a file with one JSON document a line, by line number
"""
import json
import pathlib
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """SafeLoader with the core schema of YAML 1.2 instead of YAML 1.1's (no dates, no yes and no)."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("merge", r"^<<$", "<"),
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", "-+.0123456789"),
):
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def string_keys(value):
    """JSON has no other keys."""
    if isinstance(value, dict):
        return {str(key): string_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [string_keys(item) for item in value]
    return value


def documents(kind, place):
    if kind == "corpus":
        for path in sorted(pathlib.Path(place).glob("*.yaml")):
            yield path.stem, string_keys(yaml.load(path.read_text(), Loader))
    else:
        with open(place, encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield number, json.loads(line)


def main(schema_path, kind, place):
    schema = json.loads(pathlib.Path(schema_path).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for name, document in documents(kind, place):
        print(name, "valid" if validator.is_valid(document) else "invalid")


main(*sys.argv[1:])
