"""What the tests of the panels share."""

from collections.abc import Callable

import pytest
from dash.development.base_component import Component


@pytest.fixture
def ids() -> Callable[..., set[str]]:
    """Returns the ids of components and of all within them."""

    def of(*roots: Component) -> set[str]:
        parts = [part for root in roots for part in (root, *root._traverse())]
        return {part.id for part in parts if getattr(part, "id", None)}

    return of
