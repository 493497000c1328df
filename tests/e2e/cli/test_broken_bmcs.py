# SPDX-License-Identifier: Apache-2.0
"""BMCs that misbehave: the host gets a coded reason, the others go on, and nothing is flashed twice."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support.lab import LabTestCase  # noqa: E402

INVENTORY = "*/UpdateService/FirmwareInventory*"


class Reading(LabTestCase):
    def inventory(self, faults, exit_code):
        lab = self.lab("ilo5,ilo6", faults={"lab-01": faults})
        result = lab.run("inventory", "-json")
        self.assertExit(result, exit_code)
        hosts = {host["name"]: host for host in json.loads(result.stdout)["hosts"]}
        self.assertEqual(hosts["lab-02"]["status"], "ok")
        self.assertEqual(lab.writes(), [])
        return hosts["lab-01"], result

    def test_a_web_page_instead_of_json(self):
        host, _ = self.inventory([{"fault": "html", "path": "/redfish/v1/UpdateService*", "times": 0}], 4)
        self.assertEqual(host["status"], "failed")
        self.assertIn(host["error"]["code"], ("FF0501", "FF0502"))

    def test_truncated_json(self):
        host, _ = self.inventory([{"fault": "truncate", "path": "/redfish/v1/Systems*", "times": 0}], 4)
        self.assertEqual(host["error"]["code"], "FF0501")

    def test_a_redirect_to_another_host_is_not_followed(self):
        host, _ = self.inventory([{"fault": "redirect", "path": "/redfish/v1/UpdateService*", "times": 0,
                                   "location": "https://127.0.0.1:9/redfish/v1/"}], 4)
        self.assertEqual(host["error"]["code"], "FF0508")

    def test_an_answer_that_is_lost_once_is_asked_for_again(self):
        host, _ = self.inventory([{"fault": "drop", "method": "GET", "path": "/redfish/v1/Systems/1*"},
                                  {"fault": "status", "method": "GET", "path": "/redfish/v1/UpdateService", "retry_after": 1}], 0)
        self.assertEqual(host["status"], "ok")

    def test_a_session_that_expired_is_opened_again(self):
        host, _ = self.inventory([{"fault": "expire_sessions", "method": "GET", "path": "/redfish/v1/Systems*"}], 0)
        self.assertEqual(host["status"], "ok")


class Applying(LabTestCase):
    def apply(self, faults, exit_code, models="ilo5"):
        lab = self.lab(models, speed=600, faults={"lab-01": faults})
        if models.startswith("ilo5"):
            lab.edit(r'^ *- \{component: "System ROM".*\n', "")
        result = lab.run("apply", "-auto-approve")
        self.assertExit(result, exit_code)
        return lab, result

    def test_a_lost_reply_to_a_flash_does_not_flash_twice(self):
        lab, _ = self.apply([{"fault": "drop", "when": "after", "method": "POST", "path": "/cgi-bin/uploadFile"}], 0)
        self.assertEqual(len(lab.flashes()), 1, lab.flashes())
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)

    def test_an_upload_that_never_arrived_is_sent_again_only_after_looking(self):
        lab, result = self.apply([{"fault": "drop", "method": "POST", "path": "/cgi-bin/uploadFile"}], 0)
        self.assertExit(lab.run("plan", "-detailed-exitcode"), 0)
        self.assertIn("looking for traces of the request", result.stdout)

    def test_accepted_and_did_not_take_is_a_failure(self):
        lab, result = self.apply([{"fault": "did_not_take"}], 4)
        self.assertIn("FF0601", result.stdout)
        self.assertEqual(len(lab.flashes()), 1)

    def test_a_flash_that_fails_is_reported_with_the_words_of_the_bmc(self):
        lab, result = self.apply([{"fault": "flash_fails"}], 4)
        self.assertIn("FF0602", result.stdout)
        self.assertEqual(len(lab.flashes()), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
