# SPDX-License-Identifier: Apache-2.0
"""Windows that firmform keeps for BMCs that have none: nothing is begun before, nothing that would not end inside."""

import datetime
import json
import pathlib
import sys
import tarfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import images  # noqa: E402
from support.ilo import WINDOWS, Ilo, soon  # noqa: E402
from support.lab import LabTestCase, kill  # noqa: E402

CHANGES, BLOCKED, USAGE, INVALID = 2, 7, 13, 14
BIOS = "contoso-bios-P79_v1.50.bin"


class WindowsTestCase(LabTestCase):
    """The standard BMC keeps no windows. What its baseline asks for is expected to take 29 minutes, 36 with reserve."""

    def bench(self, models="redfish", window=None, freeze=None, **options):
        lab = self.lab(models, **options)
        self.declare(lab, window, freeze)
        if window:
            lab.edit(r"(baseline: [\w-]+)\}", r"\1, maintenance_window: night}")
        return lab

    def declare(self, lab, window=None, freeze=None):
        text = "firmform: v1\n"
        if window:
            text += f"maintenance_windows:\n  night: {{{window}}}\n"
        if freeze:
            text += f"freeze_periods:\n  fair: {{{freeze}}}\n"
        (lab.directory / "times.yaml").write_text(text)

    def window(self, start, end):
        return f"start: {start}, end: {end}"

    def daily(self, hours_ago, minutes):
        """Opened so long ago, and opens again every day."""
        opened = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(hours=hours_ago)
        return f'schedule: "{opened.minute} {opened.hour} * * *", duration: {minutes}m'

    def defers(self, lab, *options):
        """Apply sends nothing, and says so."""
        self.next_second()
        written = len(lab.writes())
        result = lab.run("apply", "-auto-approve", *options)
        self.assertExit(result, BLOCKED)
        self.assertIn("FF0616", result.stdout)
        self.assertIn("1 deferred", result.stdout)
        self.assertEqual(len(lab.writes()), written)
        return result.stdout

    def next_second(self):
        """Two plans of one second are the same plan, and a plan is applied once."""
        time.sleep(1 - time.time() % 1)

    def planned(self, lab):
        """What the plan says, without its line breaks."""
        plan = lab.run("plan")
        self.assertExit(plan, 0)
        return " ".join(plan.stdout.split())

    def refuses(self, lab, code):
        result = lab.run("plan")
        self.assertExit(result, BLOCKED)
        self.assertIn(code, result.stderr)
        self.assertExit(lab.run("apply", "-auto-approve"), BLOCKED)
        self.assertEqual(lab.writes(), [])
        return " ".join(result.stderr.split())

    def done(self, lab, *options):
        self.next_second()
        result = lab.run("apply", "-auto-approve", *options)
        self.assertExit(result, 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
        return result.stdout


class Windows(WindowsTestCase):
    def test_before_its_window_nothing_is_sent_to_a_host(self):
        start, end = soon(hours=1), soon(hours=3)
        lab = self.bench(window=self.window(start, end))
        plan = lab.run("plan", "-detailed-exitcode")
        self.assertExit(plan, CHANGES)
        self.assertIn(f"night: opens {start}", plan.stdout)
        self.assertIn(f"opens at {start}", self.defers(lab))
        self.assertIn("1 deferred", lab.run("status").stdout)
        run = json.loads(lab.run("status", "-json").stdout)[0]
        self.assertEqual(run["hosts"][0]["state"], "deferred")
        self.assertIn(start, run["hosts"][0]["last"])

    def test_a_wait_ends_when_the_window_opens(self):
        start = soon(seconds=6)
        lab = self.bench(window=self.window(start, soon(hours=3)))
        self.assertIn("waits for a window to open", self.done(lab, "-wait-for-window", "any"))
        self.assertGreaterEqual(min(request["time"] for request in lab.writes()), start)

    def test_a_window_that_opens_later_than_the_wait_is_not_waited_for(self):
        lab = self.bench(window=self.window(soon(hours=2), soon(hours=4)))
        self.defers(lab, "-wait-for-window", "1h")

    def test_in_an_open_window_apply_begins_at_once(self):
        lab = self.bench(window=self.window(soon(minutes=-5), soon(hours=1)))
        self.assertNotIn("waits", self.done(lab))

    def test_only_the_host_whose_window_is_closed_is_deferred(self):
        lab = self.bench("redfish*2")
        self.declare(lab, self.window(soon(hours=1), soon(hours=3)))
        lab.edit(r"^(  lab-02: .*)\}$", r"\1, maintenance_window: night}")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, BLOCKED)
        self.assertIn("1 host done, 1 deferred", result.stdout)
        self.assertEqual({request["host"] for request in lab.writes()}, {"lab-01"})

    def test_killed_while_it_waits_resume_waits_on(self):
        start = soon(seconds=8)
        lab = self.bench(window=self.window(start, soon(hours=3)))
        process = lab.start("apply", "-auto-approve", "-wait-for-window", "any")
        for line in process.stdout:
            if "waits for a window to open" in line:
                break
        kill(process)
        self.assertEqual(lab.writes(), [])
        self.assertExit(lab.run("resume", "-wait-for-window", "any"), 0)
        self.assertGreaterEqual(min(request["time"] for request in lab.writes()), start)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_a_window_that_the_bmc_must_keep_and_cannot(self):
        lab = self.bench(window=self.window(soon(hours=1), soon(hours=3)) + ", held_by: bmc")
        self.refuses(lab, "FF0347")

    def test_firmform_keeps_the_window_of_an_ilo_that_is_told_to(self):
        lab = self.bench("ilo5", window=self.window(soon(hours=1), soon(hours=3)) + ", held_by: engine")
        self.defers(lab)
        self.declare(lab, self.window(soon(minutes=-5), soon(hours=3)) + ", held_by: engine")
        self.done(lab)
        self.assertEqual(Ilo(lab).members(WINDOWS), [])


class WorkThatDoesNotFit(WindowsTestCase):
    def test_h18_work_that_is_longer_than_its_window_is_refused_when_planned(self):
        lab = self.bench(window=self.window(soon(minutes=-1), soon(minutes=30)))
        said = self.refuses(lab, "FF0344")
        self.assertIn("36m15s with reserve", said)
        self.assertIn("hosts.yaml:", said)

    def test_h18_the_steps_of_a_way_count_all_together(self):
        lab = self.bench(window=self.window(soon(minutes=-1), soon(minutes=50)))
        self.assertExit(lab.run("plan"), 0)
        images.image_of(lab, BIOS, "P79 v1.47", "bios-1.47.bin")
        lab.edit(rf'image: "{BIOS}"', rf'image: "{BIOS}", via: [{{version: "P79 v1.47", image: bios-1.47.bin}}]')
        self.refuses(lab, "FF0344")

    def test_h18_what_is_left_of_an_open_window_must_do(self):
        lab = self.bench(window=self.daily(1, 70))
        tomorrow = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=23)
        self.assertIn(f"opens {tomorrow.strftime('%Y-%m-%dT%H:')}", self.planned(lab))
        self.defers(lab)

    def test_a_window_that_is_over_is_refused(self):
        lab = self.bench(window=self.window(soon(hours=-3), soon(hours=-1)))
        self.refuses(lab, "FF0345")


class Freezes(WindowsTestCase):
    def test_in_a_freeze_nothing_is_begun_also_without_a_window(self):
        end = soon(hours=2)
        lab = self.bench(freeze=f'start: {soon(hours=-1)}, end: {end}, reason: "the trade fair"')
        said = self.planned(lab)
        self.assertIn(f"opens {end}", said)
        self.assertIn(f"the freeze period fair lasts until {end}: the trade fair", said)
        self.assertIn(f"opens at {end}", self.defers(lab))

    def test_a_freeze_is_stronger_than_an_open_window(self):
        end = soon(hours=2)
        lab = self.bench(window=self.window(soon(hours=-1), soon(hours=3)),
                         freeze=f'start: {soon(hours=-2)}, end: {end}, reason: "the trade fair"')
        self.assertIn(": the trade fair", self.planned(lab))
        self.assertIn(f"opens at {end}", self.defers(lab))

    def test_a_freeze_that_leaves_too_little_of_the_window_is_refused(self):
        lab = self.bench(window=self.window(soon(hours=-1), soon(hours=3)),
                         freeze=f"start: {soon(hours=-2)}, end: {soon(hours=2, minutes=45)}")
        self.refuses(lab, "FF0364")

    def test_a_freeze_that_covers_the_window_is_a_mistake_of_the_manifest(self):
        lab = self.bench(window=self.window(soon(hours=-1), soon(hours=3)),
                         freeze=f"start: {soon(hours=-2)}, end: {soon(hours=4)}")
        result = lab.run("validate")
        self.assertExit(result, INVALID)
        self.assertIn("FF0226", result.stderr)

    def test_a_freeze_of_others_does_not_matter(self):
        lab = self.bench("redfish*2", freeze=f"start: {soon(hours=-1)}, end: {soon(hours=2)}, match: {{name: lab-02}}")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, BLOCKED)
        self.assertEqual({request["host"] for request in lab.writes()}, {"lab-01"})

    def test_a_freeze_that_is_near_must_leave_time_for_the_whole_work(self):
        lab = self.bench(freeze=f'start: {soon(minutes=20)}, end: {soon(hours=2)}, reason: "the trade fair"')
        self.assertIn(": the trade fair", self.planned(lab))
        self.defers(lab)


class IgnoredWindows(WindowsTestCase):
    def test_windows_are_ignored_for_a_reason_only_and_it_is_kept(self):
        lab = self.bench(window=self.window(soon(hours=1), soon(hours=3)))
        for options in (("-ignore-window",), ("-ignore-window", "-reason", " ")):
            refused = lab.run("apply", "-auto-approve", *options)
            self.assertExit(refused, USAGE)
            self.assertIn("FF0812", refused.stderr)
        self.assertEqual(lab.writes(), [])

        reason = "CVE-2026-0001 is being exploited"
        self.done(lab, "-ignore-window", "-reason", reason)
        self.assertGreater(len(lab.writes()), 0)
        self.assertIn(f"Windows are ignored: {reason}", lab.run("rollout", "status").stdout)
        self.assertIn(reason, self.bundled(lab))

    def test_a_freeze_is_ignored_for_a_reason_too(self):
        lab = self.bench(freeze=f"start: {soon(hours=-1)}, end: {soon(hours=2)}")
        self.defers(lab)
        self.done(lab, "-ignore-window", "-reason", "the fan curve melts CPUs")

    def bundled(self, lab):
        """All text of the support bundle."""
        self.assertExit(lab.run("support-bundle", "-out", "s.tar.gz"), 0)
        with tarfile.open(lab.directory / "s.tar.gz") as archive:
            files = (archive.extractfile(member) for member in archive.getmembers() if member.isfile())
            return "\n".join(file.read().decode(errors="replace") for file in files)


if __name__ == "__main__":
    unittest.main(verbosity=2)
