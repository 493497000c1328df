# SPDX-License-Identifier: Apache-2.0
"""`firmform watch` beside a test: its events as they come, its endpoint, and the service manager that it talks to."""

import http.client
import json
import pathlib
import signal
import socket
import subprocess
import threading
import time

from support.lab import FIRMFORM


class Watching:
    """A watch of a lab that prints JSON and answers on a port of its own choice."""

    def __init__(self, lab, *arguments, environment=None, listen="127.0.0.1:0"):
        self.lab = lab
        self.errors = pathlib.Path(str(lab.directory) + f"-watch-{time.monotonic_ns()}.err")
        self.events = []
        with self.errors.open("w") as errors:
            self.process = subprocess.Popen(
                [FIRMFORM, "watch", "-json", "-jitter", "0s", "-listen", listen, *arguments], cwd=lab.directory,
                env={**lab.environment(), **(environment or {})}, text=True, stdout=subprocess.PIPE, stderr=errors,
                stdin=subprocess.DEVNULL)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait(lambda: self.of_type("watch_start"), "the start")

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def of_type(self, name):
        return [event for event in list(self.events) if event["type"] == name]

    def cycles(self):
        return [event["cycle"] for event in self.of_type("watch_cycle")]

    def wait(self, condition, what, timeout=60):
        deadline = time.monotonic() + timeout
        while not condition():
            if time.monotonic() > deadline or (self.process.poll() is not None and not self.reader.is_alive()):
                raise AssertionError(f"did not happen: {what}\n{self.said()}")
            time.sleep(0.02)

    def said(self):
        lines = [event["@message"] for event in list(self.events)]
        return "\n".join(lines[-25:]) + "\n--- stderr\n" + self.errors.read_text()

    def next_cycle(self, timeout=60):
        """The first cycle that begins from now on."""
        known = len(self.cycles()) + (1 if self.status()["phase"] in ("looking", "applying") else 0)
        self.wait(lambda: len(self.cycles()) > known, "another cycle", timeout)
        return self.cycles()[known]

    def wait_for_cycle(self, condition, what, timeout=60):
        """The first cycle, of all until now and those that come, that is so."""
        self.wait(lambda: any(condition(cycle) for cycle in self.cycles()), what, timeout)
        return next(cycle for cycle in self.cycles() if condition(cycle))

    @property
    def address(self):
        host, port = self.of_type("watch_start")[0]["address"].rsplit(":", 1)
        return host, int(port)

    def get(self, path, method="GET"):
        """Status, headers and body."""
        connection = http.client.HTTPConnection(*self.address, timeout=20)
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, dict(answer.getheaders()), body

    def status(self):
        return json.loads(self.get("/status")[2])

    def look(self):
        self.process.send_signal(signal.SIGHUP)

    def stop(self, timeout=60):
        """Asks it to end as systemd does; the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=timeout)
        self.reader.join(timeout=20)
        self.process.stdout.close()
        return code

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)
        self.reader.join(timeout=20)
        self.process.stdout.close()


class ServiceManager:
    """What systemd would hear."""

    def __init__(self, directory):
        self.path = str(pathlib.Path(directory) / "notify")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.setblocking(False)
        self.heard = []

    def lines(self):
        while True:
            try:
                self.heard += self.socket.recv(65536).decode().splitlines()
            except BlockingIOError:
                return list(self.heard)

    def close(self):
        self.socket.close()
