"""AddTags."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing

Reach = Callable[..., Cluster]


def test_tags_are_added_and_replaced(emr: Caller) -> None:
    cluster_id = emr.run(Tags=[{"Key": "a", "Value": "1"}])

    answer = emr.call(
        "AddTags",
        ResourceId=cluster_id,
        Tags=[{"Key": "b"}, {"Key": "a", "Value": "2"}, {"Key": "é", "Value": "ü"}],
    )

    tags = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Tags"]
    assert answer == {}
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"a": "2", "b": "", "é": "ü"}


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ({"Key": ""}, "Invalid tag key: ''. Tag keys must be between 1 and 128 characters in length."),
        ({"Value": "v"}, "Invalid tag key: ''. Tag keys must be between 1 and 128 characters in length."),
        (
            {"Key": "k" * 129},
            f"Invalid tag key: '{'k' * 129}'. Tag keys must be between 1 and 128 characters in length.",
        ),
        ({"Key": "aws:mine"}, "Invalid tag key: 'aws:mine'. Tag keys must not begin with aws:."),
        (
            {"Key": "k", "Value": "v" * 257},
            f"Invalid tag value: '{'v' * 257}'. Tag values must be between 1 and 128 characters in length.",
        ),
    ],
)
def test_one_refused_tag_adds_none(
    emrsim: Emulator, emr: Caller, reach: Reach, tag: dict[str, str], message: str
) -> None:
    cluster = reach(emr.run(), "WAITING")
    params = {"ResourceId": cluster.id, "Tags": [{"Key": "good"}, tag]}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "AddTags", **params)


def test_empty_list_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")
    params = {"ResourceId": cluster.id, "Tags": []}

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, "Tags cannot be null or empty.", "AddTags", **params
    )


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"ResourceId": "j-NONE", "Tags": [{"Key": "k"}]}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "AddTags", **params)


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED")
    params = {"ResourceId": cluster.id, "Tags": [{"Key": "k"}]}
    message = "Tags cannot be modified on terminated clusters."

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "AddTags", **params)
