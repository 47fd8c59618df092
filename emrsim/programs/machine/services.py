"""`systemctl`, `service`, `chkconfig` and upstart's programs: services of EMR's, and of the machine.

Of EMR's daemons only HiveServer2 runs here: programs read their configuration at each start, so there is
nothing else to restart. The machine's services are never touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from emrsim.programs.machine.packages import lets_missing_pass
from emrsim.programs.machine.said import not_done, rejected
from emrsim.programs.machine.shutdown import end_cluster

# Names of the daemons that EMR's machines run (source: releases facts 4; AWS, "View and restart processes").
_EMRS = re.compile(
    r"(hadoop|hdfs|yarn|mapred|spark|hive|hcat|hbase|hue|oozie|presto|trino|zeppelin|livy|jupyter|flink|tez|zookeeper"
    r"|phoenix|sqoop|pig|mahout|impala|ganglia|gmond|gmetad|instance-controller|emr|emrfs|logpusher|nodeprovisioner"
    r"|bigtop|kerberos|krb5kdc|kadmin|metricscollector|apppusher|setup-dns|docker-registry)([-_@.].*)?",
    re.IGNORECASE,
)
_HIVE_SERVER = {"hive-server2", "hiveserver2"}
_ENDING = {"poweroff", "halt", "reboot", "kexec", "soft-reboot", "exit", "emergency", "rescue"}
_SLEEPING = {"suspend", "hibernate", "hybrid-sleep", "suspend-then-hibernate", "isolate", "switch-root"}
_STARTING = {"start", "restart", "reload", "try-restart", "reload-or-restart", "force-reload", "condrestart"}
_NOT_RUNNING = 3  # systemctl's code for a unit that does not run (source: systemctl(1), Exit status)
_NOT_FOUND = 5


def systemctl(arguments: list[str]) -> int:
    """`systemctl VERB UNIT…`."""
    if {"--help", "-h", "--version"} & set(arguments):
        print("systemctl [OPTIONS...] COMMAND ...\nemrsim's own: services of this machine are not touched.")
        return 0
    words = [word for word in arguments if not word.startswith("-")]
    verb, units = (words[0], words[1:]) if words else ("list-units", [])
    if verb in _ENDING:
        return end_cluster(timedelta(0))
    if verb in _SLEEPING:
        return rejected(f"systemctl {verb}: the machine is not the cluster's: nothing was done")
    return _for_all(verb, units)


def service(arguments: list[str]) -> int:
    """`service NAME VERB`."""
    words = [word for word in arguments if not word.startswith("-")]
    if len(words) < 2:
        return not_done("service: the cluster has no services here")
    return _for_all(words[1], words[:1])


def chkconfig(arguments: list[str]) -> int:
    """`chkconfig NAME on|off`: what starts with the machine is not changed."""
    return not_done(f"chkconfig {' '.join(arguments)}: what starts with this machine was not changed")


def upstart(arguments: list[str], name: str) -> int:
    """`start NAME`, `stop NAME`, `restart NAME`, `status NAME` and `initctl VERB NAME`."""
    words = [word for word in arguments if not word.startswith("-")]
    verb, units = (name, words) if name != "initctl" else (words[0] if words else "list", words[1:])
    return _for_all(verb, units[:1])


def _for_all(verb: str, units: Iterable[str]) -> int:
    """The first exit code that is not 0 of `verb` for each unit."""
    codes = [_for_one(verb, unit) for unit in units]
    if not codes:
        return not_done(f"{verb}: the services of this machine were not touched")
    return next((code for code in codes if code), 0)


def _for_one(verb: str, unit: str) -> int:
    name = unit.removesuffix(".service")
    if verb in {"status", "is-active", "is-failed"}:
        return _tell_of(name)
    if name in _HIVE_SERVER and verb in {*_STARTING, "stop"}:
        return _hive_server(verb)
    if _EMRS.fullmatch(name):
        return not_done(
            f"{verb} {unit}: EMR's daemons do not run here; programs read their settings at each start"
        )
    if verb not in _STARTING:
        return not_done(f"{verb} {unit}: the services of this machine were not touched")
    if _runs(name):
        return not_done(f"{verb} {unit}: it runs on this machine already, and was not touched")
    what = f"{verb} {unit}: emrsim starts no services, and this machine runs no {name}"
    return not_done(what) if lets_missing_pass() else rejected(what, _NOT_FOUND)


def _hive_server(verb: str) -> int:
    """Start or stop the one daemon of EMR's that can run here."""
    from emrsim.programs.jvm.beeline import start_server
    from emrsim.programs.jvm.hive_server import stop_server
    from emrsim.programs.surroundings import surroundings

    if verb != "start":
        stop_server(surroundings())
    return 0 if verb == "stop" else start_server()


def _tell_of(name: str) -> int:
    runs = bool(_EMRS.fullmatch(name)) or _runs(name)
    print("active" if runs else "inactive")
    return 0 if runs else _NOT_RUNNING


def _runs(name: str) -> bool:
    """Whether a process of that name, or with a `d` at its end, runs on this machine (source: proc(5))."""
    wanted = {one[:15] for one in (name, f"{name}d", name.removesuffix("d"))}
    for number in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            if Path("/proc", number, "comm").read_text(errors="replace").strip() in wanted:
                return True
        except OSError:
            continue  # it has just ended
    return False
