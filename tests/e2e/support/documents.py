# SPDX-License-Identifier: Apache-2.0
"""Runs what documents show: commands against a lab, manifests through `validate`.

Each fenced block is run in the order of the document, in a sandbox of its own per document:

    ```console   commands behind `$ `, and what they print. A line of `…` stands for any lines, `…` in a line for anything.
                 Times, durations, identifiers, ports and blanks do not count. `# exit N` behind a command: it ends with N.
    ```sh        commands, one a line; they must succeed
    ```yaml      a manifest (it begins with `firmform: v1`, after comments) or a part of one, which must validate

A comment in front of a block tells more; the reader of the page does not see it:

    <!-- test: lab ilo5,ilo6 -->        from here on in the directory of a lab of these models; `examples` is there too.
                                        Options of `firmform lab` may follow (`-speed` too: less than 600 where seconds
                                        count), and after them faults: {"lab-01": [{…}]}
    <!-- test: directory -->            from here on in an empty directory
    <!-- test: file fleet.yaml -->      the next block becomes this file in the sandbox
    <!-- test: setup COMMAND -->        run it, show nothing; several lines are possible
    <!-- test: skip WHY -->             the next block is not run
    <!-- test: output WHAT -->          the next console block's commands run, their output is not compared
"""

import dataclasses
import json
import os
import pathlib
import re
import subprocess

from support.lab import FIRMFORM

SOURCE = pathlib.Path(__file__).resolve().parents[3]
FENCE = re.compile(r"^```(\w*)\s*$")
DIRECTIVE = re.compile(r"<!--\s*test:\s*(\w+)\s*(.*?)\s*-->", re.DOTALL)


@dataclasses.dataclass
class Step:
    """A directive or a block, with the line that it begins at."""
    line: int
    kind: str  # a directive's word, or the language of a block
    text: str
    directive: bool = False


def steps_of(text):
    """Directives and fenced blocks in order."""
    steps, lines, number = [], text.split("\n"), 0
    while number < len(lines):
        fence = FENCE.match(lines[number])
        if fence:
            end = next(i for i in range(number + 1, len(lines)) if lines[i].startswith("```"))
            steps.append(Step(number + 1, fence[1], "\n".join(lines[number + 1:end]) + "\n"))
            number = end + 1
            continue
        if "<!-- test:" in lines[number]:
            end = next(i for i in range(number, len(lines)) if "-->" in lines[i])
            found = DIRECTIVE.search("\n".join(lines[number:end + 1]))
            if not found:
                raise ValueError(f"line {number + 1}: malformed directive")
            steps.append(Step(number + 1, found[1], found[2], directive=True))
            number = end
        number += 1
    return steps


def commands_of(block):
    """[(command, expected exit, shown output lines)] of a console block."""
    result = []
    for line in block.split("\n")[:-1]:
        if line.startswith("$ "):
            exit_code = re.search(r"\s# exit (\d+)$", line)
            result.append([line[2:], int(exit_code[1]) if exit_code else 0, []])
        elif line.startswith("> ") and result and not result[-1][2]:
            result[-1][0] += "\n" + line[2:]
        elif result:
            result[-1][2].append(line)
    return result


NORMAL = [
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?"), "TIME"),
    (re.compile(r"\b(\d+d ?)?(\d+h ?)?(\d+m ?)?\d+(\.\d+)?(ms|s|m|h|d)\b"), "DURATION"),
    (re.compile(r"127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b"), "ID"),
    (re.compile(r"[█░▏▎▍▌▋▊▉#.]{6,}"), "BAR"),
    (re.compile(r"\s+"), " "),
]


# A sign of life, which comes after so many seconds of silence: by chance.
SIGN_OF_LIFE = re.compile(r"\d+ of \d+ hosts? finished, ")


def normal(line):
    for pattern, replacement in NORMAL:
        line = pattern.sub(replacement, line)
    return line.strip()


def matches(shown, line):
    pieces = [re.escape(piece) for piece in normal(shown).split("…")]
    return re.fullmatch(".*".join(pieces), line) is not None


def first_difference(shown, output):
    """The first shown line that the output does not have at its place; None when all are there."""
    lines = [line for line in (normal(line) for line in output.split("\n")) if line and not SIGN_OF_LIFE.match(line)]
    place, free = 0, False
    for text in shown:
        if text.strip() == "…":
            free = True
            continue
        if not text.strip():
            continue
        end = len(lines) if free else min(place + 1, len(lines))
        found = next((i for i in range(place, end) if matches(text, lines[i])), None)
        if found is None:
            return f"shown:  {text}\nactual: " + ("\n        ".join(lines[place:place + 12]) or "(nothing more)")
        place, free = found + 1, False
    if not free and place < len(lines) and shown:
        return "not shown: " + "\n           ".join(lines[place:place + 12])
    return None


class Document:
    """Runs one document. `case` is a LabTestCase."""

    def __init__(self, case, path, name, directory):
        self.case, self.path, self.name, self.directory = case, path, name, directory
        directory.mkdir(parents=True)
        self.enter(directory / "sandbox")
        self.lab = None
        self.environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "120", "LC_ALL": "C.UTF-8",
                            "PATH": f"{pathlib.Path(FIRMFORM).resolve().parent}:{os.environ['PATH']}"}
        self.pending = {}
        self.ran = 0

    def enter(self, directory):
        """Commands run there from now on; `examples` is there too."""
        directory.mkdir(exist_ok=True)
        self.sandbox = directory
        if not (directory / "examples").exists():
            (directory / "examples").symlink_to(SOURCE / "examples")

    def run(self):
        for step in steps_of(self.path.read_text()):
            if step.directive:
                self.heed(step)
                continue
            with self.case.subTest(f"{self.name}:{step.line}"):
                self.block(step)
            self.pending = {}

    def heed(self, step):
        if step.kind == "lab":
            options, brace, faults = step.text.partition("{")
            models, *extra = options.split()
            speed = 600
            if "-speed" in extra:
                place = extra.index("-speed")
                speed = int(extra[place + 1])
                del extra[place:place + 2]
            self.lab = self.case.lab(models=models, name=f"{self.directory.name}/lab-{step.line}", extra=extra, speed=speed,
                                     faults=json.loads(brace + faults) if brace else None)
            self.enter(self.lab.directory)
            self.environment["FIRMFORM_LAB_SPEED"] = str(self.lab.speed)
        elif step.kind == "directory":
            self.enter(self.directory / f"directory-{step.line}")
        elif step.kind == "setup":
            done = self.shell("set -e\n" + step.text)
            self.case.assertEqual(done.returncode, 0, f"{self.name}:{step.line}: {done.stdout}")
        elif step.kind in ("skip", "file", "output"):
            self.case.assertTrue(step.text, f"{self.name}:{step.line}: `{step.kind}` needs a text")
            self.pending[step.kind] = step.text
        else:
            self.case.fail(f"{self.name}:{step.line}: there is no directive `{step.kind}`")

    def block(self, step):
        if "skip" in self.pending:
            return
        if "file" in self.pending:
            file = self.sandbox / self.pending["file"]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text)
            if step.kind == "yaml":
                self.validate(self.sandbox)
        elif step.kind == "console":
            for command, expected, shown in commands_of(step.text):
                self.command(step, command, expected, shown)
        elif step.kind == "sh":
            self.command(step, step.text, 0, [])
        elif step.kind == "yaml":
            self.manifest(step)
        else:
            self.case.fail(f"{self.name}:{step.line}: nothing runs a block of `{step.kind}`; it needs a `skip` that says why")

    def shell(self, command):
        return subprocess.run(["bash", "-c", command], cwd=self.sandbox, env=self.environment, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)

    def command(self, step, command, expected, shown):
        done = self.shell(command)
        self.ran += 1
        self.case.assertEqual(done.returncode, expected, f"{command}\n{done.stdout}")
        if shown and "output" not in self.pending:
            difference = first_difference(shown, done.stdout)
            self.case.assertIsNone(difference, f"{self.name}:{step.line}: $ {command}\n{difference}\n\n{done.stdout}")

    def validate(self, directory):
        done = subprocess.run([FIRMFORM, "validate"], cwd=directory, env=self.environment, text=True, capture_output=True, timeout=60)
        self.case.assertEqual(done.returncode, 0, done.stderr)

    def manifest(self, step):
        """On its own; of a part only its form counts, not what other files define."""
        whole = re.match(r"(\s*#.*\n)*firmform: v1", step.text) is not None
        directory = self.directory / f"manifest-{step.line}"
        directory.mkdir()
        (directory / "manifest.yaml").write_text(step.text if whole else "firmform: v1\n" + step.text)
        self.ran += 1
        if whole:
            self.validate(directory)
            return
        done = subprocess.run([FIRMFORM, "validate"], cwd=directory, env=self.environment, text=True, capture_output=True, timeout=60)
        about_form = re.findall(r"error\[(FF01\d\d|FF020[0-8])\].*", done.stderr)
        self.case.assertEqual(about_form, [], done.stderr)
