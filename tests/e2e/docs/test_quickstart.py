# SPDX-License-Identifier: Apache-2.0
"""The quickstart that the README begins with, from its lab to an empty second plan. Packages and build are taken as done:
they are what these tests were made with."""

import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[3]


class Quickstart(LabTestCase):
    def stand_in(self, path):
        """A program that takes down how it is called, and succeeds."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f'#!/bin/sh\necho "$0" "$@" >> {self.directory}/calls\n')
        path.chmod(0o755)

    def test_it_ends_with_an_empty_plan(self):
        script = (SOURCE / "examples" / "quickstart.sh").read_text()
        self.assertIn("\nspeed=60\n", script)
        copy = self.directory / "examples" / "quickstart.sh"
        copy.parent.mkdir()
        copy.write_text(script.replace("\nspeed=60\n", "\nspeed=300\n"))
        self.stand_in(self.directory / "tests" / "packages.sh")
        self.stand_in(self.directory / "bin" / "cmake")
        built = self.directory / "build" / "release" / "firmform"
        built.parent.mkdir(parents=True)
        built.symlink_to(pathlib.Path(FIRMFORM).resolve())

        environment = {**os.environ, "PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}", "NO_COLOR": "1"}
        done = subprocess.run(["bash", copy], env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=240)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Plan: 6 to update", done.stdout)
        self.assertIn("3 hosts done.", done.stdout)
        self.assertIn("No changes. The fleet matches the manifest.", done.stdout)
        calls = (self.directory / "calls").read_text()
        self.assertIn("packages.sh build", calls)
        self.assertIn("cmake --build --preset release", calls)


if __name__ == "__main__":
    unittest.main(verbosity=2)
