# SPDX-License-Identifier: Apache-2.0
"""The golden reports, read by other people's programs. No lab, no network."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import report_readers as readers  # noqa: E402

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "golden" / "report"
CASES = sorted(folder.name for folder in GOLDEN.iterdir() if folder.is_dir())


def golden(case, name):
    return (GOLDEN / case / name).read_text()


class Readers(unittest.TestCase):
    def each(self, name):
        self.assertGreaterEqual(len(CASES), 5)
        for case in CASES:
            with self.subTest(case=case):
                yield case, golden(case, name)

    def test_junit_is_read_by_junitparser_and_conforms_to_the_schema_of_jenkins(self):
        for _, text in self.each("junit.xml"):
            readers.junit(text)
        self.assertEqual(readers.junit_counts(golden("converged", "junit.xml")), (0, 0))
        failed = readers.junit(golden("exceptions", "junit.xml"))
        self.assertIn("6.30 <b>|`@all` #1 & ]]>", next(iter(failed["web-01"])).result[0].message)
        self.assertEqual({case.name: [type(r).__name__ for r in case.result] for case in failed["policies"]},
                         {"small-steps": [], "no-friday": ["Skipped"], "conftest: main.deny": ["Failure"], "two-steps": ["Skipped"],
                          "in-window": ["Failure"]})

    def test_sarif_conforms_to_its_schema(self):
        for _, text in self.each("sarif.sarif"):
            readers.sarif(text)
        self.assertEqual(readers.sarif(golden("converged", "sarif.sarif"))["results"], [])
        invalid = readers.sarif(golden("invalid", "sarif.sarif"))
        place = invalid["results"][0]["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"], {"uri": "fleet/hosts%20%26%20more.yaml", "uriBaseId": "%SRCROOT%"})
        self.assertEqual(place["region"], {"startLine": 2, "startColumn": 11, "endColumn": 14})

    def test_metrics_are_read_by_the_client_library_of_prometheus(self):
        for _, text in self.each("prometheus.prom"):
            self.assertGreater(len(readers.metrics(text)), 3)
        values = readers.metrics(golden("exceptions", "prometheus.prom"))
        self.assertEqual(readers.metric(values, "firmform_host_compliant", host="web-08"), 1)
        self.assertEqual(readers.metric(values, "firmform_host_compliant", host="web-01"), 0)
        self.assertEqual(readers.metric(values, "firmform_hosts", status="unreachable"), 2)
        self.assertEqual(readers.metric(values, "firmform_policies", outcome="denied"), 1)
        after = readers.metrics(golden("apply", "prometheus.prom"))
        self.assertEqual(readers.metric(after, "firmform_last_run_hosts", result="failed"), 1)
        self.assertEqual(readers.metric(after, "firmform_host_compliant", host="web-01"), 1)

    def test_gitlab_gets_its_three_numbers(self):
        for _, text in self.each("gitlab.json"):
            readers.gitlab(text)
        self.assertEqual(readers.gitlab(golden("converged", "gitlab.json")), {"create": 0, "update": 0, "delete": 0})
        self.assertEqual(readers.gitlab(golden("exceptions", "gitlab.json"))["update"], 8)

    def test_comments_begin_with_their_mark_and_hold_no_markup_of_devices(self):
        for case, text in self.each("markdown.md"):
            verb = re.match(r"<!-- firmform:(\w+) ", text)[1]
            readers.markdown(text, verb)
            self.assertNotIn("<b>", text, case)
            self.assertNotIn("@all", text, case)

    def test_annotations_are_workflow_commands(self):
        for _, text in self.each("github.txt"):
            found = readers.annotations(text)
            self.assertEqual(found[-1][0], "notice")
        first = readers.annotations(golden("invalid", "github.txt"))[0]
        self.assertEqual((first[0], first[1]["line"], first[1]["col"]), ("error", "2", "11"))


if __name__ == "__main__":
    unittest.main()
