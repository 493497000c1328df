# SPDX-License-Identifier: Apache-2.0
"""How images come to an iLO: pushed, pulled from a mirror, pulled from the run's own image server."""

import json
import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import MODELS, Ilo, IloTestCase  # noqa: E402


def free_ports(count):
    """The first of so many ports that nobody listens on."""
    for first in range(20_000, 32_000, count):
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
    raise AssertionError("no free ports")


class Delivery(IloTestCase):
    def firmware(self, lab, delivery):
        first = free_ports(3)
        self.declare(lab, f'image_server: {{address: 127.0.0.1, ports: "{first}-{first + 2}"}}\n',
                     **{m: f"delivery: {delivery}" for m in MODELS})
        return first

    def sent(self, lab):
        return [r["path"] for r in lab.writes()]

    def test_pushed(self):
        lab = self.bench("ilo5,ilo6,ilo7", firmware=True)
        self.firmware(lab, "push")
        self.converge(lab)
        self.assertTrue(any("uploadFile" in path for path in self.sent(lab)))
        self.assertFalse(any("SimpleUpdate" in path or "AddFromUri" in path for path in self.sent(lab)))

    def test_pulled_from_the_image_server_of_the_run(self):
        lab = self.bench("ilo5,ilo6,ilo7", firmware=True)
        self.firmware(lab, "pull")
        self.converge(lab)
        self.assertFalse(any("uploadFile" in path for path in self.sent(lab)))

    def test_a_taken_port_is_passed_over(self):
        lab = self.bench("ilo5", firmware=True)
        first = self.firmware(lab, "pull")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", first))
            taken.listen()
            self.converge(lab)

    def test_without_a_free_port_nothing_is_sent(self):
        lab = self.bench("ilo5", firmware=True)
        first = self.firmware(lab, "pull")
        sockets = [socket.socket() for _ in range(3)]
        try:
            for number, taken in enumerate(sockets):
                taken.bind(("127.0.0.1", first + number))
                taken.listen()
            self.refused(lab, "FF0709", 1, ("apply", "-auto-approve"))
        finally:
            for taken in sockets:
                taken.close()

    def test_a_stored_image_comes_either_way(self):
        for way in ("push", "pull"):
            with self.subTest(way):
                lab = self.bench("ilo5", name=way)
                self.firmware(lab, "auto")
                file = self.image(lab)
                self.assertExit(lab.run("repository", "add", "lab-01", file, f"-{way}", "-auto-approve"), 0)
                self.assertIn(file, Ilo(lab).files())
                paths = " ".join(self.sent(lab))
                self.assertIn("uploadFile" if way == "push" else "AddFromUri", paths)

    def test_a_smart_component_goes_with_its_signature(self):
        lab = self.bench("ilo5")
        components = list((lab.directory / "firmware").glob("*.compsig"))
        self.assertTrue(components, "the lab has smart components")
        name = components[0].name.rsplit(".", 1)[0]
        name = next(f.name for f in (lab.directory / "firmware").iterdir() if f.stem == name and f.suffix != ".compsig")
        dry = lab.run("repository", "add", "lab-01", name, "-push", "-dry-run", "-json")
        self.assertExit(dry, 0)
        self.assertTrue(json.loads(dry.stdout)["requests"][0]["signature"].endswith(".compsig"))
        self.assertExit(lab.run("repository", "add", "lab-01", name, "-push", "-auto-approve"), 0)
        self.assertIn(name, Ilo(lab).files())


if __name__ == "__main__":
    unittest.main(verbosity=2)
