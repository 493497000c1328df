# SPDX-License-Identifier: Apache-2.0
"""simulate, calendar and selftest: what they show is what would happen, and no BMC is ever written to."""

import json
import pathlib
import sys
import unittest
import xml.dom.minidom

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402

DONE, HOSTS_FAILED, BLOCKED, USAGE = 0, 4, 7, 13
NIGHT = "2026-12-05T21:00:00Z"


class Simulate(LabTestCase):
    def fleet(self, models="ilo5*3", extra=""):
        lab = self.lab(models)
        if extra:
            (lab.directory / "more.yaml").write_text(f"firmform: v1\n{extra}\n")
        return lab

    def simulated(self, lab, *arguments, code=DONE):
        result = lab.run("simulate", "-json", *arguments)
        self.assertExit(result, code)
        return json.loads(result.stdout)

    def test_a_fresh_plan_is_tried_and_nothing_is_written(self):
        lab = self.fleet("ilo5,ilo6,ilo7")
        timeline = self.simulated(lab, "-at", NIGHT)
        self.assertEqual(timeline["summary"]["results"], {"done": 3})
        self.assertEqual(timeline["start"], NIGHT)
        self.assertEqual(timeline["violations"], [])
        self.assertGreater(timeline["summary"]["flashes"], 0)
        self.assertEqual(lab.writes(), [])

    def test_a_saved_plan_needs_no_bmc_and_stays_unused(self):
        lab = self.fleet()
        self.assertExit(lab.run("plan", "-out", "saved"), DONE)
        reads = len(lab.requests())
        timeline = self.simulated(lab, "saved")
        self.assertEqual(timeline["summary"]["results"], {"done": 3})
        self.assertEqual(len(lab.requests()), reads)
        self.assertExit(lab.run("apply", "saved", timeout=300), DONE)

    def test_the_simulation_restarts_what_apply_restarts(self):
        lab = self.fleet("ilo5")
        self.assertExit(lab.run("plan", "-out", "saved"), DONE)
        plan = json.loads(lab.run("show", "-json", "saved").stdout)
        resets = [action for action in plan["actions"] if action["type"] == "reset_host"]
        summary = self.simulated(lab, "saved")["summary"]
        self.assertEqual(summary["host_restarts"], len(resets))

    def test_a_recorded_inventory_will_do(self):
        lab = self.fleet()
        self.assertExit(lab.run("inventory", "-record", "recorded"), DONE)
        lab.stop()
        timeline = self.simulated(lab, "-from-snapshot", "recorded", "-at", NIGHT)
        self.assertEqual(timeline["summary"]["results"], {"done": 3})

    def test_faults_are_seeded(self):
        lab = self.fleet("ilo5*4")
        self.assertExit(lab.run("plan", "-out", "saved"), DONE)
        arguments = ("saved", "-at", NIGHT, "-faults", "failed-flash=1")
        first = lab.run("simulate", "-json", *arguments)
        self.assertEqual(first.stdout, lab.run("simulate", "-json", *arguments).stdout)
        self.assertExit(first, HOSTS_FAILED)
        self.assertEqual(json.loads(first.stdout)["summary"]["results"], {"failed": 4})

    def test_pictures_are_whole_and_need_no_network(self):
        lab = self.fleet()
        self.assertExit(lab.run("plan", "-out", "saved"), DONE)
        svg = lab.run("simulate", "saved", "-format", "svg")
        self.assertExit(svg, DONE)
        xml.dom.minidom.parseString(svg.stdout)
        html = lab.run("simulate", "saved", "-format", "html")
        self.assertExit(html, DONE)
        self.assertIn("<svg", html.stdout)
        for outside in ("src=", "href=", "@import", "url("):
            self.assertNotIn(outside, html.stdout)

    def test_wrong_options_are_refused(self):
        lab = self.fleet("ilo5")
        for wrong in (("-format", "pdf"), ("-faults", "slwo=1"), ("-faults", "7"), ("-at", "tomorrow"), ("-seed", "x")):
            self.assertExit(lab.run("simulate", *wrong), USAGE)
        self.assertEqual(lab.requests(), [])

    def test_the_calendar_tells_when_windows_let_the_fleet_be_done(self):
        lab = self.fleet("ilo5*3", "rollout: {max_in_flight: {hosts: 1}}\n"
                         "maintenance_windows:\n"
                         "  nights: {schedule: \"0 1 * * *\", duration: 1h, time_zone: UTC, held_by: engine}\n"
                         "groups: {all: {match: {name: \"*\"}, maintenance_window: nights}}")
        result = lab.run("calendar", "-json", "-at", NIGHT)
        self.assertExit(result, DONE)
        calendar = json.loads(result.stdout)
        self.assertGreater(calendar["done"], "2026-12-06T01:00:00Z")
        self.assertEqual(sum(run["newly_compliant"] for run in calendar["runs"]), 3)
        self.assertTrue(all(run["windows"] == ["nights"] for run in calendar["runs"]))
        self.assertIn("maintenance windows", [limit["name"] for limit in calendar["limits"]])
        self.assertIn("What holds the fleet back most", lab.run("calendar", "-at", NIGHT).stdout)
        self.assertEqual(lab.writes(), [])

    def test_the_calendar_names_hosts_that_never_are_done(self):
        lab = self.fleet("ilo5*2")
        lab.edit(r"(lab-02: \{bmc: \")https://[^\"]+", r"\1https://127.0.0.1:1")
        result = lab.run("calendar", "-json", "-at", NIGHT)
        self.assertExit(result, BLOCKED)
        calendar = json.loads(result.stdout)
        self.assertIsNone(calendar["done"])
        self.assertEqual([host["host"] for host in calendar["never"]], ["lab-02"])

    def test_selftest_keeps_all_promises(self):
        lab = self.fleet("ilo5")
        result = lab.run("selftest", "-runs", "50", "-seed", "7", "-json")
        self.assertExit(result, DONE)
        report = json.loads(result.stdout)
        self.assertTrue(report["passed"])
        self.assertEqual(report["tally"]["runs"], 50)
        self.assertEqual(lab.requests(), [])


if __name__ == "__main__":
    unittest.main()
