"""DescribeSecurityConfiguration."""

from __future__ import annotations

from typing import Any

from tests.two_protocols import plain, refused


def test_document_comes_back_to_the_letter(client: Any) -> None:
    document = '{ "b":1,\n"a" : "ü<&>" }'
    created = client.create_security_configuration(Name="first", SecurityConfiguration=document)

    answer = client.describe_security_configuration(Name="first")

    assert plain(answer) == {**plain(created), "SecurityConfiguration": document}


def test_unknown_name_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Security configuration with name 'no' does not exist."):
        client.describe_security_configuration(Name="no")
