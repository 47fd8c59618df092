"""The model's limits, told in AWS's words."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim.core.errors import ValidationException
from emrsim.wire.model import emr_model
from emrsim.wire.validate import validate

MODEL = emr_model()


def complaint(operation: str, params: dict[str, Any]) -> str:
    with pytest.raises(ValidationException) as refused:
        validate(MODEL, MODEL.operations[operation], params)
    return refused.value.message


def group(**changes: Any) -> dict[str, Any]:
    groups = [{"InstanceRole": "MASTER", "InstanceType": "m1.small", "InstanceCount": 1, **changes}]
    return {"Name": "n", "Instances": {"InstanceGroups": groups}}


def test_unknown_value_of_an_enumeration_names_its_place_and_the_known_ones() -> None:
    assert complaint("RunJobFlow", group(Market="FREE")) == (
        "1 validation error detected: Value 'FREE' at 'instances.instanceGroups.1.member.market' failed to "
        "satisfy constraint: Member must satisfy enum value set: [ON_DEMAND, SPOT]"
    )


def test_missing_member_is_null() -> None:
    assert complaint("DescribeStep", {"ClusterId": "j"}) == (
        "1 validation error detected: Value null at 'stepId' failed to satisfy constraint: "
        "Member must not be null"
    )


def test_all_violations_are_told_at_once() -> None:
    message = complaint("RunJobFlow", {"Instances": {"InstanceGroups": [{}]}})

    assert message.startswith("4 validation errors detected: ")
    for path in ("name", "instances.instanceGroups.1.member.instanceCount"):
        assert f"Value null at '{path}'" in message


@pytest.mark.parametrize(
    ("operation", "params", "words"),
    [
        ("RunJobFlow", group(InstanceType=""), "at 'instances.instanceGroups.1.member.instanceType'"),
        ("RunJobFlow", group(InstanceType=""), "Member must have length greater than or equal to 1"),
        ("RunJobFlow", group(Name="n" * 257), "Member must have length less than or equal to 256"),
        ("RunJobFlow", group(Name="a\0b"), "Member must satisfy regular expression pattern"),
        ("RunJobFlow", group(Name="a\ufffe"), "Member must satisfy regular expression pattern"),
        (
            "RunJobFlow",
            {"Name": "n", "Instances": {}, "ManagedScalingPolicy": {"UtilizationPerformanceIndex": 101}},
            "Value '101' at 'managedScalingPolicy.utilizationPerformanceIndex' failed to satisfy constraint: "
            "Member must have value less than or equal to 100",
        ),
        (
            "RunJobFlow",
            {"Name": "n", "Instances": {}, "ManagedScalingPolicy": {"UtilizationPerformanceIndex": 0}},
            "Member must have value greater than or equal to 1",
        ),
        (
            "ListClusters",
            {"ClusterStates": ["RUNNING", "ASLEEP"]},
            "Value 'ASLEEP' at 'clusterStates.2.member'",
        ),
    ],
)
def test_violation_is_told(operation: str, params: dict[str, Any], words: str) -> None:
    assert words in complaint(operation, params)


@pytest.mark.parametrize("text", ["", "tab\tand\r\nline", "é", "\U0001f600", "n" * 256])
def test_text_within_the_limits_passes(text: str) -> None:
    validate(MODEL, MODEL.operations["RunJobFlow"], group(Name=text))
