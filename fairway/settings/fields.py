"""Fields of the settings: a default with its help text beside it, and how a name looks as option and as variable."""

from __future__ import annotations

from dataclasses import field
from typing import Final, TypeVar

PREFIX: Final = "FAIRWAY_"
T = TypeVar("T")


def setting(
    default: T, text: str, low: float | None = None, high: float | None = None, choices: tuple[str, ...] = ()
) -> T:
    """Return a field with its help text and, where it has them, its inclusive range or its choices."""
    return field(default=default, metadata={"help": text, "low": low, "high": high, "choices": choices})


def secret(text: str, default: str = "") -> str:
    """Return a text field that `repr` leaves out: it may hold a password."""
    return field(default=default, repr=False, metadata={"help": text, "low": None, "high": None, "choices": ()})


def option(name: str) -> str:
    """Return the command-line option of a field."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Return the environment variable of a field."""
    return PREFIX + name.upper()
