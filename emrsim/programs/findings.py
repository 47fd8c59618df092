"""Which kinds of step can run on this machine, and what would enable the others."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Finding:
    """A kind of step, what it is for, why it cannot run here, or None, and what else there is to know."""

    name: str
    what: str
    missing: str | None
    note: str = ""


def findings() -> Iterator[Finding]:
    """Yield a finding for each kind of step. Some take a process to find out."""
    for name, what in _ALWAYS.items():
        yield Finding(name, what, None)
    for name, what in _MAY_MISS.items():
        yield Finding(name, what, what_is_missing_for(name), _sparks() if name == "spark" else "")
    aws = None if shutil.which("aws") else "no aws on PATH: pip install awscli"
    yield Finding("aws", "the AWS CLI in steps: aws s3 cp …", aws)
    yield Finding(
        "folders",
        "scripts see /home/hadoop, /usr/lib/spark and the other places of EMR's machines",
        _missing_for_folders(),
    )


def _sparks() -> str:
    """The Sparks that clusters of release labels run on."""
    sparks = ", ".join(
        f"{spark.version}{' (pip)' if spark.is_package else ''}" for spark in installed_sparks()
    )
    return f"Sparks: {sparks}; more by: emrsim install emr-7.12.0" if sparks else ""


def _missing_for_folders() -> str | None:
    """Return why scripts do not see them, as tried by a separate process; None if they do."""
    command = [sys.executable, "-P", "-c", _SHOW_FOLDERS]
    with tempfile.TemporaryDirectory() as folder:  # it gets mount points
        tried = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if tried.returncode == 0:
        return None
    return (
        "the kernel does not allow this process to mount (in a container, for example): "
        "they are mapped where a step's arguments name them; scripts have $HOME, $EMRSIM_MNT, $EMRSIM_PLACES"
    )
