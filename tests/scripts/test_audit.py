"""`make audit`: no answer is no clean bill, and the audit covers every third-party part that the page ships."""

import json
import re

from scripts.audit import NPM, of_npm_audit, of_pip_audit
from tests.conftest import ROOT


def test_what_pip_audit_says():
    """Vulnerabilities are named; skipped packages or a missing service leave the audit incomplete."""
    flaw = {"id": "PYSEC-1", "fix_versions": ["2.0"]}
    clean, bad = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "version": "1", "vulns": [flaw]}
    skipped = {"name": "c", "skip_reason": "not found"}
    assert of_pip_audit(json.dumps({"dependencies": [clean]}), "") == ([], "")
    assert of_pip_audit(json.dumps({"dependencies": [clean, bad]}), "") == (["b 1: PYSEC-1, mended in 2.0"], "")
    assert of_pip_audit(json.dumps({"dependencies": [clean, skipped]}), "")[1].startswith("1 of 2")
    assert of_pip_audit("", "x\nConnectionError: no route") == (
        [],
        "the service could not be asked: ConnectionError: no route",
    )


def test_what_npm_says():
    """The same for npm, which writes its failure in place of the vulnerabilities."""
    flaws = {"vulnerabilities": {"ws": {"range": "<9", "severity": "high"}}}
    assert of_npm_audit(json.dumps(flaws), "") == (["ws <9: high"], "")
    assert of_npm_audit('{"vulnerabilities": {}}', "") == ([], "")
    assert of_npm_audit('{"message": "405"}', "") == ([], "the service could not be asked: 405")
    assert of_npm_audit("", "npm error: offline")[1].endswith("offline")


def test_every_part_of_others_is_asked_about():
    """Each part in vendor/ has its version of LICENSES.md in the audited list."""
    listed_parts = re.findall(
        r"^\| `vendor/.*?` \| (\S+) (\d+\.\d+\.\d+)", (ROOT / "assets/LICENSES.md").read_text(), re.MULTILINE
    )
    listed = json.loads((ROOT / "assets/vendor/package.json").read_text())["dependencies"]
    assert len(listed_parts) == len(list((ROOT / "assets/vendor").glob("*/")))
    assert set(listed_parts) <= set(listed.items())
    assert all((ROOT / folder / "package.json").is_file() for folder in NPM)
