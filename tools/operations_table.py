"""The table of operations in docs/fidelity.md: `python -m tools.operations_table` writes it."""

from __future__ import annotations

from emrsim.api.catalogue import operations_table
from tools.generated import DOCS, write_part

PAGE = DOCS / "fidelity.md"
NAME = "operations"


def draw() -> str:
    """Return the text of the table, as it stands in the page."""
    return f"{operations_table()}\n"


if __name__ == "__main__":
    write_part(PAGE, NAME, draw())
