# SPDX-License-Identifier: Apache-2.0
"""Keys of people who sign plans, and images of what a lab's machines run before they are changed."""

import pathlib
import subprocess

from support.images import image_of as older_image  # noqa: F401


def make_key(folder, name, algorithm="ed25519", passphrase=None):
    """NAME.pem and NAME.pub."""
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    command = ["openssl", "genpkey", "-algorithm", algorithm, "-out", str(folder / f"{name}.pem")]
    if passphrase:
        command += ["-aes-256-cbc", "-pass", f"pass:{passphrase}"]
    subprocess.run(command, check=True, capture_output=True)
    read = ["openssl", "pkey", "-in", str(folder / f"{name}.pem"), "-pubout", "-out", str(folder / f"{name}.pub")]
    if passphrase:
        read += ["-passin", f"pass:{passphrase}"]
    subprocess.run(read, check=True, capture_output=True)


def ask_for_signatures(lab, keys, required=True, two_keys_for=()):
    """Writes `plan_signing:` into the lab's manifest."""
    files = ", ".join(f"keys/{name}.pub" for name in keys)
    text = f"firmform: v1\n\nplan_signing: {{keys: [{files}], required: {str(required).lower()}"
    if two_keys_for:
        text += f", two_keys_for: [{', '.join(two_keys_for)}]"
    (lab.directory / "signing.yaml").write_text(text + "}\n")


def changes_of(lab, *arguments):
    """The firmware changes of a fresh plan, by (host, component)."""
    plan = lab.plan(*arguments, exits=(0, 5, 7))
    return {(c["host"], c["component"]): c for c in plan["resource_changes"] if c["type"].startswith("firmware")}


def declare_older(lab, entries):
    """A baseline that no host is given, and that names the images of older versions: (component, version, image)."""
    text = "firmform: v1\n\nbaselines:\n  before:\n    firmware:\n"
    for component, version, image in entries:
        text += f'      - {{component: "{component}", version: "{version}", image: {image}}}\n'
    (lab.directory / "before.yaml").write_text(text)
