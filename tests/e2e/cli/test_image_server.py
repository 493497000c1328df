# SPDX-License-Identifier: Apache-2.0
"""BMCs that pull their images from the run's own image server."""

import pathlib
import socket
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase, kill  # noqa: E402


class ImageServer(LabTestCase):
    def pulling_lab(self, models, speed=600, settings='{ports: "63000-63050"}'):
        lab = self.lab(models, speed=speed)
        hosts = lab.directory / "hosts.yaml"
        hosts.write_text(hosts.read_text() + "\ndefaults: {delivery: pull}\n" + f"image_server: {settings}\n")
        lab.edit(r"^  - \{url: .*\n", "")
        lab.edit("plain_http_image: allow", "plain_http_image: deny")
        return lab

    def pulls(self, lab):
        return [r for r in lab.writes() if "SimpleUpdate" in r["path"] or "AddFromUri" in r["path"]]

    def trace(self, lab):
        return "".join(file.read_text() for file in (lab.directory / ".firmform" / "trace").rglob("*.jsonl"))

    def test_a_fleet_converges_with_images_that_it_pulls_from_here(self):
        lab = self.pulling_lab("ilo5,ilo6,ilo7")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, 0)
        self.assertIn("Checking 3 hosts before any is changed", result.stdout)
        self.assertIn("the BMC has fetched 100%", result.stdout)
        self.assertGreaterEqual(len(self.pulls(lab)), 3)
        self.assertIn("https://127.0.0.1:630", self.trace(lab))
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_killed_after_the_request_resume_knows_it_again_under_another_url(self):
        lab = self.pulling_lab("ilo5", speed=60)
        lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        process = lab.start("apply", "-auto-approve")
        for line in process.stdout:
            if "has fetched 100%" in line:
                break
        kill(process)
        self.assertExit(lab.run("resume"), 0)
        self.assertEqual(len(self.pulls(lab)), 1)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_a_taken_port_is_passed_over_and_a_full_range_is_named(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            lab = self.pulling_lab("ilo5", settings=f'{{ports: "{port}-{port}"}}')
            result = lab.run("apply", "-auto-approve")
            self.assertExit(result, 1)
            self.assertIn("FF0709", result.stdout + result.stderr)
            self.assertIn(str(port), result.stdout + result.stderr)
            self.assertEqual(lab.writes(), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
