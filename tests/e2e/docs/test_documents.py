# SPDX-License-Identifier: Apache-2.0
"""Every command and every manifest that the documents show is run, and what they print is what the documents say."""

import functools
import pathlib
import re
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.documents import Document, first_difference, steps_of  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[3]
GENERATED = SOURCE / "examples" / "reference"


# Paths of documents, or parts of them: `test_documents.py examples/secrets` runs one of them by hand.
WANTED = sys.argv[1:]


def documents():
    found = [SOURCE / "README.md", SOURCE / "schemas" / "README.md"]
    found += sorted((SOURCE / "examples").rglob("*.md")) + sorted((SOURCE / "providers").rglob("*.md"))
    found = [path for path in found if GENERATED not in path.parents]
    return [path for path in found if not WANTED or any(part in str(path.relative_to(SOURCE)) for part in WANTED)]


class Documents(LabTestCase):
    def test_what_they_show_happens(self):
        ran = 0
        for number, path in enumerate(documents()):
            document = Document(self, path, str(path.relative_to(SOURCE)), self.directory / str(number))
            document.run()
            ran += document.ran
        self.assertGreater(ran, 0)

    def test_links_lead_to_files(self):
        for path in documents():
            for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", path.read_text()):
                with self.subTest(f"{path.relative_to(SOURCE)}: {target}"):
                    self.assertTrue((path.parent / target).exists())

    def test_the_exit_codes_of_the_readme_are_those_of_the_program(self):
        reference = subprocess.run([FIRMFORM, "reference", "exit-codes"], text=True, capture_output=True, timeout=60).stdout
        self.assertEqual(*(re.findall(r"(?m)^\| \d+ \|.*$", text.replace("`", ""))
                           for text in ((SOURCE / "README.md").read_text(), reference)))

    def test_commands_within_sentences_exist_with_their_options(self):
        """Those are not run: they have no place to run in. The program must know them all the same."""
        checked = 0
        for path in documents():
            for command in re.findall(r"`firmform ([^`\n]+)`", path.read_text()):
                with self.subTest(f"{path.relative_to(SOURCE)}: firmform {command}"):
                    self.exists(command.split())
                    checked += 1
        self.assertGreater(checked, 0 if not WANTED else -1)

    def exists(self, words):
        while words[0] == "-chdir":
            words = words[2:]
        verb = words[0]
        if verb.isupper():
            return
        help_text = self.help(verb)
        if "\nSubcommands:\n" in help_text and len(words) > 1 and not words[1].startswith("-"):
            verb += " " + words[1]
            help_text = self.help(verb)
        for option in re.findall(r"(?<=\s)--?([a-z][\w-]*)", " ".join(words)):
            self.assertRegex(help_text, rf"(?m)^\s+-{option}\b", f"`firmform {verb}` has no -{option}")

    @functools.cache
    def help(self, verb):
        done = subprocess.run([FIRMFORM, *verb.split(), "-help"], text=True, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, f"`firmform {verb}`: {done.stderr}")
        return done.stdout


class Runner(unittest.TestCase):
    def test_a_line_that_is_not_printed_is_found(self):
        self.assertIsNone(first_difference(["Plan: 1 to update", "…", "took 3m5s"], "Plan:  1 to update\na\nb\ntook 18m6s\n"))
        self.assertIn("Plan: 2", first_difference(["Plan: 2 to update"], "Plan: 1 to update\n"))
        self.assertIn("not shown", first_difference(["one"], "one\ntwo\n"))
        self.assertIsNone(first_difference(["one", "…"], "one\ntwo\n"))

    def test_blocks_and_directives_are_found_in_order(self):
        steps = steps_of("a\n<!-- test: lab ilo5 -->\n```console\n$ x\n```\n<!-- test: setup\nb\n-->\n```yaml\nc: 1\n```\n")
        self.assertEqual([step.kind for step in steps], ["lab", "console", "setup", "yaml"])
        self.assertEqual(steps[2].text, "b")


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=sys.argv[:1])
