"""`hdfs COMMAND ARGS`: Hadoop's shell under its newer name, and what an HDFS tells of itself."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable

from emrsim.programs.fs import main as run_shell
from emrsim.programs.machine.said import not_done, rejected
from emrsim.programs.site_files import read_site_file
from emrsim.programs.surroundings import surroundings

_SITES = ("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml")
_DEFAULTS = {"fs.defaultFS": "hdfs://localhost:8020", "dfs.replication": "1", "dfs.blocksize": "134217728"}


def main(arguments: list[str]) -> int:
    """Run a command; 1 for those that manage daemons, for HDFS is a folder here."""
    command = _COMMANDS.get(arguments[0]) if arguments else None
    if command is not None:
        return command(arguments[1:])
    print(f"Usage: hdfs COMMAND, one of {', '.join(sorted(_COMMANDS))}", file=sys.stderr)
    return 1


def _version(arguments: list[str]) -> int:
    from emrsim.programs.hadoop import version

    return version(arguments)


def _admin(arguments: list[str]) -> int:
    """`hdfs dfsadmin -report` and `-safemode ACTION`."""
    if arguments[:1] == ["-report"]:
        return _report()
    if arguments[:1] == ["-safemode"]:
        if arguments[1:] not in (["get"], ["leave"], ["wait"], ["forceExit"]):
            return rejected(f"dfsadmin {' '.join(arguments)}: expected -safemode get, leave or wait")
        print("Safe mode is OFF")
        return 0
    return not_done(f"dfsadmin {' '.join(arguments)}: HDFS is a folder of the cluster's: nothing was changed")


def _report() -> int:
    around = surroundings()
    usage = shutil.disk_usage(around.hdfs or around.root)
    print(f"Configured Capacity: {usage.total}\nPresent Capacity: {usage.free}\nDFS Remaining: {usage.free}")
    print(f"DFS Used: 0\nUnder replicated blocks: 0\nMissing blocks: 0\n\n{'-' * 49}\nLive datanodes (1):\n")
    print("Name: 127.0.0.1:9866 (localhost)\nHostname: localhost\nDecommission Status : Normal")
    return 0


def _getconf(arguments: list[str]) -> int:
    """`hdfs getconf -confKey NAME`, `-namenodes`, `-nnRpcAddresses`."""
    if arguments[:1] == ["-confKey"] and len(arguments) == 2:
        value = _settings().get(arguments[1])
        if value is None:
            print(f"Configuration {arguments[1]} is missing.", file=sys.stderr)
            return 255
        print(value)
        return 0
    answers = {
        "-namenodes": "localhost",
        "-secondaryNameNodes": "localhost",
        "-nnRpcAddresses": "localhost:8020",
    }
    if len(arguments) != 1 or arguments[0] not in answers:
        return rejected("Usage: hdfs getconf [-confKey key] [-namenodes] [-nnRpcAddresses]")
    print(answers[arguments[0]])
    return 0


def _settings() -> dict[str, str]:
    settings = dict(_DEFAULTS)
    if conf := surroundings().conf:
        for name in _SITES:
            settings |= read_site_file(conf / name)
    return settings


def _fsck(arguments: list[str]) -> int:
    """`hdfs fsck PATH`: files of a folder have no blocks that could be missing."""
    path = next((word for word in arguments if not word.startswith("-")), "/")
    print(f"The filesystem under path '{path}' is HEALTHY")
    return 0


_COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "dfs": run_shell,
    "dfsadmin": _admin,
    "fsck": _fsck,
    "getconf": _getconf,
    "version": _version,
}
