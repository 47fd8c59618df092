"""Whether an answer is of the shape that botocore's model says: nothing missing, nothing unknown.

The JSON is looked at as it came over the wire: boto3's own parser passes over what it does not know.

    client.meta.events.register("before-parse.emr", check_before_parse)

lets every answer to a boto3 client be checked, and `violations` checks one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, OperationModel, Shape, StringShape, StructureShape

# Members that the service does not show, though the model requires them: it never tells passwords.
NOT_SHOWN = {"KerberosAttributes": {"Realm", "KdcAdminPassword"}}

_TYPES: dict[str, tuple[type, ...]] = {
    "structure": (dict,),
    "list": (list,),
    "map": (dict,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (int, float),
}


def check_before_parse(operation_model: OperationModel, response_dict: dict[str, Any], **_: Any) -> None:
    """For botocore's event of that name: fail the test that gets an answer of a wrong shape."""
    if response_dict["status_code"] == 200:
        found = violations(operation_model, response_dict["body"])
        assert not found, f"{operation_model.name}: {found}"


def violations(operation_model: OperationModel, body: bytes) -> list[str]:
    """All that is wrong with the body of a successful answer in JSON."""
    if operation_model.output_shape is None:
        return ["a body where the operation has no output"] if body else []
    return list(_violations(operation_model.output_shape, json.loads(body), operation_model.name))


def _violations(shape: Shape, value: Any, path: str) -> Iterator[str]:
    if type(value) not in _TYPES[shape.type_name]:
        yield f"{path}: {value!r} is no {shape.type_name}"
    elif isinstance(shape, StructureShape):
        yield from _of_structure(shape, value, path)
    elif isinstance(shape, ListShape):
        for number, item in enumerate(value):
            yield from _violations(shape.member, item, f"{path}[{number}]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from _violations(shape.value, item, f"{path}[{key!r}]")
    elif isinstance(shape, StringShape) and shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} is none of {shape.enum}"


def _of_structure(shape: StructureShape, value: dict[str, Any], path: str) -> Iterator[str]:
    for name in shape.required_members:
        if name not in value and name not in NOT_SHOWN.get(shape.name, ()):
            yield f"{path}: {name} is missing"
    for name, item in value.items():
        if name in shape.members:
            yield from _violations(shape.members[name], item, f"{path}.{name}")
        else:
            yield f"{path}: {name} is unknown"
