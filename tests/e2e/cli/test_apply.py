# SPDX-License-Identifier: Apache-2.0
"""From a manifest to an empty second plan, and what happens on the way when things break."""

import json
import os
import pathlib
import signal
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase, kill  # noqa: E402


class Convergence(LabTestCase):
    def test_apply_twice_writes_nothing_the_second_time(self):
        lab = self.lab()
        first = lab.run("plan", "-detailed-exitcode")
        self.assertExit(first, 2)
        self.assertEqual(lab.writes(), [], "a plan must not write")

        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        written = len(lab.writes())
        self.assertGreaterEqual(written, 3)

        second = lab.run("plan", "-detailed-exitcode")
        self.assertExit(second, 0)
        self.assertIn("No changes.", second.stdout)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(len(lab.writes()), written, "the second apply must not write")

    def test_a_saved_plan_is_applied_once_and_only_unedited(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        plan = lab.directory / "p"
        self.assertEqual(plan.stat().st_mode & 0o777, 0o600)
        password = "".join(f.read_text().strip() for f in lab.directory.rglob("*password*") if f.is_file())
        self.assertTrue(password)
        self.assertNotIn(password, plan.read_text())

        original = plan.read_text()
        plan.write_text(original.replace("ApplyUpdate", "x").replace('"expected', '"expectEd', 1))
        edited = lab.run("apply", "p")
        self.assertIn(edited.returncode, (1, 9))
        self.assertIn("FF071", edited.stderr)
        self.assertEqual(lab.writes(), [])
        plan.write_text(original)

        self.assertExit(lab.run("apply", "p"), 0)
        written = len(lab.writes())
        again = lab.run("apply", "p")
        self.assertExit(again, 9)
        self.assertIn("FF0714", again.stderr)
        self.assertEqual(len(lab.writes()), written)

    def test_a_plan_does_not_outlive_its_manifest(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        manifest = next(lab.directory.glob("*.yaml"))
        manifest.write_text(manifest.read_text() + "# changed\n")
        result = lab.run("apply", "p")
        self.assertExit(result, 9)
        self.assertIn("FF0713", result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_h35_nobody_approves_in_a_pipeline_by_accident(self):
        lab = self.lab("ilo5")
        result = lab.run("apply")
        self.assertExit(result, 1)
        self.assertIn("FF0804", result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_the_json_stream_is_json_to_the_last_line(self):
        lab = self.lab("ilo5")
        result = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(result, 0)
        events = [json.loads(line) for line in result.stdout.splitlines()]
        self.assertEqual([e["seq"] for e in events], list(range(1, len(events) + 1)))
        self.assertEqual(events[-1]["type"], "change_summary")
        self.assertEqual(events[-1]["exit"], {"code": 0, "name": "ok"})


class Crash(LabTestCase):
    def test_killed_in_the_middle_of_a_flash_resume_ends_with_one_flash(self):
        lab = self.lab("ilo5", speed=60)
        lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: lab.flashes(), "a flash was requested")
        kill(process)
        blocked = lab.run("apply", "-auto-approve")
        self.assertExit(blocked, 1)
        self.assertIn("FF0610", blocked.stderr)
        self.assertExit(lab.run("resume"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
        self.assertEqual(len(lab.flashes()), 1, lab.flashes())

    def test_interrupted_it_detaches_and_names_the_way_on(self):
        lab = self.lab("ilo5", speed=60)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: lab.flashes(), "a flash was requested")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 10, output)
        self.assertIn("firmform resume", output)
        self.assertExit(lab.run("resume"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_two_applies_at_once_are_one(self):
        lab = self.lab("ilo5", speed=60)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: lab.flashes(), "a flash was requested")
        second = lab.run("apply", "-auto-approve")
        process.communicate(timeout=200)
        self.assertExit(second, 8)
        self.assertIn("FF0722", second.stderr)

    def test_where_the_journal_cannot_be_written_nothing_is_sent(self):
        lab = self.lab("ilo5")
        (lab.directory / ".firmform").write_text("in the way")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, 16)
        self.assertIn("FF0720", result.stderr)
        self.assertEqual(lab.writes(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
