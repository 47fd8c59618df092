"""`hdfs dfs ARGS`: Hadoop's shell under its newer name."""

from __future__ import annotations

import sys

from emrsim.programs.fs import main as run_shell


def main(arguments: list[str]) -> int:
    """Run `dfs`; 1 for the other commands, which manage an HDFS that is a folder here."""
    if arguments[:1] == ["dfs"]:
        return run_shell(arguments[1:])
    print("Usage: hdfs COMMAND\n  dfs    run a filesystem command on the file systems", file=sys.stderr)
    return 1
