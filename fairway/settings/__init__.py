"""Settings: everything a user can choose, from environment variables and the command line alike."""

from fairway.settings.settings import Settings

__all__ = ["Settings"]
