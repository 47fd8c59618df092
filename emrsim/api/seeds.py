"""Seeds: clusters in any state, told by people in a few words or exported in all detail (`core.pictures`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from emrsim.api.seed_shapes import check_shapes
from emrsim.api.versions import check_versions, hadoop_version
from emrsim.core import events as ev
from emrsim.core import ids, texts
from emrsim.core.account import Account
from emrsim.core.durations import DURATION_MAX
from emrsim.core.errors import EmrError
from emrsim.core.machines import machines
from emrsim.core.model import (
    Cluster,
    ClusterRequest,
    GroupRequest,
    Instance,
    InstanceGroup,
    Reason,
    Step,
    StepRequest,
)
from emrsim.core.pictures import NO_REASON, ClusterPicture, GroupPicture, InstancePicture, StepPicture
from emrsim.core.plain import PlainError, Reader
from emrsim.core.regions import DEFAULT_REGION, is_region
from emrsim.core.states import (
    ENDED_CLUSTERS,
    ENDED_STEPS,
    LAUNCHING_CLUSTERS,
    ClusterState,
    GroupState,
    InstanceState,
    StepState,
)
from emrsim.core.suggestions import shown
from emrsim.service.emulator import EmulatorState
from emrsim.service.restore import Seedling, grow, restore

REPEAT_MAX = 10_000
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_BOOT = 4 * _MINUTE  # as that of a clock that is not real, see `service.waits`
_DEFAULT_GROUP = GroupPicture("MASTER", "m1.small", name="Master instance group")


@dataclass(frozen=True)
class SeedForm:
    """A seed: clusters in any state; `accounts`, which an export has, by region."""

    clusters: tuple[ClusterPicture, ...]
    accounts: Mapping[str, Account] = field(default_factory=dict)


def seed(state: EmulatorState, content: Any) -> list[str]:
    """Add the clusters that `content` tells of, `{"clusters": […]}`; their ids.

    Raises PlainError, with nothing changed and the place named (`clusters[3].steps[0].state: …`).
    """
    form = _form(content, state.clock.now())
    with state.locked():
        ids_of_clusters = restore(state, _seedlings(form, state.clock.now(), state.region))
        for region, account in form.accounts.items():
            state.set_account(region, account)
        return ids_of_clusters


def check_seed(content: Any, now: datetime) -> None:
    """Raise what `seed` would raise of `content` in an emulator without clusters."""
    grow(_seedlings(_form(content, now), now, DEFAULT_REGION), now)


def _form(content: Any, now: datetime) -> SeedForm:
    """The seed, its clusters checked in themselves. Raises PlainError."""
    form: SeedForm = Reader(now).read(SeedForm, content, "")
    for number, picture in enumerate(form.clusters):
        check_shapes(picture, f"clusters[{number}]")
    for region in form.accounts:
        if not is_region(region):
            raise PlainError("accounts", f"unknown region {shown(region)}")
    return form


def _seedlings(form: SeedForm, now: datetime, region: str) -> list[Seedling]:
    pictures = form.clusters
    return [
        _Maker(one, f"clusters[{number}]", now, region).seedling()
        for number, picture in enumerate(pictures)
        for one in _repeated(picture, f"clusters[{number}]", now)
    ]


def _repeated(picture: ClusterPicture, place: str, now: datetime) -> list[ClusterPicture]:
    if not 1 <= picture.repeat <= REPEAT_MAX:
        raise PlainError(f"{place}.repeat", f"{picture.repeat} is out of range: expected 1 to {REPEAT_MAX}")
    if picture.repeat == 1:
        return [picture]
    if picture.id or picture.ready_at or picture.ended_at:
        raise PlainError(f"{place}.repeat", "must be 1 for a cluster with an id or times of its own")
    if abs(picture.repeat * picture.every) > DURATION_MAX:
        raise PlainError(f"{place}.every", f"{picture.repeat} of them span more than a hundred years")
    first = picture.created_at or now - picture.repeat * picture.every
    return [replace(picture, created_at=first + n * picture.every) for n in range(picture.repeat)]


@dataclass
class _Maker:
    """Makes a cluster from its picture; in one that is not exact, it invents what is left out."""

    picture: ClusterPicture
    place: str
    now: datetime
    region: str  # of a picture that names none

    def __post_init__(self) -> None:
        self._check_created()
        self._random = Random()
        picture, minutes = self.picture, len(self.picture.steps) + 1
        self._created = picture.created_at or self.now - _BOOT - minutes * _MINUTE
        self._last = self._created  # the last time at which something has happened, so far
        self._ready = self._ready_at()
        self._last = self._ready or self._created
        self._steps = tuple(self._step(step) for step in picture.steps)

    def _check_created(self) -> None:
        """What is exact may come from a clock that was ahead."""
        created = self.picture.created_at
        if created and not self.picture.exact and created > self.now + _DAY:
            raise PlainError(f"{self.place}.created_at", f"{created.isoformat()} is in the future")

    def seedling(self) -> Seedling:
        picture = self.picture
        groups, instances = self._groups()
        event = ev.Restored(
            picture.state,
            self._steps,
            groups,
            instances,
            picture.reason,
            picture.ended_by,
            ready_at=self._ready,
            ended_at=self._ended_at(),
            idle_since=self._idle_since(),
        )
        return Seedling(self.place, self._cluster(), event)

    def _cluster(self) -> Cluster:
        picture = self.picture
        keep_alive = picture.keep_alive
        if keep_alive is None:
            keep_alive = picture.state is not ClusterState.COMPLETED
        return Cluster(
            id=picture.id or ids.cluster_id(self._random),
            request=self._request(keep_alive),
            created_at=self._created,
            keep_alive=keep_alive,
            termination_protected=picture.termination_protected,
            visible_to_all_users=picture.visible_to_all_users,
            step_concurrency=picture.step_concurrency,
            tags=dict(picture.tags),
            unhealthy_node_replacement=picture.unhealthy_node_replacement,
            idle_timeout=picture.idle_timeout,
            managed_scaling=picture.managed_scaling,
            extended_support=picture.extended_support,
        )

    def _request(self, keep_alive: bool) -> ClusterRequest:
        picture = self.picture
        return ClusterRequest(
            name=picture.name,
            groups=(),
            bootstrap_actions=picture.bootstrap_actions,
            log_uri=picture.log_uri,
            keep_alive=keep_alive,
            release_label=picture.release_label,
            ami_version=picture.ami_version,
            hadoop_version=self._hadoop_version(),
            region=self._region(),
            extra={"Instances": {}, **picture.extra},
        )

    def _region(self) -> str:
        region = self.picture.region or self.region
        if not is_region(region):
            raise PlainError(
                f"{self.place}.region", f"invalid region {shown(region)}: expected a name like us-east-1"
            )
        return region

    def _hadoop_version(self) -> str:
        picture = self.picture
        named = {"AmiVersion": picture.ami_version, "ReleaseLabel": picture.release_label}
        try:
            check_versions({**{name: value for name, value in named.items() if value}, "Instances": {}})
        except EmrError as error:
            raise PlainError(self.place, error.message) from None
        made_up = hadoop_version(picture.ami_version, picture.release_label, None)
        return picture.hadoop_version or made_up

    def _ready_at(self) -> datetime | None:
        """A cluster that has failed is taken to have been ready if it has run a step."""
        picture = self.picture
        if picture.exact or picture.ready_at or picture.state in LAUNCHING_CLUSTERS:
            return picture.ready_at
        ran = any(step.state not in {None, StepState.CANCELLED} for step in picture.steps)
        return self._past(self._created + _BOOT) if picture.state is not ClusterState.FAILED or ran else None

    def _ended_at(self) -> datetime | None:
        picture = self.picture
        if picture.exact or picture.ended_at or picture.state not in ENDED_CLUSTERS:
            return picture.ended_at
        return self._past(self._last + _MINUTE)

    def _past(self, time: datetime) -> datetime:
        """Return an invented time, which is not in the future if possible."""
        return max(min(time, self.now), self._last)

    def _idle_since(self) -> datetime | None:
        picture = self.picture
        if picture.exact or picture.idle_since or picture.state is not ClusterState.WAITING:
            return picture.idle_since
        return self._last

    def _step(self, step: StepPicture) -> Step:
        """Invented times: steps ran one after another, for a minute each."""
        state = step.state or self._usual_step_state()
        started, ended = step.started_at, step.ended_at
        if not self.picture.exact and state not in {StepState.PENDING, StepState.CANCELLED}:
            started = started or self._last
            if state in ENDED_STEPS:
                ended = ended or self._past(started + _MINUTE)
        self._last = max(self._last, ended or self._last)
        return Step(
            step.id or ids.step_id(self._random),
            StepRequest(
                step.name,
                step.jar,
                step.action_on_failure,
                step.main_class,
                step.args,
                step.properties,
                step.execution_role,
            ),
            step.created_at or self._created,
            state,
            started,
            ended,
            step.reason,
            step.failure,
        )

    def _usual_step_state(self) -> StepState:
        if self.picture.state in LAUNCHING_CLUSTERS:
            return StepState.PENDING
        return StepState.RUNNING if self.picture.state is ClusterState.RUNNING else StepState.COMPLETED

    def _groups(self) -> tuple[tuple[InstanceGroup, ...], tuple[Instance, ...]]:
        pictures = self.picture.groups
        if not pictures and not self.picture.exact:
            pictures = (_DEFAULT_GROUP,)
        groups = tuple(self._group(group) for group in pictures)
        instances = [
            self._instance(group, instance)
            for group, picture in zip(groups, pictures, strict=True)
            for instance in self._instance_pictures(group, picture)
        ]
        return groups, tuple(instances)

    def _group(self, group: GroupPicture) -> InstanceGroup:
        times = self._times() if not self.picture.exact else {}
        made_id = ids.fleet_id(self._random) if group.capacity else ids.group_id(self._random)
        return InstanceGroup(
            id=group.id or made_id,
            request=GroupRequest(
                group.role,
                group.instance_type,
                group.count,
                group.name,
                group.market,
                group.bid_price,
                group.capacity,
                group.kinds,
                group.auto_scaling,
                group.extra,
            ),
            created_at=group.created_at or self._created,
            requested_count=group.count if group.requested_count is None else group.requested_count,
            capacity=group.capacity,
            auto_scaling=group.auto_scaling,
            changed=group.changed,
            configurations_version=group.configurations_version,
            applied_configurations=group.applied_configurations,
            applied_version=group.applied_version,
            state=group.state or GroupState(self._usual_machine_state()),
            started_at=group.started_at or times.get("ready_at"),
            ready_at=group.ready_at or times.get("ready_at"),
            ended_at=group.ended_at or times.get("ended_at"),
            reason=group.reason if self._knows(group.reason) else texts.group_terminated(),
        )

    def _instance_pictures(self, group: InstanceGroup, picture: GroupPicture) -> tuple[InstancePicture, ...]:
        if picture.instances is not None or self.picture.exact:
            return picture.instances or ()
        return tuple(InstancePicture(kind) for kind in machines(group.request))

    def _instance(self, group: InstanceGroup, instance: InstancePicture) -> Instance:
        times = self._times() if not self.picture.exact else {}
        return Instance(
            id=instance.id or ids.instance_id(self._random),
            ec2_id=instance.ec2_id or ids.ec2_instance_id(self._random),
            group_id=group.id,
            kind=instance.kind,
            address=instance.address or ids.address(self._random),
            created_at=instance.created_at or self._created,
            state=instance.state or InstanceState(self._usual_machine_state()),
            ready_at=instance.ready_at or times.get("ready_at"),
            ended_at=instance.ended_at or times.get("ended_at"),
            reason=instance.reason if self._knows(instance.reason) else texts.instance_terminated(),
        )

    def _knows(self, reason: Reason) -> bool:
        """Whether there is nothing to make up about the end of a group or an instance."""
        return self.picture.exact or reason != NO_REASON or self.picture.state not in ENDED_CLUSTERS

    def _times(self) -> dict[str, datetime | None]:
        return {"ready_at": self._ready, "ended_at": self._ended_at()}

    def _usual_machine_state(self) -> str:
        """The state of a group, and of its instances, in a cluster of that state."""
        state = self.picture.state
        if state in LAUNCHING_CLUSTERS:
            return "PROVISIONING" if state is ClusterState.STARTING else "BOOTSTRAPPING"
        return "TERMINATED" if state in ENDED_CLUSTERS else "RUNNING"
