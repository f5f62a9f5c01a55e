"""Where the page's files are, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path


def assets() -> Path:
    """Return the folder of the page's scripts, styles and basemap."""
    package = Path(__file__).parents[1]
    installed = package / "assets"
    # a checkout keeps the folder beside the package, where the dashboard's framework expects it
    return installed if installed.is_dir() else package.parent / "assets"
