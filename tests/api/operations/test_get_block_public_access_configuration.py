"""GetBlockPublicAccessConfiguration."""

from __future__ import annotations

from typing import Any


def test_public_access_is_blocked_at_first_but_for_port_22(client: Any) -> None:
    answer = client.get_block_public_access_configuration()

    assert answer["BlockPublicAccessConfiguration"] == {
        "BlockPublicSecurityGroupRules": True,
        "PermittedPublicSecurityGroupRuleRanges": [{"MinRange": 22, "MaxRange": 22}],
    }
    assert set(answer["BlockPublicAccessConfigurationMetadata"]) == {"CreationDateTime", "CreatedByArn"}
