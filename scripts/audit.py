"""Query the advisory services about every pinned package of Python and npm: `make audit`.

    python scripts/audit.py PYTHON     # the environment of PYTHON, by the pip-audit of the Python that runs this

Exits with 0 without known vulnerabilities, 1 with some, 2 when a service did not answer: no answer is no clean bill.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NPM = ("tests/clients", "assets/vendor", "scripts/build_basemap", "scripts/build_flags")
Found = tuple[list[str], str]
"""What is known, a line each; and why not everything could be asked, empty where it could."""


def main() -> None:
    audits = {"Python, as installed": python(Path(sys.argv[1]))}
    audits |= {f"npm, {folder}": npm(ROOT / folder) for folder in NPM}
    for name, (known, unasked) in audits.items():
        print(f"{name}: {unasked or f'{len(known)} known'}")
        for line in known:
            print(f"  {line}")
    if any(known for known, _ in audits.values()):
        sys.exit(1)
    if any(unasked for _, unasked in audits.values()):
        print("NOT AUDITED: run this again where the advisory services can be reached")
        sys.exit(2)


def python(interpreter: Path) -> Found:
    """Return pip-audit's findings for the packages of an environment."""
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([interpreter, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--path", packages]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return of_pip_audit(done.stdout, done.stderr)


def of_pip_audit(out: str, error: str) -> Found:
    """Read pip-audit's JSON. It reports a package without an answer as skipped, and still exits with 0."""
    try:
        packages = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        return [], f"the service could not be asked: {_last(error)}"
    known = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in packages
        for flaw in one.get("vulns", ())
    ]
    skipped = [one["name"] for one in packages if "skip_reason" in one]
    return known, f"{len(skipped)} of {len(packages)} packages could not be asked about" if skipped else ""


def npm(folder: Path) -> Found:
    """Return npm's findings for the packages of a package.json and their dependencies."""
    if not shutil.which("npm"):
        return [], "there is no npm here"
    with tempfile.TemporaryDirectory() as place:
        shutil.copy(folder / "package.json", place)
        lock = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        lock_run = subprocess.run(lock, cwd=place, capture_output=True, text=True, check=False)
        if lock_run.returncode:
            return [], f"npm could not find out what these packages need: {_last(lock_run.stderr)}"
        done = subprocess.run(["npm", "audit", "--json"], cwd=place, capture_output=True, text=True, check=False)
    return of_npm_audit(done.stdout, done.stderr)


def of_npm_audit(out: str, error: str) -> Found:
    """Read npm's JSON, which is the error when the service does not answer."""
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        answer = {}
    flaws = answer.get("vulnerabilities")
    if flaws is None:
        return [], f"the service could not be asked: {answer.get('message') or _last(error)}"
    return [f"{name} {flaw['range']}: {flaw['severity']}" for name, flaw in flaws.items()], ""


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no word of why"])[-1]


if __name__ == "__main__":
    main()
