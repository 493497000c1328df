# SPDX-License-Identifier: Apache-2.0
"""What a newcomer copies works: examples, the scaffold of init, the texts about the command line."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[3]


def firmform(*arguments, cwd=None):
    return subprocess.run([FIRMFORM, *arguments], cwd=cwd, text=True, capture_output=True, timeout=60,
                          env={**os.environ, "NO_COLOR": "1"})


class Examples(unittest.TestCase):
    def test_every_example_validates_and_is_formatted(self):
        directories = sorted({file.parent for file in (SOURCE / "examples").rglob("*.yaml")})
        self.assertGreaterEqual(len(directories), 2)
        for directory in directories:
            with self.subTest(directory.name):
                result = firmform("validate", cwd=directory)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(firmform("fmt", "-check", cwd=directory).returncode, 0)

    def test_the_scaffold_of_init_validates_and_is_never_written_over(self):
        with tempfile.TemporaryDirectory() as directory:
            self.assertEqual(firmform("init", cwd=directory).returncode, 0)
            result = firmform("validate", cwd=directory)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(firmform("fmt", "-check", cwd=directory).returncode, 0)
            again = firmform("init", cwd=directory)
            self.assertNotEqual(again.returncode, 0)
            self.assertIn("FF0806", again.stderr)

    def test_the_manifest_in_the_readme_validates(self):
        text = (SOURCE / "README.md").read_text()
        manifests = [block for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL) if "firmform: v1" in block]
        self.assertTrue(manifests)
        for manifest in manifests:
            with tempfile.TemporaryDirectory() as directory:
                (pathlib.Path(directory) / "m.yaml").write_text(manifest)
                result = firmform("validate", cwd=directory)
                self.assertEqual(result.returncode, 0, result.stderr)


class Texts(unittest.TestCase):
    def test_the_exit_codes_in_the_readme_are_those_of_the_program(self):
        help_text = firmform("--help").stdout
        program = re.findall(r"^ +(\d+) (\w+) +", help_text.split("Exit codes:")[1], re.MULTILINE)
        readme = re.findall(r"^\| (\d+) \| (\w+) \|", (SOURCE / "README.md").read_text(), re.MULTILINE)
        self.assertEqual(program, readme)

    def test_options_take_one_dash_or_two_before_or_after_what_they_do_not_swallow(self):
        for spelling in (("-color", "never", "FF0303"), ("--color=never", "FF0303"), ("FF0303", "-color=never")):
            result = firmform("explain", *spelling)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertTrue(result.stdout.startswith("FF0303:"))

    def test_every_verb_explains_itself(self):
        verbs = re.findall(r"^  (\w+) ", firmform("--help").stdout.split("Verbs:")[1].split("\n\n")[0], re.MULTILINE)
        self.assertIn("plan", verbs)
        for verb in verbs:
            result = firmform(verb, "-help")
            self.assertEqual(result.returncode, 0)
            self.assertIn(f"firmform {verb}", result.stdout)

    def test_the_manual_page_is_roff_and_names_every_exit_code(self):
        page = firmform("man").stdout
        self.assertTrue(page.startswith(".TH FIRMFORM 1"))
        self.assertIn("nothing_selected", page)

    def test_nothing_colours_a_pipe(self):
        for arguments in (("--help",), ("plann",), ("explain", "FF0303")):
            result = firmform(*arguments)
            self.assertNotIn("\x1b", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
