"""DescribeReleaseLabel."""

from __future__ import annotations

from typing import Any

import pytest

from tests.two_protocols import plain, refused


@pytest.mark.parametrize(
    ("label", "hadoop"),
    [("emr-4.2.0", "2.6.0"), ("emr-4.8.2", "2.7.3"), ("emr-5.12.0", "2.8.3"), ("emr-5.36.1", "2.8.4")],
)
def test_hadoop_is_that_of_a_cluster_of_the_release(client: Any, label: str, hadoop: str) -> None:
    answer = plain(client.describe_release_label(ReleaseLabel=label))

    assert answer == {"ReleaseLabel": label, "Applications": [{"Name": "Hadoop", "Version": hadoop}]}
    started = client.run_job_flow(
        Name="of that release",
        ReleaseLabel=label,
        Instances={"InstanceCount": 1, "MasterInstanceType": "m4.xlarge"},
    )
    cluster = client.describe_cluster(ClusterId=started["JobFlowId"])["Cluster"]
    assert cluster["Applications"] == answer["Applications"]


@pytest.mark.parametrize("label", ["5.12.0", "emr-5", "emr-3.0.0", "emr-5.12.0\n"])
def test_label_that_cannot_be_is_refused(client: Any, label: str) -> None:
    with refused("InvalidRequestException", f"The supplied release label is invalid: {label}."):
        client.describe_release_label(ReleaseLabel=label)


def test_call_without_a_label_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "A release label must be specified."):
        client.describe_release_label()
