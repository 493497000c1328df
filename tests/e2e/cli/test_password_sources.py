# SPDX-License-Identifier: Apache-2.0
"""Where a password may come from: each kind opens a BMC, and each kind that does not says why."""

import pathlib
import subprocess
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import ansible  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402
from support.stand_ins import StandIns  # noqa: E402


class PasswordSources(LabTestCase):
    def setUp(self):
        super().setUp()
        self.started = self.lab("ilo5")
        self.password = (self.started.directory / "password").read_text().strip()
        self.manifest = self.started.directory / "hosts.yaml"
        self.original = self.manifest.read_text()

    def source(self, source):
        text = self.original.replace("{file: password}", source)
        self.assertNotEqual(text, self.original)
        self.manifest.write_text(text)

    def read(self, source, variables=None, verb=("inventory",)):
        self.source(source)
        return subprocess.run([FIRMFORM, *verb], cwd=self.started.directory, text=True, capture_output=True, timeout=120,
                              env={**self.started.environment(), **(variables or {})}, stdin=subprocess.DEVNULL)

    def opens(self, source, variables=None):
        self.assertExit(self.read(source, variables), 0)

    def fails(self, source, words, variables=None):
        result = self.read(source, variables)
        self.assertNotEqual(result.returncode, 0)
        shown = " ".join((result.stdout + result.stderr).split())
        self.assertIn("FF0803", shown)
        self.assertIn(words, shown)
        return shown

    def test_environment_file_and_command(self):
        self.opens("{env: ILO_PASSWORD}", {"ILO_PASSWORD": self.password})
        self.opens("{exec: [cat, password]}")
        self.fails("{env: NO_SUCH_VARIABLE}", "NO_SUCH_VARIABLE is not set")
        self.fails("{exec: [sh, -c, 'echo canary; exit 3']}", "it ended with exit code 3")
        self.fails("{file: missing}", "cannot read")

    def test_a_credential_of_systemd(self):
        credentials = self.directory / "credentials"
        credentials.mkdir()
        (credentials / "ilo").write_text(self.password + "\n")
        self.opens("{systemd_credential: ilo}", {"CREDENTIALS_DIRECTORY": str(credentials)})
        self.fails("{systemd_credential: ilo}", "systemd gave this process none", {"CREDENTIALS_DIRECTORY": ""})
        self.fails("{systemd_credential: other}", "no credential `other`", {"CREDENTIALS_DIRECTORY": str(credentials)})

    @unittest.skipUnless(ansible.AVAILABLE, "no ansible-vault")
    def test_values_of_the_real_ansible_vault(self):
        directory = self.started.directory
        (directory / ".vault-pass").write_text("hunter2 with spaces\n")
        folder = directory / "group_vars" / "all"
        folder.mkdir(parents=True)
        whole = folder / "vault.yml"
        whole.write_text(f"vault_ilo_password: {self.password}\nilo:\n  10.0.0.1: {self.password}\n")
        ansible.encrypt_file(whole, directory / ".vault-pass")
        parts = folder / "parts.yml"
        parts.write_text("plain: text\n" + ansible.encrypt_value("ilo_password", self.password, directory / ".vault-pass") +
                         ansible.encrypt_value("labelled", self.password, directory / ".vault-pass", label="prod"))
        self.assertIn("$ANSIBLE_VAULT;1.2;AES256;prod", parts.read_text())

        unlock = "unlock: {file: .vault-pass}"
        self.opens(f"{{ansible_vault: {{file: group_vars/all/vault.yml, key: vault_ilo_password, {unlock}}}}}")
        self.opens(f"{{ansible_vault: {{file: group_vars/all/vault.yml, key: 'ilo.\"10.0.0.1\"', {unlock}}}}}")
        self.opens(f"{{ansible_vault: {{file: group_vars/all/parts.yml, key: ilo_password, {unlock}}}}}")
        self.opens(f"{{ansible_vault: {{file: group_vars/all/parts.yml, key: labelled, {unlock}}}}}")
        self.opens("{ansible_vault: {file: group_vars/all/vault.yml, key: vault_ilo_password, unlock: {env: VAULT_PASS}}}",
                   {"VAULT_PASS": "hunter2 with spaces"})
        before = whole.read_bytes()
        self.fails("{ansible_vault: {file: group_vars/all/vault.yml, key: vault_ilo_password, unlock: {env: VAULT_PASS}}}",
                   "the password does not open the vault", {"VAULT_PASS": "hunter3"})
        self.fails(f"{{ansible_vault: {{file: group_vars/all/vault.yml, key: other, {unlock}}}}}", "has no key `other`")
        self.fails(f"{{ansible_vault: {{file: group_vars/all/parts.yml, key: plain, {unlock}}}}}", "in clear text")
        self.fails(f"{{ansible_vault: {{file: group_vars/none.yml, key: plain, {unlock}}}}}", "cannot be read")
        whole.write_bytes(before[:len(before) // 2])
        self.fails(f"{{ansible_vault: {{file: group_vars/all/vault.yml, key: other, {unlock}}}}}", "the vault is damaged")

    def test_a_vault_of_ansible_serves_a_saved_plan_and_the_bundle(self):
        if not ansible.AVAILABLE:
            self.skipTest("no ansible-vault")
        directory = self.started.directory
        (directory / ".vault-pass").write_text("hunter2\n")
        (directory / "secrets").mkdir()
        (directory / "secrets" / "vault.yml").write_text(f"p: {self.password}\n")
        ansible.encrypt_file(directory / "secrets" / "vault.yml", directory / ".vault-pass")
        self.source("{ansible_vault: {file: secrets/vault.yml, key: p, unlock: {file: .vault-pass}}}")
        self.assertExit(self.started.run("plan", "-out", "p"), 0)
        self.assertExit(self.started.run("apply", "-auto-approve", "p"), 0)
        self.assertNotIn(self.password, (directory / "p").read_text())
        # The bundle leaves out even what somebody wrote into a comment, for it can open the vault.
        self.manifest.write_text(self.manifest.read_text() + f"# it is {self.password}, by hunter2\n")
        self.assertExit(self.started.run("support-bundle", "-out", "s.tar.gz"), 0)
        with tarfile.open(directory / "s.tar.gz") as archive:
            for member in archive.getmembers():
                text = archive.extractfile(member).read()
                self.assertNotIn(self.password.encode(), text, member.name)
                self.assertNotIn(b"hunter2", text, member.name)

    def test_sops_and_vault_are_asked_as_they_document(self):
        programs = StandIns(self.directory / "bin")
        directory = self.started.directory.resolve()
        programs.answer("sops", ["--decrypt", "--extract", '["ilo"]["password"]', str(directory / "secrets.enc.yaml")],
                        self.password)
        programs.answer("vault", ["kv", "get", "-field=password", "secret/ilo"], self.password + "\n")
        path = {"PATH": programs.path()}
        self.opens("{sops: {file: secrets.enc.yaml, key: ilo.password}}", path)
        self.opens("{vault: {path: secret/ilo, field: password}}", path)
        self.fails("{sops: {file: other.yaml, key: ilo.password}}", "the command `sops` gave no password", path)
        self.fails("{vault: {path: secret/ilo, field: other}}", "the command `vault` gave no password", path)
        self.fails("{sops: {file: s.yaml, key: a}}", "it cannot be run", {"PATH": "/nonexistent"})
        self.assertNotIn(self.password, programs.seen.read_text())


if __name__ == "__main__":
    unittest.main()
