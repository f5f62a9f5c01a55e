"""Settings as the program reads them."""

from collections.abc import Mapping, Sequence

from fairway import registry
from fairway.settings import Settings


def load(environ: Mapping[str, str], argv: Sequence[str]) -> Settings:
    """Settings of an environment and a command line, with the feeds and outputs of the registry."""
    return Settings.load(environ, argv, registry.choices())
