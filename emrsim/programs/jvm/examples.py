"""`hadoop-mapreduce-examples PROGRAM ARGS`: Hadoop's examples, as far as emrsim's own jar has them."""

from __future__ import annotations

from emrsim.programs.jvm.classes import EXAMPLES_JAR
from emrsim.programs.jvm.jar import main as run_jar


def main(arguments: list[str]) -> int:
    """Run one of grep, pi, teragen, terasort, teravalidate and wordcount, with Hadoop's arguments."""
    return run_jar([str(EXAMPLES_JAR), *arguments])
