# SPDX-License-Identifier: Apache-2.0
"""Work that somebody else began on a BMC: left alone, waited for, or counted, as the manifest says."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import images  # noqa: E402
from support.ilo import SERVICE, Ilo  # noqa: E402
from support.lab import LabTestCase, kill  # noqa: E402

BLOCKED, MOVED = 7, 9
BMC = "contoso-bmc-1.46.512c02-rev1.bin"
BIOS = "contoso-bios-P79_v1.50.bin"


class ForeignWorkTestCase(LabTestCase):
    """Every image is pulled, so the log tells what was flashed by whom: `theirs` is what the other person ordered."""

    def bench(self, policy=None, models="redfish", speed=60, faults=None):
        lab = self.lab(models, speed=speed, faults=faults, name=f"lab-{models}-{policy}")
        images.pull(lab)
        if policy:
            lab.edit(r"^policies: \{", f"policies: {{foreign_work: {policy}, ")
        return lab

    def busy(self, policy, seconds=0, models="redfish", speed=600):
        return self.bench(policy, models, speed, {"*": [{"fault": "foreign_task", "seconds": seconds}]})

    def order(self, lab, image):
        """Somebody else has the BMC flash that image."""
        url = re.search(r'url: "([^"]+)"', (lab.directory / "baselines.yaml").read_text()).group(1)
        status, body = Ilo(lab).send("POST", SERVICE + "/Actions/UpdateService.SimpleUpdate", {"ImageURI": url + image})
        assert status in (200, 202), (status, body)
        self.theirs = len(lab.writes())

    def ours(self, lab):
        return len(lab.writes()) - self.theirs

    def refused(self, lab):
        for verb in (("plan",), ("apply", "-auto-approve")):
            result = lab.run(*verb)
            self.assertExit(result, BLOCKED)
            self.assertIn("FF0318", result.stderr)
        self.assertIn("a task runs on the BMC", result.stderr)

    def assertDone(self, lab):
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)


class Refused(ForeignWorkTestCase):
    def test_a_host_at_which_others_are_at_work_is_left_alone(self):
        for models in ("redfish", "ilo5", "idrac9", "xcc"):
            for policy in (None, "refuse"):
                with self.subTest(models=models, policy=policy):
                    lab = self.busy(policy, models=models)
                    self.refused(lab)
                    self.assertEqual(lab.writes(), [])
                    lab.stop()

    def test_the_work_of_a_person_is_left_alone_and_done_later_is_done(self):
        lab = self.bench()
        self.order(lab, BMC)
        self.refused(lab)
        self.assertEqual(self.ours(lab), 0)
        lab.wait_for(lambda: "1 to update" in lab.run("plan").stdout, "their flash is over")
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), [BMC, BIOS, "restart"])
        self.assertDone(lab)

    def test_work_that_began_after_the_plan_is_seen_by_apply(self):
        lab = self.bench()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.order(lab, BMC)
        result = lab.run("apply", "p")
        self.assertExit(result, MOVED)
        self.assertEqual(self.ours(lab), 0)

    def test_other_hosts_go_on(self):
        lab = self.lab("redfish*2", faults={"lab-02": [{"fault": "foreign_task", "seconds": 0}]})
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, BLOCKED)
        self.assertIn("1 host done", result.stdout)
        self.assertEqual({request["host"] for request in lab.writes()}, {"lab-01"})


class Waited(ForeignWorkTestCase):
    def test_apply_waits_until_their_work_is_over_and_goes_on(self):
        for models in ("redfish", "ilo6", "xcc"):
            with self.subTest(models=models):
                lab = self.busy("wait", 1200, models)
                plan = lab.run("plan")
                self.assertExit(plan, 0)
                self.assertIn("FF0367", plan.stdout)
                self.assertIn("apply waits until it is done", " ".join(plan.stdout.split()))
                applied = lab.run("apply", "-auto-approve")
                self.assertExit(applied, 0)
                self.assertIn("waits for the work of others", applied.stdout)
                self.assertDone(lab)
                lab.stop()

    def test_what_they_changed_is_not_what_was_planned(self):
        lab = self.bench("wait")
        self.order(lab, BMC)
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, MOVED)
        self.assertEqual(self.ours(lab), 0)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), [BMC, BIOS, "restart"])
        self.assertDone(lab)

    def test_killed_while_it_waits_resume_waits_on(self):
        lab = self.busy("wait", 1200, speed=200)
        process = lab.start("apply", "-auto-approve")
        for line in process.stdout:
            if "waits for the work of others" in line:
                break
        kill(process)
        self.assertEqual(lab.writes(), [])
        self.assertExit(lab.run("resume"), 0)
        self.assertEqual(images.on_the_wire(lab), [BMC, BIOS, "restart"])
        self.assertDone(lab)

    def test_work_that_begins_after_a_saved_plan_is_waited_for(self):
        lab = self.bench("wait")
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        images.image_of(lab, BIOS, "P79 v1.45", "same.bin")
        self.order(lab, "same.bin")
        self.assertExit(lab.run("apply", "p"), 0)
        self.assertEqual(images.on_the_wire(lab), ["same.bin", BMC, BIOS, "restart"])
        self.assertDone(lab)


class Adopted(ForeignWorkTestCase):
    def test_their_result_counts_and_is_not_flashed_again(self):
        lab = self.bench("adopt")
        self.order(lab, BMC)
        plan = lab.run("plan")
        self.assertExit(plan, 0)
        self.assertIn("counts its result", " ".join(plan.stdout.split()))
        applied = lab.run("apply", "-auto-approve")
        self.assertExit(applied, 0)
        self.assertEqual(images.on_the_wire(lab), [BMC, BIOS, "restart"])
        self.assertDone(lab)

    def test_a_flash_of_an_ilo_by_others_counts(self):
        lab = self.bench("adopt", "ilo5")
        lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        self.order(lab, "ilo5_312.bin")
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), ["ilo5_312.bin"])
        self.assertDone(lab)

    def test_a_version_that_nobody_asked_for_is_no_result(self):
        lab = self.bench("adopt")
        images.image_of(lab, BMC, "1.45.500a00-rev1", "other.bin")
        self.order(lab, "other.bin")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, MOVED)
        self.assertIn("1.45.500a00-rev1", result.stdout)
        self.assertEqual(self.ours(lab), 0)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(images.on_the_wire(lab), ["other.bin", BMC, BIOS, "restart"])
        self.assertDone(lab)


if __name__ == "__main__":
    unittest.main(verbosity=2)
