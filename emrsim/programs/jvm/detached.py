"""An application that nobody waits for: its step ends at once, and it goes on with the cluster.

On EMR that is `--deploy-mode cluster` with spark.yarn.submit.waitAppCompletion=false (source: Spark, Running
on YARN). It ends with the cluster at the latest, as every process of a cluster does.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from emrsim.programs.applications import next_application_id, register
from emrsim.programs.jvm.launch import become
from emrsim.programs.surroundings import Surroundings

WAITS = "spark.yarn.submit.waitAppCompletion"

_CONTAINERS = Path("var", "log", "hadoop-yarn", "containers")  # below /mnt
_STDIN, _STDOUT, _STDERR = 0, 1, 2


class Container(NamedTuple):
    """The id of an application, and the folder of its driver, which lasts as long as the cluster."""

    application_id: str
    folder: Path


def new_container(around: Surroundings) -> Container | None:
    """Make a container, whose folder is that of temporary files from now on; None outside of a cluster."""
    application_id = next_application_id(around)
    if application_id is None or around.mnt is None:
        return None
    name = application_id.replace("application_", "container_") + "_01_000001"
    folder = around.mnt / _CONTAINERS / application_id / name
    (folder / "tmp").mkdir(parents=True, exist_ok=True)
    os.environ["TMPDIR"] = os.environ["SPARK_LOCAL_DIRS"] = str(folder / "tmp")
    return Container(application_id, folder)


def start_detached(
    container: Container,
    command: Sequence[str],
    around: Surroundings,
    environment: Mapping[str, str],
    name: str,
) -> int:
    """Start `command` in a session of its own, away from the step: with the container's folder and logs."""
    folder = container.folder
    print(
        f"emrsim: Submitted application {container.application_id}: its output is in {folder}",
        file=sys.stderr,
    )
    sys.stdout.flush()
    sys.stderr.flush()
    read, write = os.pipe()
    if os.fork() != 0:
        # The step's session is killed when this process ends: the child has to have left it by then.
        os.close(write)
        return 0 if os.read(read, 1) else 1
    os.setsid()
    os.write(write, b"1")
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), _STDIN)
    for descriptor, file in ((_STDOUT, "stdout"), (_STDERR, "stderr")):
        os.dup2(os.open(folder / file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), descriptor)
    around = around._replace(syslog=folder / "syslog")
    registration = register(around, container.application_id, name, "SPARK")
    return become(command, around, {**environment, "HADOOP_LOG_DIR": str(folder)}, registration)
