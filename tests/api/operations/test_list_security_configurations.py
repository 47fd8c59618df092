"""ListSecurityConfigurations."""

from __future__ import annotations

from typing import Any

from tests.two_protocols import plain, refused

NAMES = [f"configuration {number}" for number in range(120)]


def create_all(client: Any) -> None:
    for name in NAMES:
        client.create_security_configuration(Name=name, SecurityConfiguration="{}")


def names(answer: dict[str, Any]) -> list[str]:
    return [one["Name"] for one in answer["SecurityConfigurations"]]


def test_summary_has_the_name_and_the_date(client: Any) -> None:
    created = client.create_security_configuration(Name="first", SecurityConfiguration="{}")

    assert plain(client.list_security_configurations()) == {"SecurityConfigurations": [plain(created)]}


def test_pages_are_of_fifty_and_hold_every_one_once(client: Any) -> None:
    create_all(client)

    pages = list(client.get_paginator("list_security_configurations").paginate())

    assert [len(names(page)) for page in pages] == [50, 50, 20]
    assert [name for page in pages for name in names(page)] == NAMES


def test_next_page_is_right_when_the_whole_first_page_was_deleted(client: Any) -> None:
    create_all(client)

    first = client.list_security_configurations()
    for name in names(first):
        client.delete_security_configuration(Name=name)
    second = client.list_security_configurations(Marker=first["Marker"])

    assert names(second) == NAMES[50:100]


def test_one_made_between_two_pages_comes_last(client: Any) -> None:
    create_all(client)

    first = client.list_security_configurations(Marker=client.list_security_configurations()["Marker"])
    client.create_security_configuration(Name="late", SecurityConfiguration="{}")
    last = client.list_security_configurations(Marker=first["Marker"])

    assert names(last) == [*NAMES[100:], "late"]


def test_marker_of_nothing_is_refused(client: Any) -> None:
    for marker in ("no marker", "bm9uZQ==", "MQ==", "W10="):
        with refused("InvalidRequestException", "The marker is not valid."):
            client.list_security_configurations(Marker=marker)
