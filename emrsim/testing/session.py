"""One emulator for a whole run of pytest, with the environment set before tests are collected."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal

from emrsim.emulator import Emulator
from emrsim.testing.environment import aws_environment
from emrsim.testing.leading import Leading


class Session:
    """An emulator at `port`, to which all clients of this process are led until `close`.

    It makes room for a test's own emulator at the same address (`given_way`).
    """

    def __init__(self, port: int, options: Mapping[str, Any], leaks: Literal["fail", "allow"]) -> None:
        self.emulator = Emulator(port=port, **options)
        with ExitStack() as undo:
            self.emulator.start()
            undo.callback(self._close_emulator)
            folder = undo.enter_context(tempfile.TemporaryDirectory(prefix="emrsim-boto-"))
            self._leading = Leading(self.emulator.host, self.emulator.port, allows_leaks=leaks == "allow")
            undo.enter_context(aws_environment(self.emulator, Path(folder) / "boto.cfg", self._leading))
            self._undo = undo.pop_all()

    def leaks(self) -> list[AssertionError]:
        """The calls that would have left the machine since this was last asked."""
        found: list[AssertionError] = [*self._leading.leaks]
        self._leading.leaks.clear()
        return found

    @contextmanager
    def given_way(self) -> Iterator[int]:
        """In the block another emulator may have the port, which this yields."""
        port = self.emulator.port
        self.emulator.close()
        try:
            yield port
        finally:
            self.emulator.start()

    def close(self) -> None:
        """Stop it; the environment is what it was."""
        self._leading.leaks.clear()
        self._undo.close()

    def _close_emulator(self) -> None:
        if self.emulator.is_running:
            self.emulator.close()
