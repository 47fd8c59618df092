"""Scaling and auto-termination policies: parameters, rules and views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.versions import release_of
from emrsim.core import errors

Params = Mapping[str, Any]

_IDLE_SECONDS = range(60, 604_800 + 1)  # API Reference, AutoTerminationPolicy
_IDLE_SECONDS_DEFAULT = 3600
_FIRST_WITH_AUTO_TERMINATION = {5: (5, 30, 0), 6: (6, 1, 0)}  # Management Guide


def idle_timeout(policy: Params, release_label: str | None) -> timedelta:
    """The timeout of an AutoTerminationPolicy; raises ValidationException where it cannot be."""
    release = release_of(release_label)
    if release < _FIRST_WITH_AUTO_TERMINATION.get(release[0], (5, 30, 0)):
        raise errors.auto_termination_not_in_release()
    seconds = policy.get("IdleTimeout", _IDLE_SECONDS_DEFAULT)
    if seconds not in _IDLE_SECONDS:
        raise errors.idle_timeout_out_of_range()
    return timedelta(seconds=seconds)


def check_managed_scaling(policy: Params) -> None:
    """The limits of a ManagedScalingPolicy must leave something between them."""
    limits = policy.get("ComputeLimits")
    if limits is None:
        raise errors.managed_scaling_limits("ComputeLimits are missing.")
    low, high = limits["MinimumCapacityUnits"], limits["MaximumCapacityUnits"]
    if not 1 <= low <= high:
        raise errors.managed_scaling_limits("MinimumCapacityUnits must be from 1 to MaximumCapacityUnits.")
    if limits["UnitType"] != "VCPU":
        check_instance_count(low)
    for name in ("MaximumOnDemandCapacityUnits", "MaximumCoreCapacityUnits"):
        if not 0 <= limits.get(name, high) <= high:
            raise errors.managed_scaling_limits(f"{name} must be from 0 to MaximumCapacityUnits.")


def check_auto_scaling_of(groups: Sequence[Params], has_managed_scaling: bool) -> None:
    """The policies that new groups come with, if any, and the rule that a cluster has one kind of scaling."""
    policies = [group["AutoScalingPolicy"] for group in groups if "AutoScalingPolicy" in group]
    for policy in policies:
        check_auto_scaling(policy)
    if policies and has_managed_scaling:
        raise errors.scaling_policies_exclude()


def check_auto_scaling(policy: Params) -> None:
    """The constraints of an AutoScalingPolicy."""
    low, high = policy["Constraints"]["MinCapacity"], policy["Constraints"]["MaxCapacity"]
    if not 0 <= low <= high:
        raise errors.auto_scaling_constraints()
