"""States and moves of clusters, steps, groups and instances, as tables.

A cluster has one state. What the two interfaces of EMR call it, JobFlowExecutionState and
ClusterState, is looked up from it (source: EMR API Reference; docs/facts/states.md#clusters).
The tables are complete: a pair that is in none of them is a bug of ours and raises.
"""

from __future__ import annotations

from enum import Enum, StrEnum


class ClusterState(StrEnum):
    """The state of a cluster; the values are JobFlowExecutionState's."""

    NEW = "NEW"  # before the request is accepted; no client ever sees it
    STARTING = "STARTING"
    BOOTSTRAPPING = "BOOTSTRAPPING"
    RUNNING = "RUNNING"
    WAITING = "WAITING"
    SHUTTING_DOWN = "SHUTTING_DOWN"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"
    FAILED = "FAILED"


ENDED_CLUSTERS = frozenset({ClusterState.COMPLETED, ClusterState.TERMINATED, ClusterState.FAILED})
ENDING_CLUSTERS = ENDED_CLUSTERS | {ClusterState.SHUTTING_DOWN}
LAUNCHING_CLUSTERS = frozenset({ClusterState.STARTING, ClusterState.BOOTSTRAPPING})
READY_CLUSTERS = frozenset({ClusterState.RUNNING, ClusterState.WAITING})

# DescribeCluster's and ListClusters' vocabulary (source: docs/facts/states.md#clusters).
CLUSTER_STATE_NAMES = {
    ClusterState.STARTING: "STARTING",
    ClusterState.BOOTSTRAPPING: "BOOTSTRAPPING",
    ClusterState.RUNNING: "RUNNING",
    ClusterState.WAITING: "WAITING",
    ClusterState.SHUTTING_DOWN: "TERMINATING",
    ClusterState.COMPLETED: "TERMINATED",
    ClusterState.TERMINATED: "TERMINATED",
    ClusterState.FAILED: "TERMINATED_WITH_ERRORS",
}


class ClusterMove(Enum):
    """What can happen to a cluster; the value is the label of the move in the state diagram."""

    REQUESTED = "RunJobFlow"
    MASTER_UP = "master instance up"
    READY_TO_RUN = "bootstrapped, a step is pending"
    READY_AND_IDLE = "bootstrapped, no step, keep-alive"
    STEP_ADDED = "AddJobFlowSteps"
    STEPS_DONE_KEPT_ALIVE = "last step ended, keep-alive"
    STEPS_DONE = "no step left, no keep-alive"
    STEP_FAILED = "step failed with TERMINATE_*"
    USER_REQUEST = "TerminateJobFlows"
    CLUSTER_FAILED = "launch or instances failed"
    KEEP_ALIVE_OFF = "keep-alive switched off"
    IDLE_TIMEOUT = "idle timeout"
    RELEASED_COMPLETED = "released after all steps"
    RELEASED_TERMINATED = "released on request"
    RELEASED_FAILED = "released after an error"


_S = ClusterState
_M = ClusterMove

CLUSTER_MOVES: dict[tuple[ClusterState, ClusterMove], ClusterState] = {
    (_S.NEW, _M.REQUESTED): _S.STARTING,
    (_S.STARTING, _M.MASTER_UP): _S.BOOTSTRAPPING,
    (_S.STARTING, _M.USER_REQUEST): _S.SHUTTING_DOWN,
    (_S.STARTING, _M.CLUSTER_FAILED): _S.SHUTTING_DOWN,
    (_S.BOOTSTRAPPING, _M.READY_TO_RUN): _S.RUNNING,
    (_S.BOOTSTRAPPING, _M.READY_AND_IDLE): _S.WAITING,
    (_S.BOOTSTRAPPING, _M.STEPS_DONE): _S.SHUTTING_DOWN,
    (_S.BOOTSTRAPPING, _M.USER_REQUEST): _S.SHUTTING_DOWN,
    (_S.BOOTSTRAPPING, _M.CLUSTER_FAILED): _S.SHUTTING_DOWN,
    (_S.RUNNING, _M.STEPS_DONE_KEPT_ALIVE): _S.WAITING,
    (_S.RUNNING, _M.STEPS_DONE): _S.SHUTTING_DOWN,
    (_S.RUNNING, _M.STEP_FAILED): _S.SHUTTING_DOWN,
    (_S.RUNNING, _M.USER_REQUEST): _S.SHUTTING_DOWN,
    (_S.RUNNING, _M.CLUSTER_FAILED): _S.SHUTTING_DOWN,
    (_S.WAITING, _M.STEP_ADDED): _S.RUNNING,
    (_S.WAITING, _M.KEEP_ALIVE_OFF): _S.SHUTTING_DOWN,
    (_S.WAITING, _M.IDLE_TIMEOUT): _S.SHUTTING_DOWN,
    (_S.WAITING, _M.USER_REQUEST): _S.SHUTTING_DOWN,
    (_S.WAITING, _M.CLUSTER_FAILED): _S.SHUTTING_DOWN,
    (_S.SHUTTING_DOWN, _M.RELEASED_COMPLETED): _S.COMPLETED,
    (_S.SHUTTING_DOWN, _M.RELEASED_TERMINATED): _S.TERMINATED,
    (_S.SHUTTING_DOWN, _M.RELEASED_FAILED): _S.FAILED,
}


class StepState(StrEnum):
    """The state of a step; DescribeJobFlows knows no CANCEL_PENDING and shows it as RUNNING or PENDING."""

    PENDING = "PENDING"
    CANCEL_PENDING = "CANCEL_PENDING"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    FAILED = "FAILED"
    INTERRUPTED = "INTERRUPTED"


ACTIVE_STEPS = frozenset({StepState.PENDING, StepState.RUNNING, StepState.CANCEL_PENDING})
OCCUPYING_STEPS = frozenset({StepState.RUNNING, StepState.CANCEL_PENDING})
ENDED_STEPS = frozenset(StepState) - ACTIVE_STEPS


class StepMove(Enum):
    """What can happen to a step."""

    START = "its turn has come"
    SUCCEED = "exit code 0"
    FAIL = "exit code not 0"
    DROP = "cancelled before it ran"
    REQUEST_CANCEL = "CancelSteps while it runs"
    STOP = "stopped with its cluster or by CancelSteps"
    INTERRUPT = "stopped by TerminateJobFlows"
    REQUEUE = "to run again after a restart of emrsim"


STEP_MOVES: dict[tuple[StepState, StepMove], StepState] = {
    (StepState.PENDING, StepMove.START): StepState.RUNNING,
    (StepState.PENDING, StepMove.DROP): StepState.CANCELLED,
    (StepState.RUNNING, StepMove.SUCCEED): StepState.COMPLETED,
    (StepState.RUNNING, StepMove.FAIL): StepState.FAILED,
    (StepState.RUNNING, StepMove.REQUEST_CANCEL): StepState.CANCEL_PENDING,
    (StepState.RUNNING, StepMove.STOP): StepState.CANCELLED,
    (StepState.RUNNING, StepMove.REQUEUE): StepState.PENDING,
    (StepState.RUNNING, StepMove.INTERRUPT): StepState.INTERRUPTED,
    # A cancel that comes too late: the step's own end counts.
    (StepState.CANCEL_PENDING, StepMove.SUCCEED): StepState.COMPLETED,
    (StepState.CANCEL_PENDING, StepMove.FAIL): StepState.FAILED,
    (StepState.CANCEL_PENDING, StepMove.STOP): StepState.CANCELLED,
    (StepState.CANCEL_PENDING, StepMove.INTERRUPT): StepState.INTERRUPTED,
}


class GroupState(StrEnum):
    """The state of an instance group (source: EMR API Reference, InstanceGroupState; the part used here)."""

    PROVISIONING = "PROVISIONING"
    BOOTSTRAPPING = "BOOTSTRAPPING"
    RUNNING = "RUNNING"
    RESIZING = "RESIZING"
    RECONFIGURING = "RECONFIGURING"
    SUSPENDED = "SUSPENDED"
    ARRESTED = "ARRESTED"
    TERMINATED = "TERMINATED"


# DescribeJobFlows says ENDED where ListInstanceGroups says TERMINATED (docs/facts/states.md#instance-groups).
JOB_FLOW_GROUP_STATE_NAMES = {state: state.value for state in GroupState} | {GroupState.TERMINATED: "ENDED"}


class GroupMove(Enum):
    """What can happen to an instance group."""

    MACHINES_UP = "instances up"
    READY = "bootstrapped"
    RESIZE = "ModifyInstanceGroups"
    RESIZED = "resize done"
    RECONFIGURE = "ModifyInstanceGroups with Configurations"
    RECONFIGURED = "reconfiguration done"
    SUSPEND = "instances fail again and again"
    ARREST = "instances fail to bootstrap"
    RELEASE = "cluster ended"


_WORKING_GROUPS = (GroupState.RUNNING, GroupState.RESIZING, GroupState.RECONFIGURING)

GROUP_MOVES: dict[tuple[GroupState, GroupMove], GroupState] = {
    (GroupState.PROVISIONING, GroupMove.MACHINES_UP): GroupState.BOOTSTRAPPING,
    (GroupState.BOOTSTRAPPING, GroupMove.READY): GroupState.RUNNING,
    (GroupState.RUNNING, GroupMove.RESIZE): GroupState.RESIZING,
    (GroupState.RESIZING, GroupMove.RESIZE): GroupState.RESIZING,
    (GroupState.RESIZING, GroupMove.RESIZED): GroupState.RUNNING,
    # A resize and a reconfiguration may be under way together: the state is that of the later one.
    (GroupState.RUNNING, GroupMove.RECONFIGURE): GroupState.RECONFIGURING,
    (GroupState.RESIZING, GroupMove.RECONFIGURE): GroupState.RECONFIGURING,
    (GroupState.RECONFIGURING, GroupMove.RECONFIGURE): GroupState.RECONFIGURING,
    (GroupState.RECONFIGURING, GroupMove.RESIZE): GroupState.RESIZING,
    (GroupState.RECONFIGURING, GroupMove.RECONFIGURED): GroupState.RUNNING,
    # What a resize ends (source: docs/facts/states.md#instance-groups; that another resize does is assumed).
    **{(state, GroupMove.SUSPEND): GroupState.SUSPENDED for state in _WORKING_GROUPS},
    **{(state, GroupMove.ARREST): GroupState.ARRESTED for state in _WORKING_GROUPS},
    (GroupState.SUSPENDED, GroupMove.RESIZE): GroupState.RESIZING,
    (GroupState.ARRESTED, GroupMove.RESIZE): GroupState.RESIZING,
    **{(state, GroupMove.RELEASE): GroupState.TERMINATED for state in GroupState},
}


class InstanceState(StrEnum):
    """The state of an instance (source: EMR API Reference, InstanceState)."""

    PROVISIONING = "PROVISIONING"
    BOOTSTRAPPING = "BOOTSTRAPPING"
    RUNNING = "RUNNING"
    TERMINATED = "TERMINATED"


class ActionOnFailure(StrEnum):
    """What a failed step does to the rest (source: EMR API Reference, ActionOnFailure)."""

    TERMINATE_JOB_FLOW = "TERMINATE_JOB_FLOW"
    TERMINATE_CLUSTER = "TERMINATE_CLUSTER"
    CANCEL_AND_WAIT = "CANCEL_AND_WAIT"
    CONTINUE = "CONTINUE"


class AfterFailure(Enum):
    """What becomes of a cluster when one of its steps has failed."""

    END = "pending steps are cancelled, the cluster ends with an error"
    STOP_STEPS = "pending steps are cancelled, the cluster continues as if it had no steps left"
    GO_ON = "the next step runs"


def after_failure(action: ActionOnFailure, keep_alive: bool, protected: bool) -> AfterFailure:
    """The rule of ActionOnFailure (source: docs/facts/states.md#actiononfailure and #termination-protection).

    Termination protection keeps a kept-alive cluster running, and is ignored without keep-alive; that the
    remaining steps are cancelled then is assumed.
    """
    if action is ActionOnFailure.CONTINUE:
        return AfterFailure.GO_ON
    if action is ActionOnFailure.CANCEL_AND_WAIT or (keep_alive and protected):
        return AfterFailure.STOP_STEPS
    return AfterFailure.END
