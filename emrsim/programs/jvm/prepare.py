"""`emrsim prepare`: make now what the programs on Java would be faster with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from emrsim.programs.jvm.classes import hadoop_jars, hadoop_java
from emrsim.programs.jvm.hadoop_archive import hadoop_archive
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark_archive import make_spark_archive
from emrsim.runtimes.choice import Runtime
from emrsim.runtimes.java import java_for
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.sparks import default_spark, installed_sparks


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Make Java's class-data archives, or find them made; 1 if one could not be."""
    if arguments:
        print("usage: emrsim prepare", file=sys.stderr)
        return 2
    default_spark()  # says what to install where there is none
    return 1 if [what for what, make in _archives().items() if not _made(what, make)] else 0


def _archives() -> Mapping[str, Callable[[], Path | None]]:
    """What there is to make: an archive for Hadoop's jobs, and one for each Spark that is installed."""
    sparks: dict[str, Callable[[], Path | None]] = {
        f"Spark and Hive, {spark.version}": lambda spark=spark: make_spark_archive(  # type: ignore[misc]
            Runtime(spark, java_for(spark.line))
        )
        for spark in installed_sparks()
    }
    return {"Hadoop's jobs": lambda: hadoop_archive(hadoop_java(), hadoop_jars(), again=True), **sparks}


def _made(what: str, make: Callable[[], Path | None]) -> bool:
    print(f"{what}: ", end="", flush=True)
    try:
        archive = make()
    except (Missing, OSError) as error:
        archive, reason = None, str(error)
    else:
        reason = "another process is about it, or the program it is made from failed"
    print(archive or f"not made: {reason}", flush=True)
    return archive is not None
