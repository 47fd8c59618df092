"""The tables of docs/running/typical-steps.md, made of the tests of typical steps.

`python -m tools.typical_steps_table` writes them.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.typical_steps.table import BOOTSTRAP_ACTIONS, TYPICAL, Typical
from tools.generated import DOCS, write_part

PAGE = DOCS / "running" / "typical-steps.md"
NAME = "typical steps"


def draw() -> str:
    """What has to stand between the marks."""
    runs = len([one for one in TYPICAL if one.here != "fails"])
    return (
        f"\n{runs} of {len(TYPICAL)} steps run.\n\n{_table(TYPICAL)}\n## Bootstrap actions\n\n"
        f"{_table(BOOTSTRAP_ACTIONS)}"
    )


def _table(rows: Iterable[Typical]) -> str:
    lines = ["| | step | here | how, or why not |", "|---|---|---|---|"]
    lines += [f"| {row.number} | {_cell(row.shape)} | {row.here} | {_cell(row.how)} |" for row in rows]
    return "".join(f"{line}\n" for line in lines)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    write_part(PAGE, NAME, draw())
