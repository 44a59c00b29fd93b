"""The type of the fixture `run`."""

from collections.abc import Callable

from click.testing import Result

Run = Callable[..., Result]
