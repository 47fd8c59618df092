"""New parts of clusters, with ids, addresses and times."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from emrsim.core import ids
from emrsim.core.clock import Clock
from emrsim.core.machines import machines
from emrsim.core.model import GroupRequest, Instance, InstanceGroup, MachineKind, Step, StepRequest


class Makers:
    """Makes what is not yet any cluster's. To be called under the emulator's lock."""

    clock: Clock
    _random: Random

    def make_studio_id(self) -> str:
        """An id for a new studio."""
        return ids.studio_id(self._random)

    def make_steps(self, requests: tuple[StepRequest, ...]) -> tuple[Step, ...]:
        """Steps with ids, not yet any cluster's."""
        now = self.clock.now()
        return tuple(Step(ids.step_id(self._random), request, now) for request in requests)

    def make_groups(
        self, requests: tuple[GroupRequest, ...]
    ) -> tuple[tuple[InstanceGroup, ...], tuple[Instance, ...]]:
        """Groups with ids, and their instances, not yet any cluster's."""
        now = self.clock.now()
        groups = tuple(
            InstanceGroup(
                id=ids.fleet_id(self._random) if request.capacity else ids.group_id(self._random),
                request=request,
                created_at=now,
                requested_count=request.count,
                capacity=request.capacity,
                auto_scaling=request.auto_scaling,
            )
            for request in requests
        )
        instances = [
            one for group in groups for one in self.make_instances(group.id, machines(group.request))
        ]
        return groups, tuple(instances)

    def make_instances(self, group_id: str, kinds: Iterable[MachineKind]) -> tuple[Instance, ...]:
        """Instances with ids and addresses, not yet any cluster's."""
        now = self.clock.now()
        return tuple(
            Instance(
                id=ids.instance_id(self._random),
                ec2_id=ids.ec2_instance_id(self._random),
                group_id=group_id,
                kind=kind,
                address=ids.address(self._random),
                created_at=now,
            )
            for kind in kinds
        )
