# SPDX-License-Identifier: Apache-2.0
"""How the fleet stands to the manifest, where runs stand, and why: drift, status, explain."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


class Insight(LabTestCase):
    def test_drift_before_an_apply_and_none_after(self):
        lab = self.lab("ilo5,ilo6")
        before = lab.run("drift")
        self.assertExit(before, 15)
        self.assertIn("older", before.stdout)
        self.assertRegex(before.stdout, r"\nDrift: \d+ older.*; 0 of 2 hosts in line\.\n$")
        self.assertEqual(lab.writes(), [])
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        after = lab.run("drift")
        self.assertExit(after, 0)
        self.assertIn("2 of 2 hosts in line.", after.stdout)

    def test_drift_is_that_of_the_hosts_that_differ(self):
        lab = self.lab("ilo5*2")
        self.assertExit(lab.run("apply", "-auto-approve", "-target", "lab-01"), 0)
        report = json.loads(lab.run("drift", "-json").stdout)
        self.assertEqual(report["hosts_in_line"], 1)
        self.assertEqual({entry["host"] for entry in report["drift"]}, {"lab-02"})
        self.assertEqual(report["exit"], {"code": 15, "name": "drift"})

    def test_each_class_has_a_policy_and_an_exit_code_of_its_own(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("drift", "-class", "newer"), 0)
        self.assertExit(lab.run("drift", "-class", "older,newer"), 15)
        wrong = lab.run("drift", "-class", "old")
        self.assertExit(wrong, 13)
        self.assertIn("pending_restart", wrong.stderr)
        manifest = next(lab.directory.glob("*.yaml"))
        manifest.write_text(manifest.read_text() + "\npolicies: {drift: {older: report}}\n")
        self.assertExit(lab.run("drift"), 0)

    def test_a_component_is_explained_by_the_lines_that_decide(self):
        lab = self.lab("ilo5")
        result = lab.run("explain", "lab-01/iLO 5")
        self.assertExit(result, 0)
        self.assertIn("It is updated from", result.stdout)
        self.assertRegex(result.stdout, r"\[\w+\.yaml:\d+:\d+\]")
        self.assertIn("/redfish/v1/UpdateService/FirmwareInventory/", result.stdout)
        as_json = json.loads(lab.run("explain", "lab-01", "-json").stdout)
        self.assertGreater(len(as_json), 1)
        self.assertEqual(as_json[0]["host"], "lab-01")
        wrong = lab.run("explain", "lab-01/iLO 9")
        self.assertExit(wrong, 7)
        self.assertIn("did you mean", wrong.stderr)
        self.assertExit(lab.run("explain", "FF9999"), 13)
        self.assertExit(lab.run("explain", "FF0303"), 0)
        self.assertEqual(lab.writes(), [])

    def test_status_lists_runs_without_asking_a_bmc(self):
        lab = self.lab("ilo5")
        empty = lab.run("status")
        self.assertExit(empty, 0)
        self.assertIn("No run was made here yet", empty.stdout)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        requests = len(lab.requests())
        runs = json.loads(lab.run("status", "-json").stdout)
        self.assertEqual([run["state"] for run in runs], ["finished (ok)"])
        one = lab.run("status", runs[0]["run_id"])
        self.assertExit(one, 0)
        self.assertIn("1 done", one.stdout)
        self.assertEqual(len(lab.requests()), requests)
        self.assertExit(lab.run("status", "nothing-like-it"), 17)


if __name__ == "__main__":
    unittest.main()
