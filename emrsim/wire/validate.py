"""Parameters against the limits of the model: required, enum, length, range and pattern.

All that is wrong is told at once, in AWS's words (see `core.request_errors.constraints_violated`); paths are
written as the service writes them: `instances.instanceGroups.1.member.market`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from emrsim.core import request_errors
from emrsim.wire.model import Operation, ServiceModel, Shape


def validate(model: ServiceModel, operation: Operation, params: Mapping[str, Any]) -> None:
    """Raise ValidationException with every violation of the model's constraints in `params`."""
    if not operation.input:
        return
    violations = list(_violations(model, model.shapes[operation.input], params, ""))
    if violations:
        raise request_errors.constraints_violated(violations)


def _violations(model: ServiceModel, shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.type == "structure":
        yield from _of_structure(model, shape, value, path)
    elif shape.type == "list":
        yield from _of_length(shape, value, path)
        for number, item in enumerate(value, 1):
            yield from _violations(model, model.shapes[shape.member], item, f"{path}.{number}.member")
    elif shape.type == "map":
        for key, item in value.items():
            yield from _violations(model, model.shapes[shape.value], item, f"{path}.{key}")
    elif shape.type == "string":
        yield from _of_string(shape, value, path)
    elif shape.type in {"integer", "long", "float", "double"}:
        yield from _of_number(shape, value, path)


def _of_structure(model: ServiceModel, shape: Shape, value: Mapping[str, Any], path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for name in shape.required:
        if name not in value:
            yield request_errors.null_violation(prefix + _camel(name))
    for name, target in shape.members.items():
        if name in value:
            yield from _violations(model, model.shapes[target], value[name], prefix + _camel(name))


def _of_string(shape: Shape, value: str, path: str) -> Iterator[str]:
    if shape.enum and value not in shape.enum:
        yield request_errors.enum_violation(value, path, shape.enum)
    if shape.pattern and not _compiled(shape.pattern).fullmatch(value):
        yield request_errors.pattern_violation(value, path, shape.pattern)
    yield from _of_length(shape, value, path)


def _of_length(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if shape.min is not None and len(value) < shape.min:
        yield request_errors.length_violation(value, path, "greater", int(shape.min))
    if shape.max is not None and len(value) > shape.max:
        yield request_errors.length_violation(value, path, "less", int(shape.max))


def _of_number(shape: Shape, value: float, path: str) -> Iterator[str]:
    if shape.min is not None and value < shape.min:
        yield request_errors.range_violation(value, path, "greater", shape.min)
    if shape.max is not None and value > shape.max:
        yield request_errors.range_violation(value, path, "less", shape.max)


def _camel(name: str) -> str:
    return name[:1].lower() + name[1:]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model. Java writes what lies beyond the first plane as ranges of surrogates."""
    beyond = "\U00010000-\U0010ffff"
    for surrogates in (r"\uD800\uDC00-\uDBFF\uDFFF", r"\uD800\uDBFF-\uDC00\uDFFF"):
        pattern = pattern.replace(surrogates, beyond)
    return re.compile(pattern)
