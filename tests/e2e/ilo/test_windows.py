# SPDX-License-Identifier: Apache-2.0
"""Maintenance windows: the iLO does scheduled work by itself, and firmform neither plans it twice nor believes it before
the version is installed."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import MODELS, QUEUE, WINDOWS, Ilo, IloTestCase, soon  # noqa: E402


class Windows(IloTestCase):
    def in_window(self, lab, start, end, policies="", only_bmc=True):
        if only_bmc:
            lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        self.declare(lab, f"maintenance_windows:\n  night: {{start: {start}, end: {end}}}\n", policies=policies,
                     **{m: "maintenance_window: night" for m in MODELS if f"  {m}:" in (lab.directory / "hosts.yaml").read_text()})

    def test_scheduled_work_is_pending_until_its_window_and_done_after_it(self):
        lab = self.bench("ilo5,ilo6,ilo7", firmware=True)
        start = soon(seconds=25)
        self.in_window(lab, start, soon(hours=2), only_bmc=False)
        applied = lab.run("apply", "-auto-approve", "-detailed-exitcode")
        self.assertExit(applied, 18)
        self.assertIn("scheduled", applied.stdout)
        for number in (1, 2, 3):
            windows = Ilo(lab, f"lab-0{number}").members(WINDOWS)
            self.assertEqual([w["StartAfter"] for w in windows], [start])

        written = len(lab.writes())
        pending = lab.run("plan", "-detailed-exitcode")
        self.assertExit(pending, 18)
        self.assertIn("pending", pending.stdout)
        again = lab.run("apply", "-auto-approve", "-detailed-exitcode")
        self.assertExit(again, 18)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(len(lab.writes()), written, "pending work is not sent again")

        def all_done():
            for number in (1, 2, 3):
                if any(entry["State"] in ("Pending", "InProgress") for entry in self.queue(lab, number)):
                    return False
            hosts = json.loads(lab.run("inventory", "-json").stdout)["hosts"]
            return all(host["status"] == "ok" and host["system"]["discovery_complete"] is not False for host in hosts)

        lab.wait_for(all_done, "the queues ran in the window", timeout=90)
        self.converge(lab)  # removes what the work left
        self.assertIn("3.12", Ilo(lab).version("SystemBMC"))
        self.assertIn("v2.36", Ilo(lab).version("SystemRomActive"), "the restart came inside of the window")

    def queue(self, lab, number):
        try:
            return Ilo(lab, f"lab-0{number}").members(QUEUE)
        except OSError:
            return [{"State": "InProgress"}]  # the iLO restarts

    def test_a_window_that_is_over_takes_no_work(self):
        lab = self.bench("ilo5", firmware=True)
        self.in_window(lab, soon(hours=-3), soon(hours=-1))
        self.refused(lab, "FF0345", 7)

    def test_h18_work_that_is_longer_than_its_window_is_not_started(self):
        lab = self.bench("ilo5", firmware=True)
        self.in_window(lab, soon(hours=1), soon(hours=1, minutes=5), only_bmc=False)
        self.refused(lab, "FF0344", 7)

    def test_h19_a_clock_that_is_off_is_refused_before_anything_is_scheduled(self):
        lab = self.bench("ilo5", firmware=True, faults={"lab-01": [{"fault": "clock_skew", "seconds": 900}]})
        self.in_window(lab, soon(hours=1), soon(hours=5))
        self.refused(lab, "FF0343", 7)
        self.in_window(lab, soon(hours=1), soon(hours=5), policies="max_clock_skew: 20m", only_bmc=False)
        self.assertExit(lab.run("plan"), 0)

    def test_eight_windows_are_the_most_that_an_ilo_holds(self):
        lab = self.bench("ilo5", firmware=True)
        ilo = Ilo(lab)
        for number in range(8):
            ilo.make(WINDOWS, {"Name": f"theirs {number}", "Description": "", "StartAfter": soon(days=9), "Expire": soon(days=10)})
        self.in_window(lab, soon(hours=1), soon(hours=5))
        self.refused(lab, "FF0342", 7)

    def test_an_existing_window_of_the_occurrence_is_used_again(self):
        lab = self.bench("ilo5", firmware=True)
        self.in_window(lab, soon(hours=1), soon(hours=5))
        self.assertExit(lab.run("window", "add", "lab-01", "-from", "night", "-auto-approve"), 0)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(len(Ilo(lab).members(WINDOWS)), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
