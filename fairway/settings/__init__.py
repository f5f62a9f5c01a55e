"""Settings: everything a user can choose, from environment variables and the command line alike.

Public: `Settings`, and `parsing` for feeds and outputs whose settings are lists or addresses. One module holds one
section; `fields` and `sources` are theirs.
"""

from fairway.settings.settings import Settings

__all__ = ["Settings"]
