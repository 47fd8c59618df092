"""SetUnhealthyNodeReplacement."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.switches import refused_for_one_switches_none, switches_all
from tests.support.calls import Caller

Reach = Callable[..., Cluster]
OPERATION = "SetUnhealthyNodeReplacement"


@pytest.mark.parametrize("replace", [True, False])
def test_all_clusters_named_show_it(emr: Caller, replace: bool) -> None:
    switches_all(emr, OPERATION, "UnhealthyNodeReplacement", UnhealthyNodeReplacement=replace)


def test_refused_call_switches_nothing(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    refused_for_one_switches_none(emrsim, emr, reach, OPERATION, UnhealthyNodeReplacement=True)


def test_old_description_shows_it_too(emr: Caller) -> None:
    cluster_id = emr.run()
    emr.call(OPERATION, JobFlowIds=[cluster_id], UnhealthyNodeReplacement=True)

    (job_flow,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster_id])["JobFlows"]

    assert job_flow["Instances"]["UnhealthyNodeReplacement"] is True
