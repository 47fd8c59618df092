"""PutAutoTerminationPolicy."""

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

Reach = Callable[..., Cluster]


@pytest.mark.parametrize(
    ("policy", "seconds"), [({"IdleTimeout": 60}, 60), ({"IdleTimeout": 604_800}, 604_800)]
)
def test_timeout_is_kept(emr: Caller, policy: dict[str, int], seconds: int) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE)

    assert emr.call("PutAutoTerminationPolicy", ClusterId=cluster_id, AutoTerminationPolicy=policy) == {}

    answer = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)
    assert answer == {"AutoTerminationPolicy": policy}


def test_timeout_that_is_left_out_is_an_hour(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE)

    emr.call("PutAutoTerminationPolicy", ClusterId=cluster_id)

    answer = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)
    assert answer == {"AutoTerminationPolicy": {"IdleTimeout": 3600}}


@pytest.mark.parametrize("seconds", [59, 604_801, 0, -1])
def test_timeout_out_of_range_is_refused(emrsim: Emulator, emr: Caller, reach: Reach, seconds: int) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE), "WAITING")
    params = {"ClusterId": cluster.id, "AutoTerminationPolicy": {"IdleTimeout": seconds}}
    message = "IdleTimeout must be between 60 and 604800 seconds."

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "PutAutoTerminationPolicy", **params)


@pytest.mark.parametrize("label", ["emr-5.29.0", "emr-6.0.0", None])
def test_older_release_is_refused(emrsim: Emulator, emr: Caller, reach: Reach, label: str | None) -> None:
    version = {"ReleaseLabel": label} if label else {}
    cluster = reach(emr.run(**version), "WAITING")
    message = "Auto-termination is not available for the release."

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, message, "PutAutoTerminationPolicy", ClusterId=cluster.id
    )


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    unknown_cluster_is_refused(emrsim, emr, "PutAutoTerminationPolicy")
