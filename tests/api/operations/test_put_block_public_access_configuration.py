"""PutBlockPublicAccessConfiguration."""

from __future__ import annotations

from typing import Any

import pytest

from tests.two_protocols import plain, refused


@pytest.mark.parametrize(
    "configuration",
    [
        {"BlockPublicSecurityGroupRules": False, "PermittedPublicSecurityGroupRuleRanges": []},
        {
            "BlockPublicSecurityGroupRules": True,
            "PermittedPublicSecurityGroupRuleRanges": [
                {"MinRange": 22, "MaxRange": 23},
                {"MinRange": -1},
                {"MinRange": 65535, "MaxRange": 65535},
            ],
        },
    ],
)
def test_what_was_put_is_got(client: Any, configuration: dict[str, Any]) -> None:
    answer = client.put_block_public_access_configuration(BlockPublicAccessConfiguration=configuration)

    assert plain(answer) == {}
    got = client.get_block_public_access_configuration()
    assert got["BlockPublicAccessConfiguration"] == configuration


def test_date_is_that_of_the_last_put(client: Any) -> None:
    before = client.get_block_public_access_configuration()["BlockPublicAccessConfigurationMetadata"]

    client.put_block_public_access_configuration(
        BlockPublicAccessConfiguration={"BlockPublicSecurityGroupRules": False}
    )

    after = client.get_block_public_access_configuration()["BlockPublicAccessConfigurationMetadata"]
    assert after["CreatedByArn"] == before["CreatedByArn"]
    assert after["CreationDateTime"] >= before["CreationDateTime"]


def test_range_that_ends_before_it_begins_is_refused_and_changes_nothing(client: Any) -> None:
    before = client.get_block_public_access_configuration()

    with refused(
        "InvalidRequestException",
        "Invalid port range: MinRange 23 must not be greater than MaxRange 22.",
    ):
        client.put_block_public_access_configuration(
            BlockPublicAccessConfiguration={
                "BlockPublicSecurityGroupRules": False,
                "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 23, "MaxRange": 22}],
            }
        )

    assert plain(client.get_block_public_access_configuration()) == plain(before)


def test_port_beyond_the_last_is_refused(client: Any) -> None:
    path = "blockPublicAccessConfiguration.permittedPublicSecurityGroupRuleRanges.1.member.minRange"

    with refused(
        "ValidationException",
        f"1 validation error detected: Value '65536' at '{path}' failed to satisfy constraint: "
        "Member must have value less than or equal to 65535",
    ):
        client.put_block_public_access_configuration(
            BlockPublicAccessConfiguration={
                "BlockPublicSecurityGroupRules": False,
                "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 65536}],
            }
        )
