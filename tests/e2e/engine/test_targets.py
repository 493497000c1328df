# SPDX-License-Identifier: Apache-2.0
"""Parts of saved plans, and hosts that moved since."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import SERVICE, Ilo  # noqa: E402
from support.lab import LabTestCase  # noqa: E402


class Targets(LabTestCase):
    def planned(self, models="ilo5*3"):
        lab = self.lab(models)
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        return lab

    def hosts_written_to(self, lab):
        return {r["host"] for r in lab.writes()}

    def test_a_host_of_a_saved_plan_is_applied_by_itself_and_once(self):
        lab = self.planned()
        self.assertExit(lab.run("apply", "p", "-target", "lab-02"), 0)
        self.assertEqual(len(self.hosts_written_to(lab)), 1)
        again = lab.run("apply", "p", "-target", "lab-02")
        self.assertExit(again, 9)
        self.assertIn("FF0714", again.stderr)
        self.assertExit(lab.run("apply", "p", "-target", "lab-0[13]"), 17)
        self.assertExit(lab.run("apply", "p", "-target", "lab-01", "-target", "lab-03"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_a_component_is_a_part_where_nothing_comes_before_it(self):
        lab = self.planned("ilo5")
        refused = lab.run("apply", "p", "-target", "lab-01/SystemRomActive")
        self.assertExit(refused, 7)
        self.assertIn("FF0371", refused.stderr)
        self.assertIn("add -target 'lab-01/SystemBMC'", refused.stderr)
        self.assertEqual(lab.writes(), [])
        self.assertExit(lab.run("apply", "p", "-target", "lab-01/SystemBMC"), 0)
        self.assertEqual(len(lab.flashes()), 1)
        rest = lab.run("plan", "-detailed-exitcode")
        self.assertExit(rest, 2)
        self.assertIn("1 to update", rest.stdout)

    def test_a_target_that_the_plan_does_not_have_is_no_success(self):
        lab = self.planned("ilo5")
        for target, code, exit_code in (("lab-9", "FF0802", 17), ("lab-01/Nothing", "FF0302", 7)):
            result = lab.run("apply", "p", "-target", target)
            self.assertExit(result, exit_code)
            self.assertIn(code, result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_only_the_host_that_was_flashed_by_hand_is_refused(self):
        lab = self.planned()
        images = re.search(r'url: "([^"]+)"', (lab.directory / "baselines.yaml").read_text()).group(1)
        other = Ilo(lab, "lab-02")
        status, body = other.send("POST", SERVICE + "/Actions/UpdateService.SimpleUpdate",
                                  {"ImageURI": images + "ilo5_312.bin"})
        self.assertLess(status, 300, body)

        def flashed():
            try:
                status, item = other.send("GET", SERVICE + "/FirmwareInventory/1")
                return status == 200 and item["Version"].startswith("3.12")
            except OSError:
                return False
        lab.wait_for(flashed, "the iLO came back with its new firmware")
        lab.wait_for(lambda: other.get(SERVICE)["Oem"]["Hpe"]["State"] in ("Idle", "Completed", "Complete"), "it is at rest")

        result = lab.run("apply", "p")
        self.assertExit(result, 9)
        self.assertIn("lab-02 changed since the plan", result.stdout)
        self.assertIn("2 hosts done, 1 moved", result.stdout)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
