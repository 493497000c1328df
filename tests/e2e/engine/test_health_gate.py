# SPDX-License-Identifier: Apache-2.0
"""Health before and after: a host that a flash left worse stops the rollout, and one that was ill before does not."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402

DONE, HOSTS_FAILED = 0, 4


class HealthGate(LabTestCase):
    def gated(self, faults, gate="{}", models="ilo5*2", rollout="batches: [1, 100%]", speed=600):
        lab = self.lab(models, speed=speed, faults=faults)
        (lab.directory / "gate.yaml").write_text(f"firmform: v1\nrollout: {{{rollout}, health: {gate}}}\n")
        return lab

    def fails(self, lab, *words):
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        said = result.stdout + result.stderr
        self.assertIn("FF0612", said)
        for word in words:
            self.assertIn(word, said)
        return said

    def flashed(self, lab):
        return {r["host"] for r in lab.flashes()}

    def test_a_host_that_is_less_healthy_stops_the_next_wave(self):
        lab = self.gated({"*": [{"fault": "illness", "after": "bmc", "system": "Critical"}]})
        self.fails(lab, "Critical")
        self.assertEqual(len(self.flashed(lab)), 1, "the second wave must not begin")

    def test_a_fan_that_fails_after_a_flash_is_seen(self):
        lab = self.gated({"*": [{"fault": "illness", "after": "bios", "sensor": "Fan 3"}]}, models="ilo6")
        self.fails(lab, "Fan 3")

    def test_a_bmc_that_comes_back_with_a_warning_is_seen(self):
        lab = self.gated({"*": [{"fault": "illness", "after": "bmc", "bmc": "Warning"}]}, models="idrac9")
        self.fails(lab, "Warning")

    def test_what_was_ill_before_is_no_failure(self):
        ill = {"fault": "illness", "system": "Warning", "bmc": "Warning", "sensor": "Fan *"}
        lab = self.gated({"*": [ill]}, models="ilo5,ilo7")
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)

    def test_entries_of_the_event_log_are_counted(self):
        faults = {"*": [{"fault": "illness", "after": "bmc", "log_entries": 3}]}
        self.fails(self.gated(faults, gate="{max_log_entries: 2}", models="redfish"), "3 new warnings")
        lab = self.gated(faults, gate="{max_log_entries: 3}", models="redfish")
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)

    def test_a_gate_looks_only_at_what_it_is_told(self):
        lab = self.gated({"*": [{"fault": "illness", "after": "bmc", "system": "Critical", "sensor": "Fan 1"}]},
                         gate="{bmc: false, sensors: false}", models="ilo5")
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)

    def test_a_post_that_hangs_fails_the_host_and_stops_the_rollout(self):
        lab = self.gated({"*": [{"fault": "post_hangs"}]}, models="redfish*2",
                         rollout="batches: [1, 100%], max_failures: 0")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        self.assertEqual(len(self.flashed(lab)), 1)

    def test_without_a_gate_no_sensor_is_read(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        self.assertEqual([r for r in lab.requests() if "Thermal" in r["path"]], [])


class ForeignWork(LabTestCase):
    def lab_with(self, policy, seconds, models="redfish"):
        lab = self.lab(models, speed=600, faults={"*": [{"fault": "foreign_task", "seconds": seconds}]})
        if policy:
            lab.edit(r"^policies: \{", f"policies: {{foreign_work: {policy}, ")
        return lab

    def test_work_of_others_is_refused_unless_the_manifest_says_otherwise(self):
        lab = self.lab_with("", 0)
        result = lab.run("apply", "-auto-approve")
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(lab.flashes(), [])

    def test_work_of_others_is_waited_for(self):
        for models in ("redfish", "ilo6", "idrac9"):
            lab = self.lab_with("wait", 1200, models=models)
            result = lab.run("apply", "-auto-approve")
            self.assertExit(result, DONE)
            self.assertGreater(len(lab.flashes()), 0)

    def test_work_of_others_that_never_ends_is_not_waited_for_for_ever(self):
        lab = self.lab_with("wait", 0)
        result = lab.run("apply", "-auto-approve")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("FF0618", result.stdout + result.stderr)
        self.assertEqual(lab.flashes(), [])


class Hazards(LabTestCase):
    def test_h20_to_h26_a_bmc_that_misleads_does_not_lead_the_run_astray(self):
        for hazard, fault in {"H20": {"fault": "task_state", "state": "New"},
                              "H22": {"fault": "quick_tasks"},
                              "H24": {"fault": "unstable_after_restart", "seconds": 120}}.items():
            with self.subTest(hazard):
                lab = self.lab("redfish,ilo6", faults={"*": [fault]}, name=hazard)
                self.assertExit(lab.run("apply", "-auto-approve"), DONE)
                self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_h21_a_task_that_vanishes_leaves_the_decision_to_the_inventory(self):
        lab = self.lab("openbmc,idrac9,redfish", faults={"*": [{"fault": "lose_tasks"}]})
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_h23_a_bios_is_done_only_when_it_runs(self):
        lab = self.lab("xcc", faults={"*": [{"fault": "post_hangs", "boots": 1}]})
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        self.assertNotIn("lab-01: done", result.stdout)

    def test_h26_a_blocked_update_is_no_success(self):
        lab = self.lab("redfish", faults={"*": [{"fault": "blocked_updates"}]})
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        self.assertIn("did not take", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
