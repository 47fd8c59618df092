"""ListReleaseLabels."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim.api.releases import RELEASE_LABELS
from emrsim.api.versions import release_of
from tests.two_protocols import plain, refused


def test_labels_are_listed_newest_first(client: Any) -> None:
    answer = plain(client.list_release_labels())

    versions = [release_of(label) for label in answer["ReleaseLabels"]]
    assert versions == sorted(set(versions), reverse=True)
    assert {"emr-4.8.2", "emr-5.0.3", "emr-5.16.0", "emr-6.10.0"} <= set(answer["ReleaseLabels"])
    assert set(answer) == {"ReleaseLabels"}


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"Prefix": "emr-4.8"}, ["emr-4.8.2", "emr-4.8.0"]),
        ({"Prefix": "emr-3"}, []),
        ({"Application": "hadoop@2.7.2"}, ["emr-5.0.0", "emr-4.8.0", "emr-4.7.0", "emr-4.6.0", "emr-4.5.0"]),
        ({"Prefix": "emr-5.0", "Application": "Hadoop"}, ["emr-5.0.3", "emr-5.0.0"]),
        ({"Application": "spark"}, []),
    ],
)
def test_filters_are_all_satisfied(client: Any, filters: dict[str, str], wanted: list[str]) -> None:
    assert client.list_release_labels(Filters=filters)["ReleaseLabels"] == wanted


def test_pages_hold_every_label_once(client: Any) -> None:
    labels: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = client.list_release_labels(MaxResults=7, **token)
        labels += answer["ReleaseLabels"]
        assert len(answer["ReleaseLabels"]) <= 7
        if "NextToken" not in answer:
            break
        token = {"NextToken": answer["NextToken"]}

    assert labels == list(RELEASE_LABELS)


def test_token_goes_with_its_filters_only(client: Any) -> None:
    token = client.list_release_labels(Filters={"Prefix": "emr-5"}, MaxResults=1)["NextToken"]

    with refused("InvalidRequestException", "The marker is not valid."):
        client.list_release_labels(Filters={"Prefix": "emr-6"}, NextToken=token)


def test_page_of_more_than_a_hundred_is_refused(client: Any) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: "
        "Member must have value less than or equal to 100",
    ):
        client.list_release_labels(MaxResults=101)
