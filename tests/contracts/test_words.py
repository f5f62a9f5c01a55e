"""The words of the code: plain sentences and the field's nouns, as CONTRIBUTING.md asks for."""

import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SKIPPED = {"node_modules", "vendor", "__pycache__", "build", "dist", ".venv", ".venv-test", ".venv-audit", ".git"}
NOT_READ = {"CHANGELOG.md", "tests/contracts/test_words.py"}
PHRASES = (
    r"\banew\b", r"\bbegun\b", r"\bmade up\b", r"\bmakes up\b", r"\bso many\b", r"\bso much of\b", r"\bnobody\b",
    r"\beverybody\b", r"\bIt is none\b", r"\bis judged\b", r"\bshall happen\b", r"\bhas lost the thread\b",
    r"\bwhat must be had\b", r"\bis told\b", r"\bare told\b", r"\bwas told\b", r"\btold by\b",
)  # fmt: skip
"""Phrases that translate badly, each as an expression; case does not matter."""
NAMES = re.compile(
    r"(^|_)(told|anew|begun|nobody|everybody|tell|asked_of|made_up)(_|$)|^_?(kept|made|go_on|desk|Desk)$|^(MOST|LEAST)_"
)
"""Identifiers of the same kind."""


def files(*endings: str) -> list[Path]:
    """Files of the checkout with one of the endings."""
    found = (path for ending in endings for path in ROOT.rglob(f"*{ending}"))
    return sorted(
        path for path in found
        if not SKIPPED & set(path.relative_to(ROOT).parts) and str(path.relative_to(ROOT)) not in NOT_READ
    )  # fmt: skip


def phrases(text: str) -> list[str]:
    """Phrases of the list that a text has, each with its line."""
    return [
        f"{number}: {match[0]}"
        for number, line in enumerate(text.splitlines(), 1)
        for expression in PHRASES
        for match in re.finditer(expression, line, re.IGNORECASE)
    ]


def identifiers(text: str) -> list[str]:
    """Python names of the list that a text has, each with its line."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return [f"{t.start[0]}: {t.string}" for t in tokens if t.type == tokenize.NAME and NAMES.search(t.string)]


@pytest.mark.parametrize("path", files(".py", ".mjs", ".md", ".sh"), ids=lambda path: str(path.relative_to(ROOT)))
def test_words(path):
    """No file uses a phrase or a name of the lists."""
    text = path.read_text()
    assert phrases(text) + (identifiers(text) if path.suffix == ".py" else []) == []


def test_the_check_sees():
    """Phrases are found in any case, and names as whole words."""
    assert phrases("One\nNobody began Anew.") == ["2: Anew", "2: Nobody"]
    assert identifiers("MOST_ROWS = told = 1\nretold = kept") == ["1: MOST_ROWS", "1: told", "2: kept"]
