"""What happens to a cluster (events), as values.

All that changes a cluster is an event applied by `core.lifecycle`, which returns what is to be done about it:
the effects of `core.effects`, which have their names here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from emrsim.core.effects import AwaitFirstStep as AwaitFirstStep
from emrsim.core.effects import AwaitIdleTimeout as AwaitIdleTimeout
from emrsim.core.effects import Bootstrap as Bootstrap
from emrsim.core.effects import BootstrapGroup as BootstrapGroup
from emrsim.core.effects import Effect as Effect
from emrsim.core.effects import Provision as Provision
from emrsim.core.effects import ProvisionGroup as ProvisionGroup
from emrsim.core.effects import Reconfigure as Reconfigure
from emrsim.core.effects import Release as Release
from emrsim.core.effects import Resize as Resize
from emrsim.core.effects import Scale as Scale
from emrsim.core.effects import StartStep as StartStep
from emrsim.core.effects import StopStep as StopStep
from emrsim.core.model import Capacity, Failure, Instance, InstanceGroup, Reason, Step
from emrsim.core.states import ClusterMove, ClusterState


@dataclass(frozen=True)
class ClusterRequested:
    """RunJobFlow was accepted; groups, instances and steps have their ids."""

    steps: tuple[Step, ...]
    groups: tuple[InstanceGroup, ...]
    instances: tuple[Instance, ...]


@dataclass(frozen=True)
class Restored:
    """A cluster is there, with all its parts, as it was at some time before (`core.restoring`).

    `reason` and `ended_by` are the usual ones where they are None. No process comes with it: a step that is
    RUNNING is so until somebody ends it.
    """

    state: ClusterState
    steps: tuple[Step, ...]
    groups: tuple[InstanceGroup, ...]
    instances: tuple[Instance, ...]
    reason: Reason | None = None
    ended_by: ClusterMove | None = None
    ready_at: datetime | None = None
    ended_at: datetime | None = None
    idle_since: datetime | None = None


@dataclass(frozen=True)
class Provisioned:
    """The instances are up."""


@dataclass(frozen=True)
class Bootstrapped:
    """Bootstrap actions have run: steps can run."""


@dataclass(frozen=True)
class FirstStepTimedOut:
    """A cluster that is to end with its last step has waited for its first for as long as it does."""


@dataclass(frozen=True)
class ClusterFailed:
    """The cluster cannot start or continue, not because of a step; `code` as in StateChangeReason."""

    code: str
    message: str


@dataclass(frozen=True)
class StepsAdded:
    """AddJobFlowSteps was accepted."""

    steps: tuple[Step, ...]


class StepEnd(Enum):
    """How a step's process ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped because somebody asked for it"


@dataclass(frozen=True)
class StepFinished:
    """A step's process is gone and its logs are written."""

    step_id: str
    end: StepEnd
    failure: Failure | None = None
    remark: str = ""  # what else there is to know, for its state change reason


@dataclass(frozen=True)
class StepRequeued:
    """A step whose process was stopped with emrsim runs again from its beginning."""

    step_id: str


@dataclass(frozen=True)
class StepCancelRequested:
    """CancelSteps; `force` kills the process at once (TERMINATE_PROCESS)."""

    step_id: str
    force: bool = False


@dataclass(frozen=True)
class IdleTimedOut:
    """A cluster has waited for steps for as long as it may, since `idle_since`."""

    idle_since: datetime


@dataclass(frozen=True)
class TerminationRequested:
    """TerminateJobFlows."""


@dataclass(frozen=True)
class Released:
    """The instances are gone and the logs copied."""


@dataclass(frozen=True)
class TerminationProtectionSet:
    """SetTerminationProtection."""

    protected: bool


@dataclass(frozen=True)
class VisibilitySet:
    """SetVisibleToAllUsers."""

    visible: bool


@dataclass(frozen=True)
class KeepAliveSet:
    """SetKeepJobFlowAliveWhenNoSteps."""

    keep_alive: bool


@dataclass(frozen=True)
class UnhealthyNodeReplacementSet:
    """SetUnhealthyNodeReplacement."""

    replace: bool


@dataclass(frozen=True)
class StepConcurrencySet:
    """ModifyCluster with a StepConcurrencyLevel."""

    level: int


@dataclass(frozen=True)
class ExtendedSupportSet:
    """ModifyCluster with ExtendedSupport."""

    extended: bool


@dataclass(frozen=True)
class IdleTimeoutSet:
    """PutAutoTerminationPolicy, or RemoveAutoTerminationPolicy with None."""

    timeout: timedelta | None


@dataclass(frozen=True)
class ManagedScalingSet:
    """PutManagedScalingPolicy, or RemoveManagedScalingPolicy with None."""

    policy: Mapping[str, Any] | None


@dataclass(frozen=True)
class AutoScalingSet:
    """PutAutoScalingPolicy, or RemoveAutoScalingPolicy with None."""

    group_id: str
    policy: Mapping[str, Any] | None


@dataclass(frozen=True)
class TagsAdded:
    """AddTags; a tag that is there already gets the new value."""

    tags: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TagsRemoved:
    """RemoveTags; keys that are not there are no error."""

    keys: tuple[str, ...]


@dataclass(frozen=True)
class GroupsAdded:
    """AddInstanceGroups."""

    groups: tuple[InstanceGroup, ...]
    instances: tuple[Instance, ...]


@dataclass(frozen=True)
class GroupProvisioned:
    """The instances of a group that was added to a running cluster are up."""

    group_id: str


@dataclass(frozen=True)
class GroupBootstrapped:
    """The instances of a group that was added to a running cluster are ready for work."""

    group_id: str


@dataclass(frozen=True)
class ResizeRequested:
    """ModifyInstanceGroups or ModifyInstanceFleet; `instances` are the new ones when it grows.

    `capacity` is what a fleet is to have from now on, `count` how many instances that takes. When it shrinks,
    the instances `first` go first and `last` go last.
    """

    group_id: str
    count: int
    instances: tuple[Instance, ...] = ()
    capacity: Capacity | None = None
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


@dataclass(frozen=True)
class Resized:
    """A resize to `count` instances has been carried out; see ResizeRequested."""

    group_id: str
    count: int
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupModified:
    """ModifyInstanceGroups or ModifyInstanceFleet: `members` of the request, in AWS's words.

    `reconfigures`: there are configurations among them, which have to be applied.
    """

    group_id: str
    members: Mapping[str, Any]
    reconfigures: bool = False


@dataclass(frozen=True)
class Reconfigured:
    """The configurations of a group, in that version, have been applied."""

    group_id: str
    version: int


@dataclass(frozen=True)
class GroupStuck:
    """The instances of a group fail again and again: it is SUSPENDED, or ARRESTED if `arrested`."""

    group_id: str
    arrested: bool
    reason: Reason


@dataclass(frozen=True)
class InstancesLost:
    """Instances of a group have failed, or were taken back; `replacements` are on their way, if any are."""

    group_id: str
    instance_ids: tuple[str, ...]
    reason: Reason
    replacements: tuple[Instance, ...] = ()


Event = (
    ClusterRequested
    | Restored
    | Provisioned
    | Bootstrapped
    | FirstStepTimedOut
    | ClusterFailed
    | StepsAdded
    | StepFinished
    | StepRequeued
    | StepCancelRequested
    | IdleTimedOut
    | TerminationRequested
    | Released
    | TerminationProtectionSet
    | VisibilitySet
    | KeepAliveSet
    | UnhealthyNodeReplacementSet
    | StepConcurrencySet
    | ExtendedSupportSet
    | IdleTimeoutSet
    | ManagedScalingSet
    | AutoScalingSet
    | TagsAdded
    | TagsRemoved
    | GroupsAdded
    | GroupProvisioned
    | GroupBootstrapped
    | ResizeRequested
    | Resized
    | GroupModified
    | Reconfigured
    | GroupStuck
    | InstancesLost
)
