# SPDX-License-Identifier: Apache-2.0
"""Hazard: a secret in anything that the program writes. Every kind of secret is a text that is found again in any
spelling; all verbs are run in all forms, and every byte that they leave behind is searched."""

import base64
import gzip
import io
import json
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys
import tarfile
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import ansible  # noqa: E402
from support.canary import leaks, leaks_below, spellings  # noqa: E402
from support.collector import Collector, make_certificate  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402
from support.spy import Spy  # noqa: E402
from support.stand_ins import StandIns  # noqa: E402

# With quotes, slashes and letters beyond ASCII, so that every escape changes it.
ODD = 'C4nary-{}-"\\/<&>+%é'


class CanarySecret(LabTestCase):
    def prepare(self, models="ilo5,ilo6"):
        self.lab_ = self.lab(models)
        self.home = self.lab_.directory
        self.password = (self.home / "password").read_text().strip()
        self.secrets = {"the BMC's password": self.password,
                        "the BMC's login as Basic": base64.b64encode(f"admin:{self.password}".encode()).decode()}
        self.excluded = {"password"}
        self.outputs = []
        certificate = make_certificate(self.directory)
        (self.home / "ca.pem").write_bytes(certificate[0].read_bytes())
        self.spies = []
        manifest = self.home / "hosts.yaml"
        text = manifest.read_text()
        for url in re.findall(r'bmc: "(https://[^"]+)"', text):
            spy = Spy(url, certificate)
            self.addCleanup(spy.stop)
            self.spies.append(spy)
            text = text.replace(url, spy.url)
        self.assertTrue(self.spies)
        manifest.write_text(text)
        self.manifest = text
        self.collector = Collector()
        self.receiver = Collector(certificate=certificate)
        self.addCleanup(self.collector.stop)
        self.addCleanup(self.receiver.stop)
        self.programs = StandIns(self.directory / "bin")
        otlp = self.secret("OTLP header", "ascii")
        self.variables = {
            "PATH": self.programs.path(), "FIRMFORM_LOG": "debug", "FIRMFORM_LOG_PATH": str(self.home / "debug.log"),
            "OTEL_EXPORTER_OTLP_ENDPOINT": self.collector.url,
            "OTEL_EXPORTER_OTLP_HEADERS": "authorization=" + urllib.parse.quote(f"Bearer {otlp}"),
        }

    def secret(self, name, kind="odd"):
        text = ODD.format(len(self.secrets)) if kind == "odd" else f"C4nary-{len(self.secrets)}-" + "ascii-x7Q"
        self.secrets[name] = text
        return text

    def password_from(self, source):
        (self.home / "hosts.yaml").write_text(self.manifest.replace("{file: password}", source))

    def run_verb(self, *arguments, timeout=240):
        """Keeps what it prints. A verb that does not end is ended."""
        process = subprocess.Popen([FIRMFORM, *arguments], cwd=self.home, env={**self.lab_.environment(), **self.variables},
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGTERM)
            try:
                out, err = process.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                out, err = process.communicate()
        name = "firmform " + " ".join(arguments)
        self.outputs += [(name + " (standard output)", out), (name + " (standard error)", err)]
        return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")

    def assertNothingLeaked(self, least_files=1):
        tokens = set().union(*(spy.secrets for spy in self.spies))
        for number, token in enumerate(sorted(tokens)):
            if token not in self.secrets.values():
                self.secrets[f"session secret {number}"] = token
        problems, files = leaks_below(self.home, self.secrets, self.excluded)
        for where, data in self.outputs:
            problems += leaks(data, self.secrets, where)
        for what, server in (("the traces", self.collector), ("the notifications", self.receiver)):
            for path, headers, body in server.requests:
                problems += leaks(path.encode() + b"\n" + body, self.secrets, what)
                passed = {k: v for k, v in headers.items() if k.lower() != "authorization"}
                problems += leaks(json.dumps(passed).encode(), self.secrets, what + "' headers")
        if self.programs.seen.exists():
            problems += leaks(self.programs.seen.read_bytes(), self.secrets, "a command line")
        self.assertGreaterEqual(files, least_files)
        self.assertEqual(problems, [])

    def wrong_sources(self):
        """(name of the kind, source in the manifest), each with a password that no BMC takes."""
        self.variables["WRONG_PASSWORD"] = self.secret("from the environment")
        (self.home / "wrong-file").write_text(self.secret("from a file") + "\n")
        self.programs.answer("tell", ["wrong"], self.secret("from a command") + "\n")
        credentials = self.directory / "credentials"
        credentials.mkdir()
        (credentials / "ilo").write_text(self.secret("from systemd"))
        self.variables["CREDENTIALS_DIRECTORY"] = str(credentials)
        self.programs.answer("sops", ["--decrypt", "--extract", '["a"]["b"]', str(self.home.resolve() / "s.yaml")],
                             self.secret("from sops"))
        self.programs.answer("vault", ["kv", "get", "-field=f", "secret/x"], self.secret("from vault"))
        self.excluded |= {"wrong-file", "vault-pass"}
        sources = ["{env: WRONG_PASSWORD}", "{file: wrong-file}", "{exec: [tell, wrong]}", "{systemd_credential: ilo}",
                   "{sops: {file: s.yaml, key: a.b}}", "{vault: {path: secret/x, field: f}}"]
        if ansible.AVAILABLE:
            (self.home / "vault-pass").write_text(self.secret("the password of the Ansible vault", "ascii") + "\n")
            (self.home / "vault.dat").write_text("w: " + json.dumps(self.secret("from an Ansible vault")) + "\n")
            ansible.encrypt_file(self.home / "vault.dat", self.home / "vault-pass")
            sources.append("{ansible_vault: {file: vault.dat, key: w, unlock: {file: vault-pass}}}")
        return sources

    def test_every_kind_of_source_with_a_password_that_is_wrong(self):
        self.prepare("ilo5")
        for source in self.wrong_sources():
            self.password_from(source)
            for arguments in (["inventory"], ["plan", "-json"], ["plan", "-verbose"], ["apply", "-auto-approve"], ["drift"]):
                code, out, err = self.run_verb(*arguments)
                self.assertNotEqual(code, 0, (source, arguments))
            self.assertIn("FF0503", out + err, source)
        sent = set().union(*(spy.secrets for spy in self.spies))
        told = [text for name, text in self.secrets.items() if name.startswith("from ")]
        self.assertEqual([text for text in told if text not in sent], [], "each of them must have reached the BMC")
        self.assertNothingLeaked()

    def test_sources_that_break_off(self):
        self.prepare("ilo5")
        wrong = self.secret("what a dead command printed", "ascii")
        for program, arguments in (("sops", ["x"]), ("vault", ["x"])):
            self.programs.answer(program, arguments, wrong)
        script = self.programs.directory / "dies"
        script.write_text(f"#!/bin/sh\nprintf '%s' '{wrong}'\nkill -9 $$\n")
        script.chmod(0o755)
        (self.home / "vault.dat").write_text(f"clear: {wrong}\nbroken: [{wrong}\n")
        (self.home / "clear.dat").write_text(f"clear: {wrong}\n")
        (self.home / "long").write_text(wrong * 500)
        self.excluded |= {"vault.dat", "clear.dat", "long"}
        self.variables["KEY"] = self.secret("a vault's password", "ascii")
        for source in ("{exec: [dies]}", "{file: long}", "{sops: {file: s.yaml, key: a}}", "{vault: {path: a, field: b}}",
                       "{ansible_vault: {file: vault.dat, key: clear, unlock: {env: KEY}}}",
                       "{ansible_vault: {file: clear.dat, key: clear, unlock: {env: KEY}}}"):
            self.password_from(source)
            for arguments in (["inventory"], ["plan", "-json"]):
                _, out, err = self.run_verb(*arguments)
                self.assertIn("FF0803", out + err, source)
        self.assertNothingLeaked()

    def test_a_password_written_into_the_manifest(self):
        self.prepare("ilo5")
        for number, source in enumerate(("{}", "{{env: '{}'}}", "\n      {}", "|\n      {}", "{{sops: {}}}",
                                         "{{ansible_vault: {{file: a, key: b, unlock: {}}}}}")):
            literal = self.secret(f"literal {number}", "ascii")
            (self.home / "hosts.yaml").write_text(self.manifest.replace("{file: password}", source.format(literal)))
            for arguments in (["validate"], ["validate", "-json"], ["plan"], ["fmt", "-check"]):
                self.run_verb(*arguments)
        self.excluded.add("hosts.yaml")
        self.assertNothingLeaked()

    def report_formats(self):
        _, out, _ = self.run_verb("plan", "-help")
        found = re.search(r"Formats:([a-z,\s]+)\.", out)
        return [name.strip() for name in found.group(1).split(",")] if found else []

    def verbs(self):
        _, out, _ = self.run_verb("-help")
        return re.findall(r"^  ([a-z][a-z-]+) {2,}\S", out, flags=re.MULTILINE)

    def test_all_verbs_in_all_forms(self):
        self.prepare()
        self.variables["BMC_PASSWORD"] = self.password
        self.variables["HMAC_KEY"] = self.secret("HMAC key of notifications", "ascii")
        (self.home / "notify.yaml").write_text(
            "firmform: v1\nnotifications:\n  chat: {url: \"%s/hook\", hmac: {env: HMAC_KEY}, ca_file: ca.pem}\n" % self.receiver.url)
        if ansible.AVAILABLE:
            self.variables["UNLOCK"] = self.secret("the password of the Ansible vault", "ascii")
            (self.directory / "unlock").write_text(self.variables["UNLOCK"])
            (self.home / "vault.dat").write_text(f"ilo: {{password: {self.password}}}\n")
            ansible.encrypt_file(self.home / "vault.dat", self.directory / "unlock")
            self.password_from("{ansible_vault: {file: vault.dat, key: ilo.password, unlock: {env: UNLOCK}}}")

        formats = self.report_formats()
        self.assertGreaterEqual(len(formats), 5)
        reports = [f"-report={name}=report-{{}}-{name}" for name in formats]
        forms = [
            ["validate", "-json"], ["inventory"], ["inventory", "-json"], ["inventory", "-record", "snapshot"],
            ["plan"], ["plan", "-verbose", "-out", "saved"], ["plan", "-json", "-notify", *[r.format("plan") for r in reports]],
            ["plan", "-from-snapshot", "snapshot", "-json"],
            ["show", "saved", "-verbose"], ["show", "saved", "-json"], ["show", "saved", *[r.format("show") for r in reports]],
            ["graph", "saved"], ["graph", "-format", "mermaid"], ["graph", "-format", "svg"],
            ["drift", "-json", *[r.format("drift") for r in reports]], ["drift", "-notify"],
            ["explain", "lab-01"], ["explain", "lab-01", "-json"], ["explain", "FF0803"],
            ["log", "lab-01"], ["queue", "list"], ["queue", "list", "-json"], ["window", "list"], ["install-set", "list"],
            ["repository", "list"], ["integrity"], ["catalog", "list"], ["calendar"], ["simulate"],
            ["import", "-from-snapshot", "snapshot", "-out", "-"],
            *[["import", self.spies[0].url, "-username", "admin", "-ca-file", "ca.pem", "-out", f"imported.{i}", *source]
              for i, source in enumerate((["-password-env", "BMC_PASSWORD"], ["-password-file", "password"],
                                          ["-password-exec", "cat password"]))],
            ["completion", "bash"], ["__complete", "plan", "-target", ""],
            ["apply", "-json", "-auto-approve", "-notify", *[r.format("apply") for r in reports]],
            ["status"], ["status", "-json"], ["resume"], ["rollback", "-json"], ["rollout", "status"], ["plan", "-detailed-exitcode"],
        ]
        for arguments in forms:
            code, _, err = self.run_verb(*arguments)
            self.assertNotEqual(code, 11, (arguments, err))
            if arguments[0] in ("inventory", "plan", "show", "apply", "import"):
                self.assertIn(code, (0, 2, 18), (arguments, err))
        known = {arguments[0] for arguments in forms} | {"lab", "support-bundle"}
        for verb in self.verbs():
            if verb not in known:  # a verb that came later is at least begun
                self.run_verb(verb, timeout=6)
                self.run_verb(verb, "-json", timeout=6)
        self.run_verb("support-bundle", "-out", "bundle.tar.gz")

        # All of this must have been there, or nothing was proved.
        for pattern in ("debug.log", "bundle.tar.gz", "saved", ".firmform/journal.sqlite*", ".firmform/trace/*/*.jsonl",
                        "snapshot/hosts/*/**/index.json", *[f"report-apply-{name}" for name in formats]):
            self.assertTrue(list(self.home.glob(pattern)), pattern)
        tokens = set().union(*(spy.secrets for spy in self.spies))
        self.assertGreater(len(tokens - {self.password}), 5, "sessions were opened")
        self.assertTrue(self.receiver.requests, "notifications were sent")
        self.assertTrue(self.collector.requests, "traces were sent")
        self.assertEqual(self.collector.requests[0][1]["authorization"], "Bearer " + self.secrets["OTLP header"])
        self.assertNothingLeaked(least_files=50)

    def test_a_crash_leaves_no_core(self):
        self.prepare("ilo5")
        pid = os.fork()
        if pid == 0:
            os.chdir(self.home)
            resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            with open(self.directory / "crash", "wb") as file:
                os.dup2(file.fileno(), 1)
                os.dup2(file.fileno(), 2)
            os.execve(FIRMFORM, [FIRMFORM, "apply", "-auto-approve"], {**self.lab_.environment(), **self.variables})
        self.lab_.wait_for(lambda: self.spies[0].secrets, "a login")
        os.kill(pid, signal.SIGABRT)
        _, status = os.waitpid(pid, 0)
        self.assertTrue(os.WIFSIGNALED(status))
        self.assertFalse(os.WCOREDUMP(status), "the kernel wrote a core")
        self.outputs.append(("what the crash printed", (self.directory / "crash").read_bytes()))
        self.assertNothingLeaked()


class TheSearchItself(LabTestCase):
    """A search that finds nothing proves something only when it would have found it."""

    def test_it_finds_every_spelling_wherever_it_is(self):
        for secret in (ODD.format(1), "0123456789abcdef"):
            for spelling, needle in spellings(secret).items():
                self.assertTrue(leaks(b"before " + needle + b" after", {"s": secret}, "here"), spelling)
        secret = ODD.format(1)
        for text in (f"admin:{secret}", f"x{secret}", secret):
            self.assertTrue(leaks(base64.b64encode(text.encode()), {"s": secret}, "here"), "inside of base64")
        self.assertEqual(leaks(b"C4nary-1-", {"s": secret}, "here"), [])

    def test_it_looks_into_archives_and_names(self):
        secret = {"s": "C4nary-in-a-box"}
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            member = tarfile.TarInfo("inside.txt")
            member.size = 20
            archive.addfile(member, io.BytesIO(b"a C4nary-in-a-box!!!"))
        (self.directory / "a.tar.gz").write_bytes(packed.getvalue())
        (self.directory / "b.gz").write_bytes(gzip.compress(b"C4nary-in-a-box"))
        (self.directory / "C4nary-in-a-box.txt").write_text("nothing")
        (self.directory / "allowed").write_text("C4nary-in-a-box")
        problems, files = leaks_below(self.directory, secret, {"allowed"})
        self.assertEqual(files, 3)
        for where in ("a.tar.gz/inside.txt", "b.gz (unpacked)", "the name of"):
            self.assertTrue([p for p in problems if p.startswith(where)], (where, problems))
        self.assertFalse([p for p in problems if "allowed" in p])


if __name__ == "__main__":
    unittest.main()
