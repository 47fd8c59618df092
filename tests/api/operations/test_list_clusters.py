"""ListClusters."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emrsim import Emulator
from emrsim.core.limits import PAGE_SIZE
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import long_step
from tests.support.refusals import INVALID_REQUEST, refused_call_changes_nothing
from tests.two_protocols import json_client

Reach = Callable[..., Cluster]
LONG_AGO = datetime(2009, 4, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


def ids(answer: dict[str, Any]) -> list[str]:
    return [cluster["Id"] for cluster in answer["Clusters"]]


def test_without_clusters_the_list_is_empty(emr: Caller) -> None:
    assert emr.call("ListClusters") == {"Clusters": []}


def test_clusters_are_newest_first_with_their_state(emr: Caller, reach: Reach) -> None:
    made = [emr.run(Name=name) for name in "abc"]
    for cluster_id in made:
        reach(cluster_id, "WAITING")

    answer = emr.call("ListClusters")

    assert ids(answer) == made[::-1]
    assert [one["Name"] for one in answer["Clusters"]] == ["c", "b", "a"]
    assert {one["Status"]["State"] for one in answer["Clusters"]} == {"WAITING"}
    assert answer["Clusters"][0]["ClusterArn"].endswith(f":cluster/{made[2]}")


def test_clusters_are_filtered_by_state(emr: Caller, reach: Reach) -> None:
    waiting, running = emr.run(), emr.run(Steps=[long_step()])
    ended, failed = emr.run(Instances={"InstanceCount": 1}), emr.run()
    reach(waiting, "WAITING")
    reach(running, "RUNNING")
    reach(ended, "COMPLETED")
    emr.call("TerminateJobFlows", JobFlowIds=[failed])
    reach(failed, "TERMINATED")

    assert ids(emr.call("ListClusters", ClusterStates=["WAITING", "RUNNING"])) == [running, waiting]
    assert ids(emr.call("ListClusters", ClusterStates=["TERMINATED"])) == [failed, ended]
    assert ids(emr.call("ListClusters", ClusterStates=["TERMINATED_WITH_ERRORS"])) == []


def test_clusters_are_filtered_by_date(emr: Caller) -> None:
    cluster_id = emr.run()

    assert ids(emr.call("ListClusters", CreatedAfter=LONG_AGO, CreatedBefore=FAR_AHEAD)) == [cluster_id]
    assert ids(emr.call("ListClusters", CreatedAfter=FAR_AHEAD)) == []
    assert ids(emr.call("ListClusters", CreatedBefore=LONG_AGO)) == []


def test_pages_stay_right_while_clusters_are_added(emr: Caller) -> None:
    made = [emr.run() for _ in range(PAGE_SIZE + 3)]

    first = emr.call("ListClusters")
    emr.run()
    second = emr.call("ListClusters", Marker=first["Marker"])

    assert (len(first["Clusters"]), len(second["Clusters"])) == (PAGE_SIZE, 3)
    assert ids(first) + ids(second) == made[::-1]
    assert "Marker" not in second


def test_full_last_page_has_no_marker(emr: Caller) -> None:
    for _ in range(PAGE_SIZE):
        emr.run()

    assert "Marker" not in emr.call("ListClusters")


def test_boto3_pages_through_all(emr_client: Any, emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    made = [emr.run() for _ in range(PAGE_SIZE + 1)]

    pages = emr_client.get_paginator("list_clusters").paginate()

    assert [one["Id"] for page in pages for one in page["Clusters"]] == made[::-1]


@pytest.mark.parametrize("marker", ["x", "ai1OT05F", "\u20ac", "====", "a" * 10_000])
def test_marker_that_names_no_cluster_is_refused(emrsim: Emulator, emr: Caller, marker: str) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, "The marker is not valid.", "ListClusters", Marker=marker
    )


def test_marker_leads_on_without_a_look_at_the_pages_before(emrsim: Emulator) -> None:
    """The last page costs what the first does: the clusters before it are not looked at again."""
    clusters = emrsim.running.state.clusters
    seeded = [{"state": "COMPLETED", "repeat": 2_000}]
    emrsim.seed({"clusters": seeded})
    last, next_to_last = list(clusters)[:2]
    looked_at: list[str] = []

    class Watched(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            looked_at.append(key)
            return super().__getitem__(key)

    clusters._all = Watched(clusters._all)
    older = [one.id for one in clusters.newest_first(next_to_last)]

    assert older == looked_at == [last]


def test_marker_leads_to_the_rest_and_an_unknown_one_is_rejected(emrsim: Emulator) -> None:
    client = json_client(emrsim)
    ids = emrsim.seed({"clusters": [{"state": "COMPLETED", "repeat": 60}]})
    marker = client.list_clusters()["Marker"]

    rest = client.list_clusters(Marker=marker)["Clusters"]

    assert [one["Id"] for one in rest] == ids[:10][::-1]
    with pytest.raises(ClientError, match="marker is not valid"):
        client.list_clusters(Marker=urlsafe_b64encode(b"j-NONE").decode())
    client.close()
