# SPDX-License-Identifier: Apache-2.0
"""The scripts of examples/pipelines, run for real: a git repository with a lab's manifest, the lab's BMCs, and servers
that behave as GitHub and GitLab do."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from services import GitHub, GitLab, Receiver  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402
from test_notifications import KEY, certificate  # noqa: E402

SCRIPTS = pathlib.Path(__file__).resolve().parents[3] / "examples" / "pipelines" / "scripts"
STRAY = {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITLAB_TOKEN", "GITHUB_TOKEN", "FIRMFORM_NOTIFY"}


@unittest.skipUnless(shutil.which("git") and shutil.which("curl") and shutil.which("unzip"), "git, curl and unzip are needed")
class PipelineTestCase(LabTestCase):
    models = "ilo5"

    def setUp(self):
        super().setUp()
        self.scene = self.lab(models=self.models, name="fleet")
        self.repository = self.directory
        self.out = self.repository / "firmform-out"
        (self.repository / ".gitignore").write_text("firmform-out/\n.firmform\nrequests.log\nfirmware/\n*.log\n")
        self.git("init", "-q", "-b", "main")
        self.commit("the fleet as it is wanted")

    def git(self, *arguments):
        identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *identity, *arguments], cwd=self.repository, text=True, capture_output=True, check=True,
                              env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"})
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def merge(self, branch):
        self.git("switch", "-q", "main")
        self.git("merge", "-q", "--no-ff", "-m", f"merge {branch}", branch)
        return self.git("rev-parse", "HEAD")

    def environment(self, variables):
        kept = {name: value for name, value in os.environ.items() if name not in STRAY and not name.startswith("CI_")}
        return {**kept, "FIRMFORM": FIRMFORM, "FIRMFORM_DIR": "fleet", "NO_COLOR": "1",
                "FIRMFORM_LAB_SPEED": str(self.scene.speed), **variables}

    def script(self, name, *arguments, **variables):
        return subprocess.run(["bash", str(SCRIPTS / name), *arguments], cwd=self.repository, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=240, env=self.environment(variables))

    def outputs(self):
        lines = (self.out / "outputs.env").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def report(self, name):
        return (self.out / name).read_text()


class OnGitHub(PipelineTestCase):
    def setUp(self):
        super().setUp()
        self.github = GitHub()
        self.addCleanup(self.github.stop)
        self.access = {"GITHUB_API_URL": self.github.url, "GITHUB_REPOSITORY": self.github.repository,
                       "GITHUB_TOKEN": GitHub.TOKEN, "FIRMFORM_PULL_REQUEST": "5"}

    def comment(self, file="plan.md"):
        return self.script("comment.sh", f"firmform-out/{file}", **self.access)

    def keep_artifact(self, head):
        self.github.artifacts[head] = {name: (self.out / name).read_bytes() for name in ("plan.json", "plan.md")}

    def fetch(self, commit):
        shutil.rmtree(self.out)
        return self.script("fetch-plan.sh", **{**self.access, "GITHUB_SHA": commit})

    def test_from_the_pull_request_to_the_second_empty_plan(self):
        self.git("switch", "-q", "-c", "change")
        self.scene.edit(r"^firmform: v1$", "firmform: v1\n# reviewed")
        head = self.commit("a change")

        summary, step = self.directory / "summary.md", self.directory / "step.txt"
        planned = self.script("plan.sh", GITHUB_OUTPUT=str(step), GITHUB_STEP_SUMMARY=str(summary))
        self.assertExit(planned, 0)
        outputs = self.outputs()
        self.assertEqual((outputs["FIRMFORM_EXIT"], outputs["FIRMFORM_CHANGES"]), ("2", "true"))
        self.assertIn(f"firmform_plan_id={outputs['FIRMFORM_PLAN_ID']}", step.read_text())
        self.assertEqual(summary.read_text(), self.report("plan.md"))
        self.assertEqual(self.report("plan.gitlab.json").strip(), '{"create":0,"update":2,"delete":0}')
        self.assertEqual((self.out / "plan.json").stat().st_mode & 0o777, 0o600)
        self.assertEqual(self.scene.writes(), [], "a plan writes to no BMC")

        # Others talk a lot, one of them with our marker; ours comes on the third page.
        marker = self.report("plan.md").splitlines()[0]
        self.github.comment("mallory", marker + "\nplan <code>000000000000</code> of yesterday")
        for i in range(25):
            self.github.comment("alice", f'talk {i}: "quotes", {{braces}}, \\ and <!-- {marker} -->')
        self.assertExit(self.comment(), 0)
        self.assertEqual(len(self.github.ours()), 1)
        self.assertEqual(self.github.ours()[0].strip(), self.report("plan.md").strip())
        before = len(self.github.comments)

        self.scene.edit(r"^# reviewed$", "# reviewed again")
        head = self.commit("another commit")
        self.assertExit(self.script("plan.sh"), 0)
        self.assertExit(self.comment(), 0)
        self.assertEqual(len(self.github.comments), before, "the comment was updated in place")
        self.assertEqual(self.github.ours()[0].strip(), self.report("plan.md").strip())
        self.assertIn("mallory", [comment["user"]["login"] for comment in self.github.comments])
        shown = self.outputs()["FIRMFORM_PLAN_ID"]
        self.assertIn(shown, self.github.ours()[0])
        self.keep_artifact(head)

        commit = self.merge("change")
        self.github.merged[commit] = (5, head)
        self.assertExit(self.fetch(commit), 0)
        outputs = self.outputs()
        self.assertEqual((outputs["FIRMFORM_PULL_REQUEST"], outputs["FIRMFORM_PLAN_ID"]), ("5", shown))
        applied = self.script("apply.sh", FIRMFORM_PLAN_ID=shown)
        self.assertExit(applied, 0)
        self.assertExit(self.comment("apply.md"), 0)
        self.assertExit(self.comment("apply.md"), 0)
        self.assertEqual(len(self.github.ours()), 2, "one comment for the plan, one for the run")

        writes = len(self.scene.writes())
        self.assertExit(self.script("drift.sh"), 0)
        self.assertExit(self.script("plan.sh"), 0)
        self.assertEqual((self.outputs()["FIRMFORM_EXIT"], self.outputs()["FIRMFORM_CHANGES"]), ("0", "false"))
        self.assertEqual(self.report("plan.gitlab.json").strip(), '{"create":0,"update":0,"delete":0}')
        self.assertIn("Exit code 0 (ok)", self.report("plan.md"))
        self.assertEqual(len(self.scene.writes()), writes)

    def test_a_plan_is_applied_only_with_the_manifest_and_the_id_that_were_reviewed(self):
        head = self.git("rev-parse", "HEAD")
        self.assertExit(self.script("plan.sh"), 0)
        self.assertExit(self.comment(), 0)
        self.keep_artifact(head)
        self.scene.edit(r"^firmform: v1$", "firmform: v1\n# changed after the review")
        commit = self.commit("somebody else's change")
        self.github.merged[commit] = (5, head)
        self.assertExit(self.fetch(commit), 0)
        stale = self.script("apply.sh", FIRMFORM_PLAN_ID=self.outputs()["FIRMFORM_PLAN_ID"])
        self.assertExit(stale, 9)
        self.assertIn("plan again", stale.stderr)
        self.assertIn("FF0713", stale.stderr)
        self.assertExit(self.comment("apply.md"), 0)
        self.assertIn("9 (stale)", self.github.ours()[-1])
        other = self.script("apply.sh", FIRMFORM_PLAN_ID="000000000000")
        self.assertExit(other, 9)
        self.assertIn("000000000000 was reviewed", other.stderr)
        self.assertEqual(self.scene.writes(), [])

    def test_a_commit_without_a_pull_request_applies_nothing_and_a_missing_plan_is_an_error(self):
        self.out.mkdir()
        commit = self.git("rev-parse", "HEAD")
        nothing = self.fetch(commit)
        self.assertExit(nothing, 0)
        self.assertNotIn("FIRMFORM_PLAN_ID", self.outputs())
        self.assertFalse((self.out / "plan.json").exists())
        self.github.merged[commit] = (5, "0" * 40)
        missing = self.fetch(commit)
        self.assertExit(missing, 1)
        self.assertIn("no successful plan", missing.stderr)

    def test_a_comment_that_is_too_long_is_cut_and_a_wrong_token_is_an_error(self):
        self.out.mkdir()
        (self.out / "plan.md").write_text("<!-- firmform:plan fleet -->\n" + "ü\t\"quoted\" \\ line\n" * 9000)
        self.assertExit(self.comment(), 0)
        body = self.github.ours()[0]
        self.assertLessEqual(len(body), 65536)
        self.assertGreater(len(body), 50000)
        self.assertIn("was cut off", body)
        self.assertIn('ü\t"quoted" \\ line\n', body)
        self.access["GITHUB_TOKEN"] = "ghs_wrong"
        self.assertNotEqual(self.comment().returncode, 0)
        self.assertEqual(len(self.github.comments), 1)

    def test_what_keeps_a_plan_from_being_made_is_in_the_comment_and_in_the_exit_code(self):
        self.assertExit(self.script("plan.sh"), 0)
        self.assertExit(self.comment(), 0)
        manifests = {file: file.read_text() for file in self.scene.directory.glob("*.yaml")}
        self.scene.edit(r"credentials: lab,", "credentials: lba,", count=1)
        invalid = self.script("plan.sh")
        self.assertExit(invalid, 14)
        self.assertFalse((self.out / "plan.json").exists(), "no plan of an earlier commit is left")
        self.assertNotIn("FIRMFORM_PLAN_ID", self.outputs())
        self.assertIn("FF0210", self.report("plan.sarif"))
        self.assertExit(self.comment(), 0)
        self.assertEqual(len(self.github.ours()), 1)
        self.assertIn("FF0210", self.github.ours()[0])
        self.assertNotEqual(self.script("comment.sh", "-plan-id", "firmform-out/plan.md", **self.access).returncode, 0)

        for file, text in manifests.items():
            file.write_text(text)
        self.scene.edit(r"^hosts:$", "hosts:   ")
        unformatted = self.script("plan.sh")
        self.assertExit(unformatted, 3)
        self.assertIn("not formatted", self.report("plan.md"))
        self.assertEqual(self.outputs()["FIRMFORM_EXIT"], "2")

        for file, text in manifests.items():
            file.write_text(text)
        self.scene.edit(r"https://127\.0\.0\.1:\d+", "https://127.0.0.1:1", count=1)
        unreachable = self.script("plan.sh")
        self.assertExit(unreachable, 5)
        self.assertEqual(self.outputs()["FIRMFORM_EXIT"], "5")
        self.assertExit(self.script("drift.sh"), 5)

    def test_the_token_is_in_no_process_list_and_in_no_output(self):
        self.assertExit(self.script("plan.sh"), 0)
        done = subprocess.run(["bash", "-x", str(SCRIPTS / "comment.sh"), "firmform-out/plan.md"], cwd=self.repository, text=True,
                              capture_output=True, timeout=60, env=self.environment(self.access))
        self.assertExit(done, 0)
        commands = [line for line in done.stderr.splitlines() if re.match(r"\++ curl ", line)]
        self.assertTrue(commands)
        self.assertNotIn(GitHub.TOKEN, "".join(commands))
        self.assertNotIn(GitHub.TOKEN, done.stdout)

    def test_a_cancelled_job_detaches_from_its_run_which_is_resumed_later(self):
        self.assertExit(self.script("plan.sh"), 0)
        process = subprocess.Popen(["bash", str(SCRIPTS / "apply.sh")], cwd=self.repository, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env=self.environment({"FIRMFORM_LAB_SPEED": "60"}))
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.scene.wait_for(self.scene.flashes, "the first flash")
        process.send_signal(signal.SIGTERM)
        text, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 10, text)
        self.assertEqual(self.outputs()["FIRMFORM_APPLY_EXIT"], "10")
        # What the next job's checkout sweeps away, with the flags of the examples.
        (self.repository / ".gitignore").unlink()
        self.git("clean", "-ffdxq", "-e", ".firmform", "-e", "firmware", "-e", "requests.log", "-e", "firmform-out")
        refused = self.script("apply.sh")
        self.assertIn("FF0610", refused.stderr)
        self.assertExit(self.scene.run("resume"), 0)
        self.assertExit(self.script("drift.sh"), 0)


class OnGitLab(PipelineTestCase):
    def setUp(self):
        super().setUp()
        self.gitlab = GitLab()
        self.addCleanup(self.gitlab.stop)
        self.access = {"CI_API_V4_URL": self.gitlab.api, "CI_PROJECT_ID": "7", "GITLAB_TOKEN": GitLab.TOKEN}

    def comment(self, file="plan.md"):
        return self.script("comment.sh", f"firmform-out/{file}", CI_MERGE_REQUEST_IID="5", **self.access)

    def test_from_the_merge_request_to_the_run(self):
        self.assertExit(self.script("plan.sh"), 0)
        marker = self.report("plan.md").splitlines()[0]
        self.gitlab.note("mallory", marker + "\nplan <code>000000000000</code> of yesterday")
        for i in range(12):
            self.gitlab.note("alice", f"talk {i}")
        self.assertExit(self.comment(), 0)
        self.assertExit(self.comment(), 0)
        self.assertEqual([note.strip() for note in self.gitlab.ours()], [self.report("plan.md").strip()])

        for file in ("plan.json", "plan.md"):
            self.gitlab.artifacts[f"plan refs/merge-requests/5/head firmform-out/{file}"] = (self.out / file).read_bytes()
        commit = self.git("rev-parse", "HEAD")
        self.gitlab.merged[commit] = 5
        shown = self.outputs()["FIRMFORM_PLAN_ID"]
        shutil.rmtree(self.out)
        self.assertExit(self.script("fetch-plan.sh", CI_COMMIT_SHA=commit, **self.access), 0)
        self.assertEqual(self.outputs(), {"CI_MERGE_REQUEST_IID": "5", "FIRMFORM_PLAN_ID": shown})
        self.assertExit(self.script("apply.sh", FIRMFORM_PLAN_ID=shown), 0)
        self.assertExit(self.comment("apply.md"), 0)
        self.assertEqual(len(self.gitlab.ours()), 2)
        self.assertExit(self.script("drift.sh"), 0)

    def test_without_a_plan_in_the_artifacts_nothing_is_applied(self):
        commit = self.git("rev-parse", "HEAD")
        self.gitlab.merged[commit] = 5
        missing = self.script("fetch-plan.sh", CI_COMMIT_SHA=commit, **self.access)
        self.assertExit(missing, 1)
        self.assertIn("plan again", missing.stderr)


class OnSchedule(PipelineTestCase):
    def test_drift_is_exit_code_15_and_a_signed_webhook_and_silence_when_all_is_well(self):
        receiver = Receiver(KEY, tls=certificate(self.scene.directory, "hooks"))
        self.addCleanup(receiver.stop)
        (self.scene.directory / "notifications.yaml").write_text(
            f'firmform: v1\n\nnotifications:\n  ops: {{url: "{receiver.url}/in", hmac: {{env: HOOK_KEY}}, ca_file: hooks.pem}}\n')
        metrics = self.directory / "firmform.prom"
        options = {"HOOK_KEY": KEY, "FIRMFORM_NOTIFY": "1", "FIRMFORM_QUIET": "1", "FIRMFORM_METRICS": str(metrics)}
        drifted = self.script("drift.sh", **options)
        self.assertExit(drifted, 15)
        self.assertIn("Drift: 2 older", drifted.stdout)
        self.assertEqual([event["event"] for event in receiver.events], ["drift"])
        self.assertEqual(receiver.refused, [])
        self.assertIn("firmform_", metrics.read_text())
        self.assertIn("older", self.report("drift.md"))
        self.assertExit(self.scene.run("apply", "-auto-approve"), 0)
        quiet = self.script("drift.sh", **options)
        self.assertExit(quiet, 0)
        self.assertEqual(quiet.stdout + quiet.stderr, "")
        self.assertEqual(len(receiver.events), 1)

    def test_two_checks_never_run_at_the_same_time(self):
        self.out.mkdir()
        with subprocess.Popen(["flock", str(self.out / "drift.lock"), "sleep", "60"]) as holder:
            self.addCleanup(holder.kill)
            self.scene.wait_for(lambda: subprocess.run(["flock", "-n", str(self.out / "drift.lock"), "true"]).returncode != 0, "the lock")
            busy = self.script("drift.sh")
            holder.kill()
        self.assertExit(busy, 8)


if __name__ == "__main__":
    unittest.main(verbosity=2)
