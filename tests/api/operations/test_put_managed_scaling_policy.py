"""PutManagedScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.refusals import (
    VALIDATION,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


POLICY = {"ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 4}}


def test_policy_is_kept(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE)

    assert emr.call("PutManagedScalingPolicy", ClusterId=cluster_id, ManagedScalingPolicy=POLICY) == {}

    answer = emr.call("GetManagedScalingPolicy", ClusterId=cluster_id)
    assert answer == {"ManagedScalingPolicy": POLICY}


def test_cluster_below_the_limits_grows(emr: Caller, reach: Reach) -> None:
    instances = {"InstanceCount": 2, "KeepJobFlowAliveWhenNoSteps": True}
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Instances=instances), "WAITING")
    limits = {**POLICY["ComputeLimits"], "MinimumCapacityUnits": 3}

    policy = {"ComputeLimits": limits}
    emr.call("PutManagedScalingPolicy", ClusterId=cluster.id, ManagedScalingPolicy=policy)

    wait_until(lambda: sum(map(cluster.running_count, cluster.groups)) >= 3)


@pytest.mark.parametrize(("low", "high"), [(0, 4), (5, 4), (-1, -1)])
def test_limits_with_nothing_between_them_are_refused(
    emrsim: Emulator, emr: Caller, reach: Reach, low: int, high: int
) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE), "WAITING")
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": low, "MaximumCapacityUnits": high}
    params = {"ClusterId": cluster.id, "ManagedScalingPolicy": {"ComputeLimits": limits}}
    message = (
        "The managed scaling policy is invalid: MinimumCapacityUnits must be from 1 to MaximumCapacityUnits."
    )

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "PutManagedScalingPolicy", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"ManagedScalingPolicy": POLICY}

    unknown_cluster_is_refused(emrsim, emr, "PutManagedScalingPolicy", **params)
