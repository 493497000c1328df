# SPDX-License-Identifier: Apache-2.0
"""-notify: signed events over verified TLS to a real receiver, and what becomes of a verb when the receiver is dead,
slow, unknown or of another mind."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from services import Receiver  # noqa: E402
from support.lab import LabTestCase  # noqa: E402

KEY = "the key of the webhook"
SCHEMA = pathlib.Path(__file__).resolve().parents[3] / "schemas" / "notification.v1.schema.json"

try:
    import jsonschema
except ImportError:
    jsonschema = None


def certificate(directory, name):
    """A certificate of an authority of its own for 127.0.0.1, and its key."""
    files = directory / f"{name}.pem", directory / f"{name}.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(files[0]), "-keyout", str(files[1])],
                   check=True, capture_output=True)
    return str(files[0]), str(files[1])


class Notifications(LabTestCase):
    def setUp(self):
        super().setUp()
        self.scene = self.lab(models="ilo5")
        self.tls = certificate(self.scene.directory, "hooks")
        os.environ["HOOK_KEY"] = KEY
        self.addCleanup(os.environ.pop, "HOOK_KEY")

    def receiver(self, **options):
        receiver = Receiver(KEY, tls=options.pop("tls", self.tls), **options)
        self.addCleanup(receiver.stop)
        return receiver

    def tell(self, url, more=""):
        """Writes who is told into the manifest."""
        (self.scene.directory / "notifications.yaml").write_text(
            "firmform: v1\nnotifications:\n"
            f'  ops: {{url: "{url}/in", hmac: {{env: HOOK_KEY}}, ca_file: hooks.pem{more}}}\n')

    def dead_url(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            return f"https://127.0.0.1:{free.getsockname()[1]}"

    def assertFitsSchema(self, events):
        if jsonschema is None:
            self.skipTest("python3-jsonschema is not installed")
        for event in events:
            jsonschema.Draft7Validator(json.loads(SCHEMA.read_text())).validate(event)

    def test_drift_is_told_once_and_only_with_the_option(self):
        receiver = self.receiver(statuses=[503])
        self.tell(receiver.url)
        self.assertExit(self.scene.run("drift"), 15)
        self.assertEqual(receiver.deliveries, [])
        self.assertExit(self.scene.run("drift", "-notify"), 15)
        self.assertEqual(receiver.refused, [])
        self.assertEqual(len(receiver.events), 1)
        self.assertEqual(len(set(receiver.deliveries)), 1, "the attempt after the 503 has the same id")
        self.assertEqual(len(receiver.deliveries), 2)
        event = receiver.events[0]
        self.assertEqual((event["event"], event["exit"]["code"]), ("drift", 15))
        self.assertEqual({entry["host"] for entry in event["drift"]}, {"lab-01"})
        self.assertNotIn("127.0.0.1", json.dumps(event), "addresses of BMCs are not told")
        self.assertExit(self.scene.run("drift", "-notify"), 15)
        again = receiver.events[1]
        self.assertEqual(event["digest"], again["digest"])
        self.assertNotEqual(event["id"], again["id"])
        self.assertFitsSchema(receiver.events)

        # As the README tells people to check it by hand.
        body, signature = receiver.signed[0]
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-hmac", KEY], input=body, capture_output=True, check=True)
        self.assertEqual(digest.stdout.decode().split()[-1], signature.removeprefix("sha256="))

    def test_a_run_tells_of_its_beginning_and_its_end_and_a_plan_of_changes(self):
        receiver = self.receiver()
        self.tell(receiver.url)
        self.assertExit(self.scene.run("plan", "-notify", "-detailed-exitcode"), 2)
        self.assertExit(self.scene.run("apply", "-auto-approve", "-notify"), 0)
        self.assertEqual([event["event"] for event in receiver.events], ["changes", "started", "succeeded"])
        self.assertEqual(receiver.events[2]["results"]["done"], 1)
        self.assertEqual(receiver.events[1]["run"]["id"], receiver.events[2]["run"]["id"])
        self.assertExit(self.scene.run("plan", "-notify", "-detailed-exitcode"), 0)
        self.assertExit(self.scene.run("drift", "-notify"), 0)
        self.assertEqual(len(receiver.events), 3, "nothing to tell of")
        self.assertFitsSchema(receiver.events)

    def test_a_receiver_is_told_only_what_it_asked_for(self):
        receiver = self.receiver()
        self.tell(receiver.url, ", on: [failed, drift]")
        self.assertExit(self.scene.run("apply", "-auto-approve", "-notify"), 0)
        self.assertEqual(receiver.events, [])

    def test_a_dead_receiver_is_an_error_of_drift_and_no_error_of_a_run(self):
        self.tell(self.dead_url())
        drift = self.scene.run("drift", "-notify")
        self.assertExit(drift, 1)
        self.assertIn("FF0814", drift.stderr)
        self.assertIn("Drift: 2 older", drift.stdout)
        applied = self.scene.run("apply", "-auto-approve", "-notify")
        self.assertExit(applied, 0)
        self.assertIn("warning[FF0814]", applied.stderr)
        self.assertExit(self.scene.run("plan", "-detailed-exitcode"), 0)

    def test_nothing_is_sent_to_a_receiver_whose_certificate_is_not_trusted(self):
        receiver = self.receiver(tls=certificate(self.directory, "other"))
        self.tell(receiver.url)
        drift = self.scene.run("drift", "-notify")
        self.assertExit(drift, 1)
        self.assertIn("FF0814", drift.stderr)
        self.assertEqual(receiver.deliveries, [])

    def test_a_slow_receiver_does_not_slow_down_a_run(self):
        receiver = self.receiver(delay=60)
        self.tell(receiver.url)
        begin = time.monotonic()
        process = self.scene.start("apply", "-auto-approve", "-notify", "-json")
        self.addCleanup(process.stdout.close)
        for line in process.stdout:
            event = json.loads(line)
            if event["type"] == "change_summary" and event["changes"]["operation"] == "apply":
                break
        self.assertLess(time.monotonic() - begin, 30, "the run ended while the receiver had the first event")
        process.kill()
        process.wait()
        self.assertEqual(len(receiver.deliveries), 1)
        self.assertExit(self.scene.run("plan", "-detailed-exitcode"), 0)

    def test_without_its_key_nothing_is_sent_and_without_receivers_the_option_is_an_error(self):
        receiver = self.receiver()
        self.assertExit(self.scene.run("drift", "-notify"), 13)
        self.tell(receiver.url)
        del os.environ["HOOK_KEY"]
        drift = self.scene.run("drift", "-notify")
        os.environ["HOOK_KEY"] = KEY
        self.assertExit(drift, 1)
        self.assertIn("HOOK_KEY", drift.stderr)
        self.assertEqual(receiver.deliveries, [])

    def test_plain_http_needs_a_policy_and_the_key_is_never_written_in_the_manifest(self):
        self.tell("http://127.0.0.1:1")
        result = self.scene.run("validate")
        self.assertExit(result, 6)
        self.assertIn("FF0216", result.stderr)
        (self.scene.directory / "notifications.yaml").write_text(
            'firmform: v1\nnotifications:\n  ops: {url: "https://h.example", hmac: hunter2}\n')
        result = self.scene.run("validate")
        self.assertExit(result, 14)
        self.assertIn("FF0208", result.stderr)
        self.assertNotIn("hunter2", result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
