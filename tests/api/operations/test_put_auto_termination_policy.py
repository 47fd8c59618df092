"""PutAutoTerminationPolicy. That the clock enforces it is held by tests/service/test_idle_timeout.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]
RANGE = "IdleTimeout must be between 60 and 604800 seconds."
OLD = "Auto-termination is not available for this account when using this release of EMR."


@pytest.mark.parametrize(
    ("policy", "seconds"),
    [
        ({"IdleTimeout": 60}, 60),
        ({"IdleTimeout": 604_800}, 604_800),
        ({}, 3600),
    ],
)
def test_policy_is_kept(emr: Caller, reach: Reach, policy: dict[str, int], seconds: int) -> None:
    cluster_id = reach(emr.run(ReleaseLabel=RELEASE), "WAITING").id

    assert emr.call("PutAutoTerminationPolicy", ClusterId=cluster_id, AutoTerminationPolicy=policy) == {}

    shown = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)
    assert shown == {"AutoTerminationPolicy": {"IdleTimeout": seconds}}


def test_policy_left_out_is_that_of_an_hour(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE)

    emr.call("PutAutoTerminationPolicy", ClusterId=cluster_id)

    shown = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)
    assert shown == {"AutoTerminationPolicy": {"IdleTimeout": 3600}}


@pytest.mark.parametrize("release", ["emr-5.30.0", "emr-6.1.0", "emr-7.0.0"])
def test_releases_that_have_it_take_it(emr: Caller, release: str) -> None:
    cluster_id = emr.run(ReleaseLabel=release)

    emr.call("PutAutoTerminationPolicy", ClusterId=cluster_id, AutoTerminationPolicy={"IdleTimeout": 60})


@pytest.mark.parametrize(
    ("release", "seconds", "message"),
    [
        (RELEASE, 59, RANGE),
        (RELEASE, 604_801, RANGE),
        (RELEASE, -1, RANGE),
        ("emr-5.29.0", 60, OLD),
        ("emr-6.0.0", 60, OLD),
        ("emr-4.9.1", 60, OLD),
        ("emr-4.0.0", 60, OLD),
    ],
)
def test_refused_policy_changes_nothing(
    emrsim: Emulator, emr: Caller, reach: Reach, release: str, seconds: int, message: str
) -> None:
    params: dict[str, Any] = {
        "ClusterId": reach(emr.run(ReleaseLabel=release), "WAITING").id,
        "AutoTerminationPolicy": {"IdleTimeout": seconds},
    }

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "PutAutoTerminationPolicy", **params)


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}, ReleaseLabel=RELEASE), "COMPLETED").id

    for cluster_id, codes, message in (
        ("j-NONE", INVALID_REQUEST, UNKNOWN_CLUSTER),
        (ended, VALIDATION, ENDING),
    ):
        refused_call_changes_nothing(
            emrsim, emr, codes, message, "PutAutoTerminationPolicy", ClusterId=cluster_id
        )
