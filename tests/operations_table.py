"""The README's table of operations, drawn from `emrsim.api`: `python -m tests.operations_table` writes it."""

from __future__ import annotations

import re
from pathlib import Path

from emrsim.api.catalogue import operations_table

README = Path(__file__).parent.parent / "README.md"
PLACE = re.compile(r"(?<=<!-- operations -->\n).*?(?=<!-- /operations -->)", re.DOTALL)


def draw() -> str:
    """What has to stand between the marks."""
    return f"{operations_table()}\n"


if __name__ == "__main__":
    README.write_text(PLACE.sub(lambda _: draw(), README.read_text()))
