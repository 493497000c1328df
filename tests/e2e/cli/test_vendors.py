# SPDX-License-Identifier: Apache-2.0
"""Every simulated model, from its captured firmware to its baseline, and then nothing more to do."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


class Vendors(LabTestCase):
    def test_every_model_converges_with_one_write_per_flash(self):
        models = "ilo5,ilo5-old,ilo6,ilo7,idrac9,xcc,openbmc,redfish"
        lab = self.lab(models, speed=300)
        applied = lab.run("apply", "-auto-approve")
        self.assertExit(applied, 0)
        second = lab.run("plan", "-detailed-exitcode")
        self.assertExit(second, 0)
        self.assertIn("No changes.", second.stdout)
        flashes = [(r["host"], r["time"]) for r in lab.flashes()]
        components = applied.stdout.count(": push ") and len({line.split(" for ")[0] for line in applied.stdout.splitlines()
                                                              if ": push " in line and line.endswith("...")})
        self.assertEqual(len(flashes), components, applied.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
