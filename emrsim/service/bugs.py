"""Bugs of emrsim: printed to stderr at once, and kept for the test that caused them."""

from __future__ import annotations

import sys
import traceback


class Bugs:
    """What went wrong inside emrsim, never dressed as an error of AWS's."""

    def __init__(self) -> None:
        self.found: list[BaseException] = []

    def record(self, bug: BaseException) -> None:
        """Print `bug` with its traceback and keep it."""
        self.found.append(bug)
        print("emrsim: this is a bug of emrsim's, please report it:", file=sys.stderr)
        traceback.print_exception(bug, file=sys.stderr)

    def raise_found(self) -> None:
        """Raise all that were found since it was last asked, as a group, if there are any."""
        found, self.found = self.found, []
        if found:
            raise BaseExceptionGroup("emrsim has failed", found)
