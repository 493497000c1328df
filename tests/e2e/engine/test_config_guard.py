# SPDX-License-Identifier: Apache-2.0
"""H34: settings that a flash resets are reported, fail the host, or are put back, as the manifest says."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.ilo import Ilo  # noqa: E402
from support.lab import LabTestCase  # noqa: E402

RESET = {"fault": "settings_reset"}
RESET_BIOS = {"fault": "settings_reset", "after": "bios"}
INTERFACE = "/redfish/v1/Managers/1/EthernetInterfaces/1"
SERVICES = "/redfish/v1/Managers/1/NetworkProtocol"
BIOS = "/redfish/v1/Systems/1/bios"
DONE, HOSTS_FAILED = 0, 4


class ConfigGuard(LabTestCase):
    def guarded(self, guard, models="ilo5", faults=(RESET,), speed=600):
        lab = self.lab(models, speed=speed, faults={"*": list(faults)})
        (lab.directory / "guard.yaml").write_text(f"firmform: v1\nconfig_guard: {{{guard}}}\n")
        return lab

    def patches(self, lab):
        return [r for r in lab.writes() if r["method"] == "PATCH"]

    def reads(self, lab, part):
        return [r for r in lab.requests() if r["method"] == "GET" and part.lower() in r["path"].lower()]

    def test_h34_a_reset_is_reported_and_left_as_it_is(self):
        lab = self.guarded("network: report, bmc: report")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, DONE)
        said = result.stdout + result.stderr
        self.assertIn(f"network {INTERFACE}/HostName", said)
        self.assertIn("bmc-rack7", said)
        self.assertIn(f"bmc {SERVICES}/", said)
        self.assertEqual(Ilo(lab).get(INTERFACE)["HostName"], "bmc")
        self.assertEqual(self.patches(lab), [])

    def test_h34_a_reset_fails_the_host_where_the_manifest_says_so(self):
        lab = self.guarded("network: fail")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        self.assertIn("FF0613", result.stdout + result.stderr)
        self.assertIn("HostName", result.stdout + result.stderr)
        self.assertEqual(self.patches(lab), [])

    def test_h34_a_reset_is_put_back(self):
        lab = self.guarded("network: restore, bmc: restore")
        before = (Ilo(lab).get(INTERFACE), Ilo(lab).get(SERVICES))
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        after = (Ilo(lab).get(INTERFACE), Ilo(lab).get(SERVICES))
        for key in ("HostName", "VLAN", "DHCPv4", "StaticNameServers", "IPv4StaticAddresses"):
            self.assertEqual(after[0][key], before[0][key], key)
        for key in ("IPMI", "SNMP", "SSDP"):
            self.assertEqual(after[1][key], before[1][key], key)
        self.assertEqual(sorted({r["path"].rstrip("/") for r in self.patches(lab)}),
                         sorted({INTERFACE, INTERFACE[:-1] + "2", INTERFACE[:-1] + "3", SERVICES}))
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_h34_settings_of_the_bios_pend_until_the_next_restart(self):
        lab = self.guarded("bios: restore", faults=[RESET_BIOS])
        before = Ilo(lab).get(BIOS)["Attributes"]
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        self.assertEqual(Ilo(lab).get(BIOS + "/settings")["Attributes"], before)

    def test_a_flash_that_changes_nothing_is_followed_by_no_write(self):
        lab = self.guarded("network: restore, bmc: restore, bios: restore, boot: restore", faults=[])
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        self.assertEqual(self.patches(lab), [])

    def test_settings_that_cannot_be_put_back_fail_the_host(self):
        lab = self.guarded("network: restore", faults=[RESET, {"fault": "settings_read_only"}])
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, HOSTS_FAILED)
        self.assertIn("405", result.stdout + result.stderr)

    def test_without_a_guard_no_setting_is_read(self):
        lab = self.lab("ilo5", faults={"*": [RESET]})
        self.assertExit(lab.run("apply", "-auto-approve"), DONE)
        self.assertEqual(self.reads(lab, "NetworkProtocol"), [])
        self.assertEqual(self.reads(lab, "/bios"), [])

    def test_other_vendors_are_guarded_as_well(self):
        lab = self.guarded("network: restore, bmc: restore", models="idrac9,xcc,redfish")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, DONE)
        self.assertGreaterEqual(len({r["host"] for r in self.patches(lab) if "NetworkProtocol" in r["path"]}), 3)

    def test_no_secret_of_a_machine_reaches_journal_or_screen(self):
        lab = self.guarded("bios: report, bmc: report", models="idrac9")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, DONE)
        salted = "19D28380D586B21FD54F75A0687D5692605A34630A046A3C822DCB8E91772812"
        self.assertNotIn(salted, result.stdout + result.stderr)
        for file in lab.directory.rglob("*"):
            if file.is_file():
                self.assertNotIn(salted.encode(), file.read_bytes(), file)


if __name__ == "__main__":
    unittest.main(verbosity=2)
