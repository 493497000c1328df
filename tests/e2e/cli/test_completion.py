# SPDX-License-Identifier: Apache-2.0
"""The shells themselves complete verbs, options, hosts, components and windows."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM  # noqa: E402

MANIFEST = """firmform: v1
credentials: {ilo: {username: admin, password: {env: X}}}
hosts:
  web-01: {bmc: https://10.20.0.11, credentials: ilo, labels: {rack: a1}}
  web-02: {bmc: https://10.20.0.12, credentials: ilo}
  db-01: {bmc: https://10.20.0.13, credentials: ilo}
defaults: {baseline: gen10}
baselines:
  gen10: {firmware: [{component: "iLO 5", version: "3.12"}, {component: "System ROM", version: "U46 v2.36 (07/10/2025)"}]}
maintenance_windows:
  saturday-night: {schedule: "0 22 * * SAT", duration: 4h}
"""


class Completion(unittest.TestCase):
    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="firmform-completion-"))
        self.addCleanup(shutil.rmtree, self.directory)
        (self.directory / "fleet.yaml").write_text(MANIFEST)
        (self.directory / "web.plan").touch()
        path = f"{pathlib.Path(FIRMFORM).resolve().parent}:{os.environ['PATH']}"
        self.environment = {**os.environ, "PATH": path, "HOME": str(self.directory), "LC_ALL": "C.UTF-8"}

    def run_in(self, *command):
        return subprocess.run(command, cwd=self.directory, env=self.environment, text=True, capture_output=True, timeout=60)

    def script(self, shell):
        return self.run_in(FIRMFORM, "completion", shell).stdout

    def bash(self, *words):
        quoted = " ".join(f"'{word}'" for word in words)
        done = self.run_in("bash", "-c", f"{self.script('bash')}\ncompopt() {{ :; }}\nCOMP_WORDS=({quoted})\nCOMP_CWORD={len(words) - 1}\n"
                           "_firmform\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
        self.assertEqual(done.stderr, "")
        return sorted(done.stdout.split("\n")[:-1])

    def test_bash(self):
        self.assertEqual(self.bash("firmform", "pl"), ["plan"])
        self.assertEqual(self.bash("firmform", "queue", "de"), ["delete"])
        self.assertEqual(self.bash("firmform", "plan", "-target", "web"), ["web-01", "web-02"])
        self.assertEqual(self.bash("firmform", "plan", "-target", "=", "d"), ["db-01"])
        self.assertEqual(self.bash("firmform", "explain", "web-01/"), ["web-01/System\\ ROM", "web-01/iLO\\ 5"])
        self.assertEqual(self.bash("firmform", "window", "show", "web-01", ""), ["saturday-night"])
        self.assertEqual(self.bash("firmform", "apply", "web"), ["web.plan"])

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish(self):
        (self.directory / "firmform.fish").write_text(self.script("fish"))

        def fish(line):
            done = self.run_in("fish", "-N", "-c", f"source firmform.fish; complete -C '{line}'")
            self.assertEqual(done.stderr, "")
            return sorted(text.split("\t")[0] for text in done.stdout.split("\n")[:-1])

        self.assertEqual(fish("firmform pl"), ["plan"])
        self.assertEqual(fish("firmform plan -target web"), ["web-01", "web-02"])
        self.assertEqual(fish("firmform explain web-01/"), ["web-01/System ROM", "web-01/iLO 5"])
        self.assertEqual(fish("firmform apply web"), ["web.plan"])

    @unittest.skipUnless(shutil.which("zsh") and shutil.which("tmux"), "zsh or tmux is not installed")
    def test_zsh(self):
        functions = self.directory / "functions"
        functions.mkdir()
        (functions / "_firmform").write_text(self.script("zsh"))
        (self.directory / ".zshrc").write_text(f"PS1='> '\nfpath=({functions} $fpath)\nautoload -U compinit\ncompinit -u -D\n")
        socket = str(self.directory / "tmux")
        tmux = ["tmux", "-S", socket, "-f", "/dev/null"]
        started = self.run_in(*tmux, "new-session", "-d", "-x", "120", "-y", "30", "zsh")
        self.assertEqual(started.returncode, 0, started.stderr)
        self.addCleanup(self.run_in, *tmux, "kill-server")

        def screen_after(keys, *expected, tabs=1):
            self.run_in(*tmux, "send-keys", "C-u")
            self.run_in(*tmux, "send-keys", keys, *["Tab"] * tabs)
            screen = ""
            for _ in range(200):
                screen = self.run_in(*tmux, "capture-pane", "-p").stdout
                if all(text in screen for text in expected):
                    return
                time.sleep(0.05)
            self.fail(f"no {expected} after {keys}:\n{screen}")

        screen_after("firmform -chdir . pla", "firmform -chdir . plan")
        screen_after("firmform plan -target web", "web-01", "web-02", "rack=a1", tabs=2)
        screen_after("firmform window show web-01 sat", "web-01 saturday-night")

    def test_nothing_is_said_where_there_is_no_manifest(self):
        (self.directory / "fleet.yaml").write_text("{")
        done = self.run_in(FIRMFORM, "__complete", "plan", "-target", "w")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, ":none\n", ""))

    def test_other_shells_are_refused(self):
        self.assertEqual(self.run_in(FIRMFORM, "completion", "cmd").returncode, 13)


if __name__ == "__main__":
    unittest.main(verbosity=2)
