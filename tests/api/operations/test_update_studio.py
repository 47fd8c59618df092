"""UpdateStudio."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studios import FULL_STUDIO, create_studio
from tests.two_protocols import plain, refused


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"Name": "other"},
        {"Description": ""},
        {"SubnetIds": ["subnet-3", "subnet-2", "subnet-1"]},
        {"DefaultS3Location": "s3://other", "EncryptionKeyArn": "key"},
    ],
)
def test_what_is_given_changes_and_the_rest_stays(client: Any, changes: dict[str, Any]) -> None:
    studio_id = create_studio(client, **FULL_STUDIO)
    before = client.describe_studio(StudioId=studio_id)["Studio"]

    assert plain(client.update_studio(StudioId=studio_id, **changes)) == {}

    after = client.describe_studio(StudioId=studio_id)["Studio"]
    assert after == {**before, **changes}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"Name": "other", "SubnetIds": ["subnet-1"]},
            "The list of subnets must include all of the subnets previously associated with the Studio.",
        ),
        (
            {"Name": "other", "SubnetIds": [f"subnet-{n}" for n in range(1, 7)]},
            "A Studio can have a maximum of 5 subnets.",
        ),
        ({"Name": "other", "DefaultS3Location": "s3:/x"}, "The default S3 location is invalid: s3:/x"),
    ],
)
def test_refused_update_changes_nothing(client: Any, changes: dict[str, Any], message: str) -> None:
    studio_id = create_studio(client)
    before = client.describe_studio(StudioId=studio_id)["Studio"]

    with refused("InvalidRequestException", message):
        client.update_studio(StudioId=studio_id, **changes)

    assert client.describe_studio(StudioId=studio_id)["Studio"] == before


def test_unknown_studio_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.update_studio(StudioId="es-1", Name="other")
