# SPDX-License-Identifier: Apache-2.0
"""Back to what was there before a run; and what must be kept for that."""

import json
import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import trust  # noqa: E402
from support.lab import LabTestCase  # noqa: E402

ILO = "SystemBMC"
ROM = "SystemRomActive"


class Rollback(LabTestCase):
    def upgraded(self, models="ilo5", with_images=True, **options):
        """A lab after an upgrade, and the run that made it."""
        lab = self.lab(models, **options)
        self.before = {}
        for (host, address), change in trust.changes_of(lab).items():
            self.before[(host, address)] = change["change"]
        if with_images:
            self.keep_older_images(lab)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        return lab, self.last_run(lab)

    def last_run(self, lab):
        status = lab.run("status")
        return re.search(r"^([0-9a-f]+-[0-9a-f]+)", status.stdout, re.MULTILINE).group(1)

    def keep_older_images(self, lab):
        entries = []
        for component, address in (("iLO 5", ILO), ("System ROM", ROM)):
            change = self.before[("lab-01", address)]
            version = change["before"]["version"]
            newer = change["after"]["image"]["name"]
            image = trust.older_image(lab, newer, version, "older-" + newer)
            entries.append((component, version, image))
        trust.declare_older(lab, entries)

    def versions(self, lab):
        inventory = json.loads(lab.run("inventory", "-json").stdout)
        text = json.dumps(inventory)
        return {address: change["before"]["version"] in text
                for (host, address), change in self.before.items() if host == "lab-01"}

    def test_up_and_back_and_the_manifest_still_asks_for_the_new(self):
        lab, run = self.upgraded()
        written = len(lab.writes())
        shown = lab.run("rollback", run, "-dry-run")
        self.assertExit(shown, 0)
        self.assertIn("Nothing was sent.", shown.stdout)
        unasked = lab.run("rollback", run)
        self.assertExit(unasked, 1)
        self.assertIn("FF0804", unasked.stderr)
        self.assertEqual(len(lab.writes()), written)

        back = lab.run("rollback", run, "-auto-approve")
        self.assertExit(back, 0)
        self.assertIn("2 to downgrade", back.stdout)
        self.assertEqual(self.versions(lab), {ILO: True, ROM: True})

        again = lab.run("rollback", run, "-auto-approve")
        self.assertExit(again, 0)
        self.assertIn("Nothing to roll back", again.stdout)
        plan = lab.run("plan", "-detailed-exitcode")
        self.assertExit(plan, 2)
        self.assertIn("2 to update", plan.stdout)

    def test_a_rollback_can_be_rolled_back(self):
        lab, run = self.upgraded()
        self.assertExit(lab.run("rollback", run, "-auto-approve"), 0)
        undone = self.last_run(lab)
        self.assertNotEqual(undone, run)
        self.assertExit(lab.run("rollback", undone, "-auto-approve"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_one_host_of_a_run_goes_back_and_a_saved_rollback_is_a_plan(self):
        lab, run = self.upgraded("ilo5*2")
        wrong = lab.run("rollback", run, "-target", "lab-7")
        self.assertExit(wrong, 17)
        self.assertExit(lab.run("rollback", run, "-target", "lab-02", "-out", "back"), 0)
        self.assertExit(lab.run("apply", "back"), 0)
        left = lab.run("plan")
        self.assertIn("lab-02", left.stdout)
        self.assertIn("2 to update, 0 to downgrade, 2 unchanged", left.stdout)

    def test_a_plan_tells_before_anything_is_sent_how_it_could_be_undone(self):
        lab = self.lab("ilo5")
        changes = trust.changes_of(lab)
        self.assertEqual({change["way_back"]["kind"] for change in changes.values()}, {"no-image"})
        self.assertIn("No way back", lab.run("plan").stdout)
        self.before = {key: change["change"] for key, change in changes.items()}
        self.keep_older_images(lab)
        changes = trust.changes_of(lab)
        self.assertEqual({change["way_back"]["kind"] for change in changes.values()}, {"denied"})
        self.assertNotIn("No way back", lab.run("plan").stdout)

    def test_a_one_way_door_is_named_in_the_plan(self):
        lab = self.lab("ilo5", faults={"*": [{"fault": "downgrade_policy", "policy": "NoDowngrade"}]})
        self.assertEqual({c["way_back"]["kind"] for c in trust.changes_of(lab).values()}, {"one-way"})
        for name in ("anna", "ben"):
            trust.make_key(lab.directory / "keys", name)
        trust.ask_for_signatures(lab, ("anna", "ben"), False, ("one_way",))
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, 6)
        self.assertIn("cannot be undone", result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_h31_nothing_goes_down_without_being_asked_for(self):
        lab, _ = self.upgraded()
        version = self.before[("lab-01", ILO)]["before"]["version"]
        newer = self.before[("lab-01", ILO)]["after"]["image"]["name"]
        lab.edit(r'^( *- \{component: "iLO 5", version: "3.12").*\n',
                 rf'      - {{component: "iLO 5", version: "{version}", image: older-{newer}}}\n')
        written = len(lab.writes())
        plan = lab.run("plan")
        self.assertExit(plan, 6)
        self.assertIn("installed \"3.12", plan.stderr)
        lab.run("apply", "-auto-approve")
        self.assertEqual(len(lab.writes()), written)

    def test_without_images_nothing_is_sent_and_each_component_is_named(self):
        lab, run = self.upgraded(with_images=False)
        written = len(lab.writes())
        result = lab.run("rollback", run, "-auto-approve")
        self.assertExit(result, 7)
        for address in (ILO, ROM):
            self.assertIn(f"lab-01/{address}: the catalog has no image of", result.stderr)
        self.assertIn("FF0307", result.stderr)
        self.assertEqual(len(lab.writes()), written)

    def test_a_bmc_that_never_goes_down_refuses_with_the_reason(self):
        lab, run = self.upgraded(faults=[{"fault": "downgrade_policy", "policy": "NoDowngrade"}])
        written = len(lab.writes())
        result = lab.run("rollback", run, "-auto-approve")
        self.assertExit(result, 6)
        self.assertIn("NoDowngrade", result.stderr + result.stdout)
        self.assertEqual(len(lab.writes()), written)

    def test_a_run_that_there_is_not(self):
        lab = self.lab("ilo5")
        result = lab.run("rollback", "0000")
        self.assertExit(result, 17)
        self.assertIn("FF0620", result.stderr)


class Retirement(LabTestCase):
    def listed(self, lab, *arguments):
        result = lab.run("catalog", "retire", "-json", *arguments)
        return result, json.loads(result.stdout)

    def test_images_that_are_wanted_or_lead_back_are_kept(self):
        lab = self.lab("ilo5")
        change = trust.changes_of(lab)[("lab-01", ILO)]["change"]
        newer = change["after"]["image"]["name"]
        way_back = trust.older_image(lab, newer, change["before"]["version"], "way_back.bin")
        ancient = trust.older_image(lab, newer, "2.10 Oct 30 2019", "ancient.bin")
        trust.declare_older(lab, [("iLO 5", change["before"]["version"], way_back)])
        result, listed = self.listed(lab)
        self.assertExit(result, 0)
        self.assertTrue(listed["complete"])
        idle = [image["name"] for image in listed["retirable"]]
        self.assertIn(ancient, idle)
        self.assertNotIn(newer, idle)
        kept = {image["name"]: image["needed_for"] for image in listed["needed"]}
        self.assertIn(f"way back of lab-01/{ILO}", kept[way_back])
        self.assertTrue((lab.directory / "firmware" / ancient).exists(), "nothing is deleted")
        text = lab.run("catalog", "retire")
        self.assertIn(ancient, text.stdout)
        self.assertIn("Nothing was deleted.", text.stdout)
        self.assertEqual(lab.writes(), [])

    def test_a_host_that_cannot_be_read_makes_the_list_incomplete(self):
        lab = self.lab("ilo5*2")
        lab.edit(r'(lab-02: \{bmc: "https://127\.0\.0\.1:)\d+', r"\g<1>1")
        result, listed = self.listed(lab)
        self.assertExit(result, 5)
        self.assertFalse(listed["complete"])
        self.assertEqual(listed["unread_hosts"], ["lab-02"])

    def test_a_recorded_inventory_will_do(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("inventory", "-record", "snapshots"), 0)
        lab.stop()
        result, listed = self.listed(lab, "-from-snapshot", "snapshots")
        self.assertExit(result, 0)
        self.assertTrue(listed["needed"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
