"""Pictures: everything about a cluster at one moment, as one value that can be stored and restored.

Of seeds that people write, most is left out; `emrsim.api.seeds` fills it in. An exported picture is `exact`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from emrsim.core.model import (
    BootstrapAction,
    Capacity,
    Cluster,
    Failure,
    Instance,
    InstanceGroup,
    MachineKind,
    Reason,
    Step,
)
from emrsim.core.states import (
    ActionOnFailure,
    ClusterMove,
    ClusterState,
    GroupState,
    InstanceState,
    StepState,
)

NO_REASON = Reason()


@dataclass(frozen=True)
class StepPicture:
    """A step; see Step and StepRequest."""

    id: str | None = None
    name: str = "step"
    jar: str = "command-runner.jar"
    action_on_failure: ActionOnFailure = ActionOnFailure.CONTINUE
    main_class: str | None = None
    args: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    execution_role: str | None = None
    state: StepState | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = NO_REASON
    failure: Failure | None = None


@dataclass(frozen=True)
class InstancePicture:
    """An instance; see Instance."""

    kind: MachineKind
    id: str | None = None
    ec2_id: str | None = None
    address: str | None = None
    state: InstanceState | None = None
    created_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = NO_REASON


@dataclass(frozen=True)
class GroupPicture:
    """An instance group or fleet; see InstanceGroup and GroupRequest."""

    role: str
    instance_type: str
    count: int = 1
    id: str | None = None
    name: str = ""
    market: str = "ON_DEMAND"
    bid_price: str | None = None
    capacity: Capacity | None = None
    kinds: tuple[MachineKind, ...] = ()
    auto_scaling: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    changed: Mapping[str, Any] = field(default_factory=dict)
    configurations_version: int = 0
    applied_configurations: tuple[Mapping[str, Any], ...] | None = None
    applied_version: int = 0
    state: GroupState | None = None
    requested_count: int | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = NO_REASON
    instances: tuple[InstancePicture, ...] | None = None


@dataclass(frozen=True)
class ClusterPicture:
    """A cluster; see Cluster and ClusterRequest. `extra` are RunJobFlow's parameters, in AWS's words.

    Where it is `exact`, what is left out is not there; else it is made up. `repeat` such clusters are meant,
    each created `every` so long after the one before.
    """

    state: ClusterState
    exact: bool = False
    repeat: int = 1
    every: timedelta = timedelta(hours=1)
    id: str | None = None
    name: str = "cluster"
    reason: Reason | None = None
    ended_by: ClusterMove | None = None
    created_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    idle_since: datetime | None = None
    keep_alive: bool | None = None
    termination_protected: bool = False
    visible_to_all_users: bool = True
    step_concurrency: int = 1
    tags: Mapping[str, str] = field(default_factory=dict)
    unhealthy_node_replacement: bool | None = None
    idle_timeout: timedelta | None = None
    managed_scaling: Mapping[str, Any] | None = None
    extended_support: bool | None = None
    log_uri: str | None = None
    release_label: str | None = None
    ami_version: str | None = None
    hadoop_version: str | None = None
    region: str | None = None
    bootstrap_actions: tuple[BootstrapAction, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    steps: tuple[StepPicture, ...] = ()
    groups: tuple[GroupPicture, ...] = ()


def picture_of(cluster: Cluster) -> ClusterPicture:
    """The exact picture of a cluster. To be called under the emulator's lock: it reads the cluster."""
    request = cluster.request
    return ClusterPicture(
        state=cluster.state,
        exact=True,
        id=cluster.id,
        name=request.name,
        reason=cluster.reason,
        ended_by=cluster.ended_by,
        created_at=cluster.created_at,
        ready_at=cluster.ready_at,
        ended_at=cluster.ended_at,
        idle_since=cluster.idle_since,
        keep_alive=cluster.keep_alive,
        termination_protected=cluster.termination_protected,
        visible_to_all_users=cluster.visible_to_all_users,
        step_concurrency=cluster.step_concurrency,
        tags=dict(cluster.tags),
        unhealthy_node_replacement=cluster.unhealthy_node_replacement,
        idle_timeout=cluster.idle_timeout,
        managed_scaling=cluster.managed_scaling,
        extended_support=cluster.extended_support,
        log_uri=request.log_uri,
        release_label=request.release_label,
        ami_version=request.ami_version,
        hadoop_version=request.hadoop_version,
        region=request.region,
        bootstrap_actions=request.bootstrap_actions,
        extra=request.extra,
        steps=tuple(_step_picture(step) for step in cluster.steps.values()),
        groups=tuple(_group_picture(cluster, group) for group in cluster.groups.values()),
    )


def _step_picture(step: Step) -> StepPicture:
    return StepPicture(
        **vars(step.request),
        **{name: value for name, value in vars(step).items() if name != "request"},
    )


def _group_picture(cluster: Cluster, group: InstanceGroup) -> GroupPicture:
    request = {**vars(group.request), "capacity": group.capacity, "auto_scaling": group.auto_scaling}
    known = {name for name in vars(group) if name not in {"request", *request}}
    return GroupPicture(
        **request,
        **{name: getattr(group, name) for name in known},
        instances=tuple(_instance_picture(one) for one in cluster.instances_of(group.id)),
    )


def _instance_picture(instance: Instance) -> InstancePicture:
    return InstancePicture(**{name: value for name, value in vars(instance).items() if name != "group_id"})
