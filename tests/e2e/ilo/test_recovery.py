# SPDX-License-Identifier: Apache-2.0
"""A flash that was cut off is found, and the way out is a plan that somebody asks for."""

import json
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import QUEUE, Ilo, IloTestCase  # noqa: E402


class CutOff(IloTestCase):
    def cut_off(self, model):
        """A lab whose System ROM was cut off by a loss of power."""
        lab = self.bench(model, firmware=True, faults={"lab-01": [{"fault": "power_loss_in_flash"}]})
        lab.edit(r'^ *- \{component: "iLO \d".*\n', "")
        lab.edit(r', after: \["iLO \d"\]', "")
        applied = lab.run("apply", "-auto-approve")
        self.assertNotEqual(applied.returncode, 0, applied.stdout)
        lab.wait_for(lambda: json.loads(lab.run("recover", "lab-01", "-json").stdout or '{"hosts": []}')["hosts"], "the iLO is back")
        return lab

    def recover(self, lab):
        return json.loads(lab.run("recover", "lab-01", "-json").stdout)["hosts"][0]

    def incidents(self, lab):
        return self.recover(lab)["incidents"]

    def test_it_is_reported_and_nothing_is_planned_by_surprise(self):
        for model in ("ilo5", "ilo6", "ilo7"):
            with self.subTest(model):
                lab = self.cut_off(model)
                self.refused(lab, "FF0348", 7)
                shown = lab.run("recover", "lab-01")
                self.assertExit(shown, 0)
                self.assertIn("Ways out", shown.stdout)
                ways = {w["name"]: w for w in self.recover(lab)["ways"]}
                self.assertIn("retry", ways)
                lab.stop()

    def test_a_retry_is_a_plan_that_is_asked_about_and_repairs(self):
        for model in ("ilo5", "ilo6", "ilo7"):
            with self.subTest(model):
                lab = self.cut_off(model)
                self.refused(lab, "FF0804", 1, ("recover", "lab-01", "-way", "retry"))
                self.assertExit(lab.run("recover", "lab-01", "-way", "retry", "-out", "rescue.plan"), 0)
                self.assertExit(lab.run("apply", "rescue.plan"), 0)
                self.assertEqual(self.incidents(lab), [])
                self.converge(lab)
                lab.stop()

    def test_the_recovery_set_repairs_a_host_without_the_manifests_image(self):
        lab = self.cut_off("ilo5")
        self.assertExit(lab.run("recover", "lab-01", "-way", "recovery-set", "-auto-approve"), 0)

        def queue_is_done():
            try:
                return all(e["State"] in ("Complete", "Canceled") for e in Ilo(lab).members(QUEUE))
            except OSError:
                return False  # the iLO restarts with the firmware of the set

        lab.wait_for(queue_is_done, "the iLO worked on the recovery set")
        self.assertExit(lab.run("reset", "lab-01", "host", "-type", "On", "-auto-approve"), 0)
        self.assertEqual(self.incidents(lab), [])

    def test_a_host_that_hangs_in_post_can_be_switched_off_and_repaired(self):
        lab = self.cut_off("ilo5")
        Ilo(lab).make("/redfish/v1/Systems/1/Actions/ComputerSystem.Reset", {"ResetType": "On"})
        time.sleep(0.5)
        ways = {w["name"]: w for w in self.recover(lab)["ways"]}
        self.assertIn("-type ForceOff", ways["retry"]["why_not"])
        self.assertExit(lab.run("reset", "lab-01", "host", "-type", "ForceOff", "-auto-approve"), 0)
        self.assertExit(lab.run("recover", "lab-01", "-way", "retry", "-auto-approve"), 0)
        self.assertEqual(self.incidents(lab), [])

    def test_where_nothing_was_cut_off_there_is_no_way_to_take(self):
        lab = self.bench("ilo5")
        self.assertIn("nothing is left", lab.run("recover", "lab-01").stdout)
        self.refused(lab, "FF0809", 1, ("recover", "lab-01", "-way", "retry", "-auto-approve"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
