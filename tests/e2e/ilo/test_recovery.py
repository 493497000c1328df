# SPDX-License-Identifier: Apache-2.0
"""A flash that was cut off is found, and the way out is a plan that somebody asks for."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import IloTestCase  # noqa: E402


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

    def test_it_is_reported_and_nothing_is_planned_by_surprise(self):
        for model in ("ilo5", "ilo6", "ilo7"):
            with self.subTest(model):
                lab = self.cut_off(model)
                self.refused(lab, "FF0348", 7)
                shown = lab.run("recover", "lab-01")
                self.assertExit(shown, 0)
                self.assertIn("Ways out", shown.stdout)
                ways = {w["name"]: w for w in json.loads(lab.run("recover", "lab-01", "-json").stdout)["hosts"][0]["ways"]}
                self.assertIn("retry", ways)
                lab.stop()

    def test_an_available_way_is_a_plan_that_is_asked_about_and_repairs(self):
        lab = self.cut_off("ilo5")
        ways = json.loads(lab.run("recover", "lab-01", "-json").stdout)["hosts"][0]["ways"]
        way = next(w["name"] for w in ways if w["available"])
        self.refused(lab, "FF0804", 1, ("recover", "lab-01", "-way", way))
        self.assertExit(lab.run("recover", "lab-01", "-way", way, "-out", "rescue.plan"), 0)
        self.assertExit(lab.run("apply", "rescue.plan"), 0)
        self.assertEqual(json.loads(lab.run("recover", "lab-01", "-json").stdout)["hosts"][0]["incidents"], [])
        self.converge(lab)

    def test_where_nothing_was_cut_off_there_is_no_way_to_take(self):
        lab = self.bench("ilo5")
        self.assertIn("nothing is left", lab.run("recover", "lab-01").stdout)
        self.refused(lab, "FF0809", 1, ("recover", "lab-01", "-way", "retry", "-auto-approve"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
