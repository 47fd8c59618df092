"""`spark-shell`: Spark's Scala shell; a step runs a script with `-i FILE`."""

from __future__ import annotations

from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark_submit import run_spark


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run `spark-shell` with its arguments."""
    return run_spark("spark-shell", arguments)
