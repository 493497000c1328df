# SPDX-License-Identifier: Apache-2.0
"""The units of examples/systemd: systemd reads them without a complaint, and they leave the service little."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

UNITS = pathlib.Path(__file__).resolve().parents[3] / "examples" / "systemd"
SERVICES = ("firmform-watch.service", "firmform-drift.service")
MOST_EXPOSED = 2.5  # of 10, in systemd's own score


def has_options(*options):
    program = shutil.which("systemd-analyze")
    if program is None:
        return False
    text = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
    return all(option in text for option in options)


@unittest.skipUnless(has_options("verify", "--offline"), "there is no systemd-analyze that can look at files")
class Units(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="firmform-units-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        for unit in UNITS.glob("firmform-*"):
            text = unit.read_text().replace("/usr/bin/firmform", os.environ.get("FIRMFORM", "/bin/true"))
            (self.directory / unit.name).write_text(text)

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)

    def test_systemd_understands_all_of_them(self):
        for unit in sorted(self.directory.iterdir()):
            with self.subTest(unit=unit.name):
                result = self.analyze("verify", "--man=no", "--recursive-errors=no", str(unit))
                about_us = [line for line in result.stderr.splitlines() if "firmform" in line]
                self.assertEqual(about_us, [], result.stderr)
                self.assertEqual(result.returncode, 0, result.stderr)

    def test_the_services_may_do_little(self):
        for service in SERVICES:
            with self.subTest(service=service):
                limit = f"--threshold={int(MOST_EXPOSED * 10)}"
                result = self.analyze("security", "--offline=true", "--no-pager", limit, str(self.directory / service))
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
