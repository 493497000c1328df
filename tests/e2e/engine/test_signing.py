# SPDX-License-Identifier: Apache-2.0
"""Who must have signed a plan before it is applied, and what is refused for want of that."""

import base64
import json
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import trust  # noqa: E402
from support.lab import LabTestCase  # noqa: E402


class Signing(LabTestCase):
    def signed_lab(self, two_keys_for=(), required=True):
        lab = self.lab("ilo5")
        for name in ("anna", "ben", "eve"):
            trust.make_key(lab.directory / "keys", name)
        trust.ask_for_signatures(lab, ("anna", "ben"), required, two_keys_for)
        return lab

    def sign(self, lab, name, plan="p"):
        self.assertExit(lab.run("sign", plan, "-key", f"keys/{name}.pem"), 0)

    def refuse(self, lab, result, code, exit_code=6):
        self.assertExit(result, exit_code)
        self.assertIn(code, result.stderr)
        self.assertEqual(lab.writes(), [], "nothing must be sent")

    def test_a_plan_that_nobody_signed_is_not_applied_saved_or_not(self):
        lab = self.signed_lab()
        self.refuse(lab, lab.run("apply", "-auto-approve"), "FF0727")
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.refuse(lab, lab.run("apply", "p"), "FF0727")
        self.refuse(lab, lab.run("verify", "p"), "FF0727")

    def test_what_is_asked_of_single_bmcs_needs_signatures_too(self):
        lab = self.signed_lab()
        self.refuse(lab, lab.run("reset", "lab-01", "bmc", "-auto-approve"), "FF0727")
        self.assertExit(lab.run("reset", "lab-01", "bmc", "-out", "p"), 0)
        self.refuse(lab, lab.run("apply", "p"), "FF0727")

    def test_a_signed_plan_is_applied(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "ben")
        verified = lab.run("verify", "p", "-json")
        self.assertExit(verified, 0)
        result = json.loads(verified.stdout)
        self.assertTrue(result["permitted"])
        self.assertEqual([s["standing"] for s in result["signatures"]], ["good"])
        self.assertEqual(result["signatures"][0]["name"], "keys/ben.pub")
        self.assertExit(lab.run("apply", "p"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_openssl_verifies_the_same_bytes_with_the_same_key(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "anna")
        _, line = (lab.directory / "p.sig").read_text().splitlines()
        algorithm, key, signature = line.split(" ")
        self.assertEqual(algorithm, "ed25519")
        (lab.directory / "raw").write_bytes(base64.b64decode(signature, validate=True))
        subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "keys/anna.pub", "-in", "p",
                        "-sigfile", "raw"], cwd=lab.directory, check=True, capture_output=True)
        der = subprocess.run(["openssl", "pkey", "-pubin", "-in", "keys/anna.pub", "-outform", "DER"], cwd=lab.directory,
                             check=True, capture_output=True).stdout
        self.assertEqual(subprocess.run(["sha256sum"], input=der, capture_output=True).stdout.split()[0].decode(), key)

    def test_a_signature_by_another_key_does_not_count(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "eve")
        self.refuse(lab, lab.run("apply", "p"), "FF0728")
        self.sign(lab, "anna")
        self.assertExit(lab.run("verify", "p"), 0)

    def test_a_plan_that_was_changed_after_it_was_signed_is_refused(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "anna")
        plan = lab.directory / "p"
        original = plan.read_text()
        plan.write_text(original.replace("SystemRomActive", "SystemRomInactive"))
        edited = lab.run("apply", "p")
        self.assertNotEqual(edited.returncode, 0)
        self.assertIn("FF071", edited.stderr)
        self.assertEqual(lab.writes(), [])
        # A new plan of the same name, with the signature of the old one.
        manifest = lab.directory / "hosts.yaml"
        manifest.write_text(manifest.read_text() + "# changed\n")
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.refuse(lab, lab.run("apply", "p"), "FF0728")
        self.sign(lab, "anna")
        self.assertExit(lab.run("verify", "p"), 0)

    def test_a_signature_that_was_changed_is_refused(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "anna")
        signatures = lab.directory / "p.sig"
        original = signatures.read_text()
        flipped = original[:-5] + ("A" if original[-5] != "A" else "B") + original[-4:]
        for text in (flipped, original[:-1], original + "rsa x y\n", "", "\x00" * 100, original.replace("v1", "v9")):
            signatures.write_text(text)
            self.refuse(lab, lab.run("apply", "p"), "FF0728")
        signatures.write_text(original)
        self.assertExit(lab.run("verify", "p"), 0)

    def test_a_key_that_cannot_sign_plans_is_named_with_the_reason(self):
        lab = self.signed_lab()
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        keys = lab.directory / "keys"
        trust.make_key(keys, "rsa", "RSA")
        trust.make_key(keys, "locked", passphrase="sesame")
        (keys / "text.pem").write_text("this is no key\n")
        for file, reason in (("rsa.pem", "is of type RSA"), ("locked.pem", "passphrase"), ("text.pem", "no PEM file"),
                             ("anna.pub", "holds a PUBLIC KEY"), ("nowhere.pem", "there is no file")):
            result = lab.run("sign", "p", "-key", f"keys/{file}")
            self.assertExit(result, 1)
            self.assertIn("FF0729", result.stderr)
            self.assertIn(reason, result.stderr)
        self.assertFalse((lab.directory / "p.sig").exists())
        self.assertExit(lab.run("sign", "p"), 13)
        trust.ask_for_signatures(lab, ("rsa",))
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.refuse(lab, lab.run("apply", "p"), "FF0729", 1)

    def test_h31_a_downgrade_needs_two_keys_where_the_manifest_says_so(self):
        lab = self.signed_lab(two_keys_for=("downgrade",), required=False)
        before = trust.changes_of(lab)[("lab-01", "SystemBMC")]["change"]
        lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        installed = before["before"]["version"]
        image = trust.older_image(lab, before["after"]["image"]["name"], installed, "older.bin")
        lab.edit(r'^( *- \{component: "iLO 5").*\n', rf'\1, version: "{installed}", image: {image}, allow_downgrade: true}}\n')
        written = len(lab.writes())
        fresh = lab.run("apply", "-auto-approve")
        self.assertExit(fresh, 6)
        self.assertIn("FF0727", fresh.stderr)
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        self.sign(lab, "anna")
        self.sign(lab, "anna")
        one = lab.run("apply", "p")
        self.assertExit(one, 6)
        self.assertIn("2 keys", one.stderr)
        self.assertIn("goes down from", one.stderr)
        self.assertEqual(len(lab.writes()), written)
        self.sign(lab, "ben")
        self.assertExit(lab.run("apply", "p"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
