"""EMR's service model, read from botocore's package data without importing botocore.

The model is the wire contract of both protocols: the operations, the shapes of their parameters and
results, and the limits that `wire.validate` checks.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Shape:
    """A shape of the model. `type` is structure, list, map, string, integer, long, float, double,
    boolean or timestamp; `members` are names of shapes, `member`, `key` and `value` likewise."""

    name: str
    type: str
    members: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    member: str = ""
    key: str = ""
    value: str = ""
    enum: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    pattern: str = ""


@dataclass(frozen=True)
class Operation:
    """An operation: its name and the names of its shapes; "" where it has no output."""

    name: str
    input: str
    output: str


@dataclass(frozen=True)
class ServiceModel:
    """All operations and shapes of a service, by name."""

    operations: dict[str, Operation]
    shapes: dict[str, Shape]


@cache
def emr_model() -> ServiceModel:
    """The model of EMR's API 2009-03-31, read once."""
    raw = json.loads(_read_data_file("data/emr/2009-03-31/service-2.json"))
    return ServiceModel(
        operations={name: _operation(name, entry) for name, entry in raw["operations"].items()},
        shapes={name: _shape(name, entry) for name, entry in raw["shapes"].items()},
    )


def _read_data_file(relative: str) -> bytes:
    """A file of botocore's package data; newer releases compress them."""
    spec = find_spec("botocore")
    if spec is None or spec.origin is None:
        raise RuntimeError("botocore is not installed; it holds EMR's service model")
    path = Path(spec.origin).parent / relative
    if path.exists():
        return path.read_bytes()
    return gzip.decompress(path.with_name(path.name + ".gz").read_bytes())


def _operation(name: str, entry: dict[str, Any]) -> Operation:
    return Operation(
        name=name,
        input=entry.get("input", {}).get("shape", ""),
        output=entry.get("output", {}).get("shape", ""),
    )


def _shape(name: str, entry: dict[str, Any]) -> Shape:
    return Shape(
        name=name,
        type=entry["type"],
        members={key: member["shape"] for key, member in entry.get("members", {}).items()},
        required=tuple(entry.get("required", ())),
        member=entry.get("member", {}).get("shape", ""),
        key=entry.get("key", {}).get("shape", ""),
        value=entry.get("value", {}).get("shape", ""),
        enum=tuple(entry.get("enum", ())),
        min=entry.get("min"),
        max=entry.get("max"),
        pattern=entry.get("pattern", ""),
    )
