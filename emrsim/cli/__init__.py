"""The `emrsim` command."""

from __future__ import annotations

import os
import sys

# A program of a cluster, which has this variable, and a command of ours everywhere else.
_IN_CLUSTERS_ONLY = frozenset({"status"})
_CLUSTER = "EMRSIM_MNT"


def main() -> int:
    """Run the command line of this process and return its exit code.

    The programs of a cluster take Hadoop's arguments and start often, so they go past click.
    """
    from emrsim.programs.table import PROGRAMS, run

    if len(sys.argv) > 1 and sys.argv[1] in PROGRAMS and _is_program(sys.argv[1]):
        if sys.argv[2:] in (["--help"], ["-h"]):
            from emrsim.cli.programs import help_of

            if text := help_of(sys.argv[1], sys.argv[2:]):
                print(text, end="")
                return 0
        return run(sys.argv[1], sys.argv[2:])
    from emrsim.cli.commands import emrsim

    emrsim.main(prog_name="emrsim")
    return 0


def _is_program(name: str) -> bool:
    return name not in _IN_CLUSTERS_ONLY or _CLUSTER in os.environ
