# SPDX-License-Identifier: Apache-2.0
"""Firmware packages that a vendor would not ship: made of those that the lab wrote."""

import json
import zipfile

from support.images import MAGIC


def contents(path):
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def write(path, files, comment=b"", compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as package:
        package.comment = comment
        for name, data in files.items():
            package.writestr(name, data)


def repackaged(lab, pattern, name, updatable_by=None, comment=b"", extra=None):
    """The first package of the lab that fits `pattern`, under a new name and with changes to its metadata."""
    folder = lab.directory / "firmware"
    files = contents(next(folder.glob(pattern)))
    payload = json.loads(files["payload.json"])
    if updatable_by is not None:
        payload["UpdatableBy"] = updatable_by
        for device in payload["Devices"]["Device"]:
            for image in device["FirmwareImages"]:
                image["DirectFlashOk"] = "Bmc" in updatable_by
                image["UefiFlashable"] = "Uefi" in updatable_by
    files["payload.json"] = json.dumps(payload).encode()
    files.update(extra or {})
    write(folder / name, files, comment)
    return name


def renewed(lab, pattern, name, old, new, minimum=None):
    """The first package of the lab that fits `pattern`, and the image in it, of version `new` instead of `old`; it goes
    over `minimum` and later ones."""
    folder = lab.directory / "firmware"
    files = contents(next(folder.glob(pattern)))
    payload = json.loads(files.pop("payload.json").decode().replace(old, new))
    if minimum is not None:
        payload["MinimumActiveVersion"] = minimum
    for file, data in files.items():
        if data.startswith(MAGIC):
            head, facts, padding = data.split(b"\n", 2)
            files[file] = b"\n".join((head, facts.replace(old.encode(), new.encode()), padding))
    write(folder / name, {"payload.json": json.dumps(payload).encode(), **files})
    return name
