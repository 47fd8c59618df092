"""Scaling and auto-termination policies: their checks, and what they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.versions import is_before, release_named
from emrsim.core import policy_errors

Params = Mapping[str, Any]

_IDLE_SECONDS = range(60, 604_800 + 1)  # API Reference, AutoTerminationPolicy
_IDLE_SECONDS_DEFAULT = 3600
_FIRST_WITH_AUTO_TERMINATION = {5: (5, 30, 0), 6: (6, 1, 0)}  # Management Guide


def check_auto_termination(release_label: str | None, ami_version: str | None) -> None:
    """Raise ValidationException for a version that is before auto-termination policies."""
    major = release_named(release_label).number[0] if release_label else 5
    if is_before(_FIRST_WITH_AUTO_TERMINATION.get(major, (5, 30, 0)), release_label, ami_version):
        raise policy_errors.auto_termination_not_in_release()


def idle_timeout(policy: Params) -> timedelta:
    """Return the timeout of an AutoTerminationPolicy; raises ValidationException for one out of range."""
    seconds = policy.get("IdleTimeout", _IDLE_SECONDS_DEFAULT)
    if seconds not in _IDLE_SECONDS:
        raise policy_errors.idle_timeout_out_of_range()
    return timedelta(seconds=seconds)


def check_managed_scaling(policy: Params, core_is_on_demand: bool) -> None:
    """Reject limits of a ManagedScalingPolicy that exclude each other.

    `core_is_on_demand`: the cluster has a core instance group of the market ON_DEMAND.
    """
    limits = policy.get("ComputeLimits")
    if limits is None:
        raise policy_errors.managed_scaling_limits("ComputeLimits are required")
    low, high = limits["MinimumCapacityUnits"], limits["MaximumCapacityUnits"]
    if low < 1:
        raise policy_errors.managed_scaling_limits("The minimum capacity must be at least 1")
    if low > high:
        raise policy_errors.managed_scaling_limits("The minimum capacity cannot be higher than max capacity")
    if limits["UnitType"] != "VCPU":
        check_instance_count(low)
    for name, word in (("MaximumCoreCapacityUnits", "Core"), ("MaximumOnDemandCapacityUnits", "On-Demand")):
        if limits.get(name, 0) < 0:
            raise policy_errors.managed_scaling_limits(f"The max {word} capacity must not be negative")
        if limits.get(name, high) > high:
            raise policy_errors.managed_scaling_limits(
                f"The max {word} capacity cannot be higher than max capacity"
            )
    core_limit = limits.get("MaximumCoreCapacityUnits", 0)
    if core_is_on_demand and core_limit > limits.get("MaximumOnDemandCapacityUnits", high):
        raise policy_errors.on_demand_core_above_limit()


def check_auto_scaling_of(groups: Sequence[Params], has_managed_scaling: bool) -> None:
    """Check the policies that new groups come with; a cluster has one kind of scaling."""
    scaled = [group for group in groups if "AutoScalingPolicy" in group]
    for group in scaled:
        check_auto_scaling(group["AutoScalingPolicy"], group["InstanceRole"])
    if scaled and has_managed_scaling:
        raise policy_errors.scaling_policies_exclude()


def check_auto_scaling(policy: Params, role: str) -> None:
    """Reject an AutoScalingPolicy of the master, and one whose constraints exclude each other."""
    if role == "MASTER":
        raise policy_errors.auto_scaling_of_master()
    low, high = policy["Constraints"]["MinCapacity"], policy["Constraints"]["MaxCapacity"]
    if not 0 <= low <= high:
        raise policy_errors.auto_scaling_constraints()
