# SPDX-License-Identifier: Apache-2.0
"""At a real terminal: the live view, the prompt, and how they end. What the frames look like is in tests/golden/live."""

import os
import pathlib
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import fcntl
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"
COLOR = re.compile(r"\x1b\[[0-9;]*m")
REDRAWN = re.compile(r"\x1b\[\d+A")


class Terminal:
    """A program on a pseudo-terminal of its own."""

    def __init__(self, command, directory, environment, columns=80, rows=24):
        self.output = ""
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.chdir(directory)
            os.execvpe(command[0], command, environment)
        self.resize(columns, rows)
        self.status = None

    def resize(self, columns, rows):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds):
        """What comes within that time, until the end of the program."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            ready, _, _ = select.select([self.master], [], [], 0.05)
            if not ready:
                continue
            try:
                data = os.read(self.master, 65536)
            except OSError:
                data = b""
            if data:
                self.output += data.decode("utf-8", "replace")
            else:
                self.status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def wait_for(self, text, seconds=60):
        end = time.monotonic() + seconds
        while text not in self.output:
            assert self.status is None and time.monotonic() < end, f"no {text!r} in {self.output[-2000:]!r}"
            self.read(0.1)

    def type(self, text):
        os.write(self.master, text.encode())

    def finish(self, seconds=120):
        self.read(seconds)
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            raise AssertionError(f"did not end: {self.output[-2000:]!r}")
        os.close(self.master)
        return self.status


class TerminalTestCase(LabTestCase):
    def terminal(self, lab, *arguments, columns=80, rows=24, **environment):
        inherited = {k: v for k, v in lab.environment().items() if k not in ("NO_COLOR", "COLUMNS", "CI")}
        usual = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
        return Terminal([FIRMFORM, *arguments], lab.directory, {**inherited, **usual, **environment}, columns, rows)

    def assertLeftWhole(self, terminal):
        self.assertGreater(terminal.output.rfind(SHOW), terminal.output.rfind(HIDE), "the cursor is back")


class LiveView(TerminalTestCase):
    def test_a_run_is_drawn_in_place_and_leaves_the_terminal_as_it_was(self):
        lab = self.lab("ilo5,ilo6,openbmc", speed=300)
        terminal = self.terminal(lab, "apply", "-auto-approve")
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertLeftWhole(terminal)
        self.assertRegex(terminal.output, REDRAWN)
        self.assertRegex(terminal.output, COLOR)
        for word in ("█", "at work", "so far", "Apply complete"):
            self.assertIn(word, terminal.output)

    def test_no_color_keeps_the_bars(self):
        lab = self.lab("ilo5", speed=300)
        terminal = self.terminal(lab, "apply", "-auto-approve", NO_COLOR="1")
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertNotRegex(terminal.output, COLOR)
        self.assertRegex(terminal.output, REDRAWN)
        self.assertIn("█", terminal.output)

    def test_a_locale_without_utf_8_gets_ascii(self):
        lab = self.lab("ilo5", speed=300)
        terminal = self.terminal(lab, "apply", "-auto-approve", LC_ALL="C")
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertTrue(terminal.output.isascii())
        self.assertIn("####", terminal.output)

    def test_a_dumb_terminal_and_a_pipe_get_lines_without_escapes(self):
        lab = self.lab("ilo5", speed=600)
        terminal = self.terminal(lab, "apply", "-auto-approve", TERM="dumb")
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertNotIn("\x1b", terminal.output)
        self.assertIn("lab-01: done", terminal.output)
        piped = lab.run("plan")
        self.assertNotIn("\x1b", piped.stdout + piped.stderr)

    def test_ctrl_c_detaches_and_gives_the_cursor_back(self):
        lab = self.lab("ilo5", speed=60)
        terminal = self.terminal(lab, "apply", "-auto-approve")
        terminal.wait_for(HIDE)
        lab.wait_for(lambda: terminal.read(0.05) or lab.flashes(), "a flash was requested")
        terminal.type("\x03")
        self.assertEqual(terminal.finish(30), 10, terminal.output)
        self.assertLeftWhole(terminal)
        self.assertIn("firmform resume", terminal.output)
        self.assertExit(lab.run("resume"), 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_the_second_ctrl_c_leaves_at_once_and_whole(self):
        lab = self.lab("ilo5", speed=20)
        terminal = self.terminal(lab, "apply", "-auto-approve")
        terminal.wait_for(HIDE)
        lab.wait_for(lambda: terminal.read(0.05) or lab.flashes(), "a flash was requested")
        terminal.type("\x03\x03")
        self.assertEqual(terminal.finish(30), 10, terminal.output)
        self.assertLeftWhole(terminal)

    def test_suspended_it_gives_the_terminal_back_and_then_goes_on(self):
        lab = self.lab("ilo5", speed=60)
        terminal = self.terminal(lab, "apply", "-auto-approve")
        terminal.wait_for(HIDE)
        lab.wait_for(lambda: terminal.read(0.05) or lab.flashes(), "a flash was requested")
        os.kill(terminal.pid, signal.SIGTSTP)

        def is_stopped():
            return pathlib.Path(f"/proc/{terminal.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"

        lab.wait_for(is_stopped, "it stops")
        terminal.read(0.3)
        self.assertLeftWhole(terminal)
        shown = len(terminal.output)
        os.kill(terminal.pid, signal.SIGCONT)
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertIn(HIDE, terminal.output[shown:])
        self.assertLeftWhole(terminal)


class Prompt(TerminalTestCase):
    def test_a_person_is_asked_and_only_yes_is_yes(self):
        lab = self.lab("ilo5", speed=600)
        refused = self.terminal(lab, "apply")
        refused.wait_for("Enter a value: ")
        refused.type("y\n")
        self.assertNotEqual(refused.finish(), 0)
        self.assertEqual(lab.writes(), [])
        approved = self.terminal(lab, "apply")
        approved.wait_for("Enter a value: ")
        approved.type("yes\n")
        self.assertEqual(approved.finish(), 0, approved.output)

    def test_nobody_is_asked_with_input_false_or_json(self):
        lab = self.lab("ilo5")
        for option in ("-input=false", "-json"):
            terminal = self.terminal(lab, "apply", option)
            self.assertEqual(terminal.finish(), 1, terminal.output)
            self.assertNotIn("Enter a value", terminal.output)
        self.assertEqual(lab.writes(), [])

    def test_no_pager_is_started(self):
        lab = self.lab("ilo5")
        pager = lab.directory / "pager"
        pager.write_text("#!/bin/sh\ntouch paged\ncat\n")
        pager.chmod(0o755)
        terminal = self.terminal(lab, "plan", "-verbose", rows=10, PAGER=str(pager))
        self.assertEqual(terminal.finish(), 0, terminal.output)
        self.assertFalse((lab.directory / "paged").exists())


@unittest.skipUnless(shutil.which("tmux"), "tmux is not installed")
class Screen(TerminalTestCase):
    """The same through an independent terminal emulator."""

    def setUp(self):
        super().setUp()
        self.socket = str(self.directory / "tmux")
        self.addCleanup(subprocess.run, ["tmux", "-S", self.socket, "kill-server"], capture_output=True, check=False)

    def tmux(self, *arguments):
        command = ["tmux", "-S", self.socket, "-f", "/dev/null", "-u", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout

    def test_after_a_run_with_resizes_only_what_was_said_is_left(self):
        lab = self.lab("ilo5*3,openbmc", speed=120)
        environment = {k: v for k, v in lab.environment().items() if k not in ("NO_COLOR", "COLUMNS", "TMUX")}
        words = [f"{key}={environment[key]}" for key in ("FIRMFORM_LAB_SPEED",)]
        command = f"cd {lab.directory} && env LC_ALL=C.UTF-8 {' '.join(words)} {FIRMFORM} apply -auto-approve; echo ended; sleep 60"
        self.tmux("new-session", "-d", "-x", "100", "-y", "60", "sh", "-c", command)
        screens = []

        def look():
            screens.append(self.tmux("capture-pane", "-p", "-t", "0"))
            return screens[-1]

        lab.wait_for(lambda: "so far" in look(), "the live part")
        for columns in (60, 90, 44, 100):
            self.tmux("resize-window", "-t", "0", "-x", str(columns), "-y", "60")
            time.sleep(0.4)
            screen = look()
            if "ended" not in screen:
                self.assertEqual(screen.count("so far"), 1, screen)
        lab.wait_for(lambda: "ended" in look(), "the end", timeout=120)
        last = screens[-1]
        self.assertNotIn("so far", last)
        self.assertNotIn("░", last)
        self.assertIn("Apply complete", last)
        self.assertIn("1", self.tmux("display-message", "-p", "-t", "0", "#{cursor_flag}"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
