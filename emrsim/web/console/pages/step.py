"""One step: why it is as it is, what it wrote, its counters and tasks, and how to run it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emrsim.api.views import step_view
from emrsim.core.model import Cluster, Step
from emrsim.core.states import ACTIVE_STEPS, ENDED_STEPS, OCCUPYING_STEPS, StepState
from emrsim.service.failures import failed_task_errors
from emrsim.service.folders import ClusterFolder
from emrsim.service.logs import STEP_FILES
from emrsim.web.console import logs
from emrsim.web.console.copy_as import as_code
from emrsim.web.console.pages.output import output_of
from emrsim.web.console.pages.progress import attempts_of, counters_of, progress_of, progress_stamp
from emrsim.web.console.sentences import step_sentence
from emrsim.web.console.site import Site
from emrsim.web.console.steps import request_of, streaming_words
from emrsim.web.console.wording import between, size_text, tone

_STARTED = re.compile(r"startExec '(.*)'$", re.MULTILINE)
_CONTROLLER_BYTES = 64 << 10
_NOT_LOUD = 2  # a stderr of fewer bytes says nothing


def version(site: Site, query: Mapping[str, str], cluster_id: str, step_id: str) -> object:
    """Return what changes when the page does. Raises NotThere."""
    with site.controls.state.locked():
        cluster, step = site.step(cluster_id, step_id)
        held_up = site.why_held_up(cluster)
        state, is_ending = step.state, cluster.is_ending
    folder = site.folder(cluster_id)
    sizes = [logs.log_size(folder.step_logs(step_id) / name) for name in STEP_FILES]
    chosen = logs.log_path(folder.path, query.get("log", ""))
    stamp = progress_stamp(folder.task_logs(step_id))
    return state, is_ending, held_up, sizes, stamp, chosen and logs.log_size(chosen)


def context(site: Site, query: Mapping[str, str], cluster_id: str, step_id: str) -> dict[str, Any]:
    """Return what the page shows. Raises NotThere."""
    with site.controls.state.locked():
        cluster, step = site.step(cluster_id, step_id)
        now, held_up = site.now, site.why_held_up(cluster)
        facts = _facts(cluster, step)
        sentence = step_sentence(cluster, step, now, held_up)
        lasted = between(step.started_at, step.ended_at, now)
        position = list(cluster.steps).index(step_id) + 1
    folder = site.folder(cluster_id)
    tasks = folder.task_logs(step_id)
    names = _log_names(folder, step)
    excerpt = _excerpt(folder, step) if step.state is StepState.FAILED else None
    return {
        **facts,
        "sentence": sentence,
        "lasted": lasted,
        "position": position,
        "excerpt": excerpt,
        "progress": progress_of(tasks) if step.state in OCCUPYING_STEPS else None,
        "as_run": _as_run(folder.step_logs(step_id)),
        "rerun": rerun_command(site, step, _failed_attempt(folder, step)),
        "counters": counters_of(tasks),
        "attempts": attempts_of(tasks, step.state in OCCUPYING_STEPS),
        "outputs": output_of(site, cluster_id, step) if step.state in ENDED_STEPS else [],
        "copies": as_code("AddJobFlowSteps", {"JobFlowId": cluster_id, "Steps": [request_of(step)]}),
        **_log(folder, names, query.get("log", ""), step, excerpt["log"] if excerpt else None),
    }


def _facts(cluster: Cluster, step: Step) -> dict[str, Any]:
    state = step.state.value
    return {
        "cluster_id": cluster.id,
        "cluster_name": cluster.request.name,
        "is_ending": cluster.is_ending,
        "step": step_view(step),
        "id": step.id,
        "state": state,
        "tone": tone(state),
        "is_busy": step.state in ACTIVE_STEPS,
        "can_cancel": step.state in ACTIVE_STEPS,
        "args": list(step.request.args),
        "started": step.started_at,
        "ended": step.ended_at,
        "created": step.created_at,
    }


def _failed_attempt(folder: ClusterFolder, step: Step) -> Path | None:
    """The standard error of the attempt that failed a job of the step, if one did."""
    found = failed_task_errors(folder.step_logs(step.id) / "syslog", folder.task_logs(step.id))
    return found[0] if found else None


def _excerpt(folder: ClusterFolder, step: Step) -> dict[str, Any] | None:
    """What the failing task wrote to stderr, or else the step itself."""
    path = _failed_attempt(folder, step)
    if path is None:
        if "/stderr" not in ((step.failure and step.failure.log_file) or ""):
            return None  # another log tells why
        path = folder.step_logs(step.id) / "stderr"
    if logs.log_size(path) < _NOT_LOUD:
        return None
    where = "the failed task" if path.parent.name.startswith("attempt_") else "the step"
    return {"where": where, "log": str(path.relative_to(folder.path)), "html": logs.excerpt(path)}


def _as_run(folder: Path) -> str:
    """The command as the controller started it; empty where nothing was started."""
    descriptor = logs.open_log(folder / "controller")
    if descriptor is None:
        return ""
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        found = _STARTED.search(file.read(_CONTROLLER_BYTES))
    return found[1] if found else ""


def rerun_command(site: Site, step: Step, failed: Path | None) -> str:
    """Return commands for a terminal that run a step's streaming job again; they keep the failed task."""
    words = streaming_words(step)
    if words is None:
        return ""
    root = shlex.quote(str(site.settings.root))
    lines = [f"EMRSIM_ROOT={root} emrsim streaming --keep-failed failed {shlex.join(_elsewhere(words))}"]
    if failed is not None:
        task = "_".join(failed.parent.name.split("_")[3:5])
        lines.append(f"failed/*_{task}_0/rerun --pdb")
    return "\n".join(lines)


def _elsewhere(words: list[str]) -> list[str]:
    """The words of a streaming job, with another output."""
    changed = list(words)
    for at, word in enumerate(words[:-1]):
        if word in {"-output", "--output"}:
            changed[at + 1] = "rerun-output"
    return changed


def _log_names(folder: ClusterFolder, step: Step) -> list[dict[str, Any]]:
    """The logs of a step, that of the failed task first."""
    paths = [folder.step_logs(step.id) / name for name in ("stdout", "stderr", "syslog", "controller")]
    failed = _failed_attempt(folder, step)
    found = [("failed task", failed)] if failed is not None else []
    found += [(path.name, path) for path in paths]
    return [
        {
            "title": title,
            "name": str(path.relative_to(folder.path)),
            "size": size_text(logs.log_size(path)),
            "bytes": logs.log_size(path),
        }
        for title, path in found
    ]


def _log(
    folder: ClusterFolder, names: list[dict[str, Any]], wanted: str, step: Step, shown: str | None
) -> dict[str, Any]:
    """The end of the log that is asked for, else of the one that tells most."""
    path = logs.log_path(folder.path, wanted)
    own = f"steps/{step.id}/", f"task-attempts/{step.id}/"
    if path is None or not wanted.startswith(own):
        wanted = _most_telling([one for one in names if one["name"] != shown])
        path = folder.path / wanted
    if wanted not in {one["name"] for one in names}:
        names = [*names, {"title": "/".join(wanted.split("/")[2:]), "name": wanted, "size": "", "bytes": 0}]
    return {"logs": names, "log": wanted, "part": logs.read_part(path, most=logs.TAIL_BYTES)}


def _most_telling(names: list[dict[str, Any]]) -> str:
    """The failed task's, else the first that has something, with the controller's last."""
    found = next((one for one in names if one["bytes"]), names[-1])
    return str(found["name"])
