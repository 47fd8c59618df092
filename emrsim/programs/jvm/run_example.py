"""`run-example NAME ARGS` and EMR's `spark-example`: Spark's examples, as far as emrsim has them."""

from __future__ import annotations

import sys

from emrsim.programs.jvm.classes import SPARK_EXAMPLES_JAR
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark_options import split_options
from emrsim.programs.jvm.spark_submit import run_spark

_PACKAGE = "org.apache.spark.examples."


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run an example with spark-submit's options before its name."""
    options, rest = split_options(arguments)
    if not rest:
        print("Usage: run-example [options] example-class [example args]", file=sys.stderr)
        return 1
    name, *words = rest
    main_class = name if name.startswith(_PACKAGE) else f"{_PACKAGE}{name}"
    before = [word for option, value in options for word in ([option] if value is None else [option, value])]
    return run_spark("spark-submit", [*before, "--class", main_class, str(SPARK_EXAMPLES_JAR), *words])
