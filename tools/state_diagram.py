"""The diagram of states in docs/architecture.md: `python -m tools.state_diagram` draws it from the table."""

from __future__ import annotations

from emrsim.core.states import CLUSTER_MOVES, ENDED_CLUSTERS, ClusterState
from tools.generated import DOCS, write_part

PAGE = DOCS / "architecture.md"
NAME = "states"


def draw() -> str:
    """Return the table of moves as a Mermaid diagram in a fenced block."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for (before, move), after in CLUSTER_MOVES.items():
        origin = "[*]" if before is ClusterState.NEW else before.value
        lines.append(f"    {origin} --> {after.value}: {move.value}")
    lines += [f"    {state.value} --> [*]" for state in ClusterState if state in ENDED_CLUSTERS]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    write_part(PAGE, NAME, draw())
