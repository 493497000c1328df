# SPDX-License-Identifier: Apache-2.0
"""Verbs that end without having done anything say so by code, and leave everything as it was."""

import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM, LabTestCase  # noqa: E402


class NothingDone(LabTestCase):
    def answered(self, lab, answer, *arguments):
        """Exit code and errors of a command whose question a person answers at a terminal."""
        master, terminal = pty.openpty()
        environment = {**lab.environment(), "TERM": "dumb"}
        process = subprocess.Popen([FIRMFORM, *arguments], cwd=lab.directory, env=environment, stdin=terminal, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        os.close(terminal)
        os.write(master, (answer + "\n").encode())
        _, errors = process.communicate(timeout=120)
        os.close(master)
        return process.returncode, errors

    def test_what_is_not_approved_is_not_done(self):
        lab = self.lab("ilo5")
        for arguments in (("apply",), ("reset", "lab-01", "bmc")):
            with self.subTest(arguments):
                code, errors = self.answered(lab, "no", *arguments)
                self.assertEqual(code, 1, errors)
                self.assertIn("FF0608", errors)
        self.assertEqual(lab.writes(), [])

    def test_a_run_that_installed_nothing_leaves_nothing_to_roll_back(self):
        lab = self.lab("ilo5", faults=[{"fault": "flash_fails"}])
        self.assertExit(lab.run("apply", "-auto-approve"), 4)
        run = re.search(r"^([0-9a-f]+-[0-9a-f]+)", lab.run("status").stdout, re.MULTILINE).group(1)
        written = len(lab.writes())
        shown = lab.run("rollback", run, "-auto-approve")
        self.assertExit(shown, 0)
        self.assertIn("FF0621", shown.stdout)
        told = lab.run("rollback", run, "-auto-approve", "-json")
        self.assertExit(told, 0)
        self.assertEqual([json.loads(line) for line in told.stdout.splitlines()][-1]["code"], "FF0621")
        self.assertEqual(len(lab.writes()), written)

    def test_a_bundle_that_cannot_be_written_is_not_left_half(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        for place in ("missing/support.tar.gz", "hosts.yaml/support.tar.gz"):
            with self.subTest(place):
                refused = lab.run("support-bundle", "-out", place)
                self.assertExit(refused, 1)
                self.assertIn("FF0726", refused.stderr)
                self.assertFalse((lab.directory / place).exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
