# SPDX-License-Identifier: Apache-2.0
"""Vaults, written by the real `ansible-vault`."""

import shutil
import subprocess

AVAILABLE = shutil.which("ansible-vault") is not None


def _vault(*arguments, **options):
    return subprocess.run(["ansible-vault", *map(str, arguments)], check=True, capture_output=True, text=True, **options).stdout


def encrypt_file(file, password_file):
    """In place, as a whole."""
    _vault("encrypt", "--vault-password-file", password_file, file)


def encrypt_value(name, value, password_file, label=None):
    """Lines of YAML: `name: !vault |` and what follows."""
    identity = ["--vault-id", f"{label}@{password_file}"] if label else ["--vault-password-file", password_file]
    return _vault("encrypt_string", *identity, "--stdin-name", name, input=value) + "\n"
