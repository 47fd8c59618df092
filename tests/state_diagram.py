"""The README's diagram of job flow states: `python -m tests.state_diagram` draws it from the table."""

from __future__ import annotations

import re
from pathlib import Path

from emrsim.core.states import CLUSTER_MOVES, ENDED_CLUSTERS, ClusterState

README = Path(__file__).parent.parent / "README.md"
PLACE = re.compile(r"(?<=<!-- states -->\n).*?(?=<!-- /states -->)", re.DOTALL)


def draw() -> str:
    """The table of moves as a Mermaid diagram, in a fenced block."""
    lines = ["```mermaid", "stateDiagram-v2"]
    for (before, move), after in CLUSTER_MOVES.items():
        origin = "[*]" if before is ClusterState.NEW else before.value
        lines.append(f"    {origin} --> {after.value}: {move.value}")
    lines += [f"    {state.value} --> [*]" for state in ClusterState if state in ENDED_CLUSTERS]
    return "\n".join([*lines, "```", ""])


if __name__ == "__main__":
    README.write_text(PLACE.sub(lambda _: draw(), README.read_text()))
