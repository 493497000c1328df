# SPDX-License-Identifier: Apache-2.0
"""Every message of the program, out of its source, as one golden file: a changed word shows in a diff that is reviewed.

    python3 tests/meta/messages.py SOURCE [--update]

A message is the text behind a `Code::name`; `{}` stands for what is put in. Advice is what .with_help() and .with_note()
add. tests/golden/messages.txt holds them sorted. Checked as well: no message ends like a sentence of prose, gives up with
"unknown error", or shouts; and each code is used by the program and provoked by a test.
"""

import pathlib
import re
import sys

LITERALS = re.compile(r'\s*(?:fmt::format\(\s*)?((?:"(?:[^"\\\n]|\\.)*"\s*)+)')
PIECE = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CODE = re.compile(r"Code::(\w+)\s*,")
ADVICE = re.compile(r"\bwith_(?:help|note)\(")

# Provoked only by what a test cannot bring about in a sensible time, or by a bug.
NOT_PROVOKED = {"simulation_stuck", "selftest_failed"}


def sources(root):
    for folder in ("engine", "providers", "tests/simulators"):  # the lab is part of the program
        yield from sorted(path for path in (root / folder).rglob("*") if path.suffix in (".cc", ".cpp", ".h"))


def literal(text, start):
    """The string literals that begin at `start`, joined; None when something else stands there."""
    found = LITERALS.match(text, start)
    if not found:
        return None
    return "".join(PIECE.findall(found[1])).replace('\\"', '"')


def numbers(root):
    table = {}
    for path in (root / "engine" / "base").glob("codes_*.def"):
        for number, name in re.findall(r"FF_CODE\((\d+), (\w+)", path.read_text()):
            table[name] = f"FF{int(number):04}"
    return table


def messages(root):
    table, lines = numbers(root), set()
    for path in sources(root):
        text = path.read_text()
        for found in CODE.finditer(text):
            message = literal(text, found.end())
            if message is not None and found[1] in table:
                lines.add(f"{table[found[1]]} {found[1]}: {message}")
        for found in ADVICE.finditer(text):
            advice = literal(text, found.end())
            if advice is not None:
                lines.add(f"~ {advice}")
    return sorted(lines)


def faults(lines):
    for line in lines:
        message = line.split(": ", 1)[1] if line.startswith("FF") else line[2:]
        if line.startswith("FF") and message.endswith(".") and not message.endswith("…"):
            yield f"ends with a dot: {line}"
        if re.search(r"\bunknown error\b|\boops\b|!$|\bplease\b", message, re.IGNORECASE):
            yield f"gives up, shouts or begs: {line}"


def unused_and_unprovoked(root):
    table = numbers(root)
    program = "".join(path.read_text() for path in sources(root))
    tests = "".join(path.read_text(errors="ignore") for path in (root / "tests").rglob("*")
                    if path.is_file() and path.suffix in (".cc", ".h", ".py", ".txt", "") and "mockups" not in path.parts
                    and path.name not in ("messages.txt", "messages.py"))
    for name, number in table.items():
        if f"Code::{name}" not in program:
            yield f"{number} {name} is used nowhere"
        if name not in NOT_PROVOKED and number not in tests and f"Code::{name}" not in tests:
            yield f"{number} {name} is provoked by no test"


def main():
    root = pathlib.Path(sys.argv[1])
    golden = root / "tests" / "golden" / "messages.txt"
    lines = messages(root)
    if "--update" in sys.argv:
        golden.write_text("\n".join(lines) + "\n")
    expected = golden.read_text().splitlines() if golden.exists() else []
    problems = [f"new or changed: {line}" for line in lines if line not in set(expected)]
    problems += [f"gone: {line}" for line in expected if line not in set(lines)]
    problems += list(faults(lines)) + list(unused_and_unprovoked(root))
    for problem in problems:
        print(problem)
    if problems:
        print("Review the messages, then: python3 tests/meta/messages.py . --update")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
