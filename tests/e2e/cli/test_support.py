# SPDX-License-Identifier: Apache-2.0
"""Traces and the support bundle: what they hold, and that no secret is ever in them."""

import json
import pathlib
import re
import stat
import sys
import tarfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402


class Support(LabTestCase):
    def traces(self, lab):
        return sorted((lab.directory / ".firmform" / "trace").rglob("*.jsonl"))

    def test_the_bundle_of_a_run_holds_everything_but_secrets(self):
        lab = self.lab("ilo5,ilo6", speed=600)
        # Comments reach the bundle as they are; this one holds what nobody should have written.
        password = (lab.directory / "password").read_text().strip()
        manifest = lab.directory / "hosts.yaml"
        manifest.write_text(manifest.read_text() + f"# the password is {password}\n")
        self.assertExit(lab.run("inventory", "-record", "snapshot"), 0)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)

        result = lab.run("support-bundle", "-out", "support.tar.gz")
        self.assertExit(result, 0)
        file = lab.directory / "support.tar.gz"
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        with tarfile.open(file) as archive:
            texts = {member.name: archive.extractfile(member).read().decode() for member in archive.getmembers()}
        names = "\n".join(texts)
        for expected in ("environment.txt", "manifest/hosts.yaml", r"runs/[^/]+/plan.json", r"runs/[^/]+/events.jsonl",
                         r"runs/[^/]+/trace/lab-01.jsonl", r"runs/[^/]+/trace/lab-02.jsonl", "inventory/snapshot/snapshot.json"):
            self.assertRegex(names, expected)
        for name in texts:
            self.assertIn(name.removeprefix("firmform-support/"), result.stdout)

        sent_tokens = 0
        for name, text in texts.items():
            self.assertNotIn(password, text, name)
            for match in re.finditer(r"/Sessions/([^\"/]+)", text):
                self.assertEqual(match.group(1), "REDACTED", name)
            if "/trace/" not in name:
                continue
            for line in map(json.loads, text.splitlines()):
                for headers in (line.get("request_headers", {}), line.get("response_headers", {})):
                    for key, value in headers.items():
                        if key.lower() in ("x-auth-token", "authorization", "cookie", "set-cookie"):
                            sent_tokens += 1
                            self.assertEqual(value, "REDACTED")
                for part in line.get("request_body", []) if isinstance(line.get("request_body"), list) else []:
                    if part["name"].lower() == "sessionkey":
                        self.assertEqual(part["body"], "REDACTED")
        self.assertGreater(sent_tokens, 20, "the trace must hold the headers that it conceals")

        self.assertExit(lab.run("support-bundle", "-out", "support.tar.gz"), 1)

    def test_each_host_has_a_trace_of_its_own_that_only_the_owner_reads(self):
        lab = self.lab("ilo5,ilo6", speed=600)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        traces = self.traces(lab)
        self.assertEqual([file.name for file in traces], ["lab-01.jsonl", "lab-02.jsonl"])
        for file in traces:
            self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            uploads = [line for line in lines if line["method"] == "POST" and "uploadFile" in line["target"]]
            self.assertTrue(uploads)
            self.assertTrue(all("duration_ms" in line and ("status" in line or "error" in line) for line in lines))

    def test_a_directory_without_runs_gives_a_bundle_that_says_so(self):
        lab = self.lab("ilo5")
        result = lab.run("support-bundle", "-out", "support.tar.gz")
        self.assertExit(result, 0)
        self.assertIn("not in it: runs", result.stdout)

    def test_a_trace_that_cannot_be_written_does_not_stop_a_run(self):
        lab = self.lab("ilo5", speed=600)
        (lab.directory / ".firmform").mkdir(mode=0o700)
        (lab.directory / ".firmform" / "trace").write_text("in the way")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, 0)
        self.assertEqual(result.stderr.count("goes on without a trace"), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
