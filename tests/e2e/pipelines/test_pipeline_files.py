# SPDX-License-Identifier: Apache-2.0
"""The pipeline files of examples/ and .pre-commit-hooks.yaml: linted, checked against the services' own schemas, and held
to the scripts and options that exist. The hooks are run by pre-commit itself."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM  # noqa: E402

try:
    import jsonschema
    import yaml
except ImportError:
    jsonschema = yaml = None

SOURCE = pathlib.Path(__file__).resolve().parents[3]
PIPELINES = SOURCE / "examples" / "pipelines"
SCRIPTS = PIPELINES / "scripts"
SCHEMAS = pathlib.Path(__file__).resolve().parent / "schemas"
WORKFLOWS = sorted((PIPELINES / "github" / "workflows").glob("*.yml"))
ACTIONS = sorted((PIPELINES / "github" / "actions").glob("*/action.yml"))
GITLAB = PIPELINES / "gitlab" / "gitlab-ci.yml"
JENKINS = PIPELINES / "jenkins" / "Jenkinsfile"
HOOKS = SOURCE / ".pre-commit-hooks.yaml"
YAML_RULES = """{extends: default, rules: {line-length: {max: 140}, truthy: {check-keys: false},
  comments: {min-spaces-from-content: 1}}}"""


def run(*command, **options):
    return subprocess.run(command, text=True, capture_output=True, timeout=120, **options)


def load(file):
    """YAML as the services read it: `on` and `yes` are words."""

    class Loader(yaml.SafeLoader):
        yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
            for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
    return yaml.load(file.read_text(), Loader)


def needs(*programs):
    missing = [program for program in programs if shutil.which(program) is None]
    return unittest.skipIf(missing, f"not installed: {', '.join(missing)}")


needs_yaml = unittest.skipIf(yaml is None, "python3-yaml and python3-jsonschema are needed")


def steps_of(document):
    """The steps of a workflow or of an action."""
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job["steps"]]


class Lint(unittest.TestCase):
    @needs("shellcheck")
    def test_shellcheck_has_nothing_to_say(self):
        result = run("shellcheck", "-x", *map(str, sorted(SCRIPTS.glob("*.sh"))), cwd=SOURCE)
        self.assertEqual(result.stdout + result.stderr, "")

    @needs("yamllint")
    def test_yamllint_has_nothing_to_say(self):
        files = [*WORKFLOWS, *ACTIONS, GITLAB, HOOKS]
        result = run("yamllint", "--strict", "-d", YAML_RULES, *map(str, files))
        self.assertEqual(result.stdout, "")

    @needs_yaml
    def test_the_schemas_of_the_services_hold(self):
        for schema, files in (("github-workflow", WORKFLOWS), ("github-action", ACTIONS), ("gitlab-ci", [GITLAB])):
            validator = jsonschema.Draft7Validator(json.loads((SCHEMAS / f"{schema}.json").read_text()))
            self.assertTrue(files)
            for file in files:
                with self.subTest(file=file.name):
                    problems = [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(load(file))]
                    self.assertEqual(problems, [])

    @needs("systemd-analyze")
    def test_systemd_takes_the_units(self):
        with tempfile.TemporaryDirectory() as directory:
            units = []
            for file in sorted((PIPELINES / "cron").glob("firmform-drift.*")):
                # What the unit starts is not installed on this machine.
                unit = pathlib.Path(directory) / file.name
                unit.write_text(file.read_text().replace("/srv/fleet/ci/drift.sh", "/bin/true"))
                units.append(str(unit))
            self.assertEqual(len(units), 2)
            result = run("systemd-analyze", "verify", "--man=no", *units)
            ours = [line for line in result.stderr.splitlines() if "firmform-drift" in line]
            self.assertEqual(ours, [])


class Structure(unittest.TestCase):
    def assertScriptsExist(self, text, least):
        names = re.findall(r"\bci/([\w-]+\.sh)\b", text)
        self.assertGreaterEqual(len(names), least)
        for name in names:
            self.assertTrue(os.access(SCRIPTS / name, os.X_OK), f"ci/{name} is no script of examples/pipelines/scripts")

    @needs_yaml
    def test_every_step_calls_a_script_that_exists(self):
        for file in [*WORKFLOWS, *ACTIONS]:
            commands = "\n".join(step.get("run", "") for step in steps_of(load(file)))
            self.assertScriptsExist(commands, 0 if file.name == "plan.yml" else 1)
            for step in steps_of(load(file)):
                if step.get("uses", "").startswith("./.github/"):
                    self.assertTrue((PIPELINES / step["uses"].removeprefix("./.github/").replace("actions", "github/actions", 1) / "action.yml").is_file())
        for name, job in load(GITLAB).items():
            if isinstance(job, dict) and "script" in job:
                self.assertScriptsExist("\n".join(job["script"]), 1)
        shell = re.findall(r"\bsh '([^']+)'", JENKINS.read_text())
        self.assertEqual(len(shell), 3)
        self.assertScriptsExist("\n".join(shell), 3)
        self.assertScriptsExist((PIPELINES / "cron" / "firmform.crontab").read_text(), 1)
        self.assertScriptsExist((PIPELINES / "cron" / "firmform-drift.service").read_text(), 1)

    def test_every_option_that_a_script_or_hook_gives_is_one_of_its_verb(self):
        calls = []
        for script in sorted(SCRIPTS.glob("*.sh")):
            text = re.sub(r"\\\n", " ", script.read_text())
            calls += re.findall(r'^(?:.*[\s(])?(?:run_firmform|"\$FIRMFORM") ([a-z]+)( .*)?$', text, re.MULTILINE)
        calls += [(verb, "") for verb in re.findall(r"entry: firmform (\w+)", HOOKS.read_text())]
        self.assertEqual({verb for verb, _ in calls}, {"fmt", "plan", "apply", "show", "drift", "validate"})
        for verb, rest in calls:
            shown = run(FIRMFORM, verb, "-help").stdout
            self.assertIn(f"firmform {verb}", shown)
            for option in re.findall(r"(?<=\s)-([a-z][a-z-]+)", rest.split("|")[0]):
                self.assertRegex(shown, rf"(?m)^  -{option}\b", f"firmform {verb} -{option}")
        for option in ("notify", "report"):
            for verb in ("plan", "apply", "drift"):
                self.assertRegex(run(FIRMFORM, verb, "-help").stdout, rf"(?m)^  -{option}\b")

    @needs_yaml
    def test_workflows_have_the_least_permissions_and_no_secret_outside_of_an_environment(self):
        for file in WORKFLOWS:
            workflow = load(file)
            self.assertEqual(workflow["permissions"], {}, file.name)
            for job in workflow["jobs"].values():
                self.assertEqual(job["permissions"]["contents"], "read")
                self.assertNotIn("write-all", str(job["permissions"]))
            for step in [*steps_of(workflow)]:
                for key in ("run", "with"):
                    self.assertNotIn("secrets.", str(step.get(key, "")), f"{file.name}: secrets go by env")
                self.assertNotIn("${{", step.get("run", ""), f"{file.name}: what others write is no part of a command")
        apply = load(PIPELINES / "github" / "workflows" / "apply.yml")
        self.assertIs(apply["concurrency"]["cancel-in-progress"], False)
        self.assertEqual(apply["jobs"]["apply"]["environment"], "fleet")
        plan = load(PIPELINES / "github" / "workflows" / "plan.yml")
        self.assertIn("head.repo.full_name == github.repository", plan["jobs"]["plan"]["if"])
        self.assertNotIn("pull_request_target", plan["on"])

    @needs_yaml
    def test_gitlab_keeps_plans_from_guests_and_runs_apart(self):
        jobs = load(GITLAB)
        for name in ("plan", "apply", "drift"):
            self.assertEqual(jobs[name]["artifacts"]["access"], "developer")
        self.assertEqual(jobs["plan"]["artifacts"]["reports"]["terraform"], "firmform-out/plan.gitlab.json")
        self.assertIn("resource_group", jobs["apply"])
        self.assertIs(jobs["apply"]["interruptible"], False)

    def test_the_jenkinsfile_is_whole(self):
        text = JENKINS.read_text()
        code = re.sub(r"//[^\n]*", "", re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "''", text))
        for opening, closing in ("{}", "()"):
            self.assertEqual(code.count(opening), code.count(closing))
        stages = re.findall(r"stage\('(\w+)'\)", text)
        self.assertEqual(stages, ["Plan", "Approve", "Apply", "Drift"])
        approve = text.split("stage('Approve')")[1].split("stage('Apply')")[0]
        self.assertIn("input {", approve)
        self.assertNotIn("agent {", approve)


@needs("git", "pre-commit")
class PreCommit(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory(prefix="firmform-hooks-")
        self.addCleanup(directory.cleanup)
        root = pathlib.Path(directory.name)
        programs = root / "bin"
        programs.mkdir()
        (programs / "firmform").symlink_to(pathlib.Path(FIRMFORM).resolve())
        self.environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "PRE_COMMIT_HOME": str(root / "cache"),
                            "NO_COLOR": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        self.hooks, self.fleet = root / "hooks", root / "repository"
        self.hooks.mkdir()
        shutil.copy(HOOKS, self.hooks)
        revision = self.commit(self.hooks)
        (self.fleet / "fleet").mkdir(parents=True)
        (self.fleet / ".pre-commit-config.yaml").write_text(
            f"repos:\n- repo: {self.hooks}\n  rev: {revision}\n  hooks:\n"
            "  - {id: firmform-fmt, files: ^fleet/}\n  - {id: firmform-validate, files: ^fleet/, args: [-chdir, fleet]}\n")
        self.manifest = self.fleet / "fleet" / "fleet.yaml"
        shutil.copy(SOURCE / "examples" / "mixed-vendors" / "fleet.yaml", self.manifest)
        self.commit(self.fleet)

    def git(self, directory, *arguments):
        identity = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com", "-c", "commit.gpgsign=false"]
        return run("git", *identity, *arguments, cwd=directory, env=self.environment, check=True).stdout.strip()

    def commit(self, directory):
        if not (directory / ".git").exists():
            self.git(directory, "init", "-q")
        self.git(directory, "add", "-A")
        self.git(directory, "commit", "-q", "-m", "a commit")
        return self.git(directory, "rev-parse", "HEAD")

    def check(self):
        self.git(self.fleet, "add", "-A")
        return run("pre-commit", "run", "--all-files", cwd=self.fleet, env=self.environment)

    def test_good_manifests_pass_and_unformatted_ones_are_formatted(self):
        good = self.check()
        self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
        self.assertEqual(good.stdout.count("Passed"), 2, good.stdout)
        formatted = self.manifest.read_text()
        self.manifest.write_text(formatted.replace("hosts:\n", "hosts:    \n", 1))
        changed = self.check()
        self.assertNotEqual(changed.returncode, 0)
        self.assertIn("files were modified by this hook", changed.stdout)
        self.assertEqual(self.manifest.read_text(), formatted)
        self.assertEqual(self.check().returncode, 0)

    def test_an_invalid_manifest_is_no_commit(self):
        self.manifest.write_text(self.manifest.read_text().replace("hosts:\n", "hostz:\n", 1))
        invalid = self.check()
        self.assertNotEqual(invalid.returncode, 0)
        self.assertIn("FF0203", invalid.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
