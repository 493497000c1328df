# SPDX-License-Identifier: Apache-2.0
"""OpenTelemetry traces: what a collector gets, and that no collector whatever can disturb a run."""

import pathlib
import socket
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.collector import Collector, check_tree, make_certificate  # noqa: E402
from support.lab import FIRMFORM, LabTestCase  # noqa: E402

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"
TRACEPARENT = f"00-{TRACE}-{PARENT}-01"


class Traces(LabTestCase):
    def collector(self, **options):
        collector = Collector(**options)
        self.addCleanup(collector.stop)
        return collector

    def run_with(self, lab, variables, *arguments):
        environment = {k: v for k, v in lab.environment().items() if not k.startswith("OTEL_") and k != "TRACEPARENT"}
        return subprocess.run([FIRMFORM, *arguments], cwd=lab.directory, env={**environment, **variables}, text=True,
                              capture_output=True, timeout=240, stdin=subprocess.DEVNULL)

    def children(self, spans, parent, name=None):
        return [s for s in spans if s["parent"] == parent["id"] and name in (None, s["name"])]

    def test_an_apply_is_one_tree_below_the_pipeline(self):
        lab = self.lab("ilo5,ilo6")
        collector = self.collector()
        result = self.run_with(lab, {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "TRACEPARENT": TRACEPARENT,
                                     "TRACESTATE": "ci=42", "OTEL_SERVICE_NAME": "fleet",
                                     "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=a%20b"},
                               "apply", "-auto-approve")
        self.assertExit(result, 0)
        self.assertNotIn("FF0818", result.stderr)
        self.assertTrue(all(path == "/v1/traces" for path, _, _ in collector.requests))
        spans = collector.spans()
        root, by_id = check_tree(spans, PARENT)
        self.assertEqual(root["trace"], TRACE)
        self.assertEqual(root["name"], "firmform apply")
        self.assertEqual(root["attributes"]["process.exit.code"], 0)
        self.assertEqual(root["flags"] & 0x300, 0x300, "its parent is remote")
        self.assertTrue(all(s["state"] == "ci=42" for s in spans))
        self.assertEqual(root["resource"]["service.name"], "fleet")
        self.assertEqual(root["resource"]["deployment.environment"], "a b")

        reading = self.children(spans, root, "reading")
        self.assertEqual(len(reading), 1)
        self.assertEqual(sorted(s["attributes"]["firmform.host"] for s in self.children(spans, reading[0])),
                         ["lab-01", "lab-02"])
        run = self.children(spans, root, "run")[0]
        hosts = [s for s in spans if s["name"] == "host" and "firmform.host.result" in s["attributes"]]
        self.assertEqual(sorted(s["attributes"]["firmform.host"] for s in hosts), ["lab-01", "lab-02"])
        for host in hosts:
            self.assertEqual(host["attributes"]["firmform.host.result"], "done")
            actions = self.children(spans, host, "action")
            self.assertTrue(actions)
            above = by_id[host["parent"]]
            self.assertTrue(above is run or by_id[above["parent"]] is run, "a host lies below its run, or its wave")
            self.assertTrue(any(self.children(spans, action) for action in actions), "requests lie below actions")
        requests = [s for s in spans if s["kind"] == 3]
        self.assertIn(200, [s["attributes"].get("http.response.status_code") for s in requests])
        self.assertGreater(len(requests), 20)
        asked = {(r["method"], r["path"].split("?")[0]) for r in lab.requests() if "/Sessions/" not in r["path"]}
        traced = {(s["attributes"]["http.request.method"], s["attributes"]["url.path"]) for s in requests}
        self.assertEqual(asked - traced, set(), "every request has a span")
        for span in requests:
            self.assertEqual(span["attributes"]["server.address"], "127.0.0.1")
            answered = span["attributes"].get("http.response.status_code")  # none while a BMC restarts
            failed = answered is None or answered >= 400
            self.assertEqual("error.type" in span["attributes"], failed)
            self.assertEqual(span["status"], 2 if failed else 0)
            self.assertNotIn("?", span["attributes"]["url.full"])

    def test_a_plan_has_a_tree_of_its_own_and_a_host_that_fails_is_an_error(self):
        lab = self.lab("ilo5,ilo6")
        lab.edit(r'(lab-02: \{bmc: ")[^"]+', r"\1https://127.0.0.1:1")
        collector = self.collector()
        result = self.run_with(lab, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.url + "/here", "TRACEPARENT": "bad"},
                               "plan")
        self.assertEqual({path for path, _, _ in collector.requests}, {"/here"})
        spans = collector.spans()
        root, _ = check_tree(spans)
        self.assertEqual(root["name"], "firmform plan")
        self.assertEqual(root["attributes"]["process.exit.code"], result.returncode)
        self.assertEqual(root["status"], 2 if result.returncode else 0)
        hosts = {s["attributes"]["firmform.host"]: s for s in spans if s["name"] == "host"}
        self.assertEqual(hosts["lab-01"]["status"], 0)
        self.assertEqual(hosts["lab-02"]["status"], 2)
        self.assertIn("FF0402", hosts["lab-02"]["message"])
        failed = [s for s in spans if s["attributes"].get("error.type") == "FF0402"]
        self.assertTrue(failed)
        self.assertIn(1, [s["attributes"].get("http.request.resend_count") for s in failed], "a request sent again says so")

    def test_it_is_off_unless_an_endpoint_asks_for_it(self):
        lab = self.lab("ilo5")
        collector = self.collector()
        endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        for variables in ({"TRACEPARENT": TRACEPARENT}, {**endpoint, "OTEL_SDK_DISABLED": "true"},
                          {**endpoint, "OTEL_TRACES_EXPORTER": "none"},
                          {**endpoint, "TRACEPARENT": TRACEPARENT[:-1] + "0"}):
            with self.subTest(variables=variables):
                result = self.run_with(lab, variables, "inventory")
                self.assertExit(result, 0)
                self.assertNotIn("FF0818", result.stderr)
                self.assertEqual(collector.requests, [])
        self.assertExit(self.run_with(lab, endpoint, "validate"), 0)
        self.assertEqual(collector.requests, [], "a verb that asks no BMC leaves no trace")

    def test_over_https_the_certificate_is_checked(self):
        lab = self.lab("ilo5")
        certificate = make_certificate(self.directory)
        collector = self.collector(certificate=certificate)
        variables = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
                     "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20canary-4711,x-scope = fleet"}
        untrusted = self.run_with(lab, variables, "inventory")
        self.assertExit(untrusted, 0)
        self.assertIn("FF0818", untrusted.stderr)
        self.assertEqual(collector.requests, [])
        trusted = self.run_with(lab, {**variables, "OTEL_EXPORTER_OTLP_CERTIFICATE": str(certificate[0])}, "inventory")
        self.assertExit(trusted, 0)
        self.assertNotIn("FF0818", trusted.stderr)
        check_tree(collector.spans())
        headers = {k.lower(): v for k, v in collector.requests[0][1].items()}
        self.assertEqual(headers["authorization"], "Bearer canary-4711")
        self.assertEqual(headers["x-scope"], "fleet")
        for result in (untrusted, trusted):
            self.assertNotIn("canary", result.stdout + result.stderr)
        self.assertFalse(any(b"canary" in body for _, _, body in collector.requests))

    def test_what_cannot_be_done_is_told_once_and_changes_nothing(self):
        lab = self.lab("ilo5")
        collector = self.collector()
        for variables in ({"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
                          {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example:4318",
                           "OTEL_EXPORTER_OTLP_HEADERS": "authorization=canary"},
                          {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}):
            with self.subTest(variables=variables):
                result = self.run_with(lab, variables, "inventory", "-json")
                self.assertExit(result, 0)
                self.assertEqual(result.stderr.count("warning[FF0818]"), 1, result.stderr)
                self.assertNotIn("canary", result.stderr)
                self.assertNotIn("FF0818", result.stdout)
        self.assertEqual(collector.requests, [])

    def timed(self, lab, variables, *arguments):
        begin = time.monotonic()
        result = self.run_with(lab, variables, *arguments)
        return result, time.monotonic() - begin

    def test_a_dead_slow_or_angry_collector_never_disturbs_a_run(self):
        lab = self.lab("ilo5")
        plain, usual = self.timed(lab, {}, "plan", "-json")
        with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections and never answers
            cases = {
                "dead": ("http://127.0.0.1:1", "FF0818"),
                "silent": (f"http://127.0.0.1:{silent.getsockname()[1]}", "FF0818"),
                "slow": (self.collector(delay=30).url, "FF0818"),
                "500": (self.collector(status=500).url, "HTTP status 500"),
                "503": (self.collector(status=503).url, "HTTP status 503"),
                "partial": (self.collector(answer=b'{"partialSuccess":{"rejectedSpans":"3"}}').url, "3 spans were not"),
                "garbage": (self.collector(answer=b"\xff\xfe<html>").url, None),
            }
            for name, (url, words) in cases.items():
                with self.subTest(collector=name):
                    result, elapsed = self.timed(lab, {"OTEL_EXPORTER_OTLP_ENDPOINT": url}, "plan", "-json")
                    self.assertEqual(result.returncode, plain.returncode, result.stderr)
                    self.assertLess(elapsed, usual + 10, "the last sending ends after a few seconds")
                    self.assertEqual(len(result.stdout), len(plain.stdout))
                    self.assertEqual(result.stderr.count("warning[FF0818]"), 1 if words else 0, result.stderr)
                    self.assertIn(words or "", result.stderr)

    def test_spans_are_sent_while_a_long_run_goes_on(self):
        lab = self.lab("ilo5", speed=30)
        collector = self.collector()
        environment = {**lab.environment(), "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        process = subprocess.Popen([FIRMFORM, "apply", "-auto-approve"], cwd=lab.directory, env=environment,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
        self.addCleanup(process.stdout.close)
        lab.wait_for(lambda: collector.requests or process.poll() is not None, "a first batch", timeout=120)
        self.assertIsNone(process.poll(), "the first batch came before the end")
        self.assertEqual(process.wait(timeout=240), 0, process.stdout.read())
        check_tree(collector.spans())


if __name__ == "__main__":
    unittest.main()
