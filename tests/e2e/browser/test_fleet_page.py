# SPDX-License-Identifier: Apache-2.0
"""The page of a fleet in headless Chromium: made by the program from a lab, opened as a file, without any network."""

import json
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from support import browser as chromium  # noqa: E402
from support import drifted  # noqa: E402
from support.browser import By, Keys  # noqa: E402
from support.lab import Lab  # noqa: E402

DONE, DENIED = 0, 6
HOSTILE = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"


@unittest.skipIf(chromium.missing(), f"not installed: {', '.join(chromium.missing())}")
class FleetPage(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.directory = pathlib.Path(tempfile.mkdtemp(prefix="firmform-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.directory, ignore_errors=True)
        cls.lab = Lab(cls.directory / "lab", drifted.MODELS, speed=1200)
        cls.addClassCleanup(cls.lab.stop)
        drifted.write_manifest(cls.lab)
        cls.page = cls.lab.directory / "page.html"
        cls.planned = cls.lab.run("plan", "-report", "html=page.html")
        cls.browser = chromium.Browser()
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.browser.size(1280, 800)
        self.browser.media(prefers_color_scheme="light")

    def open(self, fragment="", page=None):
        self.browser.open(page or self.page, fragment)

    def tearDown(self):
        self.assertEqual(self.browser.complaints(), [])

    def find(self, selector):
        return self.browser.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.find(selector).text

    def rows(self):
        return [row.text.split("\n")[0] for row in self.all("tbody th.name")]

    def cell(self, host, column):
        """The cell of a host in the column of that name."""
        heads = [head.text.split("\n")[0] for head in self.all("thead th")]
        row = next(row for row in self.all("tbody tr[data-row]") if row.text.split("\n")[0] == host)
        return row.find_elements(By.CSS_SELECTOR, "[data-column]")[heads.index(column)]

    def fragment(self):
        return self.browser.run("return location.hash")

    def test_the_page_opens_from_a_file_and_asks_nothing_of_any_network(self):
        self.assertEqual(self.planned.returncode, DENIED, self.planned.stderr)
        self.open()
        self.assertEqual(self.browser.requests(), [self.page.as_uri()])
        self.assertIn("not as the manifest wants", self.text("h1"))
        self.assertIn("exit 6", self.text("#exit"))
        self.assertIn("denied", self.text("#exit"))
        for tab in ("plan", "timeline", "findings", "fleet"):
            self.find(f"#tab-{tab}").click()
        self.assertEqual(self.browser.requests(), [])

    def test_the_policy_of_the_page_forbids_what_it_does_not_need(self):
        self.open()
        policy = self.find("meta[http-equiv]").get_attribute("content")
        self.assertTrue(policy.startswith("default-src 'none'; style-src 'sha256-"), policy)
        for attempt in ("document.body.innerHTML = '<b>x</b>'",
                        "document.body.setAttribute('onclick', 'window.ran = 1'); document.body.click()"):
            self.browser.run(f"try {{ {attempt} }} catch {{ }}")
            self.assertIsNone(self.browser.run("return document.querySelector('body > b') ?? window.ran ?? null"), attempt)
        self.assertNotEqual(self.browser.complaints(), [], "the browser says what it refused")

    def test_each_host_has_a_row_and_each_state_a_symbol_and_a_word(self):
        self.open()
        self.assertEqual(sorted(self.rows()), sorted([*drifted.NAMES, drifted.UNREACHABLE]))
        expected = {("web-01", "System ROM"): "up to date", ("web-01", "BMC"): "format only", ("web-03", "BMC"): "older", ("web-05", "BMC"): "newer, blocked",
                    ("web-06", "HPE MR416i-o Gen11"): "unmatched, blocked", ("gpu-01", "System ROM"): "older"}
        for (host, column), word in expected.items():
            cell = self.cell(host, column)
            self.assertEqual(cell.text.split("\n")[0], word, f"{host} {column}")
            self.assertEqual(len(cell.find_elements(By.CSS_SELECTOR, ".symbols .icon")), 2 if "blocked" in word else 1)
            self.assertIn(host, cell.get_attribute("aria-label"))
        row = next(row for row in self.all("tbody tr[data-row]") if row.text.startswith(drifted.UNREACHABLE))
        self.assertIn("unreachable", row.text)

    def test_chips_search_and_choices_filter_and_count(self):
        self.open()
        self.find("[data-class=newer]").click()
        self.assertEqual(self.rows(), ["web-05"])
        self.assertEqual(self.text("#count"), "1 of 13 hosts")
        self.assertEqual(self.find("[data-class=newer]").get_attribute("aria-pressed"), "true")
        self.find("#clear").click()
        self.find("#search").send_keys("MR416i 52.30")
        self.assertEqual(self.rows(), ["web-06"])
        self.assertIn("q=MR416i", self.fragment())
        self.find("#clear").click()
        self.browser.run("const s = document.querySelector('[data-facet=label]'); s.value = 'tier=db'; s.dispatchEvent(new Event('change'))")
        self.assertEqual(self.rows(), ["db-01", "db-02", "db-03", "db-04"])
        self.find(".chosen-value").click()
        self.assertEqual(self.text("#count"), "13 hosts")
        self.find("#search").send_keys("nothing like this")
        self.assertIn("No host fits", self.text(".empty"))

    def test_the_address_keeps_what_is_shown(self):
        self.open("tab=fleet&class=older&group=model&q=web")
        self.assertEqual(self.find("#search").get_attribute("value"), "web")
        self.assertEqual(self.find("#group").get_attribute("value"), "model")
        self.assertEqual(self.find("[data-class=older]").get_attribute("aria-pressed"), "true")
        self.find("#tab-timeline").click()
        kept = self.fragment()
        self.open(kept[1:])
        self.assertEqual(self.find("#tab-timeline").get_attribute("aria-selected"), "true")
        self.assertEqual(self.fragment(), kept)

    def test_a_cell_opens_its_details_by_mouse_and_by_keyboard(self):
        self.open()
        self.cell("web-05", "BMC").click()
        details = self.text("#details")
        for part in ("web-05", "newer", "blocked", "3.09", "downgrade is denied", "baselines.yaml:", "firmform plan -target web-05",
                     "firmform explain web-05/SystemBMC"):
            self.assertIn(part, details)
        active = self.browser.driver.switch_to.active_element
        self.assertIn("web-05", active.get_attribute("aria-label"))
        active.send_keys(Keys.ARROW_DOWN, Keys.ARROW_LEFT)
        self.browser.driver.switch_to.active_element.send_keys(Keys.ENTER)
        self.assertTrue(self.text("#details").startswith("web-06"))
        self.browser.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
        self.assertFalse(self.find("#details").is_displayed())

    def test_the_keyboard_reaches_all_rows(self):
        self.open()
        self.find("tbody [tabindex='0']").send_keys(Keys.CONTROL, Keys.END)
        self.browser.driver.switch_to.active_element.send_keys(Keys.HOME)
        self.assertTrue(self.browser.driver.switch_to.active_element.text.startswith("web-06"))
        self.assertEqual(len(self.all("tbody [tabindex='0']")), 1)

    def test_rows_are_grouped_and_sorted(self):
        self.open()
        self.browser.run("const s = document.getElementById('group'); s.value = 'label:tier'; s.dispatchEvent(new Event('change'))")
        self.assertEqual(self.rows(), ["db", "edge", "gpu", "web"])
        self.find("tbody th.group").click()
        self.assertEqual(self.rows()[1], "db-01")
        self.open("sort=state")
        self.assertEqual(self.rows()[0], drifted.UNREACHABLE)

    def test_the_graph_shows_waves_and_the_actions_of_a_host(self):
        self.open("tab=plan&host=web-03")
        actions = [node.text for node in self.all("#view-plan .node")]
        graph = drifted.data_of(self.page.read_text())
        host = next(host for host in graph["hosts"] if host["name"] == "web-03")
        self.assertEqual(len(actions), len(graph["graphs"][host["graph"]]))
        self.assertIn("ilo5_312.bin", actions[0])
        self.assertEqual(len(self.all("#view-plan .wave")), len(graph["rollout"]["waves"]))
        self.all("#view-plan .node")[1].click()
        self.assertIn("Action 2", self.text(".action-panel").title())

    def test_the_timeline_is_that_of_a_simulation(self):
        self.open("tab=timeline")
        self.assertTrue(self.text("#view-timeline h2").startswith("Simulated"))
        lanes = self.all("#view-timeline .lane-name.is-link")
        self.assertEqual(len(lanes), len(drifted.data_of(self.page.read_text())["timeline"]["lanes"]))
        self.assertGreater(len(self.all("#view-timeline rect.k-flash")), len(lanes))
        self.assertIn("canary", self.text("#view-timeline svg.lanes"))

    def test_findings_tell_who_was_not_reached_and_what_is_held_up(self):
        self.open("tab=findings")
        text = self.text("#view-findings")
        for part in (drifted.UNREACHABLE, "Held up", "downgrade is denied", "no component matches", "baselines.yaml:"):
            self.assertIn(part, text)

    def test_dark_mode_has_dark_colours(self):
        script = "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)"
        self.open()
        self.assertGreater(self.browser.run(script), 600)
        self.browser.media(prefers_color_scheme="dark")
        self.assertLess(self.browser.run(script), 150)

    def test_the_page_fits_a_narrow_screen(self):
        self.browser.size(360, 740)
        for fragment in ("", "tab=plan", "tab=timeline", "tab=findings", "host=web-05&component=SystemBMC"):
            self.open(fragment)
            self.assertEqual(self.browser.run("return document.documentElement.scrollWidth"), 360, fragment)

    def test_a_printed_page_has_all_rows(self):
        self.open()
        self.browser.media(prefers_color_scheme="light")
        self.browser.run("dispatchEvent(new Event('beforeprint'))")
        self.assertEqual(len(self.rows()), 13)

    def test_readers_without_scripts_see_the_totals(self):
        self.open()
        totals = re.search(r"<noscript>(.*?)</noscript>", self.page.read_text(), re.DOTALL).group(1)
        self.assertIn("<th scope=\"row\">Hosts</th><td>13</td>", totals)

    def changed(self, name, change):
        """A page with other data."""
        text = self.page.read_text()
        data = drifted.data_of(text)
        change(data)
        safe = json.dumps(data).replace("<", "\\u003c").replace(">", "\\u003e")
        page = self.directory / name
        page.write_text(re.sub(r'(<script id="data" type="application/json">).*?(</script>)',
                               lambda match: match.group(1) + safe + match.group(2), text, flags=re.DOTALL))
        return page

    def test_hostile_names_are_only_names(self):
        def spoil(data):
            data["columns"][0]["name"] = data["report"]["verb"] = HOSTILE
            data["models"] = [HOSTILE for _ in data["models"]]
            data["labels"] = [{HOSTILE: HOSTILE}]
            for host in data["hosts"]:
                host["name"] += HOSTILE
                host["labels"] = 0
            for cell in data["cells"]:
                cell["from"] = cell["to"] = cell["name"] = HOSTILE
            for reason in data["reasons"]:
                reason["text"] = HOSTILE
                reason["help"] = [HOSTILE]
            for action in data["actions"]:
                action["summary"] = HOSTILE
            data["policies"] = [{"rule": HOSTILE, "outcome": "denied", "message": HOSTILE, "subjects": [HOSTILE]}]
        page = self.changed("hostile.html", spoil)
        for tab in ("fleet", "plan", "timeline", "findings"):
            self.open(f"tab={tab}", page)
            self.assertEqual(self.all("main img, main script"), [])
            self.assertIsNone(self.browser.run("return window.hacked ?? null"))
            self.assertIn("</script>", self.text(f"#view-{tab}"))
        self.open("", page)
        self.all("tbody td")[0].click()
        self.assertIn(HOSTILE, self.text("#details"))
        self.assertEqual(self.browser.requests(), [page.as_uri()])

    def test_5000_hosts_open_and_filter(self):
        def grow(data):
            first = data["hosts"]
            data["hosts"] = [{**first[i % len(first)], "name": f"host-{i:04}"} for i in range(5000)]
            data["rollout"] = data["timeline"] = None
        page = self.changed("large.html", grow)
        self.open("", page)
        self.assertEqual(self.text("#count"), "5,000 hosts")
        self.assertIn("alike", self.text("tbody"))
        self.assertLess(len(self.all("tbody tr")), 80)
        self.find("#search").send_keys("host-12")
        self.assertEqual(self.text("#count"), "100 of 5,000 hosts")
        self.open("group=none", page)
        self.browser.run("document.getElementById('matrix').scrollTop = 125000")
        self.browser.driver.execute_async_script("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))")
        self.assertIn("host-2500", self.rows())
        self.assertLess(len(self.all("tbody tr")), 80)

    def test_the_page_of_a_saved_plan_needs_no_inventory(self):
        self.lab.run("plan", "-out", "saved")
        self.assertEqual(self.lab.run("show", "saved", "-report", "html=show.html").returncode, DONE)
        self.open("group=equal", self.lab.directory / "show.html")
        self.assertIn("2 hosts alike", self.rows())
        self.assertEqual(self.all(".seal.good"), [], "hosts have drifted")

    def test_the_page_of_a_manifest_that_is_not_valid_shows_the_places(self):
        place = self.directory / "wrong"
        place.mkdir(exist_ok=True)
        (place / "hosts.yaml").write_text("firmform: v1\nhots:\n  web-01: {}\n")
        self.lab.run("-chdir", str(place), "validate", "-report", f"html={place}/page.html")
        self.open("", place / "page.html")
        self.assertIn("in the way", self.text("h1"))
        self.assertIn("hosts.yaml:2:1", self.text("#view-findings"))
        self.assertEqual([mark.text for mark in self.all("mark")], ["hots"])
        self.assertFalse(self.find("#tabs").is_displayed())

    def test_the_page_of_a_run_shows_what_was_done_and_when(self):
        drifted.write_manifest(self.lab, "rollout: {batches: [1]}\n")
        done = self.lab.run("apply", "-auto-approve", "-target", "web-03", "-report", "html=run.html")
        self.assertEqual(done.returncode, DONE, done.stdout + done.stderr)
        page = self.lab.directory / "run.html"
        self.open("", page)
        self.assertIn("done", self.text("h1"))
        self.assertEqual(self.cell("web-03", "iLO 5").text.split("\n")[0], "up to date")
        self.assertIn("done", self.text("tbody .result"))
        self.find("#tab-timeline").click()
        self.assertTrue(self.text("#view-timeline h2").startswith("Recorded"))
        self.assertGreater(len(self.all("#view-timeline rect.span")), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
