"""RemoveTags."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing

Reach = Callable[..., Cluster]


def test_tags_are_removed_and_unknown_keys_are_no_error(emr: Caller) -> None:
    cluster_id = emr.run(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])

    assert emr.call("RemoveTags", ResourceId=cluster_id, TagKeys=["a", "never"]) == {}

    tags = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Tags"]
    assert tags == [{"Key": "b", "Value": "2"}]


def test_empty_list_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")
    params = {"ResourceId": cluster.id, "TagKeys": []}

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, "Tags cannot be null or empty.", "RemoveTags", **params
    )


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"ResourceId": "j-NONE", "TagKeys": ["k"]}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "RemoveTags", **params)


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED")
    params = {"ResourceId": cluster.id, "TagKeys": ["k"]}
    message = "Tags cannot be modified on terminated clusters."

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "RemoveTags", **params)
