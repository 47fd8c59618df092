"""DescribeReleaseLabel."""

from __future__ import annotations

from typing import Any

import pytest

from tests.two_protocols import plain, refused


@pytest.mark.parametrize(
    ("label", "some"),
    [
        ("emr-4.2.0", {"Hadoop": "2.6.0", "Presto-Sandbox": "0.125", "Oozie": "4.2.0"}),
        ("emr-5.12.0", {"Hadoop": "2.8.3", "HBase": "1.4.0", "HCatalog": "2.3.2"}),
        ("emr-5.36.1", {"Hadoop": "2.10.1", "Spark": "2.4.8", "Presto": None}),
        ("emr-6.15.0", {"Hadoop": "3.3.6", "Flink": "1.17.1"}),
        ("emr-7.13.0", {"Trino": "479", "Spark": "3.5.6", "MXNet": None}),
        ("emr-spark-8.0.0", {"Spark": "4.0.2", "Livy": "0.8.0"}),
    ],
)
def test_applications_of_a_release_have_their_versions(
    client: Any, label: str, some: dict[str, str | None]
) -> None:
    answer = plain(client.describe_release_label(ReleaseLabel=label))

    versions = {one["Name"]: one.get("Version") for one in answer["Applications"]}
    assert answer["ReleaseLabel"] == label
    assert versions | some == versions
    assert [name.lower() for name in versions] == sorted(name.lower() for name in versions)


def test_cluster_shows_its_applications_as_the_release_does(client: Any) -> None:
    label = "emr-5.23.0"
    started = client.run_job_flow(
        Name="of that release",
        ReleaseLabel=label,
        Applications=[{"Name": "SPARK"}, {"Name": "jupyterhub"}, {"Name": "Hadoop"}],
        Instances={"InstanceCount": 1, "MasterInstanceType": "m4.xlarge"},
    )

    shown = client.describe_cluster(ClusterId=started["JobFlowId"])["Cluster"]["Applications"]
    of_release = client.describe_release_label(ReleaseLabel=label)["Applications"]
    assert [one["Name"] for one in shown] == ["Spark", "JupyterHub", "Hadoop"]
    assert all(one in of_release for one in shown)


@pytest.mark.parametrize(
    ("label", "newest"),
    [
        ("emr-5.35.0", None),
        ("emr-5.36.0", "2.0.20220218.1"),
        ("emr-6.5.0", None),
        ("emr-6.6.0", "2.0.20220218.1"),
        ("emr-7.5.0", "2023.12.20260629.0"),
        ("emr-spark-8.1.0", "2023.12.20260629.0"),
    ],
)
def test_releases_that_update_amazon_linux_name_its_labels(
    client: Any, label: str, newest: str | None
) -> None:
    labels = client.describe_release_label(ReleaseLabel=label)["AvailableOSReleases"]

    assert next((one["Label"] for one in labels), None) == newest


@pytest.mark.parametrize(
    "label", ["5.12.0", "emr-5", "emr-3.0.0", "emr-5.12.0\n", "emr-7.99.0", "emr-8.0.0", "emr-spark-7.1.0"]
)
def test_unknown_label_is_rejected(client: Any, label: str) -> None:
    with refused("InvalidRequestException", f"The supplied release label is invalid: {label}."):
        client.describe_release_label(ReleaseLabel=label)


def test_call_without_a_label_is_rejected(client: Any) -> None:
    with refused("InvalidRequestException", "A release label must be specified."):
        client.describe_release_label()
