# SPDX-License-Identifier: Apache-2.0
"""What rules of the manifest and external programs refuse, and who may decide otherwise."""

import json
import os
import pathlib
import re
import sqlite3
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import trust  # noqa: E402
from support.lab import LabTestCase  # noqa: E402

STAND_IN = pathlib.Path(__file__).resolve().parents[1] / "support" / "conftest_stand_in.py"
ROM = "{component: System ROM, enforcement: %s, message: Ask the platform team}"


def sarif(level):
    return {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "house-rules"}}, "results": [
        {"ruleId": "change-ticket", "level": level, "message": {"text": "there is no ticket"},
         "locations": [{"logicalLocations": [{"fullyQualifiedName": "lab-01"}]}]}]}]}


class Policies(LabTestCase):
    def lab_with(self, rules=None, commands=None, models="ilo5"):
        lab = self.lab(models)
        lines = ["firmform: v1", "policies:"]
        for section, entries in (("rules", rules), ("commands", commands)):
            if entries:
                lines += [f"  {section}:"] + [f"    {name}: {value}" for name, value in entries.items()]
        (lab.directory / "rules.yaml").write_text("\n".join(lines) + "\n")
        return lab

    def program(self, lab, text):
        """A program that judges plans, to be run by the name that is returned."""
        file = lab.directory / "judge"
        file.write_text("#!/bin/sh\n" + text)
        file.chmod(0o755)
        return "./judge"

    def refuse(self, lab, result, *said, exit_code=6):
        self.assertExit(result, exit_code)
        for text in said:
            self.assertIn(text, result.stderr)
        self.assertEqual(lab.writes(), [], "nothing must be sent")

    def saved(self, lab, exit_code=0):
        self.assertExit(lab.run("plan", "-out", "p"), exit_code)
        shown = lab.run("show", "-json", "p")
        self.assertExit(shown, 0)
        return json.loads(shown.stdout)

    # rules of the manifest

    def test_a_rule_that_denies_stops_plan_and_apply_and_is_in_the_saved_plan(self):
        lab = self.lab_with({"rom": ROM % "deny"})
        shown = lab.run("plan")
        self.assertExit(shown, 6)
        self.assertIn("FF0375 rom denies the plan: Ask the platform team (1 change on 1 host)", shown.stdout)
        self.assertIn("lab-01/SystemRomActive", shown.stdout)
        self.assertIn("rules.yaml:4:5", shown.stdout)
        self.refuse(lab, lab.run("apply", "-auto-approve"), "FF0375", "rom")
        plan = self.saved(lab, exit_code=6)
        self.assertEqual(plan["policies"][0]["outcome"], "denied")
        self.refuse(lab, lab.run("apply", "p"), "FF0375")
        self.refuse(lab, lab.run("apply", "p", "-override", "rom", "-reason", "I want it"), "FF0375", "cannot be overridden")

    def test_a_rule_that_warns_is_shown_and_stops_nothing(self):
        lab = self.lab_with({"rom": ROM % "warn"})
        shown = lab.run("plan", "-detailed-exitcode")
        self.assertExit(shown, 2)
        self.assertIn("FF0376 rom warns: Ask the platform team", shown.stdout)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertNotIn("Policies:", lab.run("plan").stdout)

    def test_a_rule_that_passes_is_recorded_and_not_shown(self):
        lab = self.lab_with({"none": "{changes: [downgrade]}", "half": "{more_than: 1}"})
        self.assertNotIn("Policies:", lab.run("plan").stdout)
        self.assertEqual([r["outcome"] for r in self.saved(lab)["policies"]], ["passed", "passed"])

    def test_an_override_needs_the_name_of_a_rule_that_asks_for_it_and_a_reason(self):
        lab = self.lab_with({"rom": ROM % "override", "none": "{changes: [downgrade], enforcement: override}"})
        self.assertExit(lab.run("plan"), 6)
        self.saved(lab, exit_code=6)
        for plan in (("-auto-approve",), ("p",)):
            self.refuse(lab, lab.run("apply", *plan), "FF0377", '-override "rom" -reason')
            self.refuse(lab, lab.run("apply", *plan, "-override", "rom"), "FF0812", exit_code=13)
            self.refuse(lab, lab.run("apply", *plan, "-override", "rom", "-reason", " "), "FF0812", exit_code=13)
            self.refuse(lab, lab.run("apply", *plan, "-override", "none", "-reason", "x"), "FF0379", exit_code=13)
            self.refuse(lab, lab.run("apply", *plan, "-override", "rum", "-reason", "x"), "FF0379", "`rom`", exit_code=13)
            self.refuse(lab, lab.run("apply", *plan, "-override", "rom", "-override", "rom", "-override", "rom", "-reason", "x",
                                     "-reason", "y"), "2 reasons for 3 -overrides", exit_code=13)

    def check_override_is_kept(self, lab):
        run = self.newest_run(lab)
        journal = sqlite3.connect(lab.directory / ".firmform" / "journal.sqlite")
        events = journal.execute("select subject, detail from event where kind = 'policy_overridden'").fetchall()
        journal.close()
        self.assertEqual([subject for subject, _ in events], ["rom"])
        self.assertRegex(events[0][1], rf"^by .+@{re.escape(os.uname().nodename)}: CVE-2026-1234")
        self.assertIn(f"Policy rom is overridden {events[0][1]}", lab.run("status", run).stdout)
        status = json.loads(lab.run("status", run, "-json").stdout)
        self.assertEqual(status["policies_overridden"], [{"rule": "rom", "detail": events[0][1]}])

    def newest_run(self, lab):
        return json.loads(lab.run("status", "-json").stdout)[0]["run_id"]

    def test_an_override_of_a_fresh_plan_is_journaled_and_shown(self):
        lab = self.lab_with({"rom": ROM % "override"})
        done = lab.run("apply", "-auto-approve", "-override", "rom", "-reason", "CVE-2026-1234, agreed in CHG-77")
        self.assertExit(done, 0)
        self.assertIn("rom is overridden by", done.stdout)
        self.check_override_is_kept(lab)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_an_override_of_a_saved_plan_is_journaled_and_the_plan_is_still_used_up(self):
        lab = self.lab_with({"rom": ROM % "override"})
        self.saved(lab, exit_code=6)
        override = ("-override", "rom", "-reason", "CVE-2026-1234")
        self.assertExit(lab.run("apply", "p", *override), 0)
        self.check_override_is_kept(lab)
        self.assertExit(lab.run("apply", "p", "-override", "rom", "-reason", "another"), 9)

    def test_a_part_of_a_plan_is_judged_as_that_part(self):
        lab = self.lab_with({"few": "{more_than: 1}"}, models="ilo5*2")
        self.saved(lab, exit_code=6)
        self.refuse(lab, lab.run("apply", "p"), "2 of 2 hosts > 1")
        self.assertExit(lab.run("apply", "p", "-target", "lab-01"), 0)

    def test_what_is_asked_of_single_bmcs_is_judged_too(self):
        lab = self.lab_with({"bmc": "{restarts: bmc}"})
        self.refuse(lab, lab.run("reset", "lab-01", "bmc", "-auto-approve"), "FF0375")
        self.assertExit(lab.run("reset", "lab-01", "bmc", "-dry-run"), 0)
        self.assertExit(lab.run("reset", "lab-01", "bmc", "-out", "p"), 6)
        self.refuse(lab, lab.run("apply", "p"), "FF0375")

    def test_a_rollback_is_judged_and_can_be_overridden(self):
        lab = self.lab_with({"back": "{changes: [downgrade], enforcement: override}"})
        older = []
        self.saved(lab)
        for change in json.loads(lab.run("show", "-json", "p").stdout)["resource_changes"]:
            before, after = change["change"]["before"]["version"], change["change"]["after"]
            if "image" in after:
                name = after["image"]["name"]
                older.append((change["name"], before, trust.older_image(lab, name, before, "older-" + name)))
        trust.declare_older(lab, older)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        run, written = self.newest_run(lab), len(lab.writes())
        refused = lab.run("rollback", run, "-auto-approve")
        self.assertExit(refused, 6)
        self.assertIn("FF0377", refused.stderr)
        self.assertEqual(len(lab.writes()), written)
        done = lab.run("rollback", run, "-auto-approve", "-override", "back", "-reason", "the new ROM hangs")
        self.assertExit(done, 0)
        self.assertIn("the new ROM hangs", lab.run("status", self.newest_run(lab)).stdout)

    def test_a_manifest_with_a_wrong_rule_is_refused_at_its_place(self):
        lab = self.lab_with({"rom": "{changes: [downgrades]}"})
        result = lab.run("plan")
        self.assertExit(result, 14)
        self.assertIn("rules.yaml:4:", result.stderr)
        self.assertIn("did you mean `downgrade`?", result.stderr)

    # programs

    def conftest(self, *rules, enforcement="deny"):
        words = ", ".join(json.dumps(word) for word in ("/usr/bin/python3", str(STAND_IN), *rules))
        return {"conftest": f"{{run: [{words}], enforcement: {enforcement}}}"}

    def test_failures_and_warnings_as_conftest_gives_them(self):
        lab = self.lab_with(commands=self.conftest("deny=System ROM", "warn=iLO 5", enforcement="override"))
        plan = self.saved(lab, exit_code=6)
        results = {result["rule"]: result for result in plan["policies"]}
        self.assertEqual({rule: result["outcome"] for rule, result in results.items()},
                         {"conftest: main.deny": "override-needed", "conftest: main.warn": "warned"})
        self.assertEqual(results["conftest: main.deny"]["subjects"], ["lab-01/SystemRomActive"])
        self.refuse(lab, lab.run("apply", "p"), "FF0377", "System ROM goes to")
        self.assertExit(lab.run("apply", "p", "-override", "conftest: main.deny", "-reason", "agreed"), 0)

    def test_a_program_that_passes_lets_the_plan_through(self):
        lab = self.lab_with(commands=self.conftest("deny=Nothing"))
        self.assertEqual([r["outcome"] for r in self.saved(lab)["policies"]], ["passed"])
        self.assertExit(lab.run("apply", "p"), 0)

    def test_sarif_is_understood(self):
        lab = self.lab_with(commands={"tickets": "{run: [cat, answer.json]}"})
        answer = lab.directory / "answer.json"
        answer.write_text(json.dumps(sarif("warning")))
        self.assertEqual(self.saved(lab)["policies"][0]["outcome"], "warned")
        answer.write_text(json.dumps(sarif("error")))
        result = self.saved(lab, exit_code=6)["policies"][0]
        self.assertEqual((result["rule"], result["outcome"], result["subjects"]),
                         ("tickets: change-ticket", "denied", ["lab-01"]))
        self.refuse(lab, lab.run("apply", "p"), "there is no ticket")

    def test_a_program_gets_the_plan_of_show_json_in_the_directory_of_the_manifest_and_no_secrets(self):
        lab = self.lab_with(commands={"tee": "{run: [./judge]}"})
        self.program(lab, 'cat > seen.json; env > seen.env; echo \'[{"filename":"","namespace":"main","successes":1}]\'\n')
        lab.edit(r"password: \{file: [^}]*\}", "password: {env: LAB_PASSWORD}")
        password = next(file for file in lab.directory.iterdir() if "password" in file.name).read_text().split()[0]
        os.environ["LAB_PASSWORD"] = password
        self.addCleanup(os.environ.pop, "LAB_PASSWORD", None)
        plan = self.saved(lab)
        seen = json.loads((lab.directory / "seen.json").read_text())
        self.assertEqual(seen["resource_changes"], plan["resource_changes"])
        self.assertNotIn(password, (lab.directory / "seen.json").read_text())
        self.assertNotIn(password, (lab.directory / "seen.env").read_text())
        self.assertExit(lab.run("apply", "p"), 0)
        again = json.loads((lab.directory / "seen.json").read_text())
        self.assertEqual(again, plan)

    def test_a_program_without_a_verdict_denies(self):
        answers = {"is not there": None, "says nothing": "exit 0\n", "prints garbage": "echo 'all good!'\n",
                   "answers in another form": "echo '{\"allow\": true}'\n", "crashes": "kill -SEGV $$\n",
                   "fails": "echo 'no such policy' >&2; exit 1\n",
                   "passes and fails": 'echo \'[{"filename":"","namespace":"m","successes":1}]\'; exit 1\n'}
        lab = self.lab_with(commands={"judge": "{run: [./judge], enforcement: override}"})
        for what, script in answers.items():
            with self.subTest(what):
                if script is not None:
                    self.program(lab, script)
                shown = lab.run("plan", "-out", "p")
                self.assertExit(shown, 6)
                self.assertIn("FF0378", shown.stderr)
                self.assertIn("no verdict", shown.stdout)
                self.refuse(lab, lab.run("apply", "p"), "FF0378")
                self.refuse(lab, lab.run("apply", "-auto-approve", "-override", "judge", "-reason", "x"), "FF0378")

    def test_a_program_that_hangs_is_ended_with_what_it_started(self):
        lab = self.lab_with(commands={"judge": "{run: [./judge], timeout: 1s}"})
        self.program(lab, "sleep 300 & echo $! > child; sleep 300\n")
        begin = time.monotonic()
        shown = lab.run("plan")
        self.assertExit(shown, 6)
        self.assertIn("took longer than 1s", shown.stderr)
        self.assertLess(time.monotonic() - begin, 60)
        child = pathlib.Path("/proc") / (lab.directory / "child").read_text().strip() / "stat"
        lab.wait_for(lambda: not child.exists() or child.read_text().split()[2] == "Z", "the program's child is gone")

    def test_a_program_without_a_verdict_that_may_only_warn_warns(self):
        lab = self.lab_with(commands={"judge": "{run: [./no-such], enforcement: warn}"})
        shown = lab.run("plan", "-out", "p")
        self.assertExit(shown, 0)
        self.assertIn("warning[FF0378]", shown.stderr)
        self.assertExit(lab.run("apply", "p"), 0)

    def test_a_program_that_denies_later_stops_a_plan_that_it_let_through(self):
        lab = self.lab_with(commands={"tickets": "{run: [cat, answer.json]}"})
        answer = lab.directory / "answer.json"
        answer.write_text(json.dumps(sarif("note")))
        self.saved(lab)
        answer.write_text(json.dumps(sarif("error")))
        self.refuse(lab, lab.run("apply", "p"), "FF0375", "there is no ticket")
        answer.write_text(json.dumps(sarif("note")))
        self.assertExit(lab.run("apply", "p"), 0)

    def test_a_program_that_denied_when_the_plan_was_saved_is_not_outvoted_later(self):
        lab = self.lab_with(commands={"tickets": "{run: [cat, answer.json]}"})
        answer = lab.directory / "answer.json"
        answer.write_text(json.dumps(sarif("error")))
        self.saved(lab, exit_code=6)
        answer.write_text(json.dumps(sarif("note")))
        self.refuse(lab, lab.run("apply", "p"), "FF0375")
        self.saved(lab)
        self.assertExit(lab.run("apply", "p"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
