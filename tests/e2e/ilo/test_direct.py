# SPDX-License-Identifier: Apache-2.0
"""The direct verbs: list, show, add, delete, invoke and clear of what an iLO keeps; its log; resets."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import QUEUE, WINDOWS, Ilo, IloTestCase, soon  # noqa: E402


class Reading(IloTestCase):
    def test_lists_are_tables_and_json_over_several_hosts(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        for verb, key in (("repository", "images"), ("queue", "entries"), ("window", "windows"), ("install-set", "install_sets")):
            with self.subTest(verb):
                table = lab.run(verb, "list", "lab-*")
                self.assertExit(table, 0)
                self.assertIn("lab-03: ", table.stdout)
                listed = json.loads(lab.run(verb, "list", "-json").stdout)
                self.assertEqual([h["name"] for h in listed["hosts"]], ["lab-01", "lab-02", "lab-03"])
                self.assertTrue(all(isinstance(h[key], list) for h in listed["hosts"]))
        self.assertEqual(lab.writes(), [])

    def test_totals_and_free_space_are_shown(self):
        lab = self.bench("ilo5")
        listed = json.loads(lab.run("repository", "list", "lab-01", "-json").stdout)["hosts"][0]
        self.assertGreater(listed["total_bytes"], listed["free_bytes"])
        self.assertRegex(lab.run("repository", "list", "lab-01").stdout, r"lab-01: \d+ images, [\d.]+ MiB of [\d.]+ .iB free")

    def test_show_finds_by_name_and_by_id_and_says_what_was_probably_meant(self):
        lab = self.bench("ilo5")
        image = json.loads(lab.run("repository", "list", "lab-01", "-json").stdout)["hosts"][0]["images"][0]
        for key in (image["file"], image["id"]):
            self.assertIn(image["file"], lab.run("repository", "show", "lab-01", key).stdout)
        wrong = self.refused(lab, "FF0809", 1, ("repository", "show", "lab-01", image["file"][:-1]))
        self.assertIn(f"did you mean `{image['file']}`?", wrong.stderr)

    def test_the_log_has_times_severities_and_the_start_that_is_asked_for(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.assertExit(lab.run("log", "lab-01"), 0)
        every = json.loads(lab.run("log", "lab-*", "-json").stdout)["hosts"]
        self.assertEqual(len(every), 3)
        self.assertGreater(len(every[0]["entries"]), 0)
        none = json.loads(lab.run("log", "lab-01", "-since", soon(days=1), "-json").stdout)["hosts"][0]["entries"]
        self.assertEqual(none, [])
        critical = json.loads(lab.run("log", "lab-01", "-severity", "critical", "-json").stdout)["hosts"][0]["entries"]
        self.assertLess(len(critical), len(every[0]["entries"]))

    def test_a_bmc_without_these_things_says_so(self):
        lab = self.bench("idrac9")
        self.refused(lab, "FF0347", 7, ("queue", "list", "lab-01"))


class Writing(IloTestCase):
    def test_a_dry_run_shows_method_uri_and_body_and_sends_nothing(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        file = Ilo(lab).files()[0]
        window = ("window", "add", "lab-0*", "tonight", "-start", soon(hours=2), "-end", soon(hours=4))
        for arguments in (window,
                          ("queue", "add", "lab-01", "-file", file, "-start-after", "+2h", "-expire", "+4h", "-updatable-by", "Bmc"),
                          ("queue", "add", "lab-01", "-command", "Wait", "-wait-seconds", "30"),
                          ("repository", "add", "lab-01", self.image(lab)),
                          ("reset", "lab-01", "host"),
                          ("reset", "lab-01", "bmc")):
            with self.subTest(arguments):
                dry = lab.run(*arguments, "-dry-run")
                self.assertExit(dry, 0)
                self.assertRegex(dry.stdout, r"(?m)^POST https://127\.0\.0\.1:\d+/")
                self.assertIn("Nothing was sent.", dry.stdout)
                requests = json.loads(lab.run(*arguments, "-dry-run", "-json").stdout)["requests"]
                self.assertTrue(all(r["uri"].startswith("https://127.0.0.1:") for r in requests))
        body = json.loads(lab.run(*window, "-dry-run", "-json").stdout)["requests"][0]["body"]
        self.assertEqual(body["Name"], "tonight")
        self.assertEqual(lab.writes(), [])

    def test_nothing_is_sent_without_a_yes(self):
        lab = self.bench("ilo5")
        self.refused(lab, "FF0804", 1, ("window", "add", "lab-01", "tonight", "-start", "+2h", "-end", "+4h"))
        self.refused(lab, "FF0804", 1, ("reset", "lab-01", "host", "-input=false"))

    def test_windows_and_entries_come_and_go(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.assertExit(lab.run("window", "add", "lab-0*", "tonight", "-start", "+2h", "-end", "+4h", "-auto-approve"), 0)
        for host in ("lab-01", "lab-02", "lab-03"):
            ilo = Ilo(lab, host)
            self.assertEqual([w["Name"] for w in ilo.members(WINDOWS)], ["tonight"])
            file = ilo.files()[0]
            self.assertExit(lab.run("queue", "add", host, "-file", file, "-window", "tonight", "-name", "mine", "-updatable-by", "Bmc",
                                    "-auto-approve"), 0)
            self.assertExit(lab.run("queue", "add", host, "-command", "ResetServer", "-start-after", "+2h", "-updatable-by", "Bmc",
                                    "-auto-approve"), 0)
            self.assertEqual([e["Command"] for e in ilo.members(QUEUE)], ["ApplyUpdate", "ResetServer"])
            listed = lab.run("queue", "list", host).stdout
            self.assertIn("tonight", listed)
            self.assertExit(lab.run("queue", "clear", host, "-auto-approve"), 0)
            self.assertEqual([e["Name"] for e in ilo.members(QUEUE)], ["mine"], "clear removes what firmform named")
            self.assertExit(lab.run("queue", "delete", host, "mine", "-auto-approve"), 0)
            self.assertEqual(ilo.members(QUEUE), [])
        self.assertExit(lab.run("window", "delete", "lab-0*", "tonight", "-auto-approve"), 0)
        self.assertEqual(Ilo(lab).members(WINDOWS), [])

    def test_images_come_and_go_and_locked_ones_stay(self):
        lab = self.bench("ilo5")
        file = self.image(lab)
        self.assertExit(lab.run("repository", "add", "lab-01", file, "-auto-approve"), 0)
        again = lab.run("repository", "add", "lab-01", file, "-auto-approve")
        self.assertExit(again, 0)
        self.assertIn("stored already", again.stderr)
        self.assertExit(lab.run("repository", "clear", "lab-01", "-auto-approve"), 0)
        left = json.loads(lab.run("repository", "list", "lab-01", "-json").stdout)["hosts"][0]["images"]
        self.assertTrue(left and all(image["locked"] for image in left))
        self.refused(lab, "FF0338", 7, ("repository", "delete", "lab-01", left[0]["file"], "-auto-approve"))

    def test_install_sets_of_the_manifest_are_added_invoked_and_deleted(self):
        lab = self.bench("ilo5")
        self.declare(lab, f"install_sets:\n  golden: {{sequence: [{{file: {self.image(lab)}}}, {{command: ResetServer}}]}}\n")
        self.assertExit(lab.run("install-set", "add", "lab-01", "golden", "-auto-approve"), 0)
        self.assertIn("golden", lab.run("install-set", "list", "lab-01").stdout)
        self.assertIn("ResetServer", lab.run("install-set", "show", "lab-01", "golden").stdout)
        self.assertExit(lab.run("install-set", "invoke", "lab-01", "golden", "-start-after", "+3h", "-auto-approve"), 0)
        self.assertEqual(len(Ilo(lab).members(QUEUE)), 2)
        self.assertExit(lab.run("queue", "clear", "lab-01", "-all", "-auto-approve"), 0)
        self.assertExit(lab.run("install-set", "delete", "lab-01", "golden", "-auto-approve"), 0)
        self.assertNotIn("golden", lab.run("install-set", "list", "lab-01").stdout)
        wrong = self.refused(lab, "FF0809", 1, ("install-set", "add", "lab-01", "goldn"))
        self.assertIn("did you mean `golden`?", wrong.stderr)

    def test_an_unknown_name_sends_nothing(self):
        lab = self.bench("ilo5")
        for verb in ("repository", "queue", "window", "install-set"):
            self.refused(lab, "FF0809", 1, (verb, "delete", "lab-01", "nothing of that name", "-auto-approve"))


class Integrity(IloTestCase):
    def test_a_check_is_started_followed_and_shown(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        before = {h["name"]: h for h in json.loads(lab.run("integrity", "show", "-json").stdout)["hosts"]}
        dry = lab.run("integrity", "check", "lab-01", "-dry-run")
        self.assertIn("StartFirmwareIntegrityCheck", dry.stdout)
        self.assertEqual(lab.writes(), [])
        self.refused(lab, "FF0804", 1, ("integrity", "check", "lab-01"))
        self.assertExit(lab.run("integrity", "check", "lab-0*", "-auto-approve"), 0)
        self.assertEqual(len(lab.writes()), 3)
        for host in json.loads(lab.run("integrity", "show", "lab-0*", "-json").stdout)["hosts"]:
            self.assertEqual(host["result"], "OK")
            self.assertNotEqual(host["time"], before[host["name"]]["time"])
        self.assertIn("BACKGROUND SCAN", lab.run("integrity", "show").stdout)

    def test_an_ilo_without_a_licence_and_other_bmcs_say_that_there_is_none(self):
        lab = self.bench("ilo5,idrac9", faults={"lab-01": [{"fault": "unlicensed"}]})
        self.refused(lab, "FF0350", 7, ("integrity", "check", "lab-01", "-auto-approve"))
        self.refused(lab, "FF0347", 7, ("integrity", "check", "lab-02", "-auto-approve"))
        self.refused(lab, "FF0347", 7, ("integrity", "show"))
        self.assertEqual(lab.writes(), [])


class Resets(IloTestCase):
    def test_host_and_bmc_restart_when_asked(self):
        lab = self.bench("ilo5,ilo6,ilo7")
        self.assertExit(lab.run("reset", "lab-0*", "host", "-auto-approve"), 0)
        self.assertExit(lab.run("reset", "lab-0*", "bmc", "-auto-approve"), 0)
        self.assertEqual(len([r for r in lab.writes() if "Reset" in r["path"]]), 6)

    def test_a_type_that_is_not_offered_lists_those_that_are(self):
        lab = self.bench("ilo5")
        wrong = self.refused(lab, "FF0330", 7, ("reset", "lab-01", "host", "-type", "ForceRestartt", "-auto-approve"))
        self.assertIn("ForceRestart", wrong.stderr)

    def test_a_message_to_users_is_said_not_to_be_offered(self):
        lab = self.bench("ilo5")
        refused = self.refused(lab, "FF0347", 7, ("reset", "lab-01", "host", "-message", "Back soon", "-auto-approve"))
        self.assertIn("not offered", refused.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
