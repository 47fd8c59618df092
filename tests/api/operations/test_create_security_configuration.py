"""CreateSecurityConfiguration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.two_protocols import plain, refused

DOCUMENT = '{"EncryptionConfiguration": {"EnableAtRestEncryption": false}, "ü": "<&>"}'


def test_answer_tells_the_name_and_the_time(client: Any) -> None:
    answer = client.create_security_configuration(Name="first", SecurityConfiguration=DOCUMENT)

    assert set(plain(answer)) == {"Name", "CreationDateTime"}
    assert answer["Name"] == "first"
    assert abs(datetime.now(UTC) - answer["CreationDateTime"]) < timedelta(minutes=1)


def test_name_that_is_taken_is_refused_and_the_first_one_stays(client: Any) -> None:
    client.create_security_configuration(Name="first", SecurityConfiguration=DOCUMENT)

    with refused("InvalidRequestException", "Security configuration with name 'first' already exists."):
        client.create_security_configuration(Name="first", SecurityConfiguration="{}")

    assert client.describe_security_configuration(Name="first")["SecurityConfiguration"] == DOCUMENT


@pytest.mark.parametrize("document", ["", "{", "[]", "null", "{'a': 1}", '{"a": NaN}', "[" * 100_000])
def test_what_is_no_json_object_is_refused(client: Any, document: str) -> None:
    with refused("InvalidRequestException", "The security configuration is not a valid JSON object."):
        client.create_security_configuration(Name="first", SecurityConfiguration=document)

    assert client.list_security_configurations()["SecurityConfigurations"] == []


def test_empty_name_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "The name of a security configuration must not be empty."):
        client.create_security_configuration(Name="", SecurityConfiguration=DOCUMENT)
