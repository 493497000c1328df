# SPDX-License-Identifier: Apache-2.0
"""Checks rules that no compiler knows: layers, licence lines, and paths of somebody's machine.

Usage: source_rules.py SOURCE_DIRECTORY. Prints each offence as file:line: and exits with 1 when there is one.
"""

import pathlib
import re
import subprocess
import sys

import layers

INCLUDE = re.compile(r'^\s*#\s*include\s+(?:"([^"]+)"|<([^>]+)>)')
SOURCES = {".cc", ".cpp", ".h", ".def"}
LICENSED = SOURCES | {".cmake", ".py", ".sh", ".yaml", ".yml"}
LICENSE = "SPDX-License-Identifier: Apache-2.0"
# Captured trees and expected outputs are data, and their bytes are not ours to choose.
DATA = ("tests/mockups/", "tests/golden/", "tests/corpus/")
# Home and work directories; written so that this line does not name one itself.
MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:work|root|home)/[\w.-]+")


def tracked_files(root):
    """Paths below root that git knows or would add; all files where git is not at hand."""
    git = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(git, check=True, capture_output=True).stdout.decode().split("\0")
        paths = [path for path in listed if path and (root / path).is_file()]
    except (OSError, subprocess.CalledProcessError):
        paths = [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]
        paths = [path for path in paths if not path.startswith(("build/", ".git/"))]
    return sorted(paths)


def lines_of(root, path):
    try:
        return (root / path).read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


def is_below(path, place):
    return path == place or path.startswith(place + "/")


def part_of(path):
    """The entry of layers.PARTS that rules this file, and the file's own folder."""
    folder = str(pathlib.PurePosixPath(path).parent)
    while folder not in (".", ""):
        if folder in layers.PARTS:
            return folder, folder
        if re.fullmatch(r"providers/[^/]+", folder):
            return "providers/*", folder
        folder = str(pathlib.PurePosixPath(folder).parent)
    return None, None


def may_include(part, folder, included):
    if part.startswith("providers") and any(is_below(included, place) for place in layers.NOT_FOR_PROVIDERS):
        return False
    allowed = layers.PARTS[part] | {folder}
    return any(is_below(included, place) for place in allowed)


def layer_offences(path, lines):
    part, folder = part_of(path)
    if part is None or pathlib.PurePosixPath(path).suffix not in SOURCES:
        return
    for number, line in enumerate(lines, 1):
        match = INCLUDE.match(line)
        if match is None:
            continue
        own, library = match.groups()
        if own is not None and not may_include(part, folder, own):
            yield number, f"{folder} may not include {own} (see tests/meta/layers.py)"
        for prefix, places in layers.LIBRARIES.items():
            if library is None or not library.startswith(prefix):
                continue
            if not any(is_below(path, place) for place in places):
                yield number, f"<{library}> is for {', '.join(sorted(places))} only"


def license_offences(path, lines):
    name = pathlib.PurePosixPath(path)
    if path.startswith(DATA) or (name.suffix not in LICENSED and name.name != "CMakeLists.txt"):
        return
    if not any(LICENSE in line for line in lines[:3]):
        yield 1, f"the first lines lack {LICENSE}"


def machine_path_offences(path, lines):
    if path.startswith(DATA):
        return
    for number, line in enumerate(lines, 1):
        match = MACHINE_PATH.search(line)
        if match is not None:
            yield number, f"{match.group()} is a path of somebody's machine"


RULES = (layer_offences, license_offences, machine_path_offences)


def offences(root):
    for path in tracked_files(root):
        lines = lines_of(root, path)
        for rule in RULES:
            for number, text in rule(path, lines):
                yield f"{path}:{number}: {text}"


def main():
    found = list(offences(pathlib.Path(sys.argv[1])))
    print("\n".join(found) if found else "no offences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
