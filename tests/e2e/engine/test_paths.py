# SPDX-License-Identifier: Apache-2.0
"""Ways through versions in between: their order, their restarts, and what becomes of them when the program is killed."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import images, packages  # noqa: E402
from support.ilo import Ilo, soon  # noqa: E402
from support.lab import LabTestCase, kill  # noqa: E402

BMC = "contoso-bmc-1.46.512c02-rev1.bin"
BIOS = "contoso-bios-P79_v1.50.bin"
NEW_BMC = f'component: "BMC", version: "1.46.512c02-rev1", image: "{BMC}"'
DENIED, BLOCKED = 6, 7


def bios(version, *more, image=None):
    return ", ".join((f'component: "BIOS", version: "P79 v{version}", image: "{image or BIOS}"', *more))


def via(*versions):
    steps = (f'{{version: "P79 v{version}", image: "bios-{version}.bin"}}' for version in versions)
    return f"via: [{', '.join(steps)}]"


class PathsTestCase(LabTestCase):
    """The standard BMC: its own firmware is active at once, the BIOS with a restart. BIOS P79 v1.45 is installed."""

    def bench(self, entries, constraints=(), **options):
        lab = self.lab("redfish", **options)
        for version in ("1.38", "1.40", "1.43", "1.47", "1.48"):
            images.image_of(lab, BIOS, f"P79 v{version}", f"bios-{version}.bin")
        images.image_of(lab, BMC, "1.44.100a00-rev1", "bmc-1.44.bin")
        images.pull(lab)
        images.baseline(lab, "redfish", entries, constraints)
        return lab

    def plan(self, lab):
        return lab.plan()

    def path(self, lab, component="BIOS"):
        for change in self.plan(lab)["resource_changes"]:
            if change["component"] == component:
                return change.get("path", [])
        raise AssertionError(f"no change of {component}")

    def converge(self, lab, *steps):
        """Applies, and nothing else than `steps` happens; afterwards there is nothing left to do."""
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), list(steps))
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), list(steps), "the second apply must not write")

    def refused(self, lab, code, exit_code):
        result = lab.run("plan")
        self.assertExit(result, exit_code)
        self.assertIn(code, result.stderr)
        self.assertExit(lab.run("apply", "-auto-approve"), exit_code)
        self.assertEqual(lab.writes(), [])
        return " ".join(result.stderr.split())


class Ways(PathsTestCase):
    def test_the_way_leads_through_every_version_that_is_named(self):
        lab = self.bench([bios("1.50", via("1.47", "1.48"))])
        shown = lab.run("plan").stdout
        self.assertIn("P79 v1.47 -> P79 v1.48 ->", shown)
        self.assertIn("goes through P79 v1.47 first", shown)
        self.assertIn("goes through P79 v1.48 first", shown)
        self.assertEqual(self.path(lab), ["P79 v1.47", "P79 v1.48"])
        self.converge(lab, "bios-1.47.bin", "restart", "bios-1.48.bin", "restart", BIOS, "restart")

    def test_the_shortest_way_is_taken_where_images_say_what_they_go_over(self):
        lab = self.bench([bios("1.50", via("1.47", "1.48"), 'from: {minimum: "P79 v1.47"}')])
        self.assertEqual(self.path(lab), ["P79 v1.47"])
        self.converge(lab, "bios-1.47.bin", "restart", BIOS, "restart")

    def test_who_is_on_the_way_already_goes_on_from_there(self):
        lab = self.bench([bios("1.47", image="bios-1.47.bin")])
        self.converge(lab, "bios-1.47.bin", "restart")
        images.baseline(lab, "redfish", [bios("1.50", via("1.43", "1.47", "1.48"))])
        self.assertEqual(self.path(lab), ["P79 v1.48"])
        self.converge(lab, "bios-1.47.bin", "restart", "bios-1.48.bin", "restart", BIOS, "restart")

    def test_an_image_that_goes_over_what_is_installed_needs_no_way(self):
        lab = self.bench([bios("1.50", via("1.47"), 'from: {minimum: "P79 v1.45"}')])
        self.assertEqual(self.path(lab), [])
        self.converge(lab, BIOS, "restart")

    def test_no_image_that_goes_over_what_is_installed_is_no_way(self):
        lab = self.bench([bios("1.50", 'from: {minimum: "P79 v1.48"}')])
        said = self.refused(lab, "FF0361", BLOCKED)
        self.assertIn('no image leads from "P79 v1.45" to "P79 v1.50"', said)
        self.assertIn("its image goes over this and later ones", said)

    def test_an_image_on_the_way_that_is_not_there(self):
        lab = self.bench([bios("1.50", 'via: [{version: "P79 v1.47", image: "absent.bin"}]')])
        lab.edit(r"^catalog:\n", "catalog:\n  - {directory: firmware/}\n")
        lab.edit(r'^  - \{url: "http.*\n', "")
        lab.edit(r", delivery: pull", "")
        self.refused(lab, "FF0308", BLOCKED)


class Downgrades(PathsTestCase):
    def test_h31_nobody_goes_down_by_accident(self):
        lab = self.bench([bios("1.40", via("1.43"), image="bios-1.40.bin")])
        self.refused(lab, "FF0305", DENIED)

    def test_the_way_down_is_the_way_up_backwards(self):
        lab = self.bench([bios("1.38", via("1.40", "1.43", "1.47"), "allow_downgrade: true", image="bios-1.38.bin")])
        self.assertEqual(self.path(lab), ["P79 v1.43", "P79 v1.40"])
        self.assertIn("1 to downgrade", lab.run("plan").stdout)
        self.converge(lab, "bios-1.43.bin", "restart", "bios-1.40.bin", "restart", "bios-1.38.bin", "restart")

    def test_what_needs_the_newer_version_goes_down_first(self):
        old_bmc = 'component: "BMC", version: "1.44.100a00-rev1", image: "bmc-1.44.bin", allow_downgrade: true'
        lab = self.bench([old_bmc, bios("1.40", "allow_downgrade: true", image="bios-1.40.bin")],
                         ['when: "BIOS >= P79 v1.45", requires: ["BMC >= 1.45"]'])
        self.converge(lab, "bios-1.40.bin", "restart", "bmc-1.44.bin")


class Constraints(PathsTestCase):
    def test_h11_the_order_comes_from_what_must_hold_and_not_from_the_order_of_lines(self):
        lab = self.bench([bios("1.50"), NEW_BMC], ['when: "BIOS >= P79 v1.50", requires: ["BMC >= 1.46"]'])
        self.converge(lab, BMC, BIOS, "restart")

        lab = self.bench([NEW_BMC, bios("1.50")], ['when: "BMC >= 1.46", requires: ["BIOS >= P79 v1.50"]'],
                         name="other")
        self.converge(lab, BIOS, "restart", BMC)

    def test_a_step_of_one_component_waits_for_another_in_between(self):
        lab = self.bench([NEW_BMC + ', requires: ["BIOS >= P79 v1.47"]',
                          bios("1.50", via("1.47"), 'requires: ["BMC >= 1.46"]')])
        shown = lab.run("plan").stdout
        self.assertIn("2 restarts", shown)
        self.assertIn("goes through P79 v1.47 first", shown)
        self.converge(lab, "bios-1.47.bin", "restart", BMC, BIOS, "restart")

    def test_a_conflict_keeps_two_versions_apart_on_the_way(self):
        lab = self.bench([NEW_BMC + ', conflicts: ["BIOS < P79 v1.47"]', bios("1.50", via("1.47", "1.48"))],
                         ['when: "BIOS >= P79 v1.48", conflicts: ["BMC < 1.46"]'])
        self.converge(lab, "bios-1.47.bin", "restart", BMC, "bios-1.48.bin", "restart", BIOS, "restart")

    def test_what_cannot_be_is_refused_with_the_smallest_set_that_blocks(self):
        lab = self.bench([NEW_BMC + ', requires: ["BIOS >= P79 v1.50"]', bios("1.50", 'requires: ["BMC >= 1.46"]')],
                         ['when: "BIOS >= P79 v9.99", requires: ["BMC >= 9.99"]'])
        said = self.refused(lab, "FF0361", BLOCKED)
        lines = (lab.directory / "baselines.yaml").read_text().splitlines()
        for text, place in (("requires BIOS >= P79 v1.50", "BIOS >= P79 v1.50"), ("requires BMC >= 1.46", "BMC >= 1.46")):
            self.assertIn(text, said)
            number = next(i for i, line in enumerate(lines, 1) if f'requires: ["{place}' in line)
            self.assertIn(f"{number} | - {{component", said)
        self.assertNotIn("9.99", said)

    def test_a_requirement_that_nothing_brings_about_names_what_is_installed(self):
        lab = self.bench([bios("1.50", 'requires: ["BMC >= 1.46"]')])
        said = self.refused(lab, "FF0332", BLOCKED)
        self.assertIn("1.45.455b66-rev4", said)


class SharedRestarts(LabTestCase):
    """System ROM, flashed directly, and SPS, which UEFI installs from the queue, both become active with a restart."""

    ROM = 'component: "System ROM", version: "U58 v2.54 (07/10/2025)", image: "U58_2.54_07_10_2025.signed.flash"'
    SPS = 'component: "Server Platform Services (SPS) Firmware", version: "6.1.4.89.0", image: "SPSGen11_06.01.04.089.fwpkg"'

    def applied(self, lab):
        """The restarts that it took."""
        before = images.on_the_wire(lab).count("restart")
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        return images.on_the_wire(lab).count("restart") - before

    def test_what_may_share_a_restart_shares_it(self):
        lab = self.lab("ilo6")
        images.baseline(lab, "ilo6", [self.ROM, self.SPS])
        self.assertIn("Restarts: 1 of a host", lab.run("plan").stdout)
        self.assertEqual(self.applied(lab), 1)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_what_must_not_share_a_restart_gets_one_of_its_own(self):
        lab = self.lab("ilo6")
        images.baseline(lab, "ilo6", [self.ROM, self.SPS + ', separate_restart: ["System ROM"]'])
        plan = lab.run("plan").stdout
        self.assertIn("FF0363", plan)
        self.assertIn("with a later plan", plan)
        self.assertEqual(self.applied(lab), 1)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 2)
        self.assertEqual(self.applied(lab), 1)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)


class Packages(LabTestCase):
    """What a package says of the versions that it goes over is a constraint like those of the manifest."""

    def bench(self, *more):
        lab = self.lab("ilo5")
        packages.renewed(lab, "ilo5_312.fwpkg", "ilo5_314.fwpkg", "3.12", "3.14", minimum="3.12")
        images.baseline(lab, "ilo5", [", ".join(('component: "iLO 5", version: "3.14", image: ilo5_314.fwpkg', *more))])
        return lab

    def test_a_package_that_does_not_go_over_what_is_installed_is_refused(self):
        lab = self.bench()
        result = lab.run("plan")
        self.assertExit(result, BLOCKED)
        self.assertIn("FF0361", result.stderr)
        self.assertIn('the package ilo5_314.fwpkg asks for "3.12" at least', result.stderr)

    def test_the_catalog_finds_the_package_of_a_version_on_the_way(self):
        lab = self.bench('via: ["3.12"]')
        applied = lab.run("apply", "-auto-approve")
        self.assertExit(applied, 0)
        flashed = re.findall(r"push (\S+) for iLO 5\.\.\.", applied.stdout)
        self.assertEqual(flashed, ["ilo5_312.fwpkg", "ilo5_314.fwpkg"])
        self.assertEqual(len(lab.flashes()), 2)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_a_version_on_the_way_of_which_the_catalog_has_no_package(self):
        lab = self.bench('via: ["3.13"]')
        result = lab.run("plan")
        self.assertExit(result, BLOCKED)
        self.assertIn("FF0369", result.stderr)
        self.assertEqual(lab.writes(), [])


class WindowsOfBmcs(LabTestCase):
    """What an iLO does in a window it does by itself, and it does not see whether a version is active."""

    def test_only_the_first_step_of_a_way_goes_into_a_window(self):
        lab = self.lab("ilo5")
        rom = "U46_2.36_07_10_2025.signed.flash"
        images.image_of(lab, rom, "U46 v2.35 (05/01/2025)", "U46_2.35_05_01_2025.signed.flash")
        step = '{version: "U46 v2.35 (05/01/2025)", image: U46_2.35_05_01_2025.signed.flash}'
        images.baseline(lab, "ilo5", [f'component: "System ROM", version: "U46 v2.36 (07/10/2025)", image: {rom}, via: [{step}]'])
        window = f"firmform: v1\nmaintenance_windows:\n  night: {{start: {soon(seconds=20)}, end: {soon(hours=3)}}}\n"
        (lab.directory / "window.yaml").write_text(window)
        lab.edit(r"(baseline: ilo5-next)\}", r"\1, maintenance_window: night}")

        self.assertIn("FF0363", lab.run("plan").stdout)
        self.assertExit(lab.run("apply", "-auto-approve", "-detailed-exitcode"), 18)
        waiting = lab.run("plan", "-detailed-exitcode")
        self.assertExit(waiting, 18)
        self.assertIn("pending", waiting.stdout)
        lab.wait_for(lambda: "v2.35" in Ilo(lab).version("SystemRomActive"), "the first step is done", timeout=90)

        self.assertExit(lab.run("apply", "-auto-approve", "-detailed-exitcode"), 18)
        lab.wait_for(lambda: "v2.36" in Ilo(lab).version("SystemRomActive"), "the second step is done", timeout=90)


class Killed(PathsTestCase):
    STEPS = ["bios-1.47.bin", "restart", BIOS, "restart"]

    def test_h1_h3_killed_anywhere_on_the_way_each_image_is_flashed_once(self):
        for number in range(1, len(self.STEPS) + 1):
            with self.subTest(killed_after=self.STEPS[:number]):
                lab = self.bench([bios("1.50", via("1.47"))], name=f"lab-{number}", speed=200)
                process = lab.start("apply", "-auto-approve")
                lab.wait_for(lambda: len(images.on_the_wire(lab)) >= number, f"{number} steps")
                kill(process)
                self.assertExit(lab.run("resume"), 0)
                self.assertEqual(images.on_the_wire(lab), self.STEPS)
                self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
                lab.stop()

    def test_killed_between_two_steps_the_second_one_is_done_by_resume(self):
        lab = self.bench([bios("1.50", via("1.47"))], speed=200)
        process = lab.start("apply", "-auto-approve")
        for line in process.stdout:
            if "runs P79 v1.47: verified" in line:
                break
        kill(process)
        self.assertLess(len(images.on_the_wire(lab)), len(self.STEPS))
        self.assertExit(lab.run("resume"), 0)
        self.assertEqual(images.on_the_wire(lab), self.STEPS)

    def test_h2_a_step_whose_answer_is_lost_is_not_sent_again(self):
        lost = {"fault": "drop", "when": "after", "method": "POST", "path": "*SimpleUpdate", "nth": 2}
        lab = self.bench([bios("1.50", via("1.47"))], faults={"lab-01": [lost]})
        self.converge(lab, *self.STEPS)

    def test_a_new_plan_after_a_failed_step_goes_on_from_where_the_host_is(self):
        faults = {"lab-01": [{"fault": "status", "status": 400, "method": "POST", "path": "*SimpleUpdate", "nth": 2}]}
        lab = self.bench([bios("1.50", via("1.47"))], faults=faults)
        self.assertExit(lab.run("apply", "-auto-approve"), 4)
        self.assertEqual(images.on_the_wire(lab), self.STEPS[:2])
        self.assertEqual(self.path(lab), [])
        self.converge(lab, *self.STEPS)


if __name__ == "__main__":
    unittest.main(verbosity=2)
