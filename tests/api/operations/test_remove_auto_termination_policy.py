"""RemoveAutoTerminationPolicy."""

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


def test_policy_is_gone_and_removing_none_is_no_error(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy={"IdleTimeout": 120})

    for _ in range(2):
        assert emr.call("RemoveAutoTerminationPolicy", ClusterId=cluster_id) == {}

    assert emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id) == {}


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    unknown_cluster_is_refused(emrsim, emr, "RemoveAutoTerminationPolicy")
