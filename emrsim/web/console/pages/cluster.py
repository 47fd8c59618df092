"""One cluster: timeline, steps, instances, bootstrap actions, configurations, tags, policies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from emrsim.api.views import cluster_view, group_view, instance_view
from emrsim.core.model import Cluster, Step
from emrsim.core.states import ACTIVE_STEPS, OCCUPYING_STEPS
from emrsim.web.console.logs import log_size
from emrsim.web.console.pages.progress import progress_of, progress_stamp
from emrsim.web.console.sentences import cluster_sentence, step_sentence, steps_summary
from emrsim.web.console.site import Site
from emrsim.web.console.timeline import Moment
from emrsim.web.console.wording import between, delta_text, tone

STEPS_PAGE_SIZE = 50
_INSTANCES_SHOWN = 100
_LOGS = ("controller", "stdout", "stderr")


def version(site: Site, query: Mapping[str, str], cluster_id: str) -> object:
    """Return what changes when the page does. Raises NotThere."""
    with site.controls.state.locked():
        cluster = site.cluster(cluster_id)
        running = [step.id for step in cluster.occupying_steps]
        held_up = site.why_held_up(cluster)
    folder = site.folder(cluster_id)
    stamps = [progress_stamp(folder.task_logs(one)) for one in running]
    return site.timeline.version(cluster_id), cluster.state, held_up, stamps


def context(site: Site, query: Mapping[str, str], cluster_id: str) -> dict[str, Any]:
    """Return what the page shows. Raises NotThere."""
    number = int(query["page"]) if query.get("page", "").isdecimal() else 1
    with site.controls.state.locked():
        cluster = site.cluster(cluster_id)
        now, held_up = site.now, site.why_held_up(cluster)
        view = cluster_view(cluster, now)
        state = view["Status"]["State"]
        steps = list(reversed(cluster.steps.values()))
        first = (max(1, number) - 1) * STEPS_PAGE_SIZE
        shown = steps[first : first + STEPS_PAGE_SIZE]
        return {
            "cluster": view,
            "id": cluster.id,
            "state": state,
            "tone": tone(state),
            "sentence": cluster_sentence(cluster, now, held_up),
            "steps_summary": steps_summary(cluster),
            "lasted": between(cluster.created_at, cluster.ended_at, now),
            "created": cluster.created_at,
            "ended": cluster.ended_at,
            "is_ending": cluster.is_ending,
            "is_busy": not cluster.is_ending or cluster.ended_at is None,
            "steps": [_step(site, cluster, one, now, held_up) for one in shown],
            "page": max(1, number),
            "has_next": len(steps) > first + STEPS_PAGE_SIZE,
            "timeline": [_moment(cluster, one) for one in site.timeline.of(cluster)],
            **_hardware(cluster),
            "bootstrap": _bootstrap(site, cluster),
            "facts": _facts(view, cluster),
            "policies": _policies(cluster),
        }


def _step(site: Site, cluster: Cluster, step: Step, now: datetime, held_up: str | None) -> dict[str, Any]:
    folder = site.folder(cluster.id).task_logs(step.id)
    return {
        "id": step.id,
        "name": step.request.name,
        "state": step.state.value,
        "tone": tone(step.state.value),
        "sentence": step_sentence(cluster, step, now, held_up),
        "lasted": between(step.started_at, step.ended_at, now),
        "started": step.started_at,
        "ended": step.ended_at,
        "progress": progress_of(folder) if step.state in OCCUPYING_STEPS else None,
        "can_cancel": step.state in ACTIVE_STEPS,
    }


def _moment(cluster: Cluster, moment: Moment) -> dict[str, Any]:
    changes = [
        {"what": _part(cluster, one.part, one.id), "after": one.after, "tone": tone(one.after)}
        for one in moment.changes
    ]
    step = cluster.steps.get(moment.step_id)
    what = f"{moment.what}: {step.request.name}" if step else moment.what
    return {"time": moment.time, "what": what, "cause": moment.cause, "changes": changes}


def _part(cluster: Cluster, part: str, id: str) -> str:
    if part == "step" and id in cluster.steps:
        return cluster.steps[id].request.name
    if part == "group" and id in cluster.groups:
        return f"{cluster.groups[id].request.role.lower()} group"
    return part


def _hardware(cluster: Cluster) -> dict[str, Any]:
    groups = [group_view(cluster, one) for one in cluster.groups.values()]
    instances = list(cluster.instances.values())
    return {
        "groups": [{**one, "tone": tone(one["Status"]["State"])} for one in groups],
        "is_fleet": cluster.uses_fleets,
        "instances": [
            {**view, "tone": tone(view["Status"]["State"]), "role": cluster.groups[one.group_id].request.role}
            for one in instances[:_INSTANCES_SHOWN]
            for view in [instance_view(cluster, one)]
        ],
        "more_instances": max(0, len(instances) - _INSTANCES_SHOWN),
    }


def _bootstrap(site: Site, cluster: Cluster) -> list[dict[str, Any]]:
    master = cluster.master
    found = []
    for number, action in enumerate(cluster.request.bootstrap_actions, 1):
        logs = []
        if master is not None:
            folder = site.folder(cluster.id).bootstrap_logs(master.ec2_id, number)
            name = f"node/{master.ec2_id}/bootstrap-actions/{number}"
            logs = [
                {"name": one, "log": f"{name}/{one}", "size": log_size(folder / one)}
                for one in _LOGS
                if (folder / one).is_file()
            ]
        found.append({"name": action.name, "path": action.path, "args": list(action.args), "logs": logs})
    return found


def _facts(view: Mapping[str, Any], cluster: Cluster) -> list[tuple[str, str]]:
    applications = ", ".join(
        " ".join(filter(None, (one.get("Name"), one.get("Version")))) for one in view["Applications"]
    )
    facts = {
        "Release": view["ReleaseLabel"] or f"AMI {view['RunningAmiVersion']}",
        "Applications": applications,
        "Region": cluster.region,
        "Ends": "after its last step" if view["AutoTerminate"] else "when it is terminated",
        "Termination protection": "on" if view["TerminationProtected"] else "off",
        "Steps at once": str(view["StepConcurrencyLevel"]),
        "Logs": view["LogUri"] or "in the data folder only",
        "Master": view["MasterPublicDnsName"] or "",
        "Service role": view["ServiceRole"] or "",
    }
    return [(name, value) for name, value in facts.items() if value]


def _policies(cluster: Cluster) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if cluster.idle_timeout is not None:
        found.append(("Terminate after idle", delta_text(cluster.idle_timeout)))
    if cluster.managed_scaling is not None:
        found.append(("Managed scaling", dict(cluster.managed_scaling)))
    found += [
        (f"Automatic scaling of {group.id}", dict(group.auto_scaling))
        for group in cluster.groups.values()
        if group.auto_scaling is not None
    ]
    return found
