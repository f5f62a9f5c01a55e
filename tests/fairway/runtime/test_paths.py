"""The folder of the page's files."""

from fairway.runtime import paths


def test_assets_of_a_checkout(tmp_path, monkeypatch):
    """A checkout keeps the folder beside the package; a wheel has it inside, and that one wins."""
    module = tmp_path / "fairway/runtime/paths.py"
    monkeypatch.setattr(paths, "__file__", str(module))
    assert paths.assets() == tmp_path / "assets"
    (tmp_path / "fairway/assets").mkdir(parents=True)
    assert paths.assets() == tmp_path / "fairway/assets"


def test_the_page_is_there():
    """The folder holds the page's entry module."""
    assert (paths.assets() / "main.mjs").is_file()
