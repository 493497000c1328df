# SPDX-License-Identifier: Apache-2.0
"""Every hazard of other tools (H1 to H35) has a test of its name, and tests/README.md says which."""

import pathlib
import re
import unittest

TESTS = pathlib.Path(__file__).resolve().parent.parent
HAZARDS = [f"H{number}" for number in range(1, 36)]
NAMED = re.compile(r'(?:TEST_CASE|SECTION|prop)\(\s*"(H\d+(?:, H\d+)*): |def test_(h\d+)_')


def hazards_named_in(file):
    found = set()
    for in_cpp, in_python in NAMED.findall(file.read_text()):
        found.update(name.strip() for name in in_cpp.split(",") if name)
        if in_python:
            found.add(in_python.upper())
    return found


def named_tests():
    files = {}
    for file in sorted([*TESTS.rglob("*.cc"), *TESTS.rglob("test_*.py")]):
        for hazard in hazards_named_in(file):
            files.setdefault(hazard, set()).add(file.relative_to(TESTS).as_posix())
    return files


def table_of_readme():
    rows = re.findall(r"^\| (H\d+) \|[^|]*\|([^|]*)\|$", (TESTS / "README.md").read_text(), flags=re.MULTILINE)
    return {hazard: re.findall(r"`([^`]+\.(?:cc|py))`", files) for hazard, files in rows}


class Hazards(unittest.TestCase):
    def test_every_hazard_has_a_named_test(self):
        self.assertEqual([hazard for hazard in HAZARDS if hazard not in named_tests()], [])

    def test_the_readme_names_the_files_that_hold_them(self):
        tests, table = named_tests(), table_of_readme()
        self.assertEqual(list(table), HAZARDS)
        for hazard, files in table.items():
            self.assertTrue(files, hazard)
            for file in files:
                self.assertIn(file, tests.get(hazard, set()), hazard)


if __name__ == "__main__":
    unittest.main()
