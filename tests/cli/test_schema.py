"""`emrsim schema`: what is valid by it is taken, and what is invalid by it is rejected."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import pytest

from emrsim.api.seeds import check_seed
from emrsim.cli.schema import schema
from emrsim.core.faults import fault_of
from emrsim.core.rule_form import read_rule
from tests.core.test_rule_form import RULES

jsonschema = pytest.importorskip("jsonschema", reason="needs jsonschema: pip install 'emrsim[dev]'")
Draft202012Validator = jsonschema.Draft202012Validator

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OPERATIONS = {"emr": ["RunJobFlow"], "s3": ["GetObject"]}
GROUP = {"role": "MASTER", "instance_type": "m1.small"}

SEEDS: list[dict[str, Any]] = [
    {"clusters": []},
    {"clusters": [{"state": "WAITING", "created_at": "-P30D", "idle_timeout": 3600, "tags": {"a": "b"}}]},
    {"clusters": [{"state": "COMPLETED", "repeat": 3, "every": "PT1H", "steps": [{"args": ["a"]}]}]},
    {"clusters": [{"state": "WAITING", "groups": [GROUP], "steps": [{"properties": [["a", "b"]]}]}]},
]
FAULTS: list[dict[str, Any]] = [
    {"fault": "drop"},
    {"fault": "throttling", "operation": ["RunJobFlow"], "burst": 5, "per_second": 0.5},
    {"fault": "error", "status": 503, "code": "x", "service": "s3", "probability": 0.5, "seed": 1},
    {"fault": "latency", "seconds": 1.5, "count": 1, "skip": 2},
    {"fault": "truncate", "bytes": 0},
]
INVALID: list[tuple[str, Any]] = [
    ("seeds", []),
    ("seeds", {"clusters": [{"state": "DONE"}]}),
    ("seeds", {"clusters": [{}]}),
    ("seeds", {"clusters": [{"state": "WAITING", "nam": "x"}]}),
    ("seeds", {"clusters": [{"state": "WAITING", "steps": [{"args": "a"}]}]}),
    ("seeds", {"clusters": [{"state": "WAITING", "steps": [{"properties": [["a"]]}]}]}),
    ("rules", {"then": {"fail": {"exit_code": 256}}}),
    ("rules", {"then": {"fail": False}}),
    ("rules", {"match": {"step": ""}, "then": {"hang": True}}),
    ("rules", {"match": {"nth": 0}, "then": {"hang": True}}),
    ("rules", {"then": {"lose_instance": {"role": "HEAD"}}}),
    ("rules", {}),
    ("faults", {}),
    ("faults", {"fault": "trouble"}),
    ("faults", {"fault": "drop", "seconds": 1}),
    ("faults", {"fault": "latency"}),
    ("faults", {"fault": "error", "status": 404}),
    ("faults", {"fault": "drop", "count": 0}),
]


def read(form: str, content: Any) -> None:
    if form == "seeds":
        check_seed(content, NOW)
    elif form == "rules":
        read_rule(content, "r-1")
    else:
        fault_of("fault-1", content, OPERATIONS)


@pytest.mark.parametrize(
    ("form", "content"),
    [
        *(("seeds", one) for one in SEEDS),
        *(("rules", one) for one in RULES),
        *(("faults", one) for one in FAULTS),
    ],
)
def test_what_is_taken_is_valid(form: str, content: Any) -> None:
    read(form, content)

    Draft202012Validator.check_schema(schema(form))
    Draft202012Validator(schema(form)).validate(content)


@pytest.mark.parametrize(("form", "content"), INVALID)
def test_what_is_invalid_is_rejected(form: str, content: Any) -> None:
    assert not Draft202012Validator(schema(form)).is_valid(content)
    with pytest.raises(ValueError):  # noqa: PT011  its words are tested where each form is
        read(form, content)


def test_command_prints_a_schema() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "emrsim", "schema", "seeds"], capture_output=True, text=True, check=True
    ).stdout

    assert json.loads(printed) == json.loads(json.dumps(schema("seeds")))
