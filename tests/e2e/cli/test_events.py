# SPDX-License-Identifier: Apache-2.0
"""The stream of events: complete, valid to the last line whatever happens, and of one mind with text and exit code."""

import json
import os
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.events import events_of, types_of  # noqa: E402
from support.lab import LabTestCase  # noqa: E402


class Stream(LabTestCase):
    def test_a_plan_is_a_stream_and_show_is_the_document(self):
        lab = self.lab("ilo5,ilo6")
        planned = lab.run("plan", "-json", "-out", "saved", "-detailed-exitcode")
        self.assertExit(planned, 2)
        events = events_of(planned.stdout)
        document = json.loads(lab.run("show", "-json", "saved").stdout)
        changes = [c for c in document["resource_changes"] if c["kind"] != "no-op"]
        told = [e["change"]["resource"]["addr"] for e in events if e["type"] == "planned_change"]
        self.assertEqual(told, [c["address"] for c in changes])
        self.assertIn("resource_drift", types_of(events))
        self.assertEqual(events[-1]["changes"]["change"], document["summary"]["update"])
        self.assertEqual(events[-1]["exit"], {"code": 2, "name": "changes"})
        self.assertEqual(events[-1]["run_id"], document["id"])

    def test_a_fresh_apply_tells_its_plan_first_and_then_its_run(self):
        lab = self.lab("ilo5,ilo6")
        applied = lab.run("apply", "-auto-approve", "-json", "-detailed-exitcode")
        self.assertExit(applied, 2)
        events = events_of(applied.stdout)
        types = types_of(events)
        self.assertLess(types.index("planned_change"), types.index("run_start"))
        summaries = [e for e in events if e["type"] == "change_summary"]
        self.assertEqual([s["changes"]["operation"] for s in summaries], ["plan", "apply"])
        self.assertNotIn("exit", summaries[0])
        self.assertEqual(summaries[1]["exit"]["code"], 2)
        self.assertEqual(summaries[1]["changes"]["change"], summaries[0]["changes"]["change"])
        self.assertEqual(types[-1], "change_summary")

        again = lab.run("apply", "-auto-approve", "-json", "-detailed-exitcode")
        self.assertExit(again, 0)
        events = events_of(again.stdout)
        self.assertEqual(types_of(events), ["version", "change_summary"])
        self.assertEqual(events[-1]["exit"]["code"], 0)
        saved = lab.run("plan", "-out", "empty")
        self.assertExit(saved, 0)
        nothing = lab.run("apply", "empty", "-json")
        self.assertExit(nothing, 0)
        events_of(nothing.stdout)

    def test_the_same_goes_to_a_file_while_people_read_text(self):
        lab = self.lab("ilo5")
        planned = lab.run("plan", "-json-into", "plan.events")
        self.assertIn("Plan: ", planned.stdout)
        self.assertIn("planned_change", types_of(events_of((lab.directory / "plan.events").read_text())))
        applied = lab.run("apply", "-auto-approve", "-json-into", "apply.events")
        self.assertExit(applied, 0)
        self.assertIn("Apply complete", applied.stdout)
        events = events_of((lab.directory / "apply.events").read_text())
        self.assertEqual(events[-1]["exit"]["code"], 0)
        both = lab.run("plan", "-json", "-json-into", "both.events")
        self.assertEqual(both.stdout, (lab.directory / "both.events").read_text())

    def test_a_fifo_gets_the_events_as_they_happen(self):
        lab = self.lab("ilo5")
        fifo = lab.directory / "events"
        os.mkfifo(fifo)
        lines = []

        def read():
            with fifo.open() as pipe:
                lines.extend(pipe)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        self.assertExit(lab.run("apply", "-auto-approve", "-json-into", "events"), 0)
        reader.join(timeout=20)
        self.assertEqual(events_of("".join(lines))[-1]["type"], "change_summary")

    def test_a_reader_that_goes_away_does_not_stop_a_run(self):
        lab = self.lab("ilo5")
        fifo = lab.directory / "events"
        os.mkfifo(fifo)

        def read_one_line():
            with fifo.open() as pipe:
                pipe.readline()

        reader = threading.Thread(target=read_one_line, daemon=True)
        reader.start()
        applied = lab.run("apply", "-auto-approve", "-json-into", "events")
        self.assertExit(applied, 0)
        self.assertIn("no longer go to events", applied.stderr)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_a_file_that_cannot_be_written_is_said_before_anything_is_done(self):
        lab = self.lab("ilo5")
        result = lab.run("apply", "-auto-approve", "-json-into", "no/such/folder")
        self.assertExit(result, 1)
        self.assertIn("no/such/folder", result.stderr)
        self.assertEqual(lab.writes(), [])


class Errors(LabTestCase):
    def test_problems_of_the_manifest_are_events_with_their_place(self):
        lab = self.lab("ilo5")
        (lab.directory / "wrong.yaml").write_text("firmform: v1\nhosst: {}\n")
        for verb in (["plan"], ["apply", "-auto-approve"]):
            result = lab.run(*verb, "-json")
            self.assertExit(result, 14)
            events = events_of(result.stdout)
            self.assertEqual(types_of(events), ["version", "diagnostic"])
            place = events[1]["diagnostic"]["range"]
            self.assertEqual((place["filename"].rsplit("/", 1)[-1], place["start"]["line"]), ("wrong.yaml", 2))

    def test_a_mistake_in_the_command_line_is_an_event_too(self):
        for words in (["plan", "-json", "-parallelsm", "3"], ["apply", "--json", "-target"], ["resume", "-json", "what"]):
            result = self.lab("ilo5", name="lab-" + words[0]).run(*words)
            self.assertExit(result, 13)
            events = events_of(result.stdout)
            self.assertEqual(types_of(events), ["version", "diagnostic"])
            self.assertEqual(events[1]["@level"], "error")

    def test_what_stands_in_the_way_is_said_in_the_stream(self):
        lab = self.lab("ilo5")
        unapproved = lab.run("apply", "-json")
        self.assertExit(unapproved, 1)
        events = events_of(unapproved.stdout)
        self.assertEqual(events[-1]["diagnostic"]["code"], "FF0804")
        nothing = lab.run("resume", "-json")
        self.assertExit(nothing, 1)
        self.assertEqual(events_of(nothing.stdout)[-1]["type"], "diagnostic")

    def test_a_host_that_fails_is_in_the_stream_and_in_the_exit_code(self):
        lab = self.lab("ilo5,ilo6")
        lab.edit(r'(lab-01: \{bmc: ")https://127.0.0.1:\d+', r"\1https://127.0.0.1:9")
        planned = lab.run("plan", "-json")
        self.assertExit(planned, 5)
        self.assertEqual(events_of(planned.stdout)[-1]["exit"]["code"], 5)
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(applied, 5)
        events = events_of(applied.stdout)
        self.assertIn("diagnostic", types_of(events))
        self.assertEqual(events[-1]["exit"]["code"], 5)


class ExitCodes(LabTestCase):
    """0 exactly when the text says "No changes." and the summary counts none."""

    def judge(self, lab, *arguments):
        text = lab.run("plan", "-detailed-exitcode", *arguments)
        stream = lab.run("plan", "-detailed-exitcode", "-json", *arguments)
        self.assertEqual(text.returncode, stream.returncode)
        last = events_of(stream.stdout)[-1]
        self.assertEqual(last["exit"]["code"], text.returncode)
        counts = {key: value for key, value in last["changes"].items() if key not in ("operation", "no_op")}
        says_none = "No changes. The fleet matches the manifest." in text.stdout
        self.assertEqual(text.returncode == 0, says_none, text.stdout)
        self.assertEqual(text.returncode == 0, not any(counts.values()), counts)
        self.assertEqual(says_none, last["@message"].startswith("No changes."))
        drift = lab.run("drift", *arguments)
        if says_none:
            self.assertExit(drift, 0)
        return text.returncode

    def test_from_the_first_plan_to_the_last(self):
        lab = self.lab("ilo5,openbmc")
        self.assertEqual(self.judge(lab), 2)
        self.assertEqual(self.judge(lab, "-target", "lab-01"), 2)
        self.assertExit(lab.run("apply", "-auto-approve", "-target", "lab-01"), 0)
        self.assertEqual(self.judge(lab, "-target", "lab-01"), 0)
        self.assertEqual(self.judge(lab), 2)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(self.judge(lab), 0)
        lab.edit(r'(lab-01: \{bmc: ")https://127.0.0.1:\d+', r"\1https://127.0.0.1:9")
        self.assertEqual(self.judge(lab), 5)


class PolicyTools(LabTestCase):
    """What rules for Terraform's plans compute, on a saved plan of ours."""

    def test_rules_for_terraforms_plans_read_ours(self):
        lab = self.lab("ilo5,ilo6")
        plan = lab.plan()
        version = [int(part) for part in plan["format_version"].split(".")]
        self.assertTrue([0, 1] <= version < [2, 0], "readers of Terraform's plans take 0.1 and up, below 2.0")
        for change in plan["resource_changes"]:
            for key in ("address", "mode", "type", "name", "provider_name", "change"):
                self.assertIn(key, change)
            self.assertEqual(change["mode"], "managed")
            self.assertIsInstance(change["change"]["actions"], list)
            self.assertIn(change["change"]["actions"], (["no-op"], ["create"], ["update"], ["delete"]))
            for key in ("before", "after", "after_unknown", "before_sensitive", "after_sensitive"):
                self.assertIn(key, change["change"])
        # deny[msg] { input.resource_changes[_].change.actions[_] == "delete" }
        self.assertFalse([c for c in plan["resource_changes"] if "delete" in c["change"]["actions"]])
        # ([.resource_changes[]?.change.actions?] | flatten) | {create: …, update: …, delete: …}
        actions = [action for change in plan["resource_changes"] for action in change["change"]["actions"]]
        self.assertEqual(actions.count("update"), plan["summary"]["update"])
        self.assertGreater(actions.count("update"), 0)
        # firmware may only rise
        self.assertFalse([c for c in plan["resource_changes"] if c["kind"] == "downgrade"])
        self.assertEqual((plan["errored"], plan["complete"], plan["applyable"]), (False, True, True))


if __name__ == "__main__":
    unittest.main(verbosity=2)
