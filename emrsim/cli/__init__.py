"""The `emrsim` command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process and return its exit code.

    `emrsim streaming` takes Hadoop's arguments and starts often, so it goes past click.
    """
    if sys.argv[1:2] == ["streaming"]:
        from emrsim.cli.streaming import main as streaming

        return streaming(sys.argv[2:])
    from emrsim.cli.commands import emrsim

    emrsim.main(prog_name="emrsim")
    return 0
