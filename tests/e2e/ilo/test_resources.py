# SPDX-License-Identifier: Apache-2.0
"""What an iLO keeps beside its firmware, as declared state: repository, install sets, on iLO 5, 6 and 7."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import MODELS, REPOSITORY, SETS, Ilo, IloTestCase  # noqa: E402


class Repository(IloTestCase):
    def declare_images(self, lab, rest=""):
        text = "repositories:\n"
        for model in MODELS:
            text += f"  images-{model}: {{present: [{self.image(lab, model)}]{rest}}}\n"
        self.declare(lab, text, **{model: f"repository: images-{model}" for model in MODELS})

    def test_images_are_stored_once_and_removed_where_they_shall_be_absent(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.declare_images(lab)
        self.converge(lab)
        for number, model in enumerate(MODELS, 1):
            self.assertIn(self.image(lab, model), Ilo(lab, f"lab-0{number}").files())

        text = "repositories:\n" + "".join(f"  images-{m}: {{absent: [{self.image(lab, m)}]}}\n" for m in MODELS)
        (lab.directory / "extra.yaml").write_text("firmform: v1\n" + text)
        self.converge(lab)
        for number, model in enumerate(MODELS, 1):
            self.assertNotIn(self.image(lab, model), Ilo(lab, f"lab-0{number}").files())

    def test_pruning_keeps_what_is_listed_and_what_is_locked(self):
        lab = self.bench("ilo5")
        before = Ilo(lab).members(REPOSITORY)
        locked = {image["Filename"] for image in before if image["Locked"]}
        self.declare(lab, f"repositories:\n  r: {{present: [{self.image(lab)}, {self.image(lab, component='bios')}]}}\n",
                     ilo5="repository: r")
        self.converge(lab)
        (lab.directory / "extra.yaml").write_text(
            f"firmform: v1\nrepositories:\n  r: {{present: [{self.image(lab)}], prune: true}}\n")
        self.converge(lab)
        self.assertEqual(set(Ilo(lab).files()), locked | {self.image(lab)})


class InstallSets(IloTestCase):
    def declare_sets(self, lab, steps):
        text = "install_sets:\n"
        for model in MODELS:
            text += f"  golden-{model}:\n    description: Golden firmware\n    sequence:\n"
            for step in steps:
                text += "      - " + step.format(bmc=self.image(lab, model), bios=self.image(lab, model, "bios")) + "\n"
        self.declare(lab, text, **{model: f"install_sets: [golden-{model}]" for model in MODELS})

    def sets(self, lab, number):
        return {s["Name"]: s for s in Ilo(lab, f"lab-0{number}").members(SETS)}

    def test_sets_are_created_changed_in_order_and_deleted(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.declare_sets(lab, ["{{file: {bmc}}}", "{{file: {bios}}}", "{{command: ResetServer}}"])
        self.converge(lab)
        for number, model in enumerate(MODELS, 1):
            golden = self.sets(lab, number)[f"golden-{model}"]
            self.assertEqual([step.get("Filename", "") or step["Command"] for step in golden["Sequence"]],
                             [self.image(lab, model), self.image(lab, model, "bios"), "ResetServer"])

        self.declare_sets(lab, ["{{file: {bios}}}", "{{file: {bmc}}}", "{{command: ResetServer}}"])
        plan = lab.run("plan")
        self.assertExit(plan, 0)
        self.assertIn("step 1", plan.stdout, "the plan shows what differs")
        self.converge(lab)
        for number, model in enumerate(MODELS, 1):
            golden = self.sets(lab, number)[f"golden-{model}"]
            self.assertEqual(golden["Sequence"][0]["Filename"], self.image(lab, model, "bios"))

        text = "install_sets:\n" + "".join(f"  golden-{m}: {{absent: true}}\n" for m in MODELS)
        (lab.directory / "extra.yaml").write_text("firmform: v1\n" + text)
        self.converge(lab)
        for number, model in enumerate(MODELS, 1):
            self.assertNotIn(f"golden-{model}", self.sets(lab, number))

    def test_drift_is_shown_and_put_right(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.declare_sets(lab, ["{{file: {bmc}}}", "{{file: {bios}}}"])
        self.converge(lab)
        golden = self.sets(lab, 1)["golden-ilo5"]
        Ilo(lab).send("PATCH", golden["@odata.id"], {"Name": golden["Name"], "Sequence": [
            {k: step[k] for k in ("Name", "Command", "Filename", "UpdatableBy")} for step in reversed(golden["Sequence"])]})
        plan = lab.run("plan", "-detailed-exitcode")
        self.assertExit(plan, 2)
        self.assertIn("step 1", plan.stdout)
        self.converge(lab)

    def test_the_recovery_set_is_protected(self):
        lab = self.bench("ilo5")
        self.declare(lab, f"install_sets:\n  rescue: {{recovery: true, sequence: [{{file: {self.image(lab)}}}]}}\n",
                     ilo5="install_sets: [rescue]")
        self.refused(lab, "FF0353", 6)
        self.declare(lab, f"install_sets:\n  rescue: {{recovery: true, sequence: [{{file: {self.image(lab)}}}]}}\n",
                     policies="recovery_set: allow", ilo5="install_sets: [rescue]")
        self.converge(lab)
        recovery = [s for s in Ilo(lab).members(SETS) if s["IsRecovery"]]
        self.assertEqual([step["Filename"] for step in recovery[0]["Sequence"]], [self.image(lab)])


if __name__ == "__main__":
    unittest.main(verbosity=2)
