# SPDX-License-Identifier: Apache-2.0
"""firmform watch: what it notices, what it changes and what it leaves alone, and how it ends and begins again."""

import datetime
import os
import pathlib
import re
import socket
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "pipelines"))
from services import Receiver  # noqa: E402
from support import images  # noqa: E402
from support.events import events_of, types_of  # noqa: E402
from support.ilo import SERVICE, Ilo  # noqa: E402
from support.lab import LabTestCase  # noqa: E402
from support.watch import ServiceManager, Watching  # noqa: E402

BMC = "contoso-bmc-1.46.512c02-rev1.bin"
INTERVAL = ("-interval", "10m")  # a second of the lab's time
SELDOM = ("-interval", "720h")   # only what is asked for


def at(**delta):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


class WatchTestCase(LabTestCase):
    def bench(self, count=1, extra="", speed=600, **options):
        """Hosts with one component each, pulled, so that the log tells who flashed what."""
        lab = self.lab(f"redfish*{count}", speed=speed, **options)
        lab.edit(r'^ *- \{component: "BIOS".*\n', "")
        images.pull(lab)
        if extra:
            with (lab.directory / "hosts.yaml").open("a") as file:
                file.write("\n" + extra + "\n")
        return lab

    def converged(self, **options):
        lab = self.bench(**options)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        return lab

    def watch(self, lab, *arguments, **options):
        watching = Watching(lab, *arguments, **options)
        self.addCleanup(lambda: watching.process.poll() is None and watching.kill())
        return watching

    def flashed_by_hand(self, lab, host="lab-01"):
        """Somebody else has the BMC go back to an old image."""
        old = "by-hand.bin"
        if not (lab.directory / "firmware" / old).exists():
            images.image_of(lab, BMC, "1.45.455b66-rev4", old)
        url = re.search(r'url: "([^"]+)"', (lab.directory / "baselines.yaml").read_text()).group(1)
        status, body = Ilo(lab, host).send("POST", SERVICE + "/Actions/UpdateService.SimpleUpdate", {"ImageURI": url + old})
        self.assertIn(status, (200, 202), body)

    def fetched(self, lab, image=BMC):
        return images.on_the_wire(lab).count(image)

    def posts(self, lab):
        return [request for request in lab.writes() if "SimpleUpdate" in request["path"]]


class Noticing(WatchTestCase):
    def test_what_somebody_flashed_by_hand_is_noticed_and_only_told(self):
        lab = self.converged()
        watching = self.watch(lab, *INTERVAL)
        watching.wait_for_cycle(lambda cycle: cycle["result"] == "in_line", "all is in line")
        self.flashed_by_hand(lab)
        written = len(lab.writes())
        drifted = watching.wait_for_cycle(lambda cycle: cycle["result"] == "drifted"
                                          and cycle["fleet"]["drift"].get("older"), "the drift")
        self.assertEqual(drifted["fleet"]["hosts_in_line"], 0)
        self.assertEqual(drifted["cause"], "interval")
        watching.next_cycle()
        self.assertEqual(len(lab.writes()), written)
        self.assertEqual(watching.stop(), 0)

    def test_one_dead_bmc_is_one_host_that_is_not_read(self):
        lab = self.bench(count=2)
        hosts = (lab.directory / "hosts.yaml").read_text()
        (lab.directory / "hosts.yaml").write_text(re.sub(r'(lab-02: \{bmc: "https://[^:]+):\d+', r"\1:1", hosts))
        watching = self.watch(lab, *INTERVAL, "-apply", "automatic")
        applied = watching.wait_for_cycle(lambda cycle: cycle["result"] == "applied", "the other host is changed")
        self.assertEqual(applied["outcomes"], {"done": 1})
        self.assertEqual(applied["fleet"]["hosts_by_status"], {"ok": 1, "unreachable": 1})
        self.assertEqual(watching.get("/readyz")[0], 200)
        self.assertEqual(watching.next_cycle()["result"], "drifted")
        self.assertEqual(watching.stop(), 0)

    def test_a_manifest_that_breaks_keeps_the_watch_alive_and_changes_nothing(self):
        lab = self.converged()
        watching = self.watch(lab, *INTERVAL, "-apply", "automatic")
        watching.wait_for_cycle(lambda cycle: cycle["result"] == "in_line", "all is in line")
        good = (lab.directory / "hosts.yaml").read_text()
        (lab.directory / "hosts.yaml").write_text(good + "\nhostss: {}\n")
        failed = watching.wait_for_cycle(lambda cycle: cycle["result"] == "failed", "the manifest is not valid")
        self.assertFalse(failed["manifest_valid"])
        self.assertRegex(failed["notes"][0], r"^FF\d{4}: .*hostss")
        self.assertEqual(watching.get("/healthz")[0], 200)
        status, _, why = watching.get("/readyz")
        self.assertEqual((status, why), (503, "the manifest is not valid\n"))
        self.assertEqual(watching.status()["fleet"]["hosts_in_line"], 1, "what was found before is still shown")
        self.assertIn("hostss", watching.errors.read_text())
        (lab.directory / "hosts.yaml").write_text(good)
        watching.look()
        watching.wait(lambda: watching.cycles()[-1]["result"] == "in_line", "it is valid again")
        self.assertEqual(watching.get("/readyz")[0], 200)
        self.assertEqual(self.fetched(lab), 1)

    def test_the_lines_of_a_watch_in_a_log(self):
        lab = self.bench()
        process = lab.start("watch", *SELDOM)
        lines = [process.stdout.readline() for _ in range(3)]
        process.terminate()
        rest, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 0)
        time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"
        self.assertRegex(lines[0], rf"^{time} watching /.*/lab/?\n$")
        self.assertRegex(lines[1], rf"^{time} looks every 30d and up to 1m more; what differs is told, and nothing is changed\n$")
        self.assertRegex(lines[2], rf"^{time} [0-9a-f]{{12}}: 0 of 1 host in line \(1 older\)\. Looks again at {time}\n$")
        self.assertRegex(rest, rf"^{time} the watch ends\n$")
        self.assertNotIn("\x1b", "".join(lines) + rest)

    def test_one_look_ends_with_its_result(self):
        lab = self.bench()
        self.assertExit(lab.run("watch", "-once"), 15)
        self.assertEqual(lab.writes(), [])
        applied = lab.run("watch", "-once", "-apply", "automatic")
        self.assertExit(applied, 0)
        self.assertRegex(applied.stdout.splitlines()[-1], r": run [0-9a-f-]+: 1 done; all 1 host in line$")
        self.assertExit(lab.run("watch", "-once"), 0)
        lab.edit(r"^hosts:", "hostss:")
        broken = lab.run("watch", "-once")
        self.assertExit(broken, 14)
        self.assertIn("hostss", broken.stderr)

    def test_options_are_checked_before_anything_is_done(self):
        lab = self.bench()
        for options in (("-interval", "1s"), ("-jitter", "soon"), ("-apply", "always"), ("-listen", "localhost"),
                        ("-listen", "127.0.0.1:99999"), ("-poll", "0s")):
            refused = lab.run("watch", "-once", *options)
            self.assertExit(refused, 13)
            self.assertIn(options[1], refused.stderr)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            refused = lab.run("watch", "-once", "-listen", f"127.0.0.1:{taken.getsockname()[1]}")
        self.assertExit(refused, 1)
        self.assertIn("FF0815", refused.stderr)


class Repairing(WatchTestCase):
    def repairs(self, watching):
        return sum(cycle["result"] == "applied" for cycle in watching.cycles())

    def test_drift_is_repaired_until_the_flap_guard_stops_it(self):
        lab = self.converged(extra="watch: {apply: automatic, interval: 10m, flap_guard: {changes: 3, within: 1d}}")
        watching = self.watch(lab)
        for times in (2, 3):
            self.flashed_by_hand(lab)
            watching.wait(lambda times=times: self.repairs(watching) == times - 1, f"flash {times}")
            self.assertEqual(self.fetched(lab), times)
        self.flashed_by_hand(lab)
        flapping = watching.wait_for_cycle(lambda cycle: cycle["flapping"], "the flap guard")
        self.assertEqual(flapping["result"], "drifted")
        self.assertRegex(flapping["notes"][-1], r"^FF0817: lab-01/Contoso BMC Firmware was set to .* 3 times within 1d")
        self.assertEqual(flapping["flapping"][0]["host"], "lab-01")
        self.assertIn("firmform_watch_flapping_components 1", watching.get("/metrics")[2])
        watching.next_cycle()
        self.assertEqual(watching.stop(), 0)
        again = self.watch(lab)
        self.assertTrue(again.next_cycle()["flapping"], "a restart forgets nothing")
        self.assertEqual(self.fetched(lab), 3)
        lab.edit(r"changes: 3", "changes: 4")
        again.wait(lambda: self.fetched(lab) == 4, "a higher bound lets it go on")
        self.assertEqual(again.stop(), 0)

    def test_drift_is_repaired_inside_the_window_only(self):
        lab = self.bench(extra=f"maintenance_windows:\n  night: {{start: {at(hours=2)}, end: {at(hours=8)}, held_by: engine}}\n"
                               "watch: {apply: automatic, interval: 10m}")
        lab.edit(r"(redfish: \{match: \{labels: \{model: redfish\}\}, )", r"\1maintenance_window: night, ")
        watching = self.watch(lab)
        for _ in range(3):
            cycle = watching.next_cycle()
            self.assertEqual(cycle["result"], "drifted")
            self.assertIsNone(cycle["run_id"], "no run that would do nothing")
        self.assertEqual(lab.writes(), [])
        lab.edit(r"night: \{start: [^,]+", f"night: {{start: {at(minutes=-1)}")
        watching.wait_for_cycle(lambda cycle: cycle["result"] == "applied", "the window is open")
        self.assertEqual(self.fetched(lab), 1)
        self.assertEqual(watching.stop(), 0)

    def test_what_a_policy_denies_is_not_carried_out(self):
        lab = self.bench()
        lab.edit(r"^policies: \{", "policies: {rules: {nothing: {enforcement: deny, changes: [update]}}, ")
        watching = self.watch(lab, *INTERVAL, "-apply", "automatic")
        denied = watching.next_cycle()
        self.assertEqual(denied["result"], "denied")
        self.assertIn("FF0375", denied["notes"][-1])
        self.assertEqual(lab.writes(), [])

    def test_a_rollout_that_waits_for_a_person_goes_on_waiting(self):
        lab = self.bench(count=2, extra='rollout: {batches: [1], pause_after: ["batch 1"]}')
        watching = self.watch(lab, *INTERVAL, "-apply", "automatic")
        watching.wait_for_cycle(lambda cycle: cycle["result"] == "paused", "the gate")
        for _ in range(2):
            cycle = watching.next_cycle()
            self.assertEqual(cycle["result"], "paused")
            self.assertEqual(cycle["fleet"]["hosts_in_line"], 1)
        self.assertEqual(len(self.posts(lab)), 1)
        self.assertIn(lab.run("rollout", "continue").returncode, (0, 19))
        watching.wait(lambda: watching.cycles()[-1]["result"] == "in_line", "all is in line")
        self.assertEqual(len(self.posts(lab)), 2)
        self.assertEqual(watching.stop(), 0)

    def test_a_run_of_another_process_is_left_to_it(self):
        lab = self.bench(count=2, extra="rollout: {batches: [1], soak: 720h}")
        apply = lab.start("apply", "-auto-approve")
        lab.wait_for(lambda: "go on" in lab.run("rollout", "status").stdout, "the soak")
        watching = self.watch(lab, *INTERVAL, "-apply", "automatic")
        self.assertEqual(watching.next_cycle()["result"], "busy")
        self.assertEqual(watching.get("/readyz")[0], 200)
        self.assertExit(lab.run("rollout", "cancel"), 0)
        apply.communicate(timeout=60)
        lab.edit(r"^rollout: .*$", "")
        watching.wait_for_cycle(lambda cycle: cycle["result"] == "applied", "its turn")
        self.assertEqual(len(self.posts(lab)), 2)


class Ending(WatchTestCase):
    def interrupted(self, end):
        lab = self.bench(speed=100)
        watching = self.watch(lab, *SELDOM, "-apply", "automatic")
        lab.wait_for(lambda: self.posts(lab), "the flash is ordered")
        end(watching)
        again = self.watch(lab, *SELDOM, "-apply", "automatic")
        done = again.wait_for_cycle(lambda cycle: cycle["result"] in ("applied", "in_line"), "the run is taken up")
        self.assertEqual(done["outcomes"], {"done": 1})
        self.assertEqual(done["fleet"]["hosts_in_line"], 1)
        self.assertEqual(len(self.posts(lab)), 1, "one flash")
        self.assertEqual(again.stop(), 0)

    def test_ended_during_a_flash_the_next_start_takes_it_up(self):
        def end(watching):
            self.assertEqual(watching.get("/healthz")[0], 200, "it answers while a run is at work")
            self.assertEqual(watching.status()["phase"], "applying")
            self.assertIn("firmform_watch_applying 1", watching.get("/metrics")[2])
            self.assertEqual(watching.stop(), 0)
            self.assertEqual(watching.cycles()[-1]["result"], "interrupted")
            self.assertIn("takes the run up", watching.of_type("watch_stop")[-1]["@message"])
        self.interrupted(end)

    def test_killed_during_a_flash_the_next_start_takes_it_up(self):
        self.interrupted(lambda watching: watching.kill())

    def test_the_service_manager_hears_what_it_needs(self):
        lab = self.converged()
        manager = ServiceManager(self.directory)
        self.addCleanup(manager.close)
        watching = self.watch(lab, *SELDOM, environment={"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "600000"})
        watching.wait(lambda: watching.cycles(), "the first cycle")
        watching.wait(lambda: manager.lines().count("WATCHDOG=1") > 2, "the watchdog is fed")
        self.assertEqual(manager.lines().count("READY=1"), 1)
        self.assertTrue(any(line.startswith("STATUS=") and "in line" in line for line in manager.lines()))
        watching.look()
        watching.wait(lambda: manager.lines().count("READY=1") == 2, "reloaded")
        self.assertIn("RELOADING=1", manager.lines())
        self.assertTrue(any(line.startswith("MONOTONIC_USEC=") for line in manager.lines()))
        watching.wait(lambda: len(watching.cycles()) == 2, "the second cycle")
        self.assertEqual(watching.cycles()[-1]["cause"], "asked")
        self.assertEqual(watching.stop(), 0)
        self.assertIn("STOPPING=1", manager.lines())


class Telling(WatchTestCase):
    def test_receivers_hear_of_drift_when_it_changes_and_not_each_time(self):
        receiver = Receiver("key")
        self.addCleanup(receiver.stop)
        os.environ["HOOK_KEY"] = "key"
        self.addCleanup(os.environ.pop, "HOOK_KEY")
        lab = self.bench(extra=f'notifications: {{ops: {{url: "{receiver.url}/in", hmac: {{env: HOOK_KEY}}}}}}')
        lab.edit(r"^policies: \{", "policies: {insecure_tls: allow, ")
        watching = self.watch(lab, *INTERVAL, "-notify")
        watching.wait(lambda: len(watching.cycles()) > 2, "three looks")
        self.assertEqual([event["event"] for event in receiver.events], ["drift"])
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        watching.wait(lambda: watching.cycles()[-1]["result"] == "in_line", "all is in line")
        self.flashed_by_hand(lab)
        watching.wait(lambda: len(receiver.events) == 2, "drift again")
        watching.next_cycle()
        self.assertEqual(len(receiver.events), 2)
        self.assertEqual(watching.stop(), 0)

    def test_every_line_is_an_event_of_one_stream(self):
        lab = self.bench()
        looked = lab.run("watch", "-once", "-json", "-apply", "automatic")
        self.assertExit(looked, 0)
        types = types_of(events_of(looked.stdout))
        self.assertEqual(types[0], "version")
        self.assertEqual(types[-1], "watch_cycle")
        self.assertIn("apply_complete", types)
        file = self.directory / "events"
        told = lab.run("watch", "-once", "-json-into", str(file))
        self.assertExit(told, 0)
        self.assertIn("all 1 host in line", told.stdout)
        self.assertEqual(types_of(events_of(file.read_text())), ["version", "watch_settings", "watch_cycle"])


class Endpoint(WatchTestCase):
    @classmethod
    def setUpClass(cls):
        try:
            from prometheus_client import parser
        except ImportError:
            parser = None
        cls.parser = parser

    def test_what_the_endpoint_answers(self):
        lab = self.bench()
        watching = self.watch(lab, *SELDOM)
        watching.wait(lambda: watching.cycles(), "the first cycle")
        for path in ("/healthz", "/readyz", "/metrics", "/status", "/metrics?x=1"):
            self.assertEqual(watching.get(path)[0], 200, path)
        status, headers, body = watching.get("/metrics", "HEAD")
        self.assertEqual((status, body), (200, ""))
        self.assertGreater(int(headers["Content-Length"]), 100)
        self.assertEqual(watching.get("/")[0], 404)
        status, headers, _ = watching.get("/metrics", "POST")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD"))
        shown = watching.status()
        self.assertEqual((shown["phase"], shown["ready"], shown["apply"]), ("waiting", True, "never"))
        self.assertEqual(shown["last_cycle"]["number"], 1)
        self.assertEqual(shown["fleet"]["drift"], {"older": 1})
        secret = (lab.directory / "password").read_text().strip()
        for path in ("/metrics", "/status"):
            self.assertNotIn(secret, watching.get(path)[2])

    def test_nobody_can_occupy_the_endpoint(self):
        lab = self.converged()
        watching = self.watch(lab, *SELDOM)
        slow = [socket.create_connection(watching.address, timeout=20) for _ in range(20)]
        self.addCleanup(lambda: [each.close() for each in slow])
        for each in slow:
            each.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")
        self.assertEqual(watching.get("/healthz")[0], 200)
        slow[0].sendall(b"x" * 20000)
        self.assertTrue(slow[0].recv(100).startswith(b"HTTP/1.1 400 "))
        slow[1].sendall(b"\r\nno header\r\n\r\n")
        self.assertTrue(slow[1].recv(100).startswith(b"HTTP/1.1 400 "))
        self.assertEqual(slow[2].recv(100), b"", "a request that takes too long is cut off")

    def test_prometheus_reads_the_metrics(self):
        if self.parser is None:
            self.skipTest("python3-prometheus-client is not installed")
        lab = self.bench()
        watching = self.watch(lab, *SELDOM, "-apply", "automatic")
        watching.wait(lambda: watching.cycles(), "the first cycle")
        status, headers, text = watching.get("/metrics")
        self.assertEqual(headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        families = {family.name: family for family in self.parser.text_string_to_metric_families(text)}
        self.assertEqual(len(families), text.count("# TYPE"), "each family once")

        def value(name, **labels):
            samples = [s for f in families.values() for s in f.samples if s.name == name and labels.items() <= s.labels.items()]
            self.assertEqual(len(samples), 1, name)
            return samples[0].value

        self.assertEqual(value("firmform_watch_cycles_total", result="applied"), 1)
        self.assertEqual(value("firmform_watch_cycles_total", result="failed"), 0)
        self.assertEqual(value("firmform_watch_hosts_applied_total", result="done"), 1)
        self.assertEqual(value("firmform_watch_ready"), 1)
        self.assertEqual(value("firmform_watch_cycle_duration_seconds_count"), 1)
        self.assertGreater(value("firmform_watch_next_cycle_timestamp_seconds"),
                           value("firmform_watch_last_success_timestamp_seconds"))
        self.assertEqual(value("firmform_hosts", status="ok"), 1)
        self.assertEqual(value("firmform_host_compliant", host="lab-01"), 1)


class Git(WatchTestCase):
    def git(self, where, *arguments):
        command = ["git", "-C", str(where), "-c", "user.name=Test", "-c", "user.email=test@example.org", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def followed(self, **options):
        """A lab whose directory is a clone, and the directory of somebody who pushes."""
        lab = self.bench(**options)
        (lab.directory / ".gitignore").write_text(".firmform/\nrequests.log\npassword\nfirmware/\n")
        server = self.directory / "server.git"
        self.git(self.directory, "init", "--quiet", "--bare", "--initial-branch=main", str(server))
        self.git(lab.directory, "init", "--quiet", "--initial-branch=main")
        self.git(lab.directory, "add", ".")
        self.git(lab.directory, "commit", "--quiet", "-m", "first")
        self.git(lab.directory, "remote", "add", "origin", str(server))
        self.git(lab.directory, "push", "--quiet", "--set-upstream", "origin", "main")
        person = self.directory / "person"
        self.git(self.directory, "clone", "--quiet", str(server), str(person))
        return lab, person

    def push(self, person, change):
        file = person / "hosts.yaml"
        file.write_text(change(file.read_text()))
        self.git(person, "commit", "--quiet", "--all", "-m", "change")
        self.git(person, "push", "--quiet")
        return self.git(person, "rev-parse", "HEAD")[:12]

    def test_a_push_is_picked_up_at_once_and_a_broken_one_changes_nothing(self):
        lab, person = self.followed()
        watching = self.watch(lab, *SELDOM, "-git", "-poll", "10m")
        first = watching.next_cycle()
        self.assertEqual(first["revision"], self.git(person, "rev-parse", "HEAD")[:12])
        self.assertEqual(lab.writes(), [])
        allowed = self.push(person, lambda text: text + "\nwatch: {apply: automatic}\n")
        applied = watching.wait_for_cycle(lambda cycle: cycle["revision"] == allowed, "the push")
        self.assertEqual((applied["result"], applied["cause"]), ("applied", "revision"))
        broken = self.push(person, lambda text: text + "\nhostss: {}\n")
        failed = watching.wait_for_cycle(lambda cycle: cycle["revision"] == broken, "the broken one")
        self.assertEqual(failed["result"], "failed")
        self.assertEqual(watching.get("/readyz")[0], 503)
        mended = self.push(person, lambda text: text.replace("hostss: {}", ""))
        in_line = watching.wait_for_cycle(lambda cycle: cycle["revision"] == mended, "the mended one")
        self.assertEqual(in_line["result"], "in_line")
        self.assertEqual(watching.status()["revision_problem"], None)
        self.assertEqual(watching.stop(), 0)

    def test_a_tree_that_cannot_move_is_told_and_what_is_in_no_commit_is_not_carried_out(self):
        lab, person = self.followed(extra="watch: {apply: automatic}")
        lab.edit(r"^watch: .*$", "watch: {apply: automatic, interval: 20m}")
        self.push(person, lambda text: text + "\n# new\n")
        watching = self.watch(lab, *SELDOM, "-git", "-poll", "10m")
        dirty = watching.next_cycle()
        self.assertEqual(dirty["result"], "drifted")
        self.assertIn("FF0816", dirty["notes"][0])
        self.assertEqual(lab.writes(), [])
        self.assertIn("firmform_watch_revision_current 0", watching.get("/metrics")[2])
        self.git(lab.directory, "commit", "--quiet", "--all", "-m", "mine")
        watching.look()
        diverged = watching.wait_for_cycle(lambda cycle: "diverged" in "".join(cycle["notes"]), "the branches differ")
        self.assertEqual(diverged["result"], "applied", "a commit is carried out")
        self.assertEqual(watching.stop(), 0)

    def test_a_newer_revision_comes_before_hosts_that_are_not_begun(self):
        lab, person = self.followed(count=3, speed=100, extra="rollout: {batches: [1]}\nwatch: {apply: automatic}")
        watching = self.watch(lab, *SELDOM, "-git", "-poll", "100s")
        lab.wait_for(lambda: self.posts(lab), "the first flash")
        newer = self.push(person, lambda text: text.replace("apply: automatic", "apply: never"))
        superseded = watching.wait_for_cycle(lambda cycle: cycle["run_id"], "the run is over")
        self.assertEqual(superseded["result"], "incomplete")
        watching.wait_for_cycle(lambda cycle: cycle["revision"] == newer and cycle["result"] == "drifted", "the newer one")
        self.assertEqual(len(self.posts(lab)), 1, "hosts that were not begun are left alone")
        self.assertEqual(watching.stop(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
