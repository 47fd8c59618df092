"""GetAutoTerminationPolicy."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.refusals import (
    unknown_cluster_is_refused,
)

Reach = Callable[..., Cluster]


def test_cluster_without_a_policy_answers_none(emr: Caller) -> None:
    assert emr.call("GetAutoTerminationPolicy", ClusterId=emr.run(ReleaseLabel=RELEASE)) == {}


def test_policy_given_at_the_start_is_there(emr: Caller) -> None:
    policy = {"IdleTimeout": 120}
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy=policy)

    assert emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id) == {"AutoTerminationPolicy": policy}


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    unknown_cluster_is_refused(emrsim, emr, "GetAutoTerminationPolicy")
