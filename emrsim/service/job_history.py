"""The history of a Hadoop job in the form of its generation, as mrjob reads it.

Source: docs/facts/logs.md#what-mrjob-reads.

Members that docs/facts/logs.md does not name are left out; those of YARN's events are what mrjob looks at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from emrsim.service.job_reports import JobReport

_TASK_TYPES = {"m": "MAP", "r": "REDUCE"}
_ATTEMPT_RECORDS = {"m": "MapAttempt", "r": "ReduceAttempt"}
_EVENTS = "org.apache.hadoop.mapreduce.jobhistory"
_ESCAPED = re.compile(r'([\\"=.])')
_ESCAPED_IN_COUNTERS = re.compile(r"([\\(){}\[\]])")


def yarn_history(report: JobReport, containers: Mapping[str, str]) -> str:
    """The text of a `.jhist` file. `containers` are those of the attempts, by their ids."""
    lines = ["Avro-Json", "{}"]
    for attempt, container in containers.items():
        lines.append(_event(attempt, "ATTEMPT_STARTED", "TaskAttemptStarted", containerId=container))
    for attempt, error in report.errors.items():
        if error is not None:
            lines.append(_event(attempt, "ATTEMPT_FAILED", "TaskAttemptUnsuccessfulCompletion", error=error))
    if report.outcome == "succeeded":
        counters = {"name": "TOTAL_COUNTERS", "groups": list(_yarn_groups(report))}
        lines.append(_line("JOB_FINISHED", "JobFinished", jobid=report.job_id, totalCounters=counters))
    return "\n".join(lines) + "\n"


def _event(attempt: str, kind: str, name: str, **members: Any) -> str:
    task_type = _TASK_TYPES[_kind(attempt)]
    ids = {"taskid": _task(attempt), "taskType": task_type, "attemptId": attempt}
    return _line(f"{task_type}_{kind}", name, **ids, **members)


def _line(kind: str, name: str, **members: Any) -> str:
    return json.dumps({"type": kind, "event": {f"{_EVENTS}.{name}": members}})


def _yarn_groups(report: JobReport) -> Iterator[dict[str, Any]]:
    for group, counters in report.counters.items():
        counts = [{"name": name, "displayName": name, "value": value} for name, value in counters.items()]
        yield {"name": group, "displayName": group, "counts": counts}


def hadoop_1_history(report: JobReport) -> str:
    """The text of a history file of Hadoop 1: records `TYPE KEY="value" … .`"""
    failed = {attempt: error for attempt, error in report.errors.items() if error is not None}
    status = "SUCCESS" if report.outcome == "succeeded" else "FAILED"
    records = [_record("Job", JOBID=report.job_id)]
    for attempt, error in report.errors.items():
        ids = {"TASKID": _task(attempt), "TASK_ATTEMPT_ID": attempt}
        ending = {"TASK_STATUS": "SUCCESS"} if error is None else {"TASK_STATUS": "FAILED", "ERROR": error}
        records.append(_record(_ATTEMPT_RECORDS[_kind(attempt)], **ids, **ending))
    failed_maps = len({_task(attempt) for attempt in failed if _kind(attempt) == "m"})
    end = {"JOBID": report.job_id, "JOB_STATUS": status, "FAILED_MAPS": str(failed_maps)}
    records.append(_record("Job", **end, COUNTERS=_hadoop_1_counters(report)))
    return "".join(records)


def _record(kind: str, **members: str) -> str:
    pairs = "".join(f' {name}="{_ESCAPED.sub(_escape, value)}"' for name, value in members.items())
    return f"{kind}{pairs} .\n"


def _hadoop_1_counters(report: JobReport) -> str:
    """`{(group id)(group name)[(counter id)(counter name)(value)]…}…`"""
    groups = []
    for group, counters in report.counters.items():
        name = _in_counters(group)
        inner = "".join(f"[({_in_counters(one)})({_in_counters(one)})({n})]" for one, n in counters.items())
        groups.append(f"{{({name})({name}){inner}}}")
    return "".join(groups)


def _in_counters(text: str) -> str:
    return _ESCAPED_IN_COUNTERS.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return f"\\{found.group()}"


def _kind(attempt: str) -> str:
    return attempt.split("_")[3]


def _task(attempt: str) -> str:
    return f"task_{'_'.join(attempt.split('_')[1:5])}"
