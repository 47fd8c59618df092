"""`emrsim prepare`: make now what the programs on Java would be faster with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from emrsim.programs.jvm.classes import hadoop_jars
from emrsim.programs.jvm.hadoop_archive import hadoop_archive
from emrsim.programs.jvm.java import find_java
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import NEEDED_MODULE
from emrsim.programs.jvm.spark_archive import make_spark_archive

_ARCHIVES: Mapping[str, Callable[[], Path | None]] = {
    "Hadoop's jobs": lambda: hadoop_archive(find_java(), hadoop_jars(), again=True),
    "Spark and Hive": lambda: make_spark_archive(find_java(needs=NEEDED_MODULE)),
}


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Make Java's class-data archives, or find them made; 1 if one could not be."""
    if arguments:
        print("usage: emrsim prepare", file=sys.stderr)
        return 2
    failed = False
    for what, make in _ARCHIVES.items():
        print(f"{what}: ", end="", flush=True)
        try:
            archive = make()
        except OSError as error:
            archive, reason = None, str(error)
        else:
            reason = "another process is about it, or the program it is made from failed"
        print(archive or f"not made: {reason}", flush=True)
        failed = failed or archive is None
    return int(failed)
