"""The pages of README and docs: their links lead somewhere, and the README stays short."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
MAX_README_WORDS = 700
MAX_MOVING_PICTURE_BYTES = 2_000_000


def anchor(title: str) -> str:
    """The fragment that a heading gets on a code host."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def anchors(page: Path) -> set[str]:
    return {anchor(title) for title in re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links(page):
    """Each relative link leads to a file or folder, and its fragment to a heading there."""
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"\w+:", link):
            continue
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not fragment or fragment in anchors(target), link


def test_every_page_is_in_the_index():
    """docs/index.md links to each page of docs, and the list of decisions to each decision."""
    index, decisions = (ROOT / "docs" / name for name in ("index.md", "decisions/README.md"))
    linked = {
        (page.parent / link.partition("#")[0]).resolve()
        for page in (index, decisions)
        for link in re.findall(r"\]\(([^)\s:]+)\)", page.read_text())
    }
    pages = set((ROOT / "docs").rglob("*.md")) - {index, decisions}
    assert {str(page.relative_to(ROOT)) for page in pages - linked} == set()


def test_the_readme_is_short():
    """At most 700 words, and a moving picture under 2 MB."""
    assert len((ROOT / "README.md").read_text().split()) <= MAX_README_WORDS
    assert 0 < (ROOT / "docs/images/map.webp").stat().st_size < MAX_MOVING_PICTURE_BYTES
