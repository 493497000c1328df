# SPDX-License-Identifier: Apache-2.0
"""`firmform catalog`: listing, matching, comparing, pinning, fetching from mirrors that behave and that do not."""

import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import ssl
import subprocess
import sys
import threading
import unittest
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

ROM_CLASS = "aa148d2e-6e09-453e-bc6f-63baa5f5ccc4"
U46 = "00000000-0000-0000-0000-000001553436"
A43 = "00000000-0000-0000-0000-000001413433"
ILO_CLASS = "2f317b9d-c9e3-4d76-bff6-b9d0d085a952"
ILO6 = "e6d3c844-14a6-4f1f-84a3-c06013910306"


def package(name, version, target, device_class=ROM_CLASS, entries=()):
    """The bytes of a .fwpkg."""
    payload = {
        "Type": "Firmware", "PackageFormat": "FWPKG", "UpdatableBy": ["Bmc"], "DeviceClass": device_class,
        "Devices": {"Device": [{"DeviceName": name, "Target": target, "Version": version, "FirmwareImages": [
            {"FileName": "x.bin", "DirectFlashOk": True, "ResetRequired": True, "InstallDurationSec": 120}]}]},
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("payload.json", json.dumps(payload))
        archive.writestr("x.bin", os.urandom(1000))
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


class Mirror:
    """An HTTP server with files by path, byte ranges, and a log of what was asked."""

    def __init__(self, files, certificate=None):
        self.files = files
        self.asked = []
        self.content_type = "application/octet-stream"
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mirror.asked.append((self.path, self.headers.get("Range")))
                content = mirror.files.get(self.path)
                status = 404 if content is None else 200
                content = content or b""
                total = len(content)
                span = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range") or "")
                if span and status == 200:
                    first, last = int(span[1]), min(int(span[2]), total - 1)
                    content = content[first:last + 1]
                    status = 206
                self.send_response(status)
                self.send_header("Content-Type", mirror.content_type)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("ETag", '"1"')
                if status == 206:
                    self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate)
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class CatalogTestCase(LabTestCase):
    def mirror(self, files, certificate=None):
        mirror = Mirror(files, certificate)
        self.addCleanup(mirror.close)
        return mirror

    def project(self, images, sources=("{directory: firmware/}",)):
        """A manifest that wants these images: [(component, version, image)]."""
        (self.directory / "firmware").mkdir(exist_ok=True)
        entries = "\n".join(f'      - {{component: "{c}", version: "{v}", image: "{i}"}}' for c, v, i in images)
        (self.directory / "password").write_text("x")
        (self.directory / "site.yaml").write_text(f"""firmform: v1
credentials:
  ilo: {{username: admin, password: {{file: password}}}}
policies: {{plain_http_image: allow}}
hosts:
  web-01: {{bmc: "https://127.0.0.1:1", credentials: ilo, baseline: next}}
catalog:
{chr(10).join("  - " + source for source in sources)}
baselines:
  next:
    firmware:
{entries}
""")

    def image(self, name, content):
        (self.directory / "firmware" / name).write_bytes(content)

    def run_firmform(self, *arguments):
        return subprocess.run([FIRMFORM, *arguments], cwd=self.directory, env={**os.environ, "NO_COLOR": "1"}, text=True,
                              capture_output=True, timeout=60, stdin=subprocess.DEVNULL)

    def catalog(self, *arguments, code=0):
        result = self.run_firmform("catalog", *arguments)
        self.assertExit(result, code)
        return result

    def lock(self):
        return json.loads((self.directory / "firmform.lock").read_text())


class Pinning(CatalogTestCase):
    def test_lock_pins_and_verify_notices_what_changed(self):
        self.project([("System ROM", "U46 v2.36", "U46.fwpkg"), ("iLO 5", "3.11", "ilo5_311.bin")])
        rom = package("System ROM U46", "2.36", U46)
        self.image("U46.fwpkg", rom)
        self.image("ilo5_311.bin", b"ilo")
        self.assertIn("There is no firmform.lock", self.catalog("verify").stdout)

        self.assertIn("2 changes", self.catalog("lock").stdout)
        self.assertEqual(self.lock()["images"]["U46.fwpkg"],
                         {"sha256": hashlib.sha256(rom).hexdigest(), "size": len(rom), "source": "firmware/U46.fwpkg"})
        before = (self.directory / "firmform.lock").read_bytes()
        self.assertIn("up to date", self.catalog("lock").stdout)
        self.assertEqual((self.directory / "firmform.lock").read_bytes(), before)
        self.catalog("verify")

        self.image("U46.fwpkg", package("System ROM U46", "2.36", U46))
        refused = self.catalog("verify", code=7)
        self.assertIn("FF0708", refused.stderr)
        self.assertIn("site.yaml:", refused.stderr)

        silent = self.catalog("lock", code=7)
        self.assertIn("replaced U46.fwpkg", silent.stdout)
        self.assertEqual((self.directory / "firmform.lock").read_bytes(), before)
        self.catalog("lock", "-update")
        self.catalog("verify")

    def test_an_image_that_is_not_pinned_is_refused_with_the_command_to_run(self):
        self.project([("iLO 5", "3.11", "ilo5_311.bin")])
        self.image("ilo5_311.bin", b"ilo")
        self.catalog("lock")
        self.project([("iLO 5", "3.12", "ilo5_312.bin")])
        self.image("ilo5_312.bin", b"new")
        refused = self.catalog("verify", code=7)
        self.assertIn("firmform catalog lock", refused.stderr)
        self.assertIn("pins ilo5_311.bin, which the manifest does not want", refused.stderr)
        change = json.loads(self.catalog("lock", "-json").stdout)
        self.assertEqual([(c["image"], c["kind"]) for c in change["changes"]],
                         [("ilo5_311.bin", "removed"), ("ilo5_312.bin", "added")])

    def test_a_damaged_lock_stops_everything_that_needs_it(self):
        self.project([("iLO 5", "3.11", "ilo5_311.bin")])
        self.image("ilo5_311.bin", b"ilo")
        (self.directory / "firmform.lock").write_text("{")
        for subcommand in ("verify", "lock"):
            self.assertIn("FF0707", self.catalog(subcommand, code=1).stderr)

    def test_bad_packages_are_refused_with_the_reason(self):
        cases = {
            "traversal.fwpkg": (package("x", "1", U46, entries=[("../../evil", b"x")]), "leads out of the package"),
            "bomb.fwpkg": (package("x", "1", U46, entries=[("zeros", bytes(80 << 20))]), "times its size"),
            "cut.fwpkg": (package("x", "1", U46)[:-40], "cut off, damaged"),
            "page.fwpkg": (b"<html>", "not a readable package"),
        }
        self.project([(name, "1", name) for name in cases])
        for name, (content, _) in cases.items():
            self.image(name, content)
        result = self.catalog("verify", code=7)
        for _, reason in cases.values():
            self.assertIn(reason, result.stderr)
        self.assertEqual(self.catalog("lock", code=7).stdout, "")
        self.assertFalse((self.directory / "firmform.lock").exists())

    def test_damage_inside_of_a_package_is_found(self):
        content = bytearray(package("x", "1", U46, entries=[("noise", os.urandom(100000))]))
        content[len(content) // 2] ^= 1
        self.project([("x", "1", "x.fwpkg")])
        self.image("x.fwpkg", bytes(content))
        self.assertIn("FF0703", self.catalog("verify", code=7).stderr)

    def test_a_smart_component_needs_its_signatures(self):
        self.project([("x", "1", "cp1.exe")])
        self.image("cp1.exe", b"component")
        self.assertIn("FF0351", self.catalog("verify").stderr)
        self.image("cp1_part1.compsig", b"a")
        self.image("cp1_part2.compsig", b"b")
        wrong = self.catalog("verify", code=7)
        self.assertIn("FF0705", wrong.stderr)
        self.assertIn("takes cp1.compsig", wrong.stderr)
        for part in (1, 2):
            (self.directory / "firmware" / f"cp1_part{part}.compsig").unlink()
        self.image("cp1.compsig", b"sig")
        state = json.loads(self.catalog("verify", "-json").stdout)
        self.assertEqual([(i["state"], i["signature"]) for i in state["images"]], [("ok", "detached")])
        self.assertEqual(state["diagnostics"], [])


class Mirrors(CatalogTestCase):
    def test_a_mirrors_image_is_pinned_and_fetched(self):
        rom = package("System ROM U46", "2.36", U46)
        mirror = self.mirror({"/spp/U46.fwpkg": rom})
        self.project([("System ROM", "U46 v2.36", "U46.fwpkg")], [f'{{url: "{mirror.url}spp/"}}'])
        self.catalog("lock")
        digest = hashlib.sha256(rom).hexdigest()
        self.assertEqual(self.lock()["images"]["U46.fwpkg"]["sha256"], digest)
        copy = self.directory / ".firmform" / "images" / digest / "U46.fwpkg"
        self.assertEqual(copy.read_bytes(), rom)
        self.assertIn("already", self.catalog("fetch").stdout)
        copy.unlink()
        self.assertIn("not-here", self.catalog("verify").stdout)
        self.catalog("fetch")
        self.assertEqual(copy.read_bytes(), rom)
        self.assertRegex(self.catalog("verify").stdout, r"U46.fwpkg +ok")

        asked = len(mirror.asked)
        self.catalog("lock")
        self.assertEqual(len(mirror.asked), asked, "what is pinned is not fetched again")

        copy.unlink()
        mirror.files["/spp/U46.fwpkg"] = rom[:-1] + b"!"
        self.assertIn("FF0708", self.catalog("fetch", code=7).stderr)
        mirror.files["/spp/U46.fwpkg"] = rom[:-1]
        shorter = self.catalog("fetch", code=1).stderr
        self.assertIn("FF0706", shorter)
        self.assertIn(f"it has {len(rom) - 1} bytes there, and {len(rom)} in firmform.lock", shorter)
        self.assertFalse(copy.exists())

    def test_a_mirror_is_trusted_by_the_ca_that_the_manifest_gives(self):
        pem = self.directory / "mirror.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                        "-subj", "/CN=mirror", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", pem, "-out",
                        self.directory / "ca.pem"], check=True, capture_output=True)
        pem.write_text(pem.read_text() + (self.directory / "ca.pem").read_text())
        mirror = self.mirror({"/ilo5_311.bin": os.urandom(20 << 20)}, pem)
        wanted = [("iLO 5", "3.11", "ilo5_311.bin")]
        self.project(wanted, [f'{{url: "{mirror.url}"}}'])
        self.assertIn("FF0404", self.catalog("lock", code=1).stderr)
        self.assertEqual(mirror.asked, [])
        self.project(wanted, [f'{{url: "{mirror.url}", ca_file: ca.pem}}'])
        self.catalog("lock")
        self.assertEqual(len(mirror.asked), 4, "a look, and three pieces")
        self.assertRegex(self.catalog("verify").stdout, r"ilo5_311.bin +ok +20.0 MiB")

    def test_a_mirror_that_answers_with_a_page_is_told_from_one_that_has_the_file(self):
        mirror = self.mirror({"/U46.fwpkg": b"<!DOCTYPE html><title>Please sign in</title>"})
        mirror.content_type = "text/html"
        self.project([("System ROM", "1", "U46.fwpkg")], [f'{{url: "{mirror.url}"}}'])
        page = self.catalog("lock", code=1)
        for text in ("FF0706", "text/html", "Please sign in"):
            self.assertIn(text, page.stderr)
        mirror.files.clear()
        self.assertIn("it has no such file", self.catalog("lock", code=1).stderr)
        self.assertFalse((self.directory / "firmform.lock").exists())

    def test_a_mirror_that_gives_a_broken_package_pins_nothing(self):
        mirror = self.mirror({"/U46.fwpkg": b"PK\x03\x04 cut"})
        self.project([("System ROM", "1", "U46.fwpkg")], [f'{{url: "{mirror.url}"}}'])
        self.assertIn("FF0703", self.catalog("lock", code=7).stderr)
        self.assertFalse((self.directory / "firmform.lock").exists())

    def test_the_index_of_a_mirror_is_listed(self):
        mirror = self.mirror({"/fwrepodata/fwrepo.json": json.dumps({"U46_2.36.fwpkg": {
            "description": "System ROM U46", "version": "2.36", "deviceclass": ROM_CLASS, "target": [U46],
            "reboot_required": "yes"}}).encode()})
        self.project([], [f'{{url: "{mirror.url}"}}'])
        (self.directory / "site.yaml").write_text(re.sub(r"baselines:[\s\S]*", "", (self.directory / "site.yaml").read_text())
                                                  .replace(", baseline: next", ""))
        self.assertIn("ROM family U46", self.catalog("list", "-mirrors").stdout)
        files = json.loads(self.catalog("list", "-mirrors", "-json").stdout)["mirrors"][0]["files"]
        self.assertEqual(files[0]["name"], "U46_2.36.fwpkg")


class Comparing(CatalogTestCase):
    def test_directories_are_compared_by_component(self):
        for side, version in (("a", "2.34_04-08-2020"), ("b", "2.36_03-11-2025")):
            (self.directory / side / "packages").mkdir(parents=True)
            (self.directory / side / "packages" / f"rom-{version}.fwpkg").write_bytes(package("System ROM U46", version, U46))
        (self.directory / "b" / "ilo6.fwpkg").write_bytes(package("iLO 6", "1.66", ILO6, ILO_CLASS))
        changes = json.loads(self.catalog("diff", "./a", "./b", "-json").stdout)["changes"]
        self.assertEqual([(c["component"], c["move"]) for c in changes], [("System ROM U46", "up"), ("iLO 6", "added")])
        self.assertIn("2.34_04-08-2020", self.catalog("diff", "./b", "./a").stdout)
        self.assertIn("No differences", self.catalog("diff", "./a", "./a").stdout)
        self.assertIn("not a directory", self.catalog("diff", "./a", "./absent", code=1).stderr)
        self.assertIn("rom-2.36", self.catalog("list", "b").stdout)

    def test_an_image_is_shown_with_its_targets_in_words(self):
        self.project([("System ROM", "1", "U46.fwpkg")])
        self.image("U46.fwpkg", package("System ROM U46", "2.36", U46))
        shown = self.catalog("show", "U46.fwpkg").stdout
        for text in ("ROM family U46", "System ROM", "2.36", "restart needed   yes", "embedded"):
            self.assertIn(text, shown)
        self.assertIn("FF0308", self.catalog("show", "U47.fwpkg", code=7).stderr)


class WithHosts(CatalogTestCase):
    def test_images_are_matched_by_what_they_say_and_not_by_their_names(self):
        lab = self.lab("ilo5")
        firmware = lab.directory / "firmware"
        (firmware / "a-misleading-name-A43.fwpkg").write_bytes(package("System ROM U46", "9.99", U46))
        (firmware / "U46.fwpkg").write_bytes(package("System ROM A43", "9.99", A43))
        (firmware / "ilo.fwpkg").write_bytes(package("iLO 6", "1.66", ILO6, ILO_CLASS))
        result = lab.run("catalog", "match", "-json")
        self.assertExit(result, 0)
        host = json.loads(result.stdout)["hosts"][0]
        offers = [(c["name"], [i["image"] for i in c["images"]]) for c in host["components"]]
        self.assertIn(("System ROM", ["a-misleading-name-A43.fwpkg"]), offers)
        reasons = {m["image"]: m["reasons"] for m in host["misfits"]}
        self.assertIn("ROM family A43", reasons["U46.fwpkg"][0])
        self.assertIn("is made for iLO 6", reasons["ilo.fwpkg"][0])
        self.assertEqual(lab.writes(), [])

        lab.edit(r'image: "U46_[^"]*"', 'image: "U46.fwpkg"')
        wanted = lab.run("catalog", "match")
        self.assertExit(wanted, 7)
        self.assertIn("FF0352", wanted.stderr)

    def test_a_plan_refuses_an_image_that_was_replaced_after_it_was_pinned(self):
        lab = self.lab("ilo5")
        self.assertExit(lab.run("catalog", "lock"), 0)
        self.assertExit(lab.run("plan"), 0)
        pinned = json.loads((lab.directory / "firmform.lock").read_text())["images"]
        image = lab.directory / next(iter(pinned.values()))["source"]
        image.write_bytes(image.read_bytes() + b"!")
        plan = lab.run("plan")
        self.assertExit(plan, 7)
        self.assertIn("FF0708", plan.stderr)
        self.assertEqual(lab.writes(), [])


if __name__ == "__main__":
    unittest.main()
