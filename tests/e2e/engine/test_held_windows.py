# SPDX-License-Identifier: Apache-2.0
"""Windows that apply keeps itself: what it does before and in them. Times of day are those of the wall clock, also in a
fast lab."""

import datetime
import json
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


def at(**delta):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class HeldWindows(LabTestCase):
    def window_lab(self, start, end, models="redfish"):
        lab = self.lab(models)
        lab.edit(r'^ *- \{component: "BIOS".*\n', "")
        with (lab.directory / "hosts.yaml").open("a") as file:
            file.write(f"\nmaintenance_windows:\n  night: {{start: {start}, end: {end}, held_by: engine}}\n")
        lab.edit(r"(redfish: \{match: \{labels: \{model: redfish\}\}, )", r"\1maintenance_window: night, ")
        return lab

    def test_before_the_window_nothing_is_sent(self):
        lab = self.window_lab(at(hours=2), at(hours=8))
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        deferred = lab.run("apply", "p")
        self.assertExit(deferred, 7)
        self.assertIn("FF0616", deferred.stdout)
        self.assertIn("1 deferred", deferred.stdout)
        self.assertEqual(lab.writes(), [])

    def test_apply_waits_for_the_window_and_works_in_it(self):
        opens = at(seconds=12)
        lab = self.window_lab(opens, at(hours=8))
        applied = lab.run("apply", "-auto-approve", "-json", "-wait-for-window", "2h")
        self.assertExit(applied, 0)
        events = [json.loads(line) for line in applied.stdout.splitlines()]
        waits = [e for e in events if e["type"] == "run_wait"]
        self.assertEqual([w["until"] for w in waits], [opens])
        first = next(e for e in events if e["type"] == "apply_start")
        self.assertGreaterEqual(first["@timestamp"], opens)
        self.assertEqual(len(lab.flashes()), 1)

    def test_a_window_too_far_ahead_is_not_waited_for(self):
        lab = self.window_lab(at(hours=5), at(hours=9))
        self.assertExit(lab.run("apply", "-auto-approve", "-wait-for-window", "1h"), 7)
        self.assertEqual(lab.writes(), [])

    def test_a_window_is_ignored_with_a_reason_that_is_kept(self):
        lab = self.window_lab(at(hours=5), at(hours=9))
        self.assertExit(lab.run("apply", "-auto-approve", "-ignore-window", "-reason", "CVE-2026-1234"), 0)
        self.assertEqual(len(lab.flashes()), 1)
        self.assertIn("Windows are ignored: CVE-2026-1234", lab.run("rollout", "status").stdout)

    def test_the_journal_teaches_the_next_plan(self):
        lab = self.lab("redfish*4")
        # At the pace of the wall clock, which is the journal's.
        lab.environment = lambda: {**{k: v for k, v in os.environ.items() if k != "FIRMFORM_LAB_SPEED"}, "NO_COLOR": "1"}
        lab.edit(r'^ *- \{component: "BIOS".*\n', "")

        def flash():
            return next(action for action in lab.plan("-target", "lab-04")["actions"] if action["type"] == "flash")

        before = flash()
        others = [f"-target=lab-0{number}" for number in (1, 2, 3)]
        self.assertExit(lab.run("apply", "-auto-approve", *others), 0)
        self.assertNotEqual(before, flash(), "what three hosts took is what the fourth is expected to take")


if __name__ == "__main__":
    unittest.main(verbosity=2)
