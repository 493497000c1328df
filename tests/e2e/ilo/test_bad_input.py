# SPDX-License-Identifier: Apache-2.0
"""Packages, signatures and mirrors that are not what they should be: refused with the reason before anything is sent."""

import http.server
import pathlib
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import Ilo, IloTestCase  # noqa: E402
from support.packages import contents, repackaged, write  # noqa: E402


class Packages(IloTestCase):
    def want(self, lab, image):
        self.declare(lab, f"repositories:\n  r: {{present: [{image}]}}\n", ilo5="repository: r")

    def package(self, lab):
        return next((lab.directory / "firmware").glob("ilo5_*.fwpkg"))

    def test_a_truncated_package(self):
        lab = self.bench("ilo5")
        package = self.package(lab)
        package.write_bytes(package.read_bytes()[:-4000])
        self.want(lab, package.name)
        self.refused(lab, "FF0703", 7)

    def test_a_zip_bomb(self):
        lab = self.bench("ilo5")
        package = self.package(lab)
        files = contents(package)
        files["payload.json"] = b" " * (64 << 20) + files["payload.json"]
        write(package, files)
        self.assertLess(package.stat().st_size, 2 << 20)
        self.want(lab, package.name)
        self.refused(lab, "FF0703", 7)

    def test_names_that_lead_out_of_the_package(self):
        lab = self.bench("ilo5")
        name = repackaged(lab, "ilo5_*.fwpkg", "outside.fwpkg", extra={"../../etc/cron.d/evil": b"* * * * * root true\n"})
        self.want(lab, name)
        self.refused(lab, "FF0703", 7)

    def test_an_image_name_that_is_a_path(self):
        lab = self.bench("ilo5")
        self.want(lab, '"../password"')
        result = lab.run("plan")
        self.assertNotEqual(result.returncode, 0)
        self.assertNotIn((lab.directory / "password").read_text().strip(), result.stdout + result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_a_signature_of_another_file(self):
        lab = self.bench("ilo5")
        folder = lab.directory / "firmware"
        signatures = sorted(folder.glob("*.compsig"))
        self.assertTrue(signatures, "the lab has smart components")
        signatures[0].write_bytes(signatures[0].read_bytes().replace(b"0", b"1"))
        stem = signatures[0].stem
        component = next(f.name for f in folder.iterdir() if f.stem == stem and f.suffix != ".compsig")
        self.want(lab, component)
        result = lab.run("apply", "-auto-approve")
        self.assertNotEqual(result.returncode, 0)
        self.assertNotIn(component, Ilo(lab).files())

    def test_an_image_that_was_replaced_after_planning(self):
        lab = self.bench("ilo5")
        package = self.package(lab)
        self.want(lab, package.name)
        self.assertExit(lab.run("plan", "-out", "p"), 0)
        files = contents(package)
        write(package, files, comment=b"another file of the same name")
        result = lab.run("apply", "p")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("FF0702", result.stdout + result.stderr)
        self.assertEqual(lab.writes(), [])

    def test_an_image_for_another_generation(self):
        lab = self.bench("ilo5,ilo6")
        self.declare(lab, 'baselines:\n  wrong:\n    firmware:\n'
                     '      - {component: "iLO 5", version: "1.68", image: ilo6_168.fwpkg, allow_downgrade: true}\n', ilo5="baseline: wrong")
        refused = self.refused(lab, "lab-01/SystemBMC", 7)
        self.assertRegex(refused.stderr, "FF0309|FF0352")


class WebPage(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<html><body>Please log in</body></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET

    def log_message(self, *arguments):
        pass


class Mirrors(IloTestCase):
    def test_a_mirror_that_answers_with_a_web_page(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), WebPage)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        lab = self.bench("ilo5", firmware=True)
        lab.edit(r"^  - \{directory: firmware/\}\n", "")
        lab.edit(r'^  - \{url: "[^"]+"\}', f'  - {{url: "http://127.0.0.1:{server.server_port}/"}}')
        for arguments in (("catalog", "lock"), ("catalog", "list", "-mirrors")):
            with self.subTest(arguments):
                self.refused(lab, "FF0706", 1, arguments)
        self.assertFalse((lab.directory / "firmform.lock").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
