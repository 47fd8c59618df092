"""EMR's ready-made bootstrap actions of old that install something: what there is to do for them here.

Each says what it does not do. Source: docs/facts/api.md#bootstrap-actions and
docs/facts/releases.md#typical-steps.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from emrsim.programs.machine.said import of_the_machine, rejected, say

# What is said for those that have nothing to do: the first whose pattern fits the script's name.
_NOTHING_TO_DO = (
    (r"install-spark.*", "Spark runs here without being installed: spark-submit is on PATH"),
    (r"install-ganglia.*", "there is no Ganglia here, and nothing to watch: the cluster is this machine"),
    (r"install-hive.*|install-pig.*", "nothing is installed: see hive-script and pig-script"),
    (r"memory-intensive.*|configure-hadoop-memory.*", "memory settings of daemons have no effect here"),
    (r"add-swap.*", "the swap space of this machine was not changed"),
    (r"shutdown-actions?.*", "actions at the end of the cluster are not run"),
    (r"set-job-flow-(name|user).*|install-s3cmd.*", "nothing is installed or changed on this machine"),
)
# Those that a job cannot do without: the command that the machine has to have.
_NEEDED = {
    r"setup-hbase.*|hbase-.*": ("hbase", "HBase"),
    r"install-nodejs.*|install-node.*": ("node", "Node.js"),
    r"install-R.*|emR_bootstrap.*": ("R", "R"),
    r"install-impala.*|setup-impala.*": ("impala-shell", "Impala"),
    r"install-presto.*": ("presto", "Presto"),
    r"install-drill.*": ("drillbit.sh", "Drill"),
}


def is_known(name: str) -> bool:
    """Whether there is something to do, or to say, for EMR's script of that name."""
    patterns = [*(pattern for pattern, _ in _NOTHING_TO_DO), *_NEEDED, r"download\.sh"]
    return any(re.fullmatch(pattern, name) for pattern in patterns)


def run_action(name: str, arguments: list[str]) -> int:
    """Do what EMR's script does, as far as that makes sense here; 1 if a job needs what is missing."""
    if name == "download.sh":
        return _download()
    for pattern, (command, application) in _NEEDED.items():
        if re.fullmatch(pattern, name):
            return _need(name, command, application)
    say(f"{name}: {next(text for pattern, text in _NOTHING_TO_DO if re.fullmatch(pattern, name))}")
    return 0


def _need(name: str, command: str, application: str) -> int:
    if of_the_machine(command):
        say(f"{name}: this machine has {command}; nothing was installed")
        return 0
    return rejected(f"{name}: emrsim installs no {application}, and this machine has no {command} on PATH")


def _download() -> int:
    """AWS's example of an action: it unpacks an archive of AWS's below the home, of unknown content."""
    folder = Path(os.environ.get("HOME", "."), "contents")
    folder.mkdir(exist_ok=True)
    say(f"download.sh: {folder} was made; the archive of AWS's example is not part of emrsim")
    return 0
