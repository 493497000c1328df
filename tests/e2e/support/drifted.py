# SPDX-License-Identifier: Apache-2.0
"""A lab whose hosts stand to the manifest in many ways: as wanted, older, newer, without what is wanted, out of reach."""

import json
import re

MODELS = "ilo5*6,ilo6*4,ilo7*2"
NAMES = [f"web-{number:02}" for number in range(1, 7)] + [f"db-{number:02}" for number in range(1, 5)] + ["gpu-01", "gpu-02"]
UNREACHABLE = "edge-01"

BASELINES = """
baselines:
  web:
    firmware:
      - {component: "iLO 5", version: "3.12", image: ilo5_312.bin}
      - {component: "System ROM", version: "U46 v2.36 (07/10/2025)", image: U46_2.36_07_10_2025.signed.flash, after: ["iLO 5"]}
      - {component: "Power Management Controller Firmware", version: "1.0.8"}
      - {component: "Innovation Engine (IE) Firmware", version: "1.0.0.22"}
      - {component: "System Programmable Logic Device", version: "0x15"}
  web-done:
    firmware:
      - {component: "iLO 5", version: "3.11"}
      - {component: "System ROM", version: "U46 v2.34 (03/11/2025)"}
      - {component: "Power Management Controller Firmware", version: "1.0.8"}
      - {component: "Innovation Engine (IE) Firmware", version: "1.0.0.22"}
      - {component: "System Programmable Logic Device", version: "0x15"}
  web-held-back:
    firmware:
      - {component: "iLO 5", version: "3.09", image: ilo5_309.bin}
      - {component: "System ROM", version: "U46 v2.34 (03/11/2025)"}
      - {component: "Innovation Engine (IE) Firmware", version: "1.0.0.22"}
  web-other:
    firmware:
      - {component: "iLO 5", version: "3.12", image: ilo5_312.bin}
      - {component: "HPE MR416i-o Gen11", version: "52.30.3-6090"}
      - {component: "System Programmable Logic Device", version: "0x15"}
  db:
    firmware:
      - {component: "iLO 6", version: "1.68", image: ilo6_168.bin}
      - {component: "System ROM", version: "U58 v2.54 (07/10/2025)", image: U58_2.54_07_10_2025.signed.flash, after: ["iLO 6"]}
      - {component: "System Programmable Logic Device", version: "0x16"}
  db-done:
    firmware:
      - {component: "iLO 6", version: "1.66"}
      - {component: "System ROM", version: "U58 v2.44 (01/17/2025)"}
      - {component: "System Programmable Logic Device", version: "0x16"}
  gpu:
    firmware:
      - {component: "iLO 7", version: "1.14.00", image: ilo7_1.14.00.bin}
      - {component: "System ROM", version: "U72 v1.40 (05/22/2025)", image: U72_1.40_05_22_2025.signed.flash, after: ["iLO 7"]}
"""

OF_HOST = {"web-01": "web-done", "web-02": "web-done", "web-05": "web-held-back", "web-06": "web-other", "db-01": "db-done",
           UNREACHABLE: "web"}


def baseline_of(name):
    return OF_HOST.get(name, name.split("-")[0])


def host_lines(addresses):
    lines = []
    for number, (name, address) in enumerate(addresses.items()):
        labels = f"rack: r{number % 4 + 1}, tier: {name.split('-')[0]}"
        lines.append(f'  {name}: {{bmc: "{address}", credentials: lab, labels: {{{labels}}}, tls: {{ca_file: ca.pem}}, '
                     f"baseline: {baseline_of(name)}}}")
    return "\n".join(lines)


def write_manifest(lab, extra="rollout: {canary: {hosts: 1}, batches: [2, 50%], soak: 10m}\n"):
    """Replaces the lab's own manifest."""
    found = re.findall(r'bmc: "(https://[^"]+)"', (lab.directory / "hosts.yaml").read_text())
    addresses = dict(zip(NAMES, found))
    addresses[UNREACHABLE] = "https://127.0.0.1:1"
    credentials = "firmform: v1\n\ncredentials:\n  lab: {username: admin, password: {file: password}}\n\nhosts:\n"
    (lab.directory / "hosts.yaml").write_text(credentials + host_lines(addresses) + "\n")
    catalog = re.search(r"catalog:\n(?:  .*\n)+", (lab.directory / "baselines.yaml").read_text()).group()
    policies = "policies: {plain_http_image: allow, tpm_override: allow}\n"
    (lab.directory / "baselines.yaml").write_text(f"firmform: v1\n\n{catalog}\n{policies}{BASELINES}")
    (lab.directory / "rollout.yaml").write_text(f"firmform: v1\n{extra}")


def data_of(page):
    """What is embedded in a page."""
    return json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.DOTALL).group(1))
