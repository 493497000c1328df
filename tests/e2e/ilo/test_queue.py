# SPDX-License-Identifier: Apache-2.0
"""The installation queue: packages that go through it, and other people's entries in it."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import QUEUE, SETS, Ilo, IloTestCase, soon  # noqa: E402
from support.packages import repackaged  # noqa: E402

SPS = "Server Platform Services (SPS) Firmware"


UEFI_PACKAGES = (
    ("ilo5", SPS, "4.4.4.702", "SPSGen10Plus_04.04.04.702.fwpkg", "SPSFirmwareVersionData"),
    ("ilo6", SPS, "6.1.4.89.0", "SPSGen11_06.01.04.089.fwpkg", "SPSFirmwareVersionData"),
    ("ilo7", "Intelligent Platform Abstraction Data", "2.4.0 Build 3", "PDT_Gen12_2.4.0_Build_3.fwpkg", "PlatformDefinitionTable"),
)


class QueueTestCase(IloTestCase):
    def want_sps(self, lab, package=None):
        """A baseline with one package that UEFI installs in the next POST."""
        package = package or next(f.name for f in (lab.directory / "firmware").glob("SPSGen10Plus_*.fwpkg"))
        self.declare(lab, "baselines:\n  sps:\n    firmware:\n"
                     f'      - {{component: "{SPS}", version: "4.4.4.702", image: {package}}}\n', ilo5="baseline: sps")
        return package

    def foreign_entry(self, lab, name="Somebody else's work", file=None):
        """An entry of others for a stored image."""
        ilo = Ilo(lab)
        file = file or ilo.files()[0]
        return ilo.make(QUEUE, {"Name": name, "Command": "ApplyUpdate", "Filename": file, "UpdatableBy": ["Uefi"],
                                "StartAfter": soon(days=2), "Expire": soon(days=3)})


class Packages(QueueTestCase):
    def test_a_package_for_uefi_goes_through_repository_queue_and_restart(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        text = "baselines:\n"
        for model, component, version, package, _ in UEFI_PACKAGES:
            text += f'  {model}-uefi:\n    firmware:\n      - {{component: "{component}", version: "{version}", image: {package}}}\n'
        self.declare(lab, text, **{model: f"baseline: {model}-uefi" for model, *_ in UEFI_PACKAGES})
        applied = self.converge(lab)
        for number, (_, _, version, _, description) in enumerate(UEFI_PACKAGES, 1):
            host = f"lab-0{number}"
            self.assertIn(f"{host}: restart the host", applied.stdout)
            self.assertIn(version, Ilo(lab, host).version(description))
            self.assertEqual(Ilo(lab, host).members(QUEUE), [], "our entry is removed when done")

    def test_h15_a_package_for_an_agent_is_refused_where_none_runs(self):
        lab = self.bench("ilo5")
        package = repackaged(lab, "SPSGen10Plus_*.fwpkg", "agent_only.fwpkg", updatable_by=["RuntimeAgent"])
        self.want_sps(lab, package)
        self.refused(lab, "FF0341", 7)


class Others(QueueTestCase):
    def test_h14_a_failed_entry_of_others_blocks_and_is_removed_only_where_the_manifest_allows(self):
        lab = self.bench("ilo5")
        entry = self.foreign_entry(lab)
        Ilo(lab).fail_entry(entry)
        self.want_sps(lab)
        refused = self.refused(lab, "FF0340", 7)
        self.assertIn("Somebody else's work", refused.stdout + refused.stderr)
        lab.edit(r"^policies: \{", "policies: {clear_foreign_queue: allow, ")
        self.converge(lab)
        self.assertEqual(Ilo(lab).members(QUEUE), [])

    def test_h28_entries_of_others_are_never_deleted(self):
        lab = self.bench("ilo5", firmware=True)
        entry = self.foreign_entry(lab)
        lab.run("apply", "-auto-approve")
        self.assertExit(lab.run("queue", "clear", "lab-01", "-auto-approve"), 0)
        self.assertIn(entry["Name"], [e["Name"] for e in Ilo(lab).members(QUEUE)])
        self.assertEqual([r for r in lab.writes() if r["method"] == "DELETE" and r["path"].rstrip("/") == entry["@odata.id"].rstrip("/")], [])
        self.assertExit(lab.run("queue", "clear", "lab-01", "-all", "-auto-approve"), 0)
        self.assertEqual(Ilo(lab).members(QUEUE), [])

    def test_h16_a_full_repository_and_a_locked_image_are_found_before_the_first_byte(self):
        lab = self.bench("ilo5", faults={"lab-01": [{"fault": "repository_used", "bytes": 1 << 40}]})
        self.want_sps(lab)
        self.refused(lab, "FF0337", 7)

        other = self.bench("ilo5", name="other")
        file = self.image(other)
        self.declare(other, f"repositories:\n  r: {{present: [{file}]}}\n", ilo5="repository: r")
        self.converge(other)
        self.foreign_entry(other, file=file)
        image = other.directory / "firmware" / file
        image.write_bytes(image.read_bytes() + b"other bytes under the same name")
        self.refused(other, "FF0338", 7)

    def test_h17_invoking_appends_so_a_name_that_is_queued_already_is_refused_or_cleared_on_request(self):
        lab = self.bench("ilo5")
        self.declare(lab, f"install_sets:\n  golden: {{sequence: [{{file: {self.image(lab)}}}]}}\n", ilo5="install_sets: [golden]")
        self.converge(lab)
        window = ("-start-after", soon(hours=5))
        self.assertExit(lab.run("install-set", "invoke", "lab-01", "golden", *window, "-auto-approve"), 0)
        first = Ilo(lab).members(QUEUE)
        self.assertEqual(len(first), 1)
        written = len(lab.writes())
        second = lab.run("install-set", "invoke", "lab-01", "golden", *window, "-auto-approve")
        self.assertNotEqual(second.returncode, 0)
        self.assertEqual(len(lab.writes()), written, second.stdout)
        self.assertExit(lab.run("install-set", "invoke", "lab-01", "golden", *window, "-clear-queue", "-auto-approve"), 0)
        self.assertEqual(len(Ilo(lab).members(QUEUE)), 1)

    def test_h17_a_set_of_others_under_our_name_is_shown_as_a_difference(self):
        lab = self.bench("ilo5")
        ilo = Ilo(lab)
        file = ilo.files()[0]
        ilo.make(SETS, {"Name": "golden", "Description": "Theirs", "IsRecovery": False,
                        "Sequence": [{"Name": "one", "Command": "ApplyUpdate", "Filename": file, "UpdatableBy": ["Bmc"]}]})
        self.declare(lab, f"install_sets:\n  golden: {{sequence: [{{file: {self.image(lab)}}}]}}\n", ilo5="install_sets: [golden]")
        changes = {c["address"]: c["change"]["actions"] for c in lab.plan()["resource_changes"]}
        self.assertEqual(changes["lab-01/install-set:golden"], ["update"], changes)


if __name__ == "__main__":
    unittest.main(verbosity=2)
