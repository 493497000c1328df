# SPDX-License-Identifier: Apache-2.0
"""Images of any version for a lab's machines, and manifests about them whose flashes are seen in the lab's own log."""

import json

MAGIC = b"FIRMFORM-LAB-IMAGE\n"


def image_of(lab, like, version, name):
    """An image of `version` in the lab's firmware folder, made of the lab's file `like`."""
    data = (lab.directory / "firmware" / like).read_bytes()
    assert data.startswith(MAGIC)
    end = data.index(b"\n", len(MAGIC))
    facts = json.loads(data[len(MAGIC):end])
    facts["version"] = version
    (lab.directory / "firmware" / name).write_bytes(MAGIC + json.dumps(facts).encode() + data[end:])
    return name


def pull(lab):
    """BMCs fetch all images from the lab's image server, whose log then tells which one was flashed when."""
    lab.edit(r"^  - \{directory: firmware/\}\n", "")
    lab.edit(r"(baseline: [\w-]+)\}", r"\1, delivery: pull}")


def baseline(lab, model, entries, constraints=()):
    """The baseline of that model: lines of YAML, one for each entry and each constraint."""
    text = "    firmware:\n" + "".join(f"      - {{{entry}}}\n" for entry in entries)
    if constraints:
        text += "    constraints:\n" + "".join(f"      - {{{constraint}}}\n" for constraint in constraints)
    lab.edit(rf"^  {model}-next:\n(?:    .*\n)+", lambda _: f"  {model}-next:\n{text}")


def on_the_wire(lab, host="lab-01"):
    """What became of the host, oldest first: names of images that its BMC fetched, and "restart"."""
    steps = []
    for request in lab.requests():
        if request["host"] == "images" and request["method"] == "GET":
            steps.append(request["path"].rsplit("/", 1)[1])
        elif request["host"] == host and request["path"].rstrip("/").endswith("ComputerSystem.Reset"):
            steps.append("restart")
    return steps
