"""`yarn COMMAND` and `mapred COMMAND`: jobs and applications of the cluster; `yarn jar` is `hadoop jar`.

What would manage daemons of YARN, which do not run here, fails and says so.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from emrsim.programs.applications import Application, Seen, applications, find, kill
from emrsim.programs.hadoop import classpath, jar, version
from emrsim.programs.machine.said import rejected
from emrsim.programs.surroundings import Surroundings, surroundings
from emrsim.programs.table import run

_SHOWN_STATES = {"SUBMITTED", "ACCEPTED", "RUNNING", "NEW", "NEW_SAVING"}
_LOGS = ("stdout", "stderr", "syslog")


def yarn(arguments: list[str]) -> int:
    """Run a command of YARN's."""
    return _run("yarn", _YARN, arguments)


def mapred(arguments: list[str]) -> int:
    """Run a command of MapReduce's."""
    return _run("mapred", _MAPRED, arguments)


def job(arguments: list[str]) -> int:
    """`mapred job` and `hadoop job`: `-list`, `-status ID`, `-kill ID`."""
    options = _options(arguments)
    if "-status" in options:
        return _with(options["-status"], _job_status)
    if "-kill" in options:
        return _with(options["-kill"], _killed)
    if "-list" in options:
        return _list_jobs("all" in arguments)
    return rejected("Usage: job [-list [all]] [-status <job-id>] [-kill <job-id>]")


def _run(name: str, commands: dict[str, Callable[[list[str]], int]], arguments: list[str]) -> int:
    while arguments[:1] == ["--config"]:
        arguments = arguments[2:]
    command = commands.get(arguments[0]) if arguments else None
    if command is not None:
        return command(arguments[1:])
    if arguments and arguments[0] in _OF_DAEMONS:
        return rejected(f"{name} {arguments[0]} is not supported: YARN's and HDFS's daemons do not run here")
    print(f"Usage: {name} COMMAND, one of {', '.join(sorted(commands))}", file=sys.stderr)
    return 1


def _options(arguments: Sequence[str]) -> dict[str, str]:
    """Options, each with the word after it."""
    following = [*arguments[1:], ""]
    return {word: after for word, after in zip(arguments, following, strict=True) if word.startswith("-")}


def _application(arguments: list[str]) -> int:
    """`yarn application -list [-appStates S] [-appTypes T]`, `-status ID`, `-kill ID`."""
    options = _options(arguments)
    if "-status" in options:
        return _with(options["-status"], _application_status)
    if "-kill" in options:
        return _with(options["-kill"], _killed)
    if "-list" in options:
        return _list_applications(options)
    return rejected("Usage: application [-list [-appStates <States>]] [-status <id>] [-kill <id>]")


def _list_applications(options: dict[str, str]) -> int:
    states = set(options["-appStates"].upper().split(",")) if "-appStates" in options else _SHOWN_STATES
    kinds = set(options["-appTypes"].upper().split(",")) if "-appTypes" in options else None
    found = [
        one
        for one in applications(surroundings())
        if (one.state in states or "ALL" in states) and (kinds is None or one.application.kind in kinds)
    ]
    shown = f"[{', '.join(sorted(states))}]"
    print(
        f"Total number of applications (application-types: [{', '.join(sorted(kinds or ()))}] "
        f"and states: {shown}):{len(found)}"
    )
    head = ("Application-Id", "Application-Name", "Application-Type", "User", "Queue", "State", "Final-State")
    print("\t".join(f"{name:>20}" for name in (*head, "Progress", "Tracking-URL")))
    for seen in found:
        one = seen.application
        words = (one.id, one.name, one.kind, "hadoop", "default", seen.state, _final(seen))
        print("\t".join(f"{word:>20}" for word in (*words, f"{seen.percent}%", "N/A")))
    return 0


def _final(seen: Seen) -> str:
    return "UNDEFINED" if seen.runs else seen.outcome


def _with(an_id: str, act: Callable[[Seen], int]) -> int:
    found = find(surroundings(), an_id)
    if found is None:
        return rejected(f"Application with id '{an_id}' doesn't exist in RM.")
    return act(found)


def _application_status(seen: Seen) -> int:
    one = seen.application
    lines = {
        "Application-Id": one.id,
        "Application-Name": one.name,
        "Application-Type": one.kind,
        "User": "hadoop",
        "Queue": "default",
        "Start-Time": int(one.started * 1000),
        "Finish-Time": int(seen.ending.at * 1000) if seen.ending else 0,
        "Progress": f"{seen.percent}%",
        "State": seen.state,
        "Final-State": _final(seen),
    }
    print("Application Report : ")
    print("".join(f"\t{name} : {value}\n" for name, value in lines.items()), end="")
    return 0


def _killed(seen: Seen) -> int:
    if not seen.runs:
        print(f"Application {seen.application.id} has already finished ")
        return 0
    kill(seen.application)
    print(f"Killing application {seen.application.id}")
    return 0


def _list_jobs(all_of_them: bool) -> int:
    found = [one for one in applications(surroundings()) if one.runs or all_of_them]
    jobs = [one for one in found if one.application.kind == "MAPREDUCE"]
    print(f"Total jobs:{len(jobs)}")
    print("\t".join(("JobId", "State", "StartTime", "UserName", "Queue", "Priority")))
    for seen in jobs:
        one = seen.application
        started = str(int(one.started * 1000))
        print("\t".join((one.job_id, seen.outcome, started, "hadoop", "default", "NORMAL")))
    return 0


def _job_status(seen: Seen) -> int:
    maps, reduces = seen.percents
    print(f"Job: {seen.application.job_id}")
    print(f"map() completion: {maps / 100}\nreduce() completion: {reduces / 100}")
    print(f"Job state: {seen.outcome}\nuser: hadoop")
    return 0


def _logs(arguments: list[str]) -> int:
    """`yarn logs -applicationId ID`: what its tasks wrote, or for Spark what its step wrote."""
    around = surroundings()
    an_id = _options(arguments).get("-applicationId")
    if an_id is None:
        return rejected("Usage: logs -applicationId <application ID>")
    found = find(around, an_id)
    if found is None:
        return rejected(f"Unable to get ApplicationState. Application {an_id} does not exist")
    for folder in _log_folders(found.application, around):
        for name in _LOGS:
            path = folder / name
            if path.is_file() and path.stat().st_size:
                print(f"Container: {folder.name}\nLogType:{name}")
                print(f"LogLength:{path.stat().st_size}\nLog Contents:")
                print(path.read_text(errors="replace"))
                print(f"End of LogType:{name}\n")
    return 0


def _log_folders(one: Application, around: Surroundings) -> list[Path]:
    attempts = one.id.replace("application_", "attempt_")
    tasks = around.task_logs.parent if around.task_logs else None
    found = sorted(tasks.glob(f"*/{attempts}_*")) if tasks is not None else []
    return found or ([Path(one.logs)] if one.logs else [])


def _node(arguments: list[str]) -> int:
    """`yarn node -list`: the nodes that the cluster has, all of which are this machine."""
    count = _core_count(surroundings())
    print(f"Total Nodes:{count}")
    print("\t".join(f"{name:>16}" for name in ("Node-Id", "Node-State", "Node-Http-Address", "Containers")))
    for number in range(count):
        print(
            "\t".join(
                f"{word:>16}" for word in (f"node-{number}:8041", "RUNNING", f"node-{number}:8042", "0")
            )
        )
    return 0


def _core_count(around: Surroundings) -> int:
    """How many core and task instances were asked for; at least one."""
    if around.mnt is None:
        return 1
    file = around.mnt / "var" / "lib" / "info" / "job-flow.json"
    groups = json.loads(file.read_text()).get("instanceGroups", []) if file.is_file() else []
    return max(
        1, sum(int(one["requestedInstanceCount"]) for one in groups if one["instanceRole"] != "Master")
    )


_OF_DAEMONS = {
    *("rmadmin", "scmadmin", "resourcemanager", "nodemanager", "timelineserver", "proxyserver", "daemonlog"),
    *("cluster", "queue", "container", "top", "schedulerconf", "historyserver", "hsadmin", "archive-logs"),
}
_YARN: dict[str, Callable[[list[str]], int]] = {
    "app": _application,
    "application": _application,
    "classpath": classpath,
    "jar": jar,
    "logs": _logs,
    "node": _node,
    "version": version,
}
_MAPRED: dict[str, Callable[[list[str]], int]] = {
    "classpath": classpath,
    "distcp": lambda words: run("distcp", words),
    "job": job,
    "streaming": lambda words: run("hadoop-streaming", words),
    "version": version,
}
