"""The files below /mnt/var/lib/info, which scripts ask about the cluster (source: releases facts 3.3).

Each has one member a line, since scripts `grep` it. Members that no source documents are left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from emrsim.core.ids import ACCOUNT
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.core.states import StepState

_HOST = "localhost"  # of the master, as an AMI 2 master once had it
_MARKETS = {"ON_DEMAND": "OnDemand", "SPOT": "Spot"}

Members = Mapping[str, Any]


def info_files(cluster: Cluster) -> dict[str, str]:
    """Return the content of the files that a cluster has from its start, by their names."""
    members = {"instance": _instance, "job-flow": _job_flow, "extraInstanceData": _extra}
    files = {f"{name}.json": _text(of_cluster(cluster)) for name, of_cluster in members.items()}
    return {**files, "job-flow-state.txt": _state(cluster)}


class StepFile(NamedTuple):
    """Return the content of `steps/N.json` for a step that has started or ended."""

    step_id: str
    args: tuple[str, ...]
    started: datetime
    state: StepState
    ended: datetime | None = None


def write_step_file(folder: Path, number: int, step: StepFile) -> None:
    """Write `steps/N.json`. Raises OSError."""
    times = {"startDateTime": _milliseconds(step.started)}
    if step.ended is not None:
        times["endDateTime"] = _milliseconds(step.ended)
    members = {"id": step.step_id, "args": list(step.args), "state": step.state.value, **times}
    (folder / "steps").mkdir(parents=True, exist_ok=True)
    (folder / "steps" / f"{number}.json").write_text(_text(members), encoding="utf-8")


def _text(members: Members) -> str:
    return json.dumps(members, indent=2) + "\n"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _master_group(cluster: Cluster) -> InstanceGroup | None:
    return next((group for group in cluster.groups.values() if group.request.role == "MASTER"), None)


def _slave_type(cluster: Cluster) -> str | None:
    types = [one.request.instance_type for one in cluster.groups.values() if one.request.role == "CORE"]
    return types[0] if types else None


def _instance(cluster: Cluster) -> Members:
    """This machine is the master, and all the others with it."""
    group = _master_group(cluster)
    is_of_hadoop_1 = cluster.request.hadoop_version.startswith(("0.", "1."))
    daemons = (
        {"isRunningJobTracker": True, "isRunningTaskTracker": False}
        if is_of_hadoop_1
        else {"isRunningResourceManager": True, "isRunningNodeManager": False}
    )
    return {
        "instanceGroupId": group.id if group else None,
        "isMaster": True,
        "isRunningNameNode": True,
        "isRunningDataNode": False,
        **daemons,
    }


def _job_flow(cluster: Cluster) -> Members:
    master, group = cluster.master, _master_group(cluster)
    members = {
        "jobFlowId": cluster.id,
        "jobFlowCreationInstant": _milliseconds(cluster.created_at),
        "instanceCount": sum(one.requested_count for one in cluster.groups.values()),
        "masterInstanceId": master.ec2_id if master else None,
        "masterPrivateDnsName": _HOST,
        "masterInstanceType": group.request.instance_type if group else None,
        "slaveInstanceType": _slave_type(cluster),
        "hadoopVersion": cluster.request.hadoop_version,
        "instanceGroups": [_group(one) for one in cluster.groups.values()],
    }
    return {name: value for name, value in members.items() if value is not None}


def _group(group: InstanceGroup) -> Members:
    return {
        "instanceGroupId": group.id,
        "instanceGroupName": group.request.name,
        "instanceRole": group.request.role.capitalize(),
        "marketType": _MARKETS.get(group.request.market, group.request.market),
        "instanceType": group.request.instance_type,
        "requestedInstanceCount": group.requested_count,
    }


def _extra(cluster: Cluster) -> Members:
    masters = sum(one.requested_count for one in cluster.groups.values() if one.request.role == "MASTER")
    group = _master_group(cluster)
    return {
        "accountId": ACCOUNT,
        "jobFlowId": cluster.id,
        "region": cluster.request.region,
        "releaseLabel": cluster.request.release_label,
        "masterHost": _HOST,
        "haEnabled": masters > 1,
        "numCandidates": masters,
        "instanceRole": "MASTER",
        "marketType": (group.request.market if group else "ON_DEMAND").lower(),
    }


def _state(cluster: Cluster) -> str:
    """What scripts wait for: that the node is provisioned (its other members: not known)."""
    return (
        f'jobFlowId: "{cluster.id}"\nmasterHost: "{_HOST}"\n'
        "localInstance {\n  nodeProvisionCheckinRecord {\n    status: SUCCESSFUL\n  }\n}\n"
    )
