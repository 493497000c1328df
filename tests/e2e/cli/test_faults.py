# SPDX-License-Identifier: Apache-2.0
"""Bad input and broken BMCs: each ends in a diagnostic with its own code, the right exit code, and no write."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


class Manifest(LabTestCase):
    def check(self, lab, code, exit_code, verb=("plan",)):
        result = lab.run(*verb)
        self.assertExit(result, exit_code)
        self.assertIn(code, result.stderr)
        self.assertEqual(lab.writes(), [])
        return result

    def test_malformed_yaml_is_shown_at_its_place(self):
        lab = self.lab("ilo5")
        (lab.directory / "broken.yaml").write_text("firmform: v1\nhosts: {a: [\n")
        result = lab.run("validate")
        self.assertExit(result, 14)
        self.assertRegex(result.stderr, r"error\[FF01\d\d\]")
        self.assertIn("--> broken.yaml:", result.stderr)

    def test_hostile_yaml_is_refused_quickly(self):
        lab = self.lab("ilo5")
        bomb = "firmform: v1\nx-a: &a [x,x,x,x,x,x,x,x,x]\n"
        for previous, name in zip("abcdefgh", "bcdefghi"):
            bomb += f"x-{name}: &{name} [" + ",".join([f"*{previous}"] * 9) + "]\n"
        for text in (bomb, "firmform: v1\nx-deep: " + "[" * 100_000, "firmform: v1\nx-long: " + "y" * (10 << 20)):
            (lab.directory / "hostile.yaml").write_text(text)
            result = lab.run("validate", timeout=20)
            self.assertExit(result, 14)
            self.assertRegex(result.stderr, r"error\[FF01\d\d\]")

    def test_an_unknown_host_is_not_success(self):
        lab = self.lab("ilo5")
        for verb in (("inventory", "lab-0l"), ("plan", "-target", "lab-0l")):
            result = self.check(lab, "FF0802", 17, verb)
            self.assertIn("lab-01", result.stderr)

    def test_a_component_that_does_not_exist_lists_the_candidates(self):
        lab = self.lab("ilo5")
        lab.edit(r'component: "iLO 5", ', 'component: "iLO 55", ')
        lab.edit(r'after: \["iLO 5"\]', 'after: ["iLO 55"]')
        result = self.check(lab, "FF0302", 7)
        self.assertIn("iLO 5", result.stderr)

    def test_a_downgrade_needs_a_policy(self):
        lab = self.lab("ilo5")
        lab.edit(r'version: "3.12"', 'version: "2.10"')
        self.check(lab, "FF0305", 6)

    def test_a_wrong_verb_or_option_is_answered_with_the_right_one(self):
        lab = self.lab("ilo5")
        self.assertIn("plan", self.check(lab, "FF0801", 13, ("plann",)).stderr)
        self.assertIn("--out", self.check(lab, "FF0801", 13, ("plan", "-outt", "x")).stderr)


class Bmc(LabTestCase):
    def row(self, lab, name="lab-01", exit_code=5):
        """The host's row of the inventory, and that the others were read."""
        result = lab.run("inventory", "-json")
        self.assertExit(result, exit_code)
        hosts = {h["name"]: h for h in json.loads(result.stdout)["hosts"]}
        self.assertEqual(hosts["lab-02"]["status"], "ok")
        self.assertGreater(len(hosts["lab-02"]["components"]), 20)
        self.assertEqual(lab.writes(), [])
        return hosts[name]

    def test_a_refused_login_is_one_row_and_tried_once(self):
        lab = self.lab("ilo5,ilo6")
        (lab.directory / "wrong").write_text("not the password")
        lab.edit(r"credentials:\n  lab: .*", "credentials:\n  lab: {username: admin, password: {file: password}}\n"
                 "  bad: {username: admin, password: {file: wrong}}")
        lab.edit(r"(lab-01: \{.*credentials: )lab", r"\1bad")
        row = self.row(lab)
        self.assertEqual(row["status"], "refused")
        self.assertEqual(row["error"]["code"], "FF0503")
        logins = [r for r in lab.requests() if r["host"] == "lab-01" and r["method"] == "POST" and "Sessions" in r["path"]]
        self.assertEqual(len(logins), 1)

    def test_an_untrusted_certificate_gets_no_credentials(self):
        lab = self.lab("ilo5,ilo6")
        other = self.lab("ilo5", name="other")
        (lab.directory / "other.pem").write_bytes((other.directory / "ca.pem").read_bytes())
        lab.edit(r"(lab-01: .*ca_file: )ca.pem", r"\1other.pem")
        row = self.row(lab)
        self.assertEqual(row["status"], "refused")
        self.assertEqual(row["error"]["code"], "FF0404")
        self.assertEqual([r for r in lab.requests() if r["host"] == "lab-01"], [])

    def test_a_dead_bmc_is_one_row(self):
        lab = self.lab("ilo5,ilo6")
        lab.edit(r'(lab-01: \{bmc: ")https://127.0.0.1:\d+', r"\1https://127.0.0.1:9")
        row = self.row(lab)
        self.assertEqual(row["status"], "unreachable")
        self.assertEqual(row["error"]["code"], "FF0402")

    def test_apply_goes_on_without_the_dead_one_and_says_so(self):
        lab = self.lab("ilo5,ilo6", speed=600)
        lab.edit(r'(lab-01: \{bmc: ")https://127.0.0.1:\d+', r"\1https://127.0.0.1:9")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, 5)
        self.assertIn("lab-02: done", result.stdout)

    def test_record_and_plan_offline(self):
        lab = self.lab("ilo5,ilo6,ilo7,idrac9,xcc,openbmc")
        self.assertExit(lab.run("inventory", "-record", "snapshot"), 0)
        live = lab.plan()
        requests = len(lab.requests())
        offline = lab.plan("-from-snapshot", "snapshot")
        self.assertEqual(len(lab.requests()), requests, "an offline plan must not touch the network")

        def changes(plan):
            return [(c["address"], c["kind"]) for c in plan["resource_changes"]]

        self.assertEqual(changes(offline), changes(live))
        password = (lab.directory / "password").read_text().strip()
        for file in (lab.directory / "snapshot").rglob("*"):
            if file.is_file():
                self.assertNotIn(password, file.read_text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
