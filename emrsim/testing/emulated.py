"""An emulator for a block or a function, found by all boto clients: for tests without pytest's fixtures."""

from __future__ import annotations

import functools
import inspect
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

from emrsim.emulator import Emulator
from emrsim.testing.environment import aws_environment

F = TypeVar("F", bound=Callable[..., Any])
_PARAMETER = "emrsim"


class emulated:
    """`with emulated() as emrsim:`, or `@emulated(clock="manual")` before a function.

    The keywords are those of `Emulator`, and `leaks` as of `aws_environment`. A function that has a parameter
    `emrsim` gets the emulator, a new one in each call.
    """

    def __init__(self, *, leaks: Literal["fail", "allow"] = "fail", **options: Any) -> None:
        self._leaks = leaks
        self._options = options
        self._entered: list[Any] = []

    def __enter__(self) -> Emulator:
        block = self._block()
        emulator: Emulator = block.__enter__()
        self._entered.append(block)
        return emulator

    def __exit__(self, *error: Any) -> None:
        self._entered.pop().__exit__(*error)

    def __call__(self, function: F) -> F:
        """`function`, with an emulator around each of its calls."""
        signature = inspect.signature(function)
        others = [one for name, one in signature.parameters.items() if name != _PARAMETER]
        takes_it = len(others) < len(signature.parameters)

        @functools.wraps(function)
        def with_emulator(*arguments: Any, **named: Any) -> Any:
            with self._block() as emulator:
                return function(*arguments, **named, **({_PARAMETER: emulator} if takes_it else {}))

        with_emulator.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return cast(F, with_emulator)

    @contextmanager
    def _block(self) -> Iterator[Emulator]:
        with (
            Emulator(**self._options) as emulator,
            tempfile.TemporaryDirectory(prefix="emrsim-boto-") as folder,
            aws_environment(emulator, Path(folder) / "boto.cfg", self._leaks),
        ):
            yield emulator
