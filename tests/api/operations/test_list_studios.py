"""ListStudios."""

from __future__ import annotations

from typing import Any

from tests.studios import FULL_STUDIO, create_studio
from tests.two_protocols import refused

SUMMARY = {"StudioId", "Name", "VpcId", "Description", "Url", "AuthMode", "CreationTime"}


def test_summary_is_a_part_of_the_description(client: Any) -> None:
    studio_id = create_studio(client, **FULL_STUDIO)

    (summary,) = client.list_studios()["Studios"]

    studio = client.describe_studio(StudioId=studio_id)["Studio"]
    assert summary == {name: studio[name] for name in SUMMARY}


def test_pages_are_of_fifty_and_hold_every_one_once(client: Any) -> None:
    created = [create_studio(client, Name=f"studio {number}") for number in range(51)]

    pages = list(client.get_paginator("list_studios").paginate())

    assert [len(page["Studios"]) for page in pages] == [50, 1]
    assert [studio["StudioId"] for page in pages for studio in page["Studios"]] == created


def test_marker_of_another_list_is_refused(client: Any) -> None:
    for number in range(51):
        client.create_security_configuration(Name=f"{number}", SecurityConfiguration="{}")
    marker = client.list_security_configurations()["Marker"]

    with refused("InvalidRequestException", "The marker is not valid."):
        client.list_studios(Marker=marker)
