# SPDX-License-Identifier: Apache-2.0
"""kill -9 at any moment, again and again: what was sent is found again, and no image is flashed twice."""

import collections
import os
import pathlib
import random
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase, kill  # noqa: E402

MODELS = "ilo5,ilo7,redfish"


class Kill9(LabTestCase):
    def counts(self, lab):
        """How often each host got a flash, and a restart."""
        flashes, resets = collections.Counter(), collections.Counter()
        for request in lab.writes():
            if request["path"].endswith(("/uploadFile", "/UpdateService/upload")) or "SimpleUpdate" in request["path"]:
                flashes[request["host"]] += 1
            if "ComputerSystem.Reset" in request["path"]:
                resets[request["host"]] += 1
        return flashes, resets

    def run_with_kills(self, lab, chance, kills):
        """Starts and kills until so many are dead, then goes on to the end."""
        verb = ("apply", "-auto-approve")
        for _ in range(kills):
            process = lab.start(*verb)
            time.sleep(chance.uniform(0.05, 1.5))
            if process.poll() is not None:
                process.communicate()
                break
            kill(process)
            known = lab.run("rollout", "status")
            verb = ("resume",) if known.returncode == 0 and "interrupted" in known.stdout else ("apply", "-auto-approve")
        self.assertIn(lab.run("resume").returncode, (0, 1), "1: the last one got to its end")

    def test_h1_h2_h3_killed_at_random_moments_each_image_is_flashed_once(self):
        seed = int(os.environ.get("SEED", "20261121"))
        for attempt in range(3):
            with self.subTest(seed=seed + attempt):
                lab = self.lab(MODELS, name=f"lab{attempt}", speed=150)
                self.run_with_kills(lab, random.Random(seed + attempt), kills=8)
                self.assertExit(lab.run("apply", "-auto-approve"), 0)
                self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
                flashes, resets = self.counts(lab)
                self.assertEqual(flashes, {"lab-01": 2, "lab-02": 2, "lab-03": 2}, "two images for each host")
                self.assertEqual(resets, {"lab-01": 1, "lab-02": 1, "lab-03": 1}, "one restart for each host")

    def test_killed_just_after_each_write_reached_its_bmc(self):
        lab = self.lab("ilo5,redfish", speed=150)
        verb = ("apply", "-auto-approve")
        for number in range(1, 7):
            process = lab.start(*verb)
            lab.wait_for(lambda: len(lab.writes()) >= number or process.poll() is not None, f"write {number}")
            if process.poll() is None:
                kill(process)
            else:
                process.communicate()
            verb = ("resume",)
        lab.run("resume")
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
        flashes, resets = self.counts(lab)
        self.assertEqual(flashes, {"lab-01": 2, "lab-02": 2})
        self.assertEqual(resets, {"lab-01": 1, "lab-02": 1})

    def test_the_lock_of_a_killed_run_is_free_at_once(self):
        lab = self.lab("ilo5", speed=150)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: lab.writes(), "a write")
        self.assertIn("Run ", lab.run("rollout", "status").stdout)
        kill(process)
        status = lab.run("rollout", "status")
        self.assertIn("interrupted", status.stdout)
        self.assertExit(lab.run("resume"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
