# SPDX-License-Identifier: Apache-2.0
"""Looks for secrets in bytes, in every spelling in which a program might leave them behind."""

import base64
import gzip
import html
import io
import json
import pathlib
import tarfile
import urllib.parse


def spellings(secret):
    """{name of the spelling: bytes}"""
    raw = secret.encode()
    found = {
        "as it is": raw,
        "backwards": raw[::-1],
        "hexadecimal": raw.hex().encode(),
        "HEXADECIMAL": raw.hex().upper().encode(),
        "percent-encoded": urllib.parse.quote(secret, safe="").encode(),
        "percent-encoded throughout": "".join(f"%{byte:02X}" for byte in raw).encode(),
        "form-encoded": urllib.parse.quote_plus(secret, safe="").encode(),
        "JSON": json.dumps(secret)[1:-1].encode(),
        "JSON in UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "JSON with escaped slashes": json.dumps(secret)[1:-1].replace("/", "\\/").encode(),
        "JSON in JSON": json.dumps(json.dumps(secret))[3:-3].encode(),
        "HTML": html.escape(secret).encode(),
        "UTF-16": secret.encode("utf-16-le"),
    }
    # In base64 a text looks different at each of three offsets; of what is next to it only whole digits are left out.
    for offset in range(3):
        digits = base64.b64encode(b"\0" * offset + raw)
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        part = digits[first:last]
        found[f"base64 at offset {offset}"] = part
        found[f"base64url at offset {offset}"] = part.replace(b"+", b"-").replace(b"/", b"_")
    return found


def leaks(data, secrets, where):
    """Sentences, one for each spelling of each secret that is in `data`. They never hold the secret."""
    problems = []
    for name, secret in secrets.items():
        for spelling, needle in spellings(secret).items():
            at = data.find(needle)
            if at >= 0:
                problems.append(f"{where}: {name}, {spelling}, at byte {at}")
    return problems


def unpacked(data, where):
    """The bytes, and those inside when they are an archive."""
    yield where, data
    if not data.startswith(b"\x1f\x8b"):
        return
    plain = gzip.decompress(data)
    yield where + " (unpacked)", plain
    try:
        with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
            for member in archive.getmembers():
                yield f"{where}/{member.name}", member.name.encode() + b"\n" + (
                    archive.extractfile(member).read() if member.isfile() else b"")
    except tarfile.ReadError:
        pass


def leaks_below(directory, secrets, excluded):
    """In all files below `directory` but those named, and in their names."""
    problems = []
    directory = pathlib.Path(directory)
    files = 0
    for path in sorted(directory.rglob("*")):
        relative = str(path.relative_to(directory))
        if path.is_symlink() or not path.is_file() or relative in excluded:
            continue
        files += 1
        problems += leaks(relative.encode(), secrets, "the name of " + relative)
        for where, data in unpacked(path.read_bytes(), relative):
            problems += leaks(data, secrets, where)
    return problems, files
