"""The common form of commands."""

from __future__ import annotations

from msgspec import Struct


class Command(Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", tag=str.lower):
    """A request to change or to read the simulator, the zones or the alerts.

    JSON names it by its `kind`; unknown keys are errors, and null is no value.
    """
