"""What the three Set… operations have in common: they switch all clusters named, or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.refusals import ENDING, UNKNOWN_JOB_FLOW, VALIDATION, refused_call_changes_nothing

Reach = Callable[..., Cluster]


def switches_all(emr: Caller, operation: str, attribute: str, **switch: bool) -> None:
    """Check that both of two clusters show the switch, in the member `attribute` of the shape Cluster."""
    (value,) = switch.values()
    ids = [emr.run(), emr.run()]

    assert emr.call(operation, JobFlowIds=ids, **switch) in ({}, {"ResponseMetadata": {}})

    for cluster_id in ids:
        assert emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"][attribute] is value


def refused_for_one_switches_none(
    emrsim: Emulator, emr: Caller, reach: Reach, operation: str, **switch: Any
) -> None:
    """Check that one cluster that is unknown, or has ended, keeps the other as it is."""
    living = reach(emr.run(), "WAITING").id
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED").id

    for other, message in (("j-NONE", UNKNOWN_JOB_FLOW), (ended, ENDING)):
        refused_call_changes_nothing(
            emrsim, emr, VALIDATION, message, operation, JobFlowIds=[living, other], **switch
        )
