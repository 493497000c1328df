# SPDX-License-Identifier: Apache-2.0
"""-report FORMAT=FILE of every verb that has it, against the lab, read by other people's programs."""

import os
import pathlib
import re
import stat
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import report_readers as readers  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

FILES = {"markdown": "comment.md", "gitlab": "plan.json", "junit": "junit.xml", "sarif": "result.sarif", "prometheus": "firmform.prom",
         "github": "annotations.txt", "html": "page.html"}


def asked():
    """The options for all formats."""
    return [part for name, file in FILES.items() for part in ("-report", f"{name}={file}")]


class Reports(LabTestCase):
    def reports(self, lab):
        """All files, read by their readers; they are gone afterwards."""
        texts = {}
        for name, file in FILES.items():
            path = lab.directory / file
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o644, file)
            texts[name] = path.read_text()
            path.unlink()
        verb = re.match(r"<!-- firmform:(\w+) ", texts["markdown"])[1]
        return {"markdown": readers.markdown(texts["markdown"], verb), "gitlab": readers.gitlab(texts["gitlab"]),
                "junit": readers.junit_counts(texts["junit"]), "suites": readers.junit(texts["junit"]),
                "sarif": readers.sarif(texts["sarif"]), "metrics": readers.metrics(texts["prometheus"]),
                "github": readers.annotations(texts["github"]), "html": texts["html"]}

    def test_plan_apply_and_the_next_plan_in_all_formats(self):
        lab = self.lab("ilo5,ilo6")
        planned = lab.run("plan", "-detailed-exitcode", "-out", "lab.plan", *asked())
        self.assertExit(planned, 2)
        self.assertIn("Plan: ", planned.stdout)
        before = self.reports(lab)
        changes = int(re.search(r"Plan: (\d+) to update, 0 to downgrade", planned.stdout)[1])
        self.assertEqual(before["gitlab"], {"create": 0, "update": changes, "delete": 0})
        self.assertEqual(before["junit"], (changes, 0))
        self.assertIn(f"Plan: {changes} to update, 0 to downgrade", before["markdown"])
        self.assertEqual(readers.metric(before["metrics"], "firmform_plan_changes", kind="update"), changes)
        self.assertEqual(readers.metric(before["metrics"], "firmform_exit_code", verb="plan"), 2)
        self.assertEqual(before["sarif"]["invocations"][0]["exitCode"], 2)
        self.assertTrue(before["sarif"]["invocations"][0]["executionSuccessful"])
        places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in before["sarif"]["results"]}
        self.assertTrue(all((lab.directory / place).exists() for place in places), places)
        self.assertEqual(lab.writes(), [])

        shown = lab.run("show", "lab.plan", *asked())
        self.assertExit(shown, 0)
        again = self.reports(lab)
        self.assertEqual((again["gitlab"], again["junit"]), (before["gitlab"], before["junit"]))

        self.assertExit(lab.run("apply", "lab.plan", *asked()), 0)
        after = self.reports(lab)
        self.assertEqual(after["junit"], (0, 0))
        self.assertEqual({case.name for case in after["suites"]["apply"]}, {"lab-01", "lab-02"})
        self.assertIn("Apply complete", after["markdown"])
        self.assertEqual(readers.metric(after["metrics"], "firmform_last_run_hosts", result="done"), 2)
        self.assertEqual(readers.metric(after["metrics"], "firmform_host_compliant", host="lab-01"), 1)

        self.assertExit(lab.run("plan", "-detailed-exitcode", *asked()), 0)
        done = self.reports(lab)
        self.assertEqual(done["gitlab"], {"create": 0, "update": 0, "delete": 0})
        self.assertEqual(done["junit"], (0, 0))
        self.assertIn("No changes. The fleet matches the manifest.", done["markdown"])
        self.assertEqual(done["sarif"]["results"], [])

        self.assertExit(lab.run("drift", *asked()), 0)
        self.assertEqual(self.reports(lab)["junit"], (0, 0))

    def test_drift_fails_in_the_tests_as_in_the_exit_code(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("drift", *asked()), 15)
        found = self.reports(lab)
        self.assertGreater(found["junit"][0], 0)
        self.assertEqual({result["level"] for result in found["sarif"]["results"]}, {"error"})
        self.assertIn("drift-older", {result["ruleId"] for result in found["sarif"]["results"]})
        self.assertGreater(readers.metric(found["metrics"], "firmform_drift", **{"class": "older"}), 0)
        self.assertExit(lab.run("drift", "-class", "newer", *asked()), 0)
        self.assertEqual(self.reports(lab)["junit"], (0, 0))

    def test_an_apply_that_fails_is_reported_all_the_same(self):
        faults = {"lab-02": [{"fault": "did_not_take"}]}
        lab = self.lab("ilo5*2", faults=faults)
        applied = lab.run("apply", "-auto-approve", *asked())
        self.assertExit(applied, 4)
        after = self.reports(lab)
        self.assertEqual(sum(after["junit"]), 1)
        self.assertEqual([case.name for case in after["suites"]["apply"] if case.result], ["lab-02"])
        self.assertIn("#### Hosts that did not get there", after["markdown"])
        self.assertIn("error", {result["level"] for result in after["sarif"]["results"]})
        self.assertEqual(readers.metric(after["metrics"], "firmform_last_run_success"), 0)
        self.assertEqual(readers.metric(after["metrics"], "firmform_host_compliant", host="lab-01"), 1)
        self.assertEqual(readers.metric(after["metrics"], "firmform_host_compliant", host="lab-02"), 0)
        self.assertEqual(after["github"][0][0], "error")

    def test_a_pipeline_sees_why_a_manifest_is_not_valid(self):
        lab = self.lab("ilo5")
        manifest = next(lab.directory.glob("*.yaml"))
        manifest.write_text(manifest.read_text() + "\nbaselnes: {}\n")
        line = len(manifest.read_text().splitlines())
        for verb in (["validate"], ["validate", "-json"], ["plan"], ["apply", "-auto-approve"], ["drift"]):
            with self.subTest(verb=verb):
                self.assertExit(lab.run(*verb, *asked()), 14)
                found = self.reports(lab)
                self.assertEqual(found["junit"], (1, 0))
                self.assertIn("The manifest is not valid: 1 error", found["markdown"])
                self.assertNotIn("No changes", found["markdown"])
                result = found["sarif"]["results"][0]
                place = result["locations"][0]["physicalLocation"]
                self.assertEqual((result["ruleId"], place["artifactLocation"]["uri"], place["region"]["startLine"]),
                                 ("FF0203", manifest.name, line))
                self.assertEqual(found["github"][0][1]["line"], str(line))
        self.assertEqual(lab.writes(), [])

    def test_a_host_that_is_out_of_reach_is_an_error_and_no_failure(self):
        lab = self.lab("ilo5*2")
        text = next(lab.directory.glob("*.yaml")).read_text()
        port = re.search(r"lab-02:.*?127\.0\.0\.\d+:(\d+)", text, re.DOTALL)[1]
        lab.edit(rf":{port}\b", ":1")
        self.assertExit(lab.run("plan", *asked()), 5)
        found = self.reports(lab)
        self.assertEqual(found["junit"][1], 1)
        self.assertEqual(found["suites"]["lab-02"].errors, 1)
        self.assertEqual(readers.metric(found["metrics"], "firmform_hosts", status="ok"), 1)

    def test_paths_are_those_of_the_checkout(self):
        lab = self.lab("ilo5")
        result = subprocess.run([FIRMFORM, "plan", "-chdir", lab.directory.name, "-report", "sarif=a.sarif", "-report", "github=-"],
                                cwd=lab.directory.parent, env=lab.environment(), text=True, capture_output=True, timeout=120, check=False)
        self.assertExit(result, 0)
        run = readers.sarif((lab.directory.parent / "a.sarif").read_text())
        for found in run["results"]:
            uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            self.assertTrue((lab.directory.parent / uri).exists(), uri)
        self.assertTrue(readers.annotations(result.stdout))
        self.assertIn("Plan: ", result.stderr)

    def test_a_report_on_standard_output_has_it_alone(self):
        lab = self.lab("ilo5")
        result = lab.run("plan", "-report", "junit=-")
        self.assertExit(result, 0)
        self.assertGreater(readers.junit_counts(result.stdout)[0], 0)
        self.assertIn("Plan: ", result.stderr)
        both = lab.run("plan", "-json", "-report", "junit=-")
        self.assertExit(both, 13)
        self.assertEqual(both.stdout, "")

    def test_what_cannot_be_written_is_said_and_the_others_are_written(self):
        lab = self.lab("ilo5")
        result = lab.run("plan", "-report", "junit=none/junit.xml", "-report", "gitlab=plan.json")
        self.assertExit(result, 1)
        self.assertIn("FF0805", result.stderr)
        readers.gitlab((lab.directory / "plan.json").read_text())
        requests = len(lab.requests())
        wrong = lab.run("plan", "-report", "junt=a.xml")
        self.assertExit(wrong, 13)
        self.assertIn("did you mean `junit`?", wrong.stderr)
        self.assertEqual(len(lab.requests()), requests)

    def test_a_resumed_run_is_reported_whole(self):
        lab = self.lab("ilo5", speed=60)
        process = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: any(r["method"] == "POST" and "Sessions" not in r["path"] for r in lab.requests()), "a write")
        process.kill()
        process.wait(timeout=20)
        process.stdout.close()
        self.assertExit(lab.run("resume", *asked()), 0)
        after = self.reports(lab)
        self.assertEqual([case.name for case in after["suites"]["apply"]], ["lab-01"])
        self.assertEqual(readers.metric(after["metrics"], "firmform_last_run_hosts", result="done"), 1)


if __name__ == "__main__":
    unittest.main()
