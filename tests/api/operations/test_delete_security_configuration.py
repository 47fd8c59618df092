"""DeleteSecurityConfiguration."""

from __future__ import annotations

from typing import Any

from tests.two_protocols import plain, refused


def test_deleted_configuration_is_gone_and_its_name_is_free(client: Any) -> None:
    client.create_security_configuration(Name="first", SecurityConfiguration="{}")

    assert plain(client.delete_security_configuration(Name="first")) == {}

    assert client.list_security_configurations()["SecurityConfigurations"] == []
    client.create_security_configuration(Name="first", SecurityConfiguration="{}")


def test_unknown_name_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Security configuration with name 'no' does not exist."):
        client.delete_security_configuration(Name="no")
