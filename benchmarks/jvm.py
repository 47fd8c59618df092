"""Tiny steps on Java against the same programs started by hand: ratios of medians, in one run.

    python benchmarks/jvm.py [--rounds N] [--only WORK ...]

The peers have the best flags known: the serial collector, the first compiler only and, for the jar, a
class-data archive made from that very job. In each round the contenders take turns; the peer above
is what the ratios of the others refer to. CPU is user and system time with all children. The first
round, which is not counted, makes the archive of jars; `emrsim prepare` makes that of Spark.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from emrsim.programs.jvm.classes import EXAMPLES_JAR, hadoop_jars
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.java import find_java, java_for
from emrsim.runtimes.pythons import choose_python
from emrsim.runtimes.sparks import Spark, installed_sparks

TOP = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "out" / "jvm"
PEERS = ("java ", "spark-submit ")  # what the contenders after one are compared with
FLAGS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
TEXT = "to be or not to be that is the question\n" * 25
APPLICATION = """import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.read.text(sys.argv[1]).count())
"""


class Contender(NamedTuple):
    """A command, and what is added to its environment."""

    words: Sequence[str]
    environment: Mapping[str, str]


class Usage(NamedTuple):
    """What one run took, in seconds."""

    wall: float
    cpu: float


def jar_contenders() -> dict[str, Contender]:
    """Hadoop's word count on 1 KB: RunJar by hand, and a jar step's program."""
    java, archive = str(find_java().command), FOLDER / "by-hand.jsa"
    path = os.pathsep.join(map(str, hadoop_jars()[1:]))
    by_hand = [java, *FLAGS, "-Xlog:disable", f"-XX:SharedArchiveFile={archive}", "-cp", path]
    job = [str(EXAMPLES_JAR), "wordcount", "-Dmapreduce.client.progressmonitor.pollinterval=50"]
    words = ["org.apache.hadoop.util.RunJar", *job, str(FOLDER / "s3/b/in"), str(FOLDER / "s3/b/out")]
    measure(
        Contender([word.replace("SharedArchiveFile", "ArchiveClassesAtExit") for word in by_hand] + words, {})
    )
    return {
        "java … RunJar": Contender(by_hand + words, {}),
        "emrsim hadoop jar": Contender(emrsim("hadoop", "jar", *job, "s3://b/in", "s3://b/out"), {}),
    }


def spark_contenders() -> dict[str, Contender]:
    """A Python application that counts the lines of 1 KB, on each Spark that is installed, pip's first."""
    prepared = {"EMRSIM_CACHE": str(FOLDER / "prepared")}
    measure(Contender(emrsim("prepare"), prepared))
    found: dict[str, Contender] = {}
    for spark in sorted(installed_sparks(), key=lambda spark: not spark.is_package):
        found |= _of_spark(spark, prepared if spark.is_package else None)
    return found


def _of_spark(spark: Spark, prepared: dict[str, str] | None) -> dict[str, Contender]:
    """Spark's own spark-submit, and emrsim's with the same Spark, Java and Python."""
    flags, version = " ".join(FLAGS), spark.version
    plain = [str(spark.home / "bin/spark-submit"), "--master", "local[*]", "--conf", "spark.ui.enabled=false"]
    environment = {
        "JAVA_HOME": str(java_for(spark.line).home),
        "SPARK_HOME": str(spark.home),
        "SPARK_SUBMIT_OPTS": flags,
        "SPARK_LAUNCHER_OPTS": flags,
        "PYSPARK_PYTHON": choose_python(None, spark.line).command,
    }
    files = [str(FOLDER / "s3/b/app.py"), str(FOLDER / "s3/b/in")]
    submit = emrsim("spark-submit", "s3://b/app.py", "s3://b/in")
    asked = {"EMRSIM_SPARK_VERSION": version}
    if not spark.is_package:
        asked["EMRSIM_CACHE"] = str(cache_folder())  # where it is installed
    contenders = {
        f"spark-submit {version}": Contender([*plain, *files], environment),
        f"emrsim spark-submit {version}": Contender(submit, asked),
    }
    if prepared is not None:
        contenders[f"emrsim spark-submit {version}, prepared"] = Contender(submit, {**asked, **prepared})
    return contenders


WORKS = {"jar": jar_contenders, "spark": spark_contenders}


def emrsim(*words: str) -> list[str]:
    """A command of emrsim's."""
    return [sys.executable, "-m", "emrsim", *words]


def measure(contender: Contender) -> Usage:
    """Run a contender; a failure ends the benchmark."""
    shutil.rmtree(FOLDER / "s3/b/out", ignore_errors=True)
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "EMRSIM", "HADOOP"))
    }
    own = {"PYTHONPATH": str(TOP), "EMRSIM_ROOT": str(FOLDER / "s3"), "EMRSIM_CACHE": str(FOLDER / "cache")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    ended = subprocess.run(
        contender.words,
        cwd=FOLDER,
        env={**kept, **own, **contender.environment},
        capture_output=True,
        check=False,
    )
    wall = time.monotonic() - began
    if ended.returncode:
        raise SystemExit(f"exit code {ended.returncode}: {contender.words}\n{ended.stderr.decode()}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def run(work: str, rounds: int) -> None:
    """Measure a work and print its rows."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    (FOLDER / "s3/b/in").mkdir(parents=True)
    (FOLDER / "s3/b/in/text").write_text(TEXT)
    (FOLDER / "s3/b/app.py").write_text(APPLICATION)
    contenders = WORKS[work]()
    usages: dict[str, list[Usage]] = {name: [] for name in contenders}
    for number in range(rounds + 1):
        for name, contender in contenders.items():
            usage = measure(contender)
            if number:
                usages[name].append(usage)
    reference = _medians(next(iter(usages.values())))
    for name, measured in usages.items():
        usage = _medians(measured)
        if name.startswith(PEERS):
            reference = usage
        ratios = f"{usage.wall / reference.wall:.2f} | {usage.cpu / reference.cpu:.2f}"
        print(f"| {work} | {name} | {ratios} | {usage.wall:.2f} | {usage.cpu:.2f} |", flush=True)


def _medians(usages: Sequence[Usage]) -> Usage:
    return Usage(*(median(column) for column in zip(*usages, strict=True)))


def main() -> None:
    """Measure all works, or those named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", choices=WORKS, default=list(WORKS))
    options = parser.parse_args()
    print("| work | contender | wall | CPU | wall s | CPU s |\n|---|---|---|---|---|---|")
    for work in options.only:
        run(work, options.rounds)


if __name__ == "__main__":
    main()
