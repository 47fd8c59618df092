"""What is to be done about events (effects), as values: the service carries them out, and reports back with
the next event.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Provision:
    """Get the instances of a new cluster; answer with Provisioned."""

    cluster_id: str


@dataclass(frozen=True)
class Bootstrap:
    """Run the bootstrap actions; answer with Bootstrapped or ClusterFailed."""

    cluster_id: str


@dataclass(frozen=True)
class AwaitFirstStep:
    """Answer with FirstStepTimedOut, once a client has had the time to add a step."""

    cluster_id: str


@dataclass(frozen=True)
class StartStep:
    """Run a step's process; answer with StepFinished."""

    cluster_id: str
    step_id: str


@dataclass(frozen=True)
class StopStep:
    """End a step's process and all it has started; StartStep's answer follows.

    Without `force` the process is asked first, and given a few seconds.
    """

    cluster_id: str
    step_id: str
    force: bool = False


@dataclass(frozen=True)
class AwaitIdleTimeout:
    """Answer with IdleTimedOut at `deadline`, if the cluster is idle since `idle_since`."""

    cluster_id: str
    idle_since: datetime
    deadline: datetime


@dataclass(frozen=True)
class Release:
    """Release the instances; answer with Released."""

    cluster_id: str


@dataclass(frozen=True)
class ProvisionGroup:
    """Get the instances of a group added later; answer with GroupProvisioned."""

    cluster_id: str
    group_id: str


@dataclass(frozen=True)
class BootstrapGroup:
    """Prepare the instances of a group added later; answer with GroupBootstrapped."""

    cluster_id: str
    group_id: str


@dataclass(frozen=True)
class Resize:
    """Bring a group to `count` instances; answer with Resized."""

    cluster_id: str
    group_id: str
    count: int
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reconfigure:
    """Apply the configurations of a group, in that version; answer with Reconfigured."""

    cluster_id: str
    group_id: str
    version: int


@dataclass(frozen=True)
class Scale:
    """Resize what is outside the limits of managed scaling; answer with ResizeRequested for each."""

    cluster_id: str


Effect = (
    Provision
    | Bootstrap
    | AwaitFirstStep
    | Scale
    | StartStep
    | StopStep
    | AwaitIdleTimeout
    | Release
    | ProvisionGroup
    | BootstrapGroup
    | Resize
    | Reconfigure
)
