"""What an emulator keeps of clusters: what was asked for (frozen), and what has become of it.

Only `core.lifecycle` and its helpers (`groups`, `switches`) write to Cluster, Step, InstanceGroup and
Instance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from emrsim.core.regions import DEFAULT_REGION
from emrsim.core.states import (
    ACTIVE_STEPS,
    ENDING_CLUSTERS,
    OCCUPYING_STEPS,
    ActionOnFailure,
    ClusterMove,
    ClusterState,
    GroupState,
    InstanceState,
    StepState,
)


@dataclass(frozen=True)
class Reason:
    """Why a state was entered: `code` as in StateChangeReason ("" for none), `message` for people."""

    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Failure:
    """Why a step failed: a word on the kind of failure, what was said of it, and the log that says more."""

    reason: str
    message: str
    log_file: str | None = None


@dataclass(frozen=True)
class StepRequest:
    """A step as it was asked for."""

    name: str
    jar: str
    action_on_failure: ActionOnFailure
    main_class: str | None = None
    args: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    execution_role: str | None = None


@dataclass(frozen=True)
class BootstrapAction:
    """A script to run on the instances before the first step."""

    name: str
    path: str
    args: tuple[str, ...] = ()


@dataclass(frozen=True)
class MachineKind:
    """What one instance is: its type, its market, and what it counts towards a fleet's capacity."""

    instance_type: str
    market: str = "ON_DEMAND"
    weight: int = 1


@dataclass(frozen=True)
class Capacity:
    """How much of a fleet is to be bought in either market, in units of weight."""

    on_demand: int = 0
    spot: int = 0


@dataclass(frozen=True)
class GroupRequest:
    """An instance group or fleet as it was asked for; `extra` is what only the API gives back.

    A fleet has a `capacity` and the kinds of machines it may be made of; `count` follows from them.
    """

    role: str
    instance_type: str
    count: int
    name: str = ""
    market: str = "ON_DEMAND"
    bid_price: str | None = None
    capacity: Capacity | None = None
    kinds: tuple[MachineKind, ...] = ()
    auto_scaling: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClusterRequest:
    """A cluster as it was asked for; `extra` is what only the API gives back."""

    name: str
    groups: tuple[GroupRequest, ...]
    steps: tuple[StepRequest, ...] = ()
    bootstrap_actions: tuple[BootstrapAction, ...] = ()
    log_uri: str | None = None
    keep_alive: bool = False
    termination_protected: bool = False
    visible_to_all_users: bool = True
    unhealthy_node_replacement: bool | None = None
    idle_timeout: timedelta | None = None
    managed_scaling: Mapping[str, Any] | None = None
    extended_support: bool | None = None
    release_label: str | None = None
    ami_version: str | None = None
    hadoop_version: str = "1.0.3"
    step_concurrency: int = 1
    tags: tuple[tuple[str, str], ...] = ()
    region: str = DEFAULT_REGION
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Step:
    """A step and what has become of it."""

    id: str
    request: StepRequest
    created_at: datetime
    state: StepState = StepState.PENDING
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = Reason()
    failure: Failure | None = None


@dataclass
class Instance:
    """A machine that a cluster says it has."""

    id: str
    ec2_id: str
    group_id: str
    kind: MachineKind
    address: str  # dotted quad, made up
    created_at: datetime
    state: InstanceState = InstanceState.PROVISIONING
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = Reason()


@dataclass
class InstanceGroup:
    """An instance group or fleet and what has become of it."""

    id: str
    request: GroupRequest
    created_at: datetime
    requested_count: int
    capacity: Capacity | None = None  # what a fleet is to have
    auto_scaling: Mapping[str, Any] | None = None
    # What has been asked for since, in AWS's words: Configurations, ShrinkPolicy, InstanceTypeConfigs …
    changed: Mapping[str, Any] = field(default_factory=dict)
    configurations_version: int = 0  # of the configurations that are asked for
    applied_configurations: tuple[Mapping[str, Any], ...] | None = None  # None: those of the request
    applied_version: int = 0
    state: GroupState = GroupState.PROVISIONING
    started_at: datetime | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    reason: Reason = Reason()

    @property
    def configurations(self) -> tuple[Mapping[str, Any], ...]:
        """The Configurations that are asked for, in AWS's words; a fleet has those of its types."""
        given = {**self.request.extra, **self.changed}
        of_types = [one.get("Configurations", ()) for one in given.get("InstanceTypeConfigs", ())]
        return tuple(given.get("Configurations", ())) or tuple(entry for one in of_types for entry in one)

    @property
    def configurations_in_effect(self) -> tuple[Mapping[str, Any], ...]:
        """The Configurations that were applied last."""
        if self.applied_configurations is None:
            return replace(self, changed={}).configurations
        return self.applied_configurations


@dataclass(frozen=True)
class Change:
    """A change of state: `part` is cluster, step or group; `before` is None for a part that is new."""

    part: str
    id: str
    before: str | None
    after: str


@dataclass
class Cluster:
    """A cluster and what has become of it. Steps are in the order they were added."""

    id: str
    request: ClusterRequest
    created_at: datetime
    keep_alive: bool
    termination_protected: bool
    visible_to_all_users: bool
    step_concurrency: int
    tags: dict[str, str]
    unhealthy_node_replacement: bool | None = None
    idle_timeout: timedelta | None = None  # how long it may wait for steps
    idle_since: datetime | None = None
    awaits_first_step: bool = False  # bootstrapped, and to end with its last step, of which it has had none
    managed_scaling: Mapping[str, Any] | None = None
    extended_support: bool | None = None
    state: ClusterState = ClusterState.NEW
    reason: Reason = Reason()
    ended_by: ClusterMove | None = None  # what began its end
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    steps: dict[str, Step] = field(default_factory=dict)
    groups: dict[str, InstanceGroup] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)
    # The ids of what a seed has put there (the cluster, its steps) and nothing has moved since: no process or
    # wait belongs to it.
    standing_still: set[str] = field(default_factory=set)
    story: list[tuple[datetime, Any]] = field(default_factory=list)
    # Of states, by the last event, in order.
    changes: list[Change] = field(default_factory=list, compare=False)

    @property
    def region(self) -> str:
        """The region of AWS that it is in."""
        return self.request.region

    @property
    def is_ending(self) -> bool:
        """Whether it is shutting down, or has ended."""
        return self.state in ENDING_CLUSTERS

    @property
    def active_steps(self) -> list[Step]:
        return [step for step in self.steps.values() if step.state in ACTIVE_STEPS]

    @property
    def occupying_steps(self) -> list[Step]:
        """The steps that have a process."""
        return [step for step in self.steps.values() if step.state in OCCUPYING_STEPS]

    @property
    def pending_steps(self) -> list[Step]:
        return [step for step in self.steps.values() if step.state is StepState.PENDING]

    @property
    def has_failed_steps(self) -> bool:
        return any(step.state is StepState.FAILED for step in self.steps.values())

    @property
    def uses_release_label(self) -> bool:
        """Whether the cluster is of the era of release labels (2015 and later), not of AMI versions."""
        return self.request.release_label is not None

    @property
    def uses_fleets(self) -> bool:
        """Whether its instances come in fleets, not in groups."""
        return any(group.request.capacity is not None for group in self.groups.values())

    @property
    def master(self) -> Instance | None:
        """The first instance of the master group, once there is one."""
        masters = [group.id for group in self.groups.values() if group.request.role == "MASTER"]
        return next(self.instances_of(masters[0]), None) if masters else None

    @property
    def requested_instance_count(self) -> int:
        """How many instances it is to have, once all resizes are done."""
        return sum(group.requested_count for group in self.groups.values())

    def instances_of(self, group_id: str) -> Iterator[Instance]:
        return (instance for instance in self.instances.values() if instance.group_id == group_id)

    def living_instances_of(self, group_id: str) -> list[Instance]:
        """The instances of a group that have not ended, oldest first."""
        return [one for one in self.instances_of(group_id) if one.state is not InstanceState.TERMINATED]

    def running_capacity(self, group_id: str, market: str) -> int:
        """What the running instances of a fleet in one market add up to, in units of weight."""
        return sum(
            one.kind.weight
            for one in self.instances_of(group_id)
            if one.state is InstanceState.RUNNING and one.kind.market == market
        )

    def running_count(self, group_id: str) -> int:
        """How many instances of a group are running."""
        return sum(one.state is InstanceState.RUNNING for one in self.instances_of(group_id))
