"""The programs by their names; `emrsim NAME ARGS` runs one, and so does NAME on a cluster's PATH."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

# A function of a module of this room each, `module` for its `main`, imported when its program runs.
PROGRAMS = {
    "configure-daemons": "configure_hadoop:configure_daemons",
    "configure-hadoop": "configure_hadoop",
    "hadoop": "hadoop",
    "hdfs": "hdfs",
    "hadoop-streaming": "streaming",
    "hadoop-mapreduce-examples": "jvm.examples",
    "hive": "jvm.hive",
    "hive-script": "jvm.hive_script",
    "pig-script": "pig_script",
    "prepare": "jvm.prepare",
    "run-if": "run_if",
    "s3-dist-cp": "s3distcp",
    "script-runner": "script_runner",
    "spark-shell": "jvm.spark_shell",
    "spark-sql": "jvm.spark_sql",
    "spark-submit": "jvm.spark_submit",
    "state-pusher-script": "state_pusher",
    "streaming": "streaming",
    "sudo": "sudo",
}

# What a cluster's PATH does not have: a runner is a jar there, and bootstrap actions are in S3.
NOT_ON_THE_PATH = {
    "configure-daemons",
    "configure-hadoop",
    "prepare",
    "run-if",
    "script-runner",
    "streaming",
}

# The folder that a cluster's PATH begins with: each file in it calls the program of its name with the Python
# that EMRSIM_PYTHON names.
BIN = Path(__file__).with_name("bin")


def run(name: str, arguments: list[str]) -> int:
    """Run the program `name` in this process; returns its exit code."""
    module, _, function = PROGRAMS[name].partition(":")
    main: Callable[[list[str]], int] = getattr(import_module(f"emrsim.programs.{module}"), function or "main")
    return main(arguments)
