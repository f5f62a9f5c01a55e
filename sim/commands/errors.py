"""Mistakes that the simulation finds in a command, as the errors that users see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from fairway.chart.routing import UnsailableError
from fairway.errors import RequestError
from sim.custom import CustomError

T = TypeVar("T")


def with_request_errors(execute: Callable[[], T]) -> T:
    """Return the result of `execute`.

    Raises:
        RequestError: `bad_request`, `unsailable` or `not_found`, in place of the simulation's own errors.

    """
    try:
        return execute()
    except CustomError as error:
        raise RequestError("bad_request", str(error), error.field) from error
    except UnsailableError as error:
        raise RequestError("unsailable", str(error), "waypoints") from error
    except LookupError as error:
        raise RequestError("not_found", str(error.args[0])) from error
