# SPDX-License-Identifier: Apache-2.0
"""The stream of events of plan, apply and resume, checked as a program would that trusts nothing."""

import functools
import json
import pathlib

import jsonschema

SCHEMA = pathlib.Path(__file__).parents[3] / "schemas" / "event.v1.schema.json"


@functools.lru_cache
def validator():
    return jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()))


def events_of(text):
    """Every line of `text` as an event; fails when one is none, breaks the schema, or is not the next one."""
    assert text.endswith("\n"), f"the last line has no end: {text[-200:]!r}"
    events = [json.loads(line) for line in text.splitlines()]
    for number, event in enumerate(events, start=1):
        problems = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(event)]
        assert not problems, f"{problems} in {event}"
        assert event["seq"] == number, f"{event['seq']} where {number} comes next"
    assert events[0]["type"] == "version", events[0]
    return events


def types_of(events):
    return [event["type"] for event in events]
