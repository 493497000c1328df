# SPDX-License-Identifier: Apache-2.0
"""Reports as readers see them that nobody here wrote: junitparser, prometheus_client, xmllint, the SARIF schema.

A reader that is not installed skips the test that needs it.
"""

import json
import pathlib
import re
import shutil
import subprocess
import unittest

FORMATS = pathlib.Path(__file__).resolve().parents[1] / "report" / "formats"
LONGEST_COMMENT = 65535


def needed(module):
    try:
        return __import__(module, fromlist=["*"])
    except ImportError as error:
        raise unittest.SkipTest(f"{module} is not installed: bash tests/packages.sh test") from error


def junit(text):
    """The suites by name; the file also conforms to the XML Schema of Jenkins."""
    xmllint = shutil.which("xmllint")
    if xmllint is None:
        raise unittest.SkipTest("xmllint is not installed: bash tests/packages.sh test")
    checked = subprocess.run([xmllint, "--noout", "--nonet", "--schema", str(FORMATS / "jenkins-junit.xsd"), "-"], input=text.encode(),
                             capture_output=True, check=False)
    assert checked.returncode == 0, checked.stderr.decode()
    parsed = needed("junitparser").JUnitXml.fromstring(text.encode())
    suites = list(parsed)
    for total in ("tests", "failures", "errors"):
        assert getattr(parsed, total) == sum(getattr(suite, total) for suite in suites), total
    for suite in suites:
        results = [type(result).__name__ for case in suite for result in case.result]
        assert suite.tests == len(list(suite)), suite.name
        assert suite.failures == results.count("Failure") and suite.errors == results.count("Error"), suite.name
        assert suite.skipped == results.count("Skipped"), suite.name
    return {suite.name: suite for suite in suites}


def junit_counts(text):
    """failures and errors of all suites"""
    suites = junit(text).values()
    return sum(suite.failures for suite in suites), sum(suite.errors for suite in suites)


def sarif(text):
    """The one run of a log that conforms to the schema, and to what GitHub asks for beyond it."""
    log = json.loads(text)
    schema = json.loads((FORMATS / "sarif-2.1.0.schema.json").read_text())
    needed("jsonschema").Draft4Validator(schema).validate(log)
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    fingerprints = set()
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        place = result["locations"][0]["physicalLocation"]
        assert not place["artifactLocation"]["uri"].startswith("/"), place
        assert place["region"]["startLine"] >= 1
        fingerprints.add(result["partialFingerprints"]["firmform/v1"])
    assert len(fingerprints) == len(run["results"]), "a fingerprint twice"
    return run


def metrics(text):
    """Values by name and sorted labels."""
    parser = needed("prometheus_client.parser")
    values = {}
    for family in parser.text_string_to_metric_families(text):
        assert family.documentation and family.type in ("gauge", "counter", "histogram"), family.name
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in values, key
            values[key] = sample.value
    return values


def metric(values, name, **labels):
    return values[(name, tuple(sorted(labels.items())))]


def gitlab(text):
    """GitLab's widget wants these three keys and no other."""
    counts = json.loads(text)
    assert list(counts) == ["create", "update", "delete"], counts
    assert all(isinstance(count, int) for count in counts.values())
    return counts


def markdown(text, verb):
    assert len(text.encode()) <= LONGEST_COMMENT
    assert re.match(rf"<!-- firmform:{verb} \S+ -->\n### firmform {verb}: ", text), text[:200]
    assert text.count("<details>") == text.count("</details>")
    return text


def annotations(text):
    """(command, properties, message) of GitHub's workflow commands."""
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert match, line
        properties = dict(part.split("=", 1) for part in match[2].split(","))
        assert "title" in properties, line
        found.append((match[1], properties, match[3]))
    return found
