"""The table of error codes and the codes that the code sends."""

import ast
from pathlib import Path

from fairway.errors import CODES
from fairway.web.api import openapi

ROOT = Path(__file__).parents[2]
CALLS = {"RequestError": 0, "Refusal": 1, "refuse": 0, "error": 1}
"""Name of a call -> the position of its error code."""


def sent_codes() -> set[str]:
    """Codes that stand as literals in calls that make an error."""
    found = set()
    for top in ("fairway", "sim", "components"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    place = CALLS.get(name, len(node.args))
                    arguments = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg == "code")]
                    found |= {a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


def test_every_code_is_in_the_table():
    """A code that REST or a stream sends has its sentence in `fairway.errors.CODES`."""
    # aisstream.io's dialect has errors without a code; `log.error` has a text in that place
    codes = {code for code in sent_codes() if code and " " not in code and "%" not in code}
    assert {"bad_request", "forbidden_host", "rate_limited"} <= codes
    assert codes | set(openapi.STATUS_OF) <= set(CODES)


def test_every_sentence_ends():
    """The table's texts are sentences."""
    assert [text for text in CODES.values() if not (text[0].isupper() and text.endswith("."))] == []
