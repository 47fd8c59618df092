"""`spark-sql`: Spark's SQL shell, on the metastore of the cluster."""

from __future__ import annotations

from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import lock_metastore
from emrsim.programs.jvm.spark_submit import run_spark
from emrsim.programs.surroundings import surroundings


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run `spark-sql` with its arguments: `-f FILE`, `-e TEXT`, `--hivevar X=Y`, spark-submit's options."""
    lock_metastore(surroundings())
    return run_spark("spark-sql", arguments)
