"""Which kinds of steps this machine can run on Java, and what would enable the others. Starts nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from emrsim.programs.jvm.classes import hadoop_jars, hadoop_java
from emrsim.programs.jvm.own_hadoop import HADOOP_HOME, check_own_hadoop
from emrsim.programs.machine.said import of_the_machine
from emrsim.programs.pig_script import NO_PIG
from emrsim.runtimes.choice import Wanted, spark_runtime
from emrsim.runtimes.missing import Missing


def what_is_missing_for(kind: str) -> str | None:
    """What a person has to install for steps of `kind`, one of KINDS; None if they can run."""
    try:
        KINDS[kind]()
    except Missing as missing:
        return str(missing)
    return None


def _jar() -> None:
    if home := os.environ.get(HADOOP_HOME):
        check_own_hadoop(Path(home))
        return
    hadoop_java()
    hadoop_jars()


def _spark() -> None:
    spark_runtime(Wanted())


def _pig() -> None:
    if of_the_machine("pig") is None:
        raise Missing(NO_PIG)


KINDS: Mapping[str, Callable[[], None]] = {
    "jar": _jar,
    "examples": _jar,
    "spark": _spark,
    "hive": _spark,
    "pig": _pig,
}
