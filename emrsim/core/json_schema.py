"""The form of seeds, rules and faults as JSON Schema, for editors (source: its draft 2020-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from emrsim.core.plain import Between, Length, is_required, member_names, types_of

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_SIMPLE: Mapping[Any, Mapping[str, Any]] = {
    Any: {},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    datetime: {"type": "string", "description": "A time in ISO 8601, or as long ago as -P30D."},
    timedelta: {"type": ["string", "number"], "description": "ISO 8601 such as PT1H, or seconds."},
}


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of the plain data that `core.plain.Reader` reads as `kind`."""
    parts: dict[str, Any] = {}
    whole = _schema(kind, parts)
    return {"$schema": _DRAFT, **whole, "$defs": parts}


def schema_of_kinds(kinds: Mapping[str, type], by: str) -> dict[str, Any]:
    """The schema of data that is of one of `kinds`, by the word in its field `by`."""
    parts: dict[str, Any] = {}
    several = []
    for word, kind in kinds.items():
        schema = _object(kind, parts)
        several.append({**schema, "properties": {**schema["properties"], by: {"const": word}}})
    return {"$schema": _DRAFT, "oneOf": several, "$defs": parts}


def _schema(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    origin = get_origin(kind)
    if origin is Annotated:
        base, *limits = get_args(kind)
        return _limited(_schema(base, parts), limits)
    if origin in {Union, UnionType}:
        return _union([one for one in get_args(kind) if one is not NoneType], parts)
    if origin is Literal:
        return {"enum": list(get_args(kind))}
    if origin is list:
        return {"type": "array", "items": _schema(get_args(kind)[0], parts)}
    if origin is tuple:
        return _list(get_args(kind), parts)
    if origin is not None and issubclass(origin, Mapping):
        return {"type": "object", "additionalProperties": _schema(get_args(kind)[1], parts)}
    if is_dataclass(kind):
        return _reference(kind, parts)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"enum": member_names(kind)}
    return dict(_SIMPLE[kind])


def _union(kinds: list[Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A value that may be null is described without it: leave it out."""
    schemas = [_schema(one, parts) for one in kinds]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _list(kinds: tuple[Any, ...], parts: dict[str, Any]) -> dict[str, Any]:
    if kinds[-1] is Ellipsis:
        return {"type": "array", "items": _schema(kinds[0], parts)}
    items = [_schema(one, parts) for one in kinds]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _reference(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__.removesuffix("Form").removesuffix("Picture")
    if name not in parts:
        parts[name] = {}  # a type may have itself as a part
        parts[name] = _object(kind, parts)
    return {"$ref": f"#/$defs/{name}"}


def _object(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    types = types_of(kind)
    required = [one.name for one in fields(kind) if is_required(one)]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip().partition("\n")[0],
        "properties": {one.name: _schema(types[one.name], parts) for one in fields(kind)},
        "required": required,
        "additionalProperties": False,
    }


def _limited(schema: dict[str, Any], limits: list[Any]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for limit in limits:
        if isinstance(limit, str):
            said["description"] = limit
        elif isinstance(limit, Between):
            said |= {"minimum": limit.least, "maximum": limit.most}
        elif isinstance(limit, Length):
            said |= {"minLength": limit.least, "maxLength": limit.most}
    return {**schema, **{name: value for name, value in said.items() if value is not None}}
