# SPDX-License-Identifier: Apache-2.0
"""Adopting a fleet: from live hosts, lists, Ansible inventories, subnets and snapshots to a manifest with an empty plan."""

import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

MODELS = "ilo5,ilo5-old,ilo6,ilo7,idrac9,xcc,openbmc,redfish"


class Import(LabTestCase):
    def start(self, models="ilo5,ilo6"):
        """A lab, its hosts, and an empty directory to adopt them into."""
        self.bmcs = self.lab(models)
        manifest = "\n".join(file.read_text() for file in sorted(self.bmcs.directory.glob("*.yaml")))
        self.hosts = dict(re.findall(r'^  ([\w.-]+): \{bmc: "(https:[^"]+)"', manifest, re.MULTILINE))
        self.assertEqual(len(self.hosts), len(models.split(",")), manifest)
        self.user = re.search(r"username: ([\w]+)", manifest).group(1)
        self.fleet = self.directory / "fleet"
        self.fleet.mkdir()
        password = re.search(r"password: \{(file|env): ([^}]+)\}", manifest)
        self.assertEqual(password.group(1), "file")
        (self.fleet / "password").write_text((self.bmcs.directory / password.group(2).strip()).read_text())
        (self.fleet / "ca.pem").write_text((self.bmcs.directory / "ca.pem").read_text())
        self.login = ["-username", self.user, "-password-file", "password", "-ca-file", "ca.pem"]

    def firmform(self, *arguments):
        return subprocess.run([FIRMFORM, *arguments], cwd=self.fleet, env=self.bmcs.environment(), text=True,
                              capture_output=True, timeout=240, stdin=subprocess.DEVNULL)

    def adopt(self, *arguments):
        return self.firmform("import", *self.login, *arguments)

    def assertAdopted(self, hosts):
        self.assertExit(self.firmform("validate"), 0)
        self.assertExit(self.firmform("fmt", "-check"), 0)
        plan = self.firmform("plan", "-detailed-exitcode")
        self.assertExit(plan, 0)
        self.assertIn("No changes.", plan.stdout)
        manifest = (self.fleet / "firmform.yaml").read_text()
        for name, url in hosts.items():
            self.assertIn(f"{name}: {{bmc: {url}", manifest.replace('"', ""))
        self.assertEqual(self.bmcs.writes(), [], "adopting must not write")

    def test_hosts_of_every_model_are_adopted_and_nothing_is_written_over_or_to_a_bmc(self):
        self.start(MODELS)
        named = [f"{name}={url}" for name, url in self.hosts.items()]
        result = self.adopt(*named)
        self.assertExit(result, 0)
        self.assertAdopted(self.hosts)
        before = (self.fleet / "firmform.yaml").read_bytes()
        again = self.adopt(*named)
        self.assertEqual(again.returncode, 1)
        self.assertIn("FF0806", again.stderr)
        self.assertEqual((self.fleet / "firmform.yaml").read_bytes(), before)
        self.assertEqual(sorted(p.name for p in self.fleet.iterdir() if p.name != ".firmform"),
                         ["ca.pem", "firmform.yaml", "password"])

    def test_hosts_come_from_a_list_and_get_names_of_their_own(self):
        self.start("ilo5,ilo5,ilo6")
        urls = list(self.hosts.values())
        (self.fleet / "bmcs.txt").write_text(f"# the fleet\nfirst={urls[0]}\n\n{urls[1]}   # a comment\n{urls[2]}/\n")
        result = self.adopt("-list", "bmcs.txt")
        self.assertExit(result, 0)
        self.assertAdopted({"first": urls[0]})
        manifest = (self.fleet / "firmform.yaml").read_text()
        self.assertEqual(manifest.count("bmc: https://"), 3)
        self.assertEqual(len(re.findall(r"^  [\w.-]+:\n    applies_to", manifest, re.MULTILINE)), 2, manifest)

    def test_hosts_come_from_an_ansible_inventory_for_import_and_for_the_manifest(self):
        self.start()
        first, second = self.hosts.values()
        (self.fleet / "inventory").mkdir()
        (self.fleet / "inventory" / "hosts").write_text(
            f"[web]\nweb-01 ilo={first}\n[db]\ndb-01 ilo={second}\n[prod:children]\nweb\ndb\n[off]\nnone ilo=\n")
        result = self.adopt("-ansible", "inventory", "-bmc-variable", "ilo", "-hosts", "prod")
        self.assertExit(result, 0)
        self.assertAdopted({"web-01": first, "db-01": second})
        manifest = (self.fleet / "firmform.yaml").read_text()
        self.assertIn('labels: {prod: "yes", web: "yes"}', manifest)

        hosts, baselines = manifest.split("\nhosts:\n")[0], manifest[manifest.index("\nbaselines:\n"):]
        of = dict(re.findall(r"^  ([\w.-]+): \{bmc: [^,]+, baseline: ([^,}]+)", manifest, re.MULTILINE))
        (self.fleet / "firmform.yaml").write_text(
            hosts + "\ninventories:\n  dc: {ansible: inventory/, bmc_variable: ilo, hosts: prod, label_groups: {role: [web, db]}}\n"
            + "groups:\n" + "".join(f"  {name}: {{match: {{labels: {{role: {name}}}}}, baseline: {of[name + '-01']}}}\n"
                                    for name in ("web", "db")) + baselines)
        saved = self.firmform("plan", "-detailed-exitcode", "-out", "saved.plan")
        self.assertExit(saved, 0)
        self.assertExit(self.firmform("apply", "-auto-approve", "saved.plan"), 0)
        inventory = self.fleet / "inventory" / "hosts"
        inventory.write_text(inventory.read_text() + "# changed\n")
        stale = self.firmform("apply", "-auto-approve", "saved.plan")
        self.assertEqual(stale.returncode, 9, stale.stdout + stale.stderr)
        self.assertEqual(self.bmcs.writes(), [])

        typo = self.firmform("import", *self.login, "-out", "-", "-ansible", "inventory", "-bmc-variable", "ilo", "-hosts", "prdo")
        self.assertEqual(typo.returncode, 14)
        self.assertIn("did you mean `prod`?", typo.stderr)

    def test_a_subnet_is_searched_only_when_it_is_named_and_never_a_large_one_by_slip(self):
        self.start("ilo5")
        url = next(iter(self.hosts.values()))
        port = url.rsplit(":", 1)[1]
        result = self.adopt("-subnet", "127.0.0.0/29", "-port", port)
        self.assertExit(result, 0)
        self.assertAdopted({})
        self.assertIn(f"bmc: {url}", (self.fleet / "firmform.yaml").read_text())
        large = self.adopt("-subnet", "10.0.0.0/19", "-out", "other.yaml")
        self.assertEqual(large.returncode, 13)
        self.assertIn("-yes-large", large.stderr)
        nothing = self.adopt("-subnet", "127.0.0.8/30", "-port", port, "-out", "other.yaml")
        self.assertEqual(nothing.returncode, 17)
        self.assertIn("FF0813", nothing.stderr)
        self.assertFalse((self.fleet / "other.yaml").exists())

    def test_hosts_that_cannot_be_read_are_left_out_with_their_reasons(self):
        self.start("ilo5")
        url = next(iter(self.hosts.values()))
        result = self.adopt(f"good={url}", "dead=https://127.0.0.1:1")
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("dead", result.stderr)
        self.assertAdopted({"good": url})
        self.assertIn("# dead: https://127.0.0.1:1: ", (self.fleet / "firmform.yaml").read_text())
        (self.fleet / "wrong").write_text("not it\n")
        refused = self.firmform("import", "-username", self.user, "-password-file", "wrong", "-ca-file", "ca.pem",
                                "-out", "-", url)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("FF0813", refused.stderr)
        self.assertNotIn("not it", refused.stdout + refused.stderr)

    def test_keys_can_be_pinned_on_first_use_with_a_warning(self):
        self.start("ilo5")
        url = next(iter(self.hosts.values()))
        (self.fleet / "ca.pem").unlink()
        untrusted = self.firmform("import", "-username", self.user, "-password-file", "password", f"web-01={url}")
        self.assertNotEqual(untrusted.returncode, 0)
        self.assertIn("FF0404", untrusted.stderr)
        result = self.firmform("import", "-username", self.user, "-password-file", "password", "-pin-on-first-use",
                               f"web-01={url}", "dead=https://127.0.0.1:1")
        self.assertEqual(result.returncode, 5, result.stderr)
        self.assertIn("compare some of the pins", result.stderr)
        manifest = (self.fleet / "firmform.yaml").read_text()
        pin = re.search(r'tls: \{pin_sha256: "([0-9a-f]{64})"\}', manifest).group(1)
        self.assertAdopted({"web-01": url})
        (self.fleet / "firmform.yaml").write_text(manifest.replace(pin, "0" * 64))
        self.assertIn("FF0406", self.firmform("plan").stdout + self.firmform("plan").stderr)

    def test_a_recorded_inventory_is_adopted_offline_and_printed(self):
        self.start()
        self.assertExit(self.bmcs.run("inventory", "-record", "snapshot"), 0)
        result = self.firmform("import", "-from-snapshot", str(self.bmcs.directory / "snapshot"), "-out", "-")
        self.assertExit(result, 0)
        (self.fleet / "firmform.yaml").write_text(result.stdout)
        plan = self.firmform("plan", "-detailed-exitcode", "-from-snapshot", str(self.bmcs.directory / "snapshot"))
        self.assertExit(plan, 0)

    def test_what_is_missing_on_the_command_line_is_said(self):
        self.start("ilo5")
        for arguments, expected in (((), "nothing is said of where hosts come from"),
                                    (("https://127.0.0.1:1",), "needs a user name"),
                                    (("-username", "u", "-password-env", "P", "https://u:canary@x"), "is not the address of a BMC")):
            result = self.firmform("import", *arguments)
            self.assertEqual(result.returncode, 13, result.stderr)
            self.assertIn(expected, " ".join(result.stderr.split()))
            self.assertNotIn("canary", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
