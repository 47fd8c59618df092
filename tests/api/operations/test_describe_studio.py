"""DescribeStudio."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.studios import FULL_STUDIO, STUDIO, create_studio
from tests.two_protocols import refused


def test_all_that_was_said_comes_back(client: Any) -> None:
    created = client.create_studio(**FULL_STUDIO)

    studio = client.describe_studio(StudioId=created["StudioId"])["Studio"]

    created_at = studio.pop("CreationTime")
    assert abs(datetime.now(UTC) - created_at) < timedelta(minutes=1)
    assert studio == {
        **FULL_STUDIO,
        "StudioId": created["StudioId"],
        "Url": created["Url"],
        "StudioArn": f"arn:aws:elasticmapreduce:us-east-1:123456789012:studio/{created['StudioId']}",
    }


def test_what_was_not_said_is_left_out(client: Any) -> None:
    studio = client.describe_studio(StudioId=create_studio(client))["Studio"]

    assert set(studio) - set(STUDIO) == {
        "StudioId",
        "StudioArn",
        "Url",
        "CreationTime",
        "Tags",
        "TrustedIdentityPropagationEnabled",
    }
    assert studio["Tags"] == []
    assert studio["TrustedIdentityPropagationEnabled"] is False


def test_unknown_studio_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.describe_studio(StudioId="es-1")
