# SPDX-License-Identifier: Apache-2.0
"""The other people who work on an iLO: raw Redfish requests beside firmform, and manifests for the update service."""

import base64
import datetime
import http.client
import json
import re
import ssl
import urllib.parse

from support.lab import LabTestCase

SERVICE = "/redfish/v1/UpdateService"
QUEUE = SERVICE + "/UpdateTaskQueue"
WINDOWS = SERVICE + "/MaintenanceWindows"
SETS = SERVICE + "/InstallSets"
REPOSITORY = SERVICE + "/ComponentRepository"
MODELS = ("ilo5", "ilo6", "ilo7")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def soon(**delta):
    """A time so far from now, to the second, as the manifest writes it."""
    return stamp(datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta))


class Ilo:
    """Somebody else with an account on the BMC of one host of a lab."""

    def __init__(self, lab, host="lab-01"):
        text = (lab.directory / "hosts.yaml").read_text()
        self.url = re.search(rf'{host}: {{bmc: "([^"]+)"', text).group(1)
        self.context = ssl.create_default_context(cafile=str(lab.directory / "ca.pem"))
        password = (lab.directory / "password").read_text().strip()
        self.authorization = "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()

    def send(self, method, path, body=None):
        """Status and JSON of the answer."""
        place = urllib.parse.urlsplit(self.url)
        connection = http.client.HTTPSConnection(place.hostname, place.port, context=self.context, timeout=30)
        headers = {"Authorization": self.authorization, "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body)
            headers["Content-Type"] = "application/json"
        connection.request(method, path, data, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def get(self, path):
        status, body = self.send("GET", path)
        assert status == 200, (path, status, body)
        return body

    def members(self, path):
        return [self.get(member["@odata.id"]) for member in self.get(path)["Members"]]

    def make(self, path, body):
        status, answer = self.send("POST", path, body)
        assert status in (200, 201), (path, status, answer)
        return answer

    def fail_entry(self, entry):
        """What an agent that fails reports."""
        status, answer = self.send("PATCH", entry["@odata.id"], {"State": "Exception"})
        assert status in (200, 201), answer

    def files(self):
        return sorted(image["Filename"] for image in self.members(REPOSITORY))

    def version(self, description):
        for item in self.members(SERVICE + "/FirmwareInventory"):
            if item.get("Description") == description:
                return item["Version"]
        raise AssertionError(f"no item {description}")


class IloTestCase(LabTestCase):
    """Labs whose manifest the test extends."""

    def bench(self, models="ilo5", firmware=False, faults=None, speed=600, **options):
        """A lab with the firmware of its baselines, or without any wish about firmware."""
        lab = self.lab(models, speed=speed, faults=faults, **options)
        if not firmware:
            lab.edit(r", baseline: [\w-]+\}", "}")
        return lab

    def declare(self, lab, text, policies="", **settings):
        """Adds sections to the manifest, and settings to the group of each model: declare(lab, …, ilo5="repository: r")."""
        (lab.directory / "extra.yaml").write_text("firmform: v1\n" + text)
        groups = (lab.directory / "hosts.yaml").read_text()
        for model, setting in settings.items():
            if f"  {model}: {{match" not in groups:
                continue
            lab.edit(rf"^(  {model}: \{{match: \{{labels: \{{model: {model}\}}\}}(?:, baseline: [\w-]+)?).*\}}$", rf"\1, {setting}}}")
        if policies:
            lab.edit(r"^policies: \{plain_http_image: allow, tpm_override: allow.*\}$",
                     f"policies: {{plain_http_image: allow, tpm_override: allow, {policies}}}")

    def image(self, lab, model="ilo5", component="bmc"):
        """File name of the lab's raw image."""
        text = (lab.directory / "baselines.yaml").read_text()
        block = text.split(f"  {model}-next:")[1].split("-next:")[0]
        return re.findall(r'image: "([^"]+)"', block)[0 if component == "bmc" else 1]

    def converge(self, lab, exit_code=0):
        """Applies, and checks that nothing is left to do: an empty plan, and a second apply without a write."""
        applied = lab.run("apply", "-auto-approve")
        self.assertExit(applied, exit_code)
        self.assertAtRest(lab)
        return applied

    def assertAtRest(self, lab):
        written = len(lab.writes())
        plan = lab.run("plan", "-detailed-exitcode")
        self.assertExit(plan, 0)
        self.assertIn("No changes.", plan.stdout)
        self.assertExit(lab.run("apply", "-auto-approve"), 0)
        self.assertEqual(len(lab.writes()), written, "the second apply must not write")

    def refused(self, lab, code, exit_code, arguments=("plan",)):
        """The verb ends with that code before anything is sent."""
        written = len(lab.writes())
        result = lab.run(*arguments)
        self.assertExit(result, exit_code)
        self.assertIn(code, result.stderr + result.stdout)
        self.assertEqual(len(lab.writes()), written)
        return result
