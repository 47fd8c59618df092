"""`emrsim doctor`: which kinds of step can run on this machine, and what would enable the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile

from emrsim.programs.jvm.kinds import what_is_missing_for
from emrsim.runtimes.sparks import installed_sparks

# What runs with emrsim alone, and what needs more (by the names of `jvm.kinds`).
_ALWAYS = {
    "streaming": "Hadoop streaming: StreamingStep, hadoop-streaming",
    "script": "scripts and programs: script-runner.jar, command-runner.jar, bootstrap actions",
    "s3-dist-cp": "s3-dist-cp, hadoop fs, hdfs dfs",
}
_MAY_MISS = {
    "jar": "custom jars: JarStep, CUSTOM_JAR, CloudBurst",
    "examples": "hadoop-mapreduce-examples",
    "spark": "Spark: spark-submit, spark-sql",
    "hive": "Hive: HiveStep, hive-script",
    "pig": "Pig: PigStep, pig-script",
}
_SHOW_FOLDERS = "import sys; from emrsim.programs.view.mounts import can_show; sys.exit(not can_show('.'))"


def print_findings() -> None:
    """Print a line for each kind of step, and below it what is missing, if anything is."""
    for name, what in _ALWAYS.items():
        _print(name, what, None)
    for name, what in _MAY_MISS.items():
        _print(name, what, what_is_missing_for(name))
    _print_sparks()
    aws = None if shutil.which("aws") else "there is no aws on PATH: pip install awscli"
    _print("aws", "the AWS CLI in steps: aws s3 cp …", aws)
    _print(
        "folders",
        "scripts see /home/hadoop, /usr/lib/spark and the other places of EMR's machines",
        _missing_for_folders(),
    )


def _print_sparks() -> None:
    """Print the Sparks that clusters of release labels run on."""
    sparks = ", ".join(
        f"{spark.version}{' (pip)' if spark.is_package else ''}" for spark in installed_sparks()
    )
    if sparks:
        print(f"                 Sparks: {sparks}; more by: emrsim install emr-7.12.0")


def _print(name: str, what: str, missing: str | None) -> None:
    print(f"{'no ' if missing else 'yes'}  {name:11} {what}")
    if missing:
        print(f"                 {missing}")


def _missing_for_folders() -> str | None:
    """Why scripts do not; tried in a process of its own, which then has the mounts."""
    command = [sys.executable, "-P", "-c", _SHOW_FOLDERS]
    with tempfile.TemporaryDirectory() as folder:  # it gets mount points
        tried = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if tried.returncode == 0:
        return None
    return (
        "the kernel lets this process have no mounts of its own (a container, say): "
        "they are mapped where a step's arguments name them; scripts have $HOME, $EMRSIM_MNT, $EMRSIM_PLACES"
    )
