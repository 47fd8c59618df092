"""What `emrsim serve` tells while it runs: a line for each state of a job flow and step, and for requests."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any

from emrsim.core.model import Change, Cluster, Step
from emrsim.core.states import CLUSTER_STATE_NAMES, ClusterState, StepState
from emrsim.service.folders import DataFolder
from emrsim.service.journal import ControlCall, Entry, RecordedCall
from emrsim.service.stream import Happened

if TYPE_CHECKING:
    from emrsim.app import RunningEmulator

Line = Mapping[str, Any]


def tell(running: RunningEmulator, log_format: str | None, is_quiet: bool, access_log: bool) -> Teller | None:
    """Begin to tell what happens: on a terminal, or where a format is asked for, and nobody wants quiet."""
    tells_states = (bool(log_format) or sys.stdout.isatty()) and not is_quiet
    if not (tells_states or access_log):
        return None
    teller = Teller(DataFolder(running.settings.data), log_format or "text")
    if tells_states:
        with running.state.locked() as state:
            state.listeners.append(teller.hear)
    if access_log:
        running.journal.listen(teller.hear_request, teller.hear_control)
    return teller


class Teller:
    """Prints on a thread of its own: whoever lets something happen does not wait for a terminal."""

    def __init__(self, data: DataFolder, log_format: str) -> None:
        self._data = data
        self._print = _as_json if log_format == "json" else _as_text
        self._lines: SimpleQueue[Line | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name="emrsim-telling", daemon=True)
        self._thread.start()

    def hear(self, happened: Happened) -> None:
        """Take an event; called under the emulator's lock."""
        for change in happened.changes:
            if line := _line_of(happened, change):
                self._lines.put(line)

    def hear_request(self, call: RecordedCall, entry: Entry) -> None:
        """Take a request and its answer."""
        self._lines.put(
            {
                "time": call.time,
                "request": call.operation,
                "service": call.service,
                "status": call.status,
                "error": call.error_code,
                "seconds": round(call.seconds, 4),
                "client": call.client,
            }
        )

    def hear_control(self, call: ControlCall) -> None:
        """Take a call of the control interface; those are no requests of a service."""

    def close(self) -> None:
        """Print what there is, and end."""
        self._lines.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None:
            print(self._print(self._with_traceback(line)), flush=True)

    def _with_traceback(self, line: Line) -> Line:
        """A line of a failed step, with the file that says more: its failed task's stderr, or its own."""
        if line.get("state") != StepState.FAILED or "step" not in line:
            return line
        return {**line, "traceback": str(self._stderr(line["cluster"], line["step"]))}

    def _stderr(self, cluster_id: str, step_id: str) -> Path:
        from emrsim.service.failures import failed_task_errors

        folder = self._data.cluster(cluster_id)
        logs = folder.step_logs(step_id)
        found = failed_task_errors(logs / "syslog", folder.task_logs(step_id))
        return found[0] if found else logs / "stderr"


def _line_of(happened: Happened, change: Change) -> Line | None:
    cluster = happened.cluster
    line: dict[str, Any] = {"time": happened.time, "cluster": cluster.id, "name": cluster.request.name}
    if change.part == "cluster":
        return {**line, "state": _state_name(change.after), "reason": cluster.reason.message}
    step = cluster.steps.get(change.id) if change.part == "step" else None
    if step is None or _is_of_course(cluster, change):
        return None
    told = {"step": step.id, "step_name": step.request.name, "state": change.after}
    return {**line, **told, "reason": _reason_of(step)}


def _is_of_course(cluster: Cluster, change: Change) -> bool:
    """Whether it goes without saying: the steps of a new cluster are PENDING."""
    return change.before is None and cluster.state is ClusterState.STARTING


def _reason_of(step: Step) -> str:
    return step.failure.message if step.failure else step.reason.message


def _state_name(state: str) -> str:
    return CLUSTER_STATE_NAMES.get(ClusterState(state), state)


def _as_json(line: Line) -> str:
    return json.dumps(line, default=_plain, ensure_ascii=False)


def _as_text(line: Line) -> str:
    time = f"{line['time'].astimezone():%H:%M:%S}"
    if "request" in line:
        outcome = f"{line['status'] or 'dropped'}{' ' + line['error'] if line['error'] else ''}"
        return f"{time}  {line['service']} {line['request']} {outcome} {line['seconds'] * 1000:.0f} ms"
    what = f"  step {line['step']} {line['step_name']!r}" if "step" in line else f" {line['name']!r}"
    reason = f": {line['reason']}" if line["reason"] else ""
    more = f"\n          its stderr: {line['traceback']}" if "traceback" in line else ""
    return f"{time}  {line['cluster']}{what} {line['state']}{reason}{more}"


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
