# SPDX-License-Identifier: Apache-2.0
"""Clients that nobody here wrote read the whole firmware inventory of every simulated BMC: Debian's redfishtool,
python3-sushy and ansible (redfish_info)."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402

MOCKUPS = pathlib.Path(__file__).resolve().parents[2] / "mockups"
TREES = {
    "ilo5": "hpe-dl360-gen10plus-ilo5",
    "ilo6": "hpe-dl380a-gen11-ilo6",
    "ilo7": "hpe-dl380a-gen12-ilo7",
    "idrac9": "dell-r750-idrac9",
    "xcc": "lenovo-sr670v2-xcc",
    "openbmc": "openbmc-2.15",
    "redfish": "dmtf-public-rackmount1",
}
MODELS = list(TREES)
INVENTORY = "/redfish/v1/UpdateService/FirmwareInventory"


def captured(model):
    """What the real machine has: (Name, Version) of each item of its firmware inventory, sorted."""
    tree = MOCKUPS / TREES[model]
    members = json.loads((tree / INVENTORY.lstrip("/") / "index.json").read_text())["Members"]
    items = [json.loads((tree / m["@odata.id"].lstrip("/") / "index.json").read_text()) for m in members]
    return sorted((item["Name"], str(item.get("Version"))) for item in items)


def pairs(items):
    return sorted((item["Name"], str(item.get("Version"))) for item in items)


class Clients(LabTestCase):
    @classmethod
    def setUpClass(cls):
        for tool in ("redfishtool", "ansible-playbook"):
            if subprocess.run(["which", tool], capture_output=True).returncode != 0:
                raise unittest.SkipTest(f"{tool} is not installed")

    def setUp(self):
        super().setUp()
        self.machines = self.lab(models=",".join(MODELS))
        hosts = yaml.safe_load((self.machines.directory / "hosts.yaml").read_text())["hosts"]
        self.address = {host["labels"]["model"]: host["bmc"] for host in hosts.values()}
        self.password = (self.machines.directory / "password").read_text().strip()
        self.ca = str(self.machines.directory / "ca.pem")

    def redfishtool(self, model, *arguments):
        config = self.directory / "redfishtool.json"
        config.touch(mode=0o600)
        config.write_text(json.dumps({"user": "admin", "password": self.password}))
        host = self.address[model].removeprefix("https://")
        command = ["redfishtool", "-r", host, "-c", str(config), "-S", "Always", *arguments]
        result = subprocess.run(command, text=True, capture_output=True, timeout=60)
        self.assertEqual(result.returncode, 0, f"{model} {arguments}: {result.stderr}{result.stdout}")
        return json.loads(result.stdout)

    def test_redfishtool_reads_every_inventory(self):
        for model in MODELS:
            with self.subTest(model=model):
                members = self.redfishtool(model, "raw", "GET", INVENTORY)["Members"]
                self.assertEqual(len(members), len(captured(model)))
        # Each call is a process of its own, so all items are read on one machine only.
        items = [self.redfishtool("redfish", "-A", "Session", "raw", "GET", m["@odata.id"])
                 for m in self.redfishtool("redfish", "raw", "GET", INVENTORY)["Members"]]
        self.assertEqual(pairs(items), captured("redfish"))

    def test_redfishtool_finds_system_manager_and_sessions(self):
        for model in MODELS:
            with self.subTest(model=model):
                self.assertIn("PowerState", self.redfishtool(model, "Systems", "-1"))
                self.assertIn("FirmwareVersion", self.redfishtool(model, "Managers", "-1"))
                self.assertIn("SessionTimeout", self.redfishtool(model, "SessionService"))
                self.assertIn("v1", self.redfishtool(model, "versions"))

    def test_sushy_reads_every_inventory(self):
        import sushy
        # Sushy demands Actions of the update service, which OpenBMC's real one does not have.
        for model in [m for m in MODELS if m != "openbmc"]:
            with self.subTest(model=model):
                root = sushy.Sushy(self.address[model], username="admin", password=self.password, verify=self.ca)
                members = root.get_update_service().firmware_inventory.get_members()
                self.assertEqual(sorted((m.name, str(m.version)) for m in members), captured(model))
                system = root.get_system(root.get_system_collection().members_identities[0])
                self.assertIn(system.power_state, (sushy.PowerState.ON, sushy.PowerState.OFF))
                self.assertTrue(root.get_manager(root.get_manager_collection().members_identities[0]).firmware_version)
                self.assertEqual(root.get_task_service().tasks.get_members(), [])

    def test_sushy_follows_an_update_to_its_end(self):
        import sushy
        root = sushy.Sushy(self.address["redfish"], username="admin", password=self.password, verify=self.ca)
        catalog = yaml.safe_load((self.machines.directory / "baselines.yaml").read_text())
        images = next(source["url"] for source in catalog["catalog"] if "url" in source)
        wanted = catalog["baselines"]["redfish-next"]["firmware"][0]
        monitor = root.get_update_service().simple_update(images + wanted["image"], transfer_protocol="HTTP")
        self.machines.wait_for(lambda: not monitor.check_is_processing, "the task ends")
        self.machines.wait_for(lambda: self.bmc_version() == wanted["version"], "the new version runs")

    def bmc_version(self):
        import sushy
        try:
            root = sushy.Sushy(self.address["redfish"], username="admin", password=self.password, verify=self.ca)
            return root.get_manager("/redfish/v1/Managers/BMC").firmware_version
        except Exception:  # the BMC restarts
            return None

    def test_ansible_reads_every_inventory(self):
        playbook = self.directory / "read.yaml"
        playbook.touch(mode=0o600)
        playbook.write_text(yaml.safe_dump([{
            "hosts": "localhost", "connection": "local", "gather_facts": False,
            "vars": {"ansible_python_interpreter": "/usr/bin/python3"},
            "tasks": [task for model in MODELS for task in self.ansible_tasks(model)]}]))
        environment = {**os.environ, "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_HOME": str(self.directory / "ansible")}
        result = subprocess.run(["ansible-playbook", "-i", "localhost,", str(playbook)], text=True, capture_output=True,
                                timeout=300, env=environment)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        for model in MODELS:
            with self.subTest(model=model):
                firmware = json.loads((self.directory / f"{model}-Update.json").read_text())["redfish_facts"]["firmware"]
                self.assertEqual(pairs(firmware["entries"]), captured(model))
                system = json.loads((self.directory / f"{model}-Systems.json").read_text())["redfish_facts"]["system"]
                self.assertTrue(system["entries"])

    def ansible_tasks(self, model):
        tasks = []
        for category, command in (("Update", "GetFirmwareInventory"), ("Systems", "GetSystemInventory")):
            tasks.append({"community.general.redfish_info": {
                "category": category, "command": command, "baseuri": self.address[model].removeprefix("https://"),
                "username": "admin", "password": self.password, "timeout": 60}, "register": "answer"})
            tasks.append({"ansible.builtin.copy": {
                "content": "{{ answer | to_json }}", "dest": str(self.directory / f"{model}-{category}.json")}})
        return tasks


if __name__ == "__main__":
    unittest.main()
