"""Answers are of the shapes of botocore's model."""

from __future__ import annotations

import json
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.api.table import OPERATIONS
from tests.exercises import EXERCISES
from tests.shapes import check_before_parse, violations
from tests.support.calls import service_model
from tests.two_protocols import json_client


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_answer_to_boto3_conforms_to_the_model(emrsim: Emulator, operation: str) -> None:
    client = json_client(emrsim)
    answered: list[str] = []
    client.meta.events.register("before-parse.emr", check_before_parse)
    client.meta.events.register("after-call.emr", lambda model, **_: answered.append(model.name))

    EXERCISES[operation](client)

    client.close()
    assert answered[-1] == operation


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ({"Name": "a", "CreationDateTime": 1.5}, []),
        ({"Name": "a"}, ["CreateSecurityConfiguration: CreationDateTime is missing"]),
        (
            {"Name": 1, "CreationDateTime": "now", "Nam": 1},
            [
                "CreateSecurityConfiguration.Name: 1 is no string",
                "CreateSecurityConfiguration.CreationDateTime: 'now' is no timestamp",
                "CreateSecurityConfiguration: Nam is unknown",
            ],
        ),
    ],
)
def test_what_does_not_conform_is_found(answer: dict[str, Any], found: list[str]) -> None:
    model = service_model().operation_model("CreateSecurityConfiguration")

    assert violations(model, json.dumps(answer).encode()) == found
