"""ListReleaseLabels."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim import releases
from tests.two_protocols import plain, refused


def test_labels_are_listed_newest_first(client: Any) -> None:
    answer = plain(client.list_release_labels())

    numbers = [releases.release(label).number for label in answer["ReleaseLabels"]]
    assert numbers == sorted(numbers, reverse=True)
    assert {"emr-spark-8.1.0", "emr-7.14.0", "emr-6.10.1", "emr-5.36.2"} <= set(answer["ReleaseLabels"])
    assert len(answer["ReleaseLabels"]) == 100
    assert set(answer) == {"ReleaseLabels", "NextToken"}


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({"Prefix": "emr-4.8.1"}, ["emr-4.8.1"]),
        ({"Prefix": "emr-3"}, []),
        ({"Prefix": "emr-spark"}, ["emr-spark-8.1.0", "emr-spark-8.0.0", "emr-spark-8.0-preview"]),
        ({"Application": "spark@2.1.1"}, ["emr-5.7.1", "emr-5.7.0", "emr-5.6.1", "emr-5.6.0"]),
        ({"Prefix": "emr-5.0", "Application": "HADOOP@2.7.3"}, ["emr-5.0.3"]),
        ({"Prefix": "emr-6", "Application": "prestosql@350"}, ["emr-6.3.1", "emr-6.3.0"]),
        ({"Prefix": "emr-6.6", "Application": "trino"}, ["emr-6.6.0"]),  # in a version that is not known
        ({"Application": "spark@"}, list(releases.labels()[:100])),
        ({"Application": "sparkle"}, []),
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

    assert labels == list(releases.labels())


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
