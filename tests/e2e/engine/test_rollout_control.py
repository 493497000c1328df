# SPDX-License-Identifier: Apache-2.0
"""A rollout in waves: gates, and what people ask of it from another terminal."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


class RolloutControl(LabTestCase):
    def rollout_lab(self, rollout, count=3, **options):
        lab = self.lab(f"redfish*{count}", **options)
        lab.edit(r'^ *- \{component: "BIOS".*\n', "")
        with (lab.directory / "hosts.yaml").open("a") as file:
            file.write(f"\nrollout: {rollout}\n")
        return lab

    def flashed(self, lab):
        return sorted({request["host"] for request in lab.flashes()})

    def test_a_rollout_stops_at_its_gate_and_goes_on_when_told(self):
        lab = self.rollout_lab('{batches: [1, 2], pause_after: ["batch 1"]}')
        paused = lab.run("apply", "-auto-approve")
        self.assertExit(paused, 19)
        self.assertIn("batch 1: 0/1 failed = 0.0 %", paused.stdout)
        self.assertIn("firmform rollout continue", paused.stdout)
        self.assertEqual(len(self.flashed(lab)), 1)

        status = json.loads(lab.run("rollout", "status", "-json").stdout)
        self.assertEqual(status["state"], "paused")
        self.assertEqual(status["count"]["done"], 1)
        self.assertEqual(status["count"]["waiting"], 2)
        self.assertExit(lab.run("apply", "-auto-approve"), 1)  # FF0610: one run at a time
        self.assertExit(lab.run("rollout", "pause"), 13)

        self.assertExit(lab.run("rollout", "continue"), 0)
        self.assertEqual(len(self.flashed(lab)), 3)
        self.assertIn("finished (ok)", lab.run("rollout", "status").stdout)
        refused = lab.run("rollout", "cancel")
        self.assertExit(refused, 13)
        self.assertIn("FF0622", refused.stderr)

    def test_a_paused_rollout_is_cancelled_and_sends_nothing_more(self):
        lab = self.rollout_lab('{batches: [1, 2], pause_after: ["batch 1"]}')
        self.assertExit(lab.run("apply", "-auto-approve"), 19)
        written = len(lab.writes())
        self.assertExit(lab.run("rollout", "cancel"), 10)
        self.assertEqual(len(lab.writes()), written)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 2)

    def test_another_terminal_pauses_a_running_rollout(self):
        lab = self.rollout_lab("{batches: [1]}", speed=100)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: lab.flashes(), "a flash")
        asked = lab.run("rollout", "pause")
        self.assertExit(asked, 0)
        output, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 19, output)
        self.assertIn("paused the rollout", lab.run("rollout", "status").stdout)
        self.assertEqual(len(self.flashed(lab)), 1)
        self.assertExit(lab.run("resume"), 0)
        self.assertEqual(len(self.flashed(lab)), 3)

    def test_a_soak_is_ended_from_another_terminal(self):
        lab = self.rollout_lab("{batches: [1], soak: 48h}", count=2)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: "go on" in lab.run("rollout", "status").stdout, "the first wave is over")
        self.assertExit(lab.run("rollout", "advance"), 0)
        output, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, output)
        self.assertEqual(len(self.flashed(lab)), 2)

    def test_names_of_runs_are_checked(self):
        lab = self.rollout_lab("{batches: [1]}", count=1)
        for verb in ("status", "pause", "continue", "advance", "cancel"):
            unknown = lab.run("rollout", verb, "nobody")
            self.assertExit(unknown, 17)
            self.assertIn("FF0620", unknown.stderr)


class Windows(LabTestCase):
    def test_ignoring_a_window_needs_a_reason(self):
        lab = self.lab("redfish")
        refused = lab.run("apply", "-auto-approve", "-ignore-window")
        self.assertExit(refused, 13)
        self.assertIn("FF0812", refused.stderr)
        self.assertEqual(lab.writes(), [])

    def test_a_wait_is_a_duration(self):
        lab = self.lab("redfish")
        self.assertExit(lab.run("apply", "-auto-approve", "-wait-for-window", "soon"), 13)


if __name__ == "__main__":
    unittest.main(verbosity=2)
