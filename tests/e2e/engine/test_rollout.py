# SPDX-License-Identifier: Apache-2.0
"""Waves and budgets: what the plan prints, apply obeys, also after failures, a gate, and kill -9."""

import collections
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase, kill  # noqa: E402

DONE, HOSTS_FAILED, PAUSED = 0, 4, 19
ENDS = ("host_complete", "host_errored")
HOSTS = [f"lab-{number:02}" for number in range(1, 9)]


def rack_of(host):
    return f"r{(int(host[-2:]) - 1) // 2}"


def feed_of(host):
    return "a" if int(host[-2:]) % 2 else "b"


class Rollout(LabTestCase):
    def fleet(self, rollout, **options):
        """Eight servers, two in each of four racks, fed from two sides."""
        lab = self.lab(f"ilo5*{len(HOSTS)}", **{"speed": 1200, **options})
        for host in HOSTS:
            lab.edit(rf"^(  {host}: .*)labels: {{model: ilo5}}",
                     rf"\1labels: {{model: ilo5, rack: {rack_of(host)}, power_feed: {feed_of(host)}}}")
        (lab.directory / "rollout.yaml").write_text(f"firmform: v1\nrollout: {{{rollout}}}\n")
        return lab

    def planned_waves(self, lab):
        """The waves of a saved plan, by name."""
        self.assertExit(lab.run("plan", "-out", "saved"), DONE)
        shown = lab.run("show", "-json", "saved")
        self.assertExit(shown, DONE)
        return {wave["name"]: wave["hosts"] for wave in json.loads(shown.stdout)["rollout"]["waves"]}

    def events_of(self, result):
        return [json.loads(line) for line in result.stdout.splitlines()]

    def assert_never_together(self, events, group_of, most):
        """At every event, no group has more than `most` hosts in work; says how many there were in all at the peak."""
        working = set()
        peak = 0
        for event in events:
            if event["type"] == "host_start":
                working.add(event["host"])
            elif event["type"] in ENDS:
                working.discard(event["host"])
            peak = max(peak, len(working))
            counts = collections.Counter(group_of(host) for host in working)
            self.assertTrue(all(count <= most for count in counts.values()), f"{working} at {event}")
        return peak

    def results_of(self, result):
        return {event["host"]: event["result"] for event in self.events_of(result) if event["type"] in ENDS}

    def assert_each_flashed_once(self, lab, hosts):
        """A flash of the iLO and one of the System ROM."""
        counts = collections.Counter(request["host"] for request in lab.flashes())
        self.assertEqual(counts, {host: 2 for host in hosts})

    def test_the_plan_prints_waves_and_apply_keeps_them(self):
        lab = self.fleet("canary: {hosts: 1, cover: [model]}, batches: [2, 40%]")
        text = lab.run("plan")
        self.assertExit(text, DONE)
        self.assertIn("Rollout of 8 hosts in 4 waves, one after the other (seed 1):", text.stdout)
        self.assertIn("40% of 8 hosts = 3.2, rounded up to 4", text.stdout)
        self.assertEqual(lab.writes(), [])

        waves = self.planned_waves(lab)
        self.assertEqual([len(hosts) for hosts in waves.values()], [1, 2, 4, 1])
        self.assertEqual(sorted(sum(waves.values(), [])), HOSTS)

        applied = lab.run("apply", "-json", "saved")
        self.assertExit(applied, DONE)
        begun = [event["host"] for event in self.events_of(applied) if event["type"] == "host_start"]
        ended = [event["host"] for event in self.events_of(applied) if event["type"] == "host_complete"]
        done = 0
        for hosts in waves.values():
            self.assertEqual(set(begun[done:done + len(hosts)]), set(hosts), "a wave begins when the one before is over")
            self.assertEqual(set(ended[done:done + len(hosts)]), set(hosts))
            done += len(hosts)
        self.assert_each_flashed_once(lab, HOSTS)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), DONE)

    def test_another_seed_chooses_others_and_the_same_seed_the_same(self):
        lab = self.fleet("seed: 1, canary: {hosts: 2}, batches: [2]")
        first = self.planned_waves(lab)
        self.assertEqual(self.planned_waves(lab), first)
        lab.edit("seed: 1", "seed: 2")
        self.assertNotEqual(self.planned_waves(lab), first)

    def test_n7_no_two_servers_of_a_rack_are_in_work_at_the_same_time(self):
        lab = self.fleet("max_in_flight: {per_label: {rack: 1}}")
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(applied, DONE)
        events = self.events_of(applied)
        self.assertGreater(self.assert_never_together(events, rack_of, 1), 1, "other racks must not wait")
        self.assert_each_flashed_once(lab, HOSTS)

    def test_n7_budgets_of_rack_and_power_feed_hold_together(self):
        lab = self.fleet("max_in_flight: {per_label: {rack: 1, power_feed: 50%}}")
        text = lab.run("plan").stdout
        self.assertIn("rack: 1 host of each of 4 values", text)
        self.assertIn("power_feed: 2 hosts of each of 2 values (50% of 4 hosts = 2)", text)
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(applied, DONE)
        events = self.events_of(applied)
        self.assert_never_together(events, rack_of, 1)
        self.assert_never_together(events, feed_of, 2)
        self.assert_each_flashed_once(lab, HOSTS)

    def test_h5_one_percent_of_a_small_fleet_is_one_host(self):
        lab = self.fleet("batches: [1%], max_in_flight: {per_label: {power_feed: 1%}}")
        waves = self.planned_waves(lab)
        self.assertEqual([len(hosts) for hosts in waves.values()], [1] * len(HOSTS))
        text = lab.run("show", "saved").stdout
        self.assertIn("1% of 8 hosts = 0.08, rounded up to 1", text)
        self.assertIn("1% of 4 hosts = 0.04, and never less than 1", text)

    def test_a_canary_that_fails_stops_the_run(self):
        rollout = "seed: 1, canary: {hosts: 1}, batches: [3], max_failures: 20%"
        canary = self.planned_waves(self.fleet(rollout, name="healthy"))["canary"]
        lab = self.fleet(rollout, faults={canary[0]: [{"fault": "flash_fails"}]})
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(applied, HOSTS_FAILED)
        self.assertEqual({request["host"] for request in lab.writes()}, set(canary), "nothing is sent to the others")
        results = self.results_of(applied)
        self.assertEqual(results[canary[0]], "failed")
        self.assertEqual({results[host] for host in HOSTS if host != canary[0]}, {"skipped"})

    def test_a_failure_that_is_allowed_does_not_stop_the_run(self):
        lab = self.fleet("batches: [4], max_failures: 1", faults={"lab-03": [{"fault": "flash_fails"}]})
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertExit(applied, HOSTS_FAILED)
        results = self.results_of(applied)
        self.assertEqual({host for host in HOSTS if results[host] == "done"}, set(HOSTS) - {"lab-03"})

    def test_h6_a_server_that_is_refused_does_not_keep_others_from_beginning(self):
        lab = self.fleet("batches: [8], max_in_flight: {per_label: {rack: 1}}", faults={"lab-01": [{"fault": "update_busy"}]})
        applied = lab.run("apply", "-auto-approve", "-json")
        self.assertNotEqual(applied.returncode, DONE)
        self.assert_each_flashed_once(lab, HOSTS[1:])

    def test_a_person_goes_on_after_the_canary(self):
        lab = self.fleet("canary: {hosts: 1}, batches: [100%], pause_after: [canary]")
        canary = self.planned_waves(lab)["canary"]
        self.assertIn("A person must go on (`firmform rollout continue`) after canary.", lab.run("show", "saved").stdout)
        self.assertExit(lab.run("apply", "saved"), PAUSED)
        self.assert_each_flashed_once(lab, canary)
        self.assertExit(lab.run("rollout", "continue"), DONE)
        self.assert_each_flashed_once(lab, HOSTS)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), DONE)

    def test_budgets_hold_after_kill_9(self):
        lab = self.fleet("max_in_flight: {per_label: {rack: 1}}", speed=300)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: len(lab.flashes()) >= 4, "flashes were requested")
        kill(process)
        resumed = lab.run("resume", "-json")
        self.assertExit(resumed, DONE)
        self.assert_never_together(self.events_of(resumed), rack_of, 1)
        self.assert_each_flashed_once(lab, HOSTS)

    def test_limits_that_can_admit_nothing_are_refused_with_their_place(self):
        lab = self.fleet("batches: [1]")
        for rollout, code in (("max_in_flight: {per_label: {rack: 0}}", "FF0227"),
                              ("max_in_flight: {per_label: {rack: 0%}}", "FF0227"),
                              ("max_in_flight: {per_label: {rakc: 1}}", "FF0228"),
                              ("batches: [4], pause_after: [canary]", "FF0221")):
            with self.subTest(rollout):
                (lab.directory / "rollout.yaml").write_text(f"firmform: v1\nrollout: {{{rollout}}}\n")
                planned = lab.run("plan")
                self.assertNotEqual(planned.returncode, DONE)
                self.assertIn(code, planned.stderr)
                self.assertIn("rollout.yaml:2", planned.stderr)
        self.assertEqual(lab.requests(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
