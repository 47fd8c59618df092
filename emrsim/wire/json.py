"""The JSON 1.1 protocol: a body becomes parameters, a result becomes a body."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from emrsim.core.errors import EmrError, InvalidRequestException, SerializationException
from emrsim.core.request_errors import body_unreadable, structure_expected, wrong_type
from emrsim.wire.model import Operation, ServiceModel, Shape
from emrsim.wire.nesting import reject_deep_nesting
from emrsim.wire.numbers import finite, integer
from emrsim.wire.times import from_epoch, from_iso, to_epoch

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET_PREFIX = "ElasticMapReduce."


def parse(model: ServiceModel, operation: Operation, body: bytes) -> dict[str, Any]:
    """The parameters in `body`, typed by the model; members of value null count as left out.

    Raises SerializationException for what is no JSON object or has a value of the wrong type.
    """
    try:
        parsed = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise body_unreadable("The request body is not valid JSON.") from None
    if not isinstance(parsed, dict):
        raise structure_expected()
    if not operation.input:
        return {}
    return _parse_structure(model, model.shapes[operation.input], parsed, "")


def _parse(model: ServiceModel, shape: Shape, value: Any, path: str) -> Any:
    if shape.type == "structure":
        return _parse_structure(model, shape, value, path)
    if shape.type == "list":
        if not isinstance(value, list):
            raise wrong_type("list", path)
        member = model.shapes[shape.member]
        return [_parse(model, member, item, f"{path}.{n}") for n, item in enumerate(value, 1)]
    if shape.type == "map":
        if not isinstance(value, dict):
            raise wrong_type("map", path)
        target = model.shapes[shape.value]
        return {key: _parse(model, target, item, f"{path}.{key}") for key, item in value.items()}
    return _parse_scalar(shape, value, path)


def _parse_structure(model: ServiceModel, shape: Shape, value: Any, path: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise wrong_type("structure", path)
    reject_deep_nesting(path)
    return {
        name: _parse(model, model.shapes[target], value[name], f"{path}.{name}".lstrip("."))
        for name, target in shape.members.items()
        if value.get(name) is not None
    }


def _parse_scalar(shape: Shape, value: Any, path: str) -> Any:
    if isinstance(value, (dict, list)):
        # The wording of the live service (source: recorded error).
        raise structure_expected()
    if type(value) not in _ACCEPTED[shape.type]:
        raise wrong_type(shape.type, path)
    try:
        return _SCALARS[shape.type](value)
    except (ValueError, OverflowError, OSError):
        raise wrong_type(shape.type, path) from None


_ACCEPTED: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "long": (int, float),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float, str),
}


def _timestamp(value: float | str) -> datetime:
    return from_iso(value) if isinstance(value, str) else from_epoch(value)


def _unchanged(value: Any) -> Any:
    return value


_SCALARS: dict[str, Callable[[Any], Any]] = {
    "string": _unchanged,
    "boolean": _unchanged,
    "integer": partial(integer, "integer"),
    "long": partial(integer, "long"),
    "float": finite,
    "double": finite,
    "timestamp": _timestamp,
}


def render(model: ServiceModel, operation: Operation, result: Mapping[str, Any]) -> bytes:
    """A successful answer's body; empty where the operation has no output (source: recorded answer)."""
    if not operation.output:
        return b""
    content = _render(model, model.shapes[operation.output], result)
    return json.dumps(content, separators=(",", ":")).encode()


def _render(model: ServiceModel, shape: Shape, value: Any) -> Any:
    if shape.type == "structure":
        return {
            name: _render(model, model.shapes[target], value[name])
            for name, target in shape.members.items()
            if value.get(name) is not None
        }
    if shape.type == "list":
        return [_render(model, model.shapes[shape.member], item) for item in value]
    if shape.type == "map":
        return {key: _render(model, model.shapes[shape.value], item) for key, item in value.items()}
    return to_epoch(value) if shape.type == "timestamp" else value


def render_error(error: EmrError) -> bytes:
    """An error answer; deserialisation faults spell `Message` with a capital (source: recorded errors)."""
    content: dict[str, str] = {"__type": error.code}
    if isinstance(error, InvalidRequestException) and error.error_code:
        content["ErrorCode"] = error.error_code
    modelled = isinstance(error, InvalidRequestException | SerializationException)
    content["Message" if modelled else "message"] = error.message
    return json.dumps(content).encode()
