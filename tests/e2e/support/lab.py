# SPDX-License-Identifier: Apache-2.0
"""A lab of simulated BMCs and the firmform binary, for end-to-end tests.

The environment variable FIRMFORM names the binary under test.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

FIRMFORM = os.environ.get("FIRMFORM", "firmform")

# Settings of the machine that would send Python's or curl's TLS elsewhere than to the lab's own CA.
for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy"):
    os.environ.pop(name, None)


class Lab:
    """`firmform lab` in a directory of its own."""

    def __init__(self, directory, models="ilo5,ilo6,ilo7", speed=600, faults=None, extra=()):
        self.directory = pathlib.Path(directory)
        self.speed = speed
        command = [FIRMFORM, "lab", str(self.directory), "-models", models, "-port", "0", "-speed", str(speed), *extra]
        if faults is not None:
            file = self.directory.parent / "faults.json"
            file.write_text(json.dumps(faults))
            command += ["-faults", str(file)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.banner = []
        for line in self.process.stdout:
            self.banner.append(line)
            if line.startswith("ready"):
                return
        raise RuntimeError("the lab did not start: " + "".join(self.banner))

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
        self.process.stdout.close()

    def requests(self):
        """What the BMCs were asked, oldest first: dicts with time, host, method, path, status."""
        log = self.directory / "requests.log"
        return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []

    def writes(self):
        """Requests that change a BMC; sessions are not counted."""
        return [r for r in self.requests() if r["method"] in ("POST", "PATCH", "PUT", "DELETE") and "/Sessions" not in r["path"]]

    def flashes(self):
        return [r for r in self.writes() if "SimpleUpdate" in r["path"] or "uploadFile" in r["path"] or "update" in r["path"].lower()
                and r["method"] == "POST"]

    def environment(self):
        return {**os.environ, "FIRMFORM_LAB_SPEED": str(self.speed), "NO_COLOR": "1"}

    def run(self, *arguments, timeout=240, stdin=subprocess.DEVNULL):
        """Runs firmform in the lab's directory."""
        return subprocess.run([FIRMFORM, *arguments], cwd=self.directory, env=self.environment(), text=True,
                              capture_output=True, timeout=timeout, stdin=stdin)

    def plan(self, *arguments, exits=(0,)):
        """A fresh plan as a dict, by way of a saved one."""
        file = self.directory / "fresh.plan"
        planned = self.run("plan", "-out", file.name, *arguments)
        assert planned.returncode in exits, planned.stdout + planned.stderr
        shown = self.run("show", "-json", file.name)
        file.unlink()
        return json.loads(shown.stdout)

    def start(self, *arguments):
        return subprocess.Popen([FIRMFORM, *arguments], cwd=self.directory, env=self.environment(), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)

    def edit(self, pattern, replacement, count=0):
        """Replaces in all manifests of the lab; fails when nothing matched."""
        changed = 0
        for file in self.directory.glob("*.yaml"):
            text, times = re.subn(pattern, replacement, file.read_text(), count=count, flags=re.MULTILINE)
            if times:
                file.write_text(text)
            changed += times
        assert changed, f"no manifest matches {pattern}"

    def wait_for(self, condition, what, timeout=60):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"did not happen in {timeout} s: {what}")
            time.sleep(0.02)


class LabTestCase(unittest.TestCase):
    """A test with a temporary directory, labs that are stopped afterwards, and readable failures."""

    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="firmform-e2e-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def lab(self, *arguments, name="lab", **options):
        lab = Lab(self.directory / name, *arguments, **options)
        self.addCleanup(lab.stop)
        return lab

    def assertExit(self, result, code):
        self.assertEqual(result.returncode, code, f"\n--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}")


def kill(process):
    """kill -9, and reap."""
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=20)
    process.stdout.close()
