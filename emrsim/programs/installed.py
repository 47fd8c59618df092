"""Whether a cluster has an application: EMR installs those that RunJobFlow names, and no others."""

from __future__ import annotations

import os

APPLICATIONS = "EMRSIM_APPLICATIONS"  # names parted by commas; not there for clusters that have all programs
_STRICT = "EMRSIM_STRICT"
_SAID = "EMRSIM_SAID_ABSENT"  # what has been said in this process or a parent of it
EXIT_NO_SUCH_PROGRAM = 127

# Earlier names of applications (source: releases facts 1).
_SAME = {"presto-sandbox": "presto", "prestosql": "trino", "oozie-sandbox": "oozie", "sqoop-sandbox": "sqoop"}


def is_installed(program: str, application: str) -> bool:
    """Whether a program may run; what EMR would say where its application was not asked for is said.

    Only a strict emulator takes it as an error.
    """
    given = os.environ.get(APPLICATIONS)
    if given is None:
        return True
    names = {_SAME.get(name, name) for name in given.lower().split(",")}
    if application.lower() in names:
        return True
    is_strict = bool(os.environ.get(_STRICT))
    if program not in os.environ.get(_SAID, "").split(","):
        os.environ[_SAID] = f"{os.environ.get(_SAID, '')},{program}"
        _say(program, application, is_strict)
    return not is_strict


def _say(program: str, application: str, is_strict: bool) -> None:
    from emrsim.programs.remarks import remark
    from emrsim.programs.surroundings import surroundings

    on_emr = f'Cannot run program "{program}" (in directory "."): error=2, No such file or directory'
    if is_strict:
        remark(f"{on_emr}: {application} is not among the cluster's Applications", surroundings())
        return
    remark(
        f"{application} is not among the cluster's Applications: EMR would say {on_emr}; here {program} runs",
        surroundings(),
    )
