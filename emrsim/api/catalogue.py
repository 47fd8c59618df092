"""The operations of EMR as the table in docs/fidelity.md: which are here comes from `api.table`."""

from __future__ import annotations

from emrsim.api.remarks import REMARKS
from emrsim.api.table import OPERATIONS


def operations_table() -> str:
    """A Markdown table of all operations, with what each does here or why it answers 501."""
    head = ["| Operation | Here | What it does, and how it differs from AWS |", "|---|---|---|"]
    rows = [f"| {name} | {_status(name)} | {remark} |" for name, remark in sorted(REMARKS.items())]
    return "\n".join([*head, *rows])


def _status(operation: str) -> str:
    return "yes" if operation in OPERATIONS else "501"
