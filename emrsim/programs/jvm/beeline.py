"""`beeline` and `hcat`: HiveQL on the metastore of the cluster.

With the URL of the cluster, `beeline` is Hive's own client of the cluster's HiveServer2; without one its
statements are run as `hive` runs them.
"""

from __future__ import annotations

import re
import sys

from emrsim.programs.jvm.hive import main as run_hive
from emrsim.programs.jvm.hive_server import ensure_server
from emrsim.programs.jvm.launch import become
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import cluster_runtime, spark_command, spark_environment
from emrsim.programs.jvm.spark_files import local_paths
from emrsim.programs.machine.said import rejected
from emrsim.programs.surroundings import Surroundings, surroundings

_OF_THE_CLUSTER = re.compile(
    r"jdbc:hive2://(localhost|127\.0\.0\.1|ip-[\w.-]+|\$?\(?hostname.*|)(:\d+)?(/.*)?"
)
_PASSED = {"-e": "-e", "-f": "-f", "-i": "-i", "--hivevar": "--hivevar", "--hiveconf": "--hiveconf"}
_FILES = {"-f", "-i"}
_IGNORED_WITH_VALUE = {"-n", "-p", "-d", "-w", "-a", "-r"}


def beeline(arguments: list[str]) -> int:
    """`beeline -u jdbc:hive2://localhost:10000/DB -n hive -e TEXT | -f FILE`."""
    around = surroundings()
    if "-u" in arguments[:-1] and around.mnt is not None:
        return _client(arguments)
    return _as_hive(arguments)


@saying_what_is_missing
def _client(arguments: list[str]) -> int:
    """Become Hive's client of the cluster's HiveServer2."""
    around = surroundings()
    words = list(arguments)
    place = words.index("-u") + 1
    found = _OF_THE_CLUSTER.fullmatch(words[place])
    if found is None:
        return _other_server(words[place])
    words[place] = f"jdbc:hive2://127.0.0.1:{ensure_server(around).port}{found.group(3) or '/'}"
    for number, word in enumerate(words[:-1]):
        if word in _FILES:
            words[number + 1] = _local_file(words[number + 1], around)
    command = spark_command(cluster_runtime(around), "beeline", words)
    return become(command, around, spark_environment(around))


def _local_file(uri: str, around: Surroundings) -> str:
    """Where a script is on this machine. Raises Missing."""
    (path,) = local_paths([uri], around)
    return path


def _other_server(url: str) -> int:
    return rejected(f"beeline: {url} is not this cluster: emrsim runs beeline's statements itself")


def _as_hive(arguments: list[str]) -> int:
    """Run the statements in this process."""
    words: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name == "-u":
            url = next(waiting, "")
            found = _OF_THE_CLUSTER.fullmatch(url)
            if found is None:
                return _other_server(url)
            database = (found.group(3) or "/").lstrip("/").split(";")[0]
            words += ["--database", database] if database else []
        elif name in _PASSED:
            words += [_PASSED[name], value if equals and name.startswith("--") else next(waiting, "")]
        elif word in _IGNORED_WITH_VALUE:
            next(waiting, None)
        elif not word.startswith("-"):
            return rejected(f"beeline: unexpected argument {word!r}")
    if not {"-e", "-f"} & set(words):
        return rejected("beeline: there is no terminal here: give -e TEXT or -f FILE")
    print("emrsim: without a URL these statements are run as by hive", file=sys.stderr)
    return run_hive(words)


def hcat(arguments: list[str]) -> int:
    """`hcat -e TEXT` and `hcat -f FILE`: DDL."""
    words = [word for word in arguments if not re.fullmatch(r"-[gp](=.*)?", word)]
    return run_hive(words)


def hive(arguments: list[str]) -> int:
    """`hive --service NAME ARGS`, and `hive ARGS`."""
    if arguments[:1] != ["--service"]:
        return run_hive(arguments)
    service, words = "".join(arguments[1:2]), arguments[2:]
    if service == "cli":
        return run_hive(words)
    if service == "beeline":
        return beeline(words)
    if service == "hiveserver2":
        return start_server()
    return rejected(f"hive --service {service} is not supported: Hive's daemons do not run here")


@saying_what_is_missing
def _start(arguments: list[str]) -> int:
    ensure_server(surroundings())
    return 0


def start_server() -> int:
    """Start the HiveServer2 of the cluster, if it does not run, and return once it answers."""
    return _start([])
