"""The programs by their names; `emrsim NAME ARGS` runs one, and so does NAME on a cluster's PATH."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

# A module of this room each, with `main(arguments)`, imported when its program runs.
PROGRAMS = {
    "hadoop": "hadoop",
    "hdfs": "hdfs",
    "hadoop-streaming": "streaming",
    "s3-dist-cp": "s3distcp",
    "streaming": "streaming",
}


class Program(Protocol):
    """A module that is a program."""

    def main(self, arguments: list[str]) -> int:
        """Run the program with the words after its name; returns its exit code."""


def run(name: str, arguments: list[str]) -> int:
    """Run the program `name` in this process; returns its exit code."""
    program = cast("Program", import_module(f"emrsim.programs.{PROGRAMS[name]}"))
    return program.main(arguments)
