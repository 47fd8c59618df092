"""SetUnhealthyNodeReplacement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.switches import refused_for_one_switches_none
from tests.support.calls import Caller

Reach = Callable[..., Cluster]


OPERATION = "SetUnhealthyNodeReplacement"


@pytest.mark.parametrize("value", [True, False])
def test_all_clusters_are_switched(emr: Caller, value: bool) -> None:
    ids = [emr.run(), emr.run()]

    emr.call(OPERATION, JobFlowIds=ids, UnhealthyNodeReplacement=value)

    for cluster_id in ids:
        described = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]
        assert described["UnhealthyNodeReplacement"] is value


def test_refused_call_switches_none(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    refused_for_one_switches_none(emrsim, emr, reach, OPERATION, UnhealthyNodeReplacement=True)
