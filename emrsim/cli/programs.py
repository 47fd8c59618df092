"""The programs of a cluster as commands of `emrsim`: what its help says of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

import click

# Those that people call by hand; a cluster's PATH has more (`programs.table`).
HELP = {
    "beeline": "Run HiveQL as Hive's command line does, with Spark SQL.",
    "configure-daemons": "Write Hadoop's environment files, as the bootstrap action of old AMIs.",
    "configure-hadoop": "Write Hadoop's site files, as the bootstrap action of old AMIs.",
    "distcp": "Copy files, as Hadoop's DistCp.",
    "hadoop": "Run Hadoop's commands: hadoop jar, hadoop fs, hadoop distcp.",
    "hadoop-mapreduce-examples": "Run the examples that come with Hadoop: pi, wordcount, terasort, ...",
    "hadoop-streaming": "Run a Hadoop-streaming job with Hadoop's arguments (as streaming).",
    "hdfs": "Run HDFS's commands: hdfs dfs -ls.",
    "hive": "Run HiveQL, with Spark SQL.",
    "hive-script": "Run a script of HiveQL, as EMR's step of that name, with Spark SQL.",
    "mapred": "Run MapReduce's commands: mapred streaming, mapred job.",
    "pig-script": "Run a script of Pig, with the machine's Pig.",
    "prepare": "Prepare the classes of Spark and Hive, so that they start in half the time.",
    "pyspark": "Run Python with Spark.",
    "run-if": "Run a bootstrap action if a condition holds, as EMR's of that name.",
    "s3-dist-cp": "Copy and group files between S3 and HDFS, as EMR's S3DistCp.",
    "script-runner": "Run a script from S3, as EMR's script-runner.jar.",
    "spark-shell": "Run Spark's shell.",
    "spark-sql": "Run SQL with Spark.",
    "spark-submit": "Run a program of Spark.",
    "yarn": "Run YARN's commands: yarn jar, yarn logs.",
}
_ASKS_FOR_HELP = (["--help"], ["-h"])


class Commands(click.Group):
    """A group whose help lists the programs, too, which do not pass through click."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """See `click.Group`."""
        super().format_commands(ctx, formatter)
        with formatter.section("Programs of a cluster, with their own arguments"):
            formatter.write_dl(list(HELP.items()))


def help_of(name: str, arguments: Sequence[str]) -> str | None:
    """What `emrsim NAME --help` prints; None where the program itself is to answer, as on a cluster."""
    if name not in HELP or list(arguments) not in _ASKS_FOR_HELP or "EMRSIM_HDFS" in os.environ:
        return None
    return (
        f"Usage: emrsim {name} [ARGUMENTS]\n\n  {HELP[name]}\n\n"
        "  Its arguments are those of the program on an EMR cluster. URIs such as s3:// are below the\n"
        "  directory that EMRSIM_ROOT names (./s3 without it).\n"
    )
