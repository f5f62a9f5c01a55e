"""Write docs/reference/settings.md from the fields of the settings and from the registry."""

from dataclasses import fields
from pathlib import Path

from fairway.registry import FEEDS, OUTPUTS, RULES, Entry
from fairway.settings.fields import option
from fairway.settings.settings import SECTIONS
from fairway.settings.sources import PLATFORM

PAGE = Path(__file__).parents[1] / "docs/reference/settings.md"
HEAD = f"""# Settings

Each setting is an option (`--fleet-size 2000`) and a variable (`FAIRWAY_FLEET_SIZE=2000`).
The option wins, then the variable, then what a scenario sets. Unknown options and `FAIRWAY_` variables are errors.
A switch takes yes or no.

Hosting platforms set {", ".join(f"`{name}`" for name in PLATFORM)}; the `FAIRWAY_` variables overrule them.

This page is written by `python -m scripts.settings_reference`.
"""


def page() -> str:
    """Return the page as Markdown: a table for each section, then feeds, outputs and alert rules."""
    parts = [HEAD]
    for name, section in SECTIONS.items():
        rows = [
            f"| `{option(item.name)}` | {_shown(item.default)} | {item.metadata['help']} |" for item in fields(section)
        ]
        parts.append(
            "\n".join([f"## {name.capitalize()}\n", "| option | default | meaning |", "|---|---|---|", *rows, ""])
        )
    for title, seam in {"Names for --feeds": FEEDS, "Names for --outputs": OUTPUTS, "Alert rules": RULES}.items():
        parts.append("\n".join([f"## {title}\n", "| name | meaning | settings |", "|---|---|---|", *_rows(seam), ""]))
    return "\n".join(parts)


def _rows(seam: dict[str, Entry]) -> list[str]:
    return [f"| `{name}` | {entry.about} | [{entry.section}](#{entry.section}) |" for name, entry in seam.items()]


def _shown(default: object) -> str:
    return f"`{'yes' if default is True else 'no' if default is False else default}`" if default != "" else ""


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
