"""`beeline` and `hcat`: HiveQL, run as `hive` runs it, on the metastore of the cluster.

No HiveServer2 is asked: what beeline would send to one on this cluster is run in this process.
"""

from __future__ import annotations

import re
import sys

from emrsim.programs.jvm.hive import main as run_hive
from emrsim.programs.machine.said import rejected

_OF_THE_CLUSTER = re.compile(
    r"jdbc:hive2://(localhost|127\.0\.0\.1|ip-[\w.-]+|\$?\(?hostname.*|)(:\d+)?(/.*)?"
)
_PASSED = {"-e": "-e", "-f": "-f", "-i": "-i", "--hivevar": "--hivevar", "--hiveconf": "--hiveconf"}
_IGNORED_WITH_VALUE = {"-n", "-p", "-d", "-w", "-a", "-r"}


def beeline(arguments: list[str]) -> int:
    """`beeline -u jdbc:hive2://localhost:10000/DB -n hive -e TEXT | -f FILE`."""
    words: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        name, equals, value = word.partition("=")
        if name == "-u":
            url = next(waiting, "")
            found = _OF_THE_CLUSTER.fullmatch(url)
            if found is None:
                return rejected(
                    f"beeline: {url} is not this cluster: emrsim runs beeline's statements itself"
                )
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
    print("emrsim: there is no HiveServer2: these statements are run as by hive", file=sys.stderr)
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
    return rejected(f"hive --service {service} is not supported: Hive's daemons do not run here")
