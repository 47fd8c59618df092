"""The Query protocol of 2009-03-31: a form becomes parameters, a result becomes XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from functools import partial
from html import escape  # xml.sax would load urllib.request for the same
from typing import Any

from emrsim.core.errors import EmrError, InvalidRequestException
from emrsim.core.request_errors import wrong_type
from emrsim.wire.model import Operation, ServiceModel, Shape
from emrsim.wire.nesting import reject_deep_nesting
from emrsim.wire.numbers import finite, integer
from emrsim.wire.times import from_iso, to_iso

NAMESPACE = "http://elasticmapreduce.amazonaws.com/doc/2009-03-31"
CONTENT_TYPE = "text/xml;charset=UTF-8"

# boto 2.49's SAX reader ends the enclosing list item at a nested </member> it does not know, so these
# members of the newer shapes are left out (source: clients, boto 2, "Reply parsing").
LEFT_OUT: Mapping[str, frozenset[str]] = {
    "PlacementType": frozenset({"AvailabilityZones"}),
    "Application": frozenset({"Args", "AdditionalInfo"}),
    "Instance": frozenset({"EbsVolumes"}),
    "InstanceGroup": frozenset(
        {
            "AutoScalingPolicy",
            "Configurations",
            "EbsBlockDevices",
            "LastSuccessfullyAppliedConfigurations",
            "ShrinkPolicy",
        }
    ),
    "Step": frozenset({"AdditionalInfo"}),
    "StepSummary": frozenset({"AdditionalInfo"}),
}

# Maps that are written as lists of Key and Value, the only form that boto 2 reads
# (docs/facts/api.md#query-protocol).
KEY_VALUE_LISTS: Mapping[str, frozenset[str]] = {"HadoopStepConfig": frozenset({"Properties"})}

# An old shim of mrjob's sent this name (source: docs/facts/api.md#what-boto-2-sends).
ALIASES: Mapping[str, Mapping[str, str]] = {"ListSteps": {"StepStateList": "StepStates"}}

# What XML 1.0 cannot carry, even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_LIST_NUMBER_DIGITS_MAX = 9
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

Form = Mapping[str, str]
_Tree = dict[str, Any]


def parse(model: ServiceModel, operation: Operation, form: Form) -> dict[str, Any]:
    """The parameters that `form` holds for `operation`, typed by the model.

    Names the model does not know are passed over, as the service does with boto 2's top-level
    ActionOnFailure. Raises SerializationException for a value of the wrong type.
    """
    if not operation.input:
        return {}
    aliases = ALIASES.get(operation.name, {})
    tree = _tree(form, model.shapes[operation.input].members.keys() | aliases.keys())
    for alias, name in aliases.items():
        if alias in tree:
            tree.setdefault(name, tree.pop(alias))
    parsed = _parse(model, model.shapes[operation.input], tree, "")
    assert isinstance(parsed, dict)
    return parsed


def _tree(form: Form, known: Set[str]) -> _Tree:
    """`a.b.1=x` as nested dictionaries, for what begins with a known name.

    A name that is both a leaf and a branch keeps the branch.
    """
    tree: _Tree = {}
    for name, value in form.items():
        if name.partition(".")[0] not in known:
            continue
        reject_deep_nesting(name)
        node = tree
        *branches, leaf = name.split(".")
        for branch in branches:
            child = node.get(branch)
            if not isinstance(child, dict):
                child = node[branch] = {}
            node = child
        if not isinstance(node.get(leaf), dict):
            node[leaf] = value
    return tree


def _parse(model: ServiceModel, shape: Shape, node: Any, path: str) -> Any:
    if shape.type == "structure":
        return _parse_structure(model, shape, node, path)
    if shape.type == "list":
        return _parse_list(model, shape, node, path)
    if shape.type == "map":
        return _parse_map(model, shape, node, path)
    if not isinstance(node, str):
        raise wrong_type(shape.type, path)
    return _parse_scalar(shape, node, path)


def _parse_structure(model: ServiceModel, shape: Shape, node: Any, path: str) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise wrong_type("structure", path)
    reject_deep_nesting(path)
    return {
        name: _parse(model, model.shapes[target], node[name], f"{path}.{name}".lstrip("."))
        for name, target in shape.members.items()
        if name in node
    }


def _parse_list(model: ServiceModel, shape: Shape, node: Any, path: str) -> list[Any]:
    """`X.member.N`, sorted by number; an empty `X` is an empty list."""
    if node == "":
        return []
    items = _numbered(node.get("member", node) if isinstance(node, dict) else None, path)
    member = model.shapes[shape.member]
    return [_parse(model, member, item, f"{path}.{number}") for number, item in items]


def _parse_map(model: ServiceModel, shape: Shape, node: Any, path: str) -> dict[str, Any]:
    """`X.entry.N.key` and `X.entry.N.value`."""
    if node == "":
        return {}
    entries = _numbered(node.get("entry", node) if isinstance(node, dict) else None, path)
    parsed = {}
    for number, entry in entries:
        if not isinstance(entry, dict) or "key" not in entry:
            raise wrong_type("map entry", f"{path}.{number}")
        value = entry.get("value", "")
        parsed[str(entry["key"])] = _parse(model, model.shapes[shape.value], value, f"{path}.{number}.value")
    return parsed


def _numbered(node: Any, path: str) -> list[tuple[int, Any]]:
    if not isinstance(node, dict) or not all(key.isascii() and key.isdigit() for key in node):
        raise wrong_type("list", path)
    # By number alone: `1` and `01` may both be there.
    return sorted(
        ((_list_number(key, path), value) for key, value in node.items()), key=lambda numbered: numbered[0]
    )


def _list_number(digits: str, path: str) -> int:
    if len(digits) > _LIST_NUMBER_DIGITS_MAX:
        raise wrong_type("list", path)
    return int(digits)


def _parse_scalar(shape: Shape, text: str, path: str) -> Any:
    try:
        return _SCALARS[shape.type](text)
    except (ValueError, OverflowError, KeyError):
        raise wrong_type(shape.type, path) from None


def _integer(shape_type: str, text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return integer(shape_type, int(text))


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError(text)
    return finite(float(text))


_SCALARS: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": partial(_integer, "integer"),
    "long": partial(_integer, "long"),
    "float": _float,
    "double": _float,
    "boolean": lambda text: {"true": True, "false": False}[text.lower()],
    "timestamp": from_iso,
}


def render(model: ServiceModel, operation: Operation, result: Mapping[str, Any], request_id: str) -> bytes:
    """A successful answer; never empty, also where the operation has no output: boto 2 needs a body."""
    name = operation.name
    body = ""
    if operation.output:
        content = _render_structure(model, model.shapes[operation.output], result)
        body = f"<{name}Result>{content}</{name}Result>"
    return _document(
        f"{name}Response", f"{body}<ResponseMetadata>{_request_id(request_id)}</ResponseMetadata>"
    )


def render_error(error: EmrError, request_id: str) -> bytes:
    """An error answer (form: mrjob's record)."""
    kind = "Sender" if error.status < 500 else "Receiver"  # Receiver: assumed
    code = ""
    if isinstance(error, InvalidRequestException) and error.error_code:
        code = _element("ErrorCode", _text(error.error_code))
    content = (
        f"<Error><Type>{kind}</Type><Code>{error.query_code}</Code>{code}"
        f"<Message>{_text(error.message)}</Message></Error>{_request_id(request_id)}"
    )
    return _document("ErrorResponse", content)


def _document(root: str, content: str) -> bytes:
    return f'<{root} xmlns="{NAMESPACE}">{content}</{root}>'.encode()


def _request_id(request_id: str) -> str:
    return f"<RequestId>{request_id}</RequestId>"


def _render_structure(model: ServiceModel, shape: Shape, value: Mapping[str, Any]) -> str:
    left_out = LEFT_OUT.get(shape.name, frozenset())
    as_list = KEY_VALUE_LISTS.get(shape.name, frozenset())
    return "".join(
        _element(
            name,
            _key_values(value[name])
            if name in as_list
            else _render(model, model.shapes[target], value[name]),
        )
        for name, target in shape.members.items()
        if value.get(name) is not None and name not in left_out
    )


def _key_values(pairs: Mapping[str, str]) -> str:
    return "".join(
        _element("member", _element("Key", _text(key)) + _element("Value", _text(value)))
        for key, value in pairs.items()
    )


def _render(model: ServiceModel, shape: Shape, value: Any) -> str:
    if shape.type == "structure":
        return _render_structure(model, shape, value)
    if shape.type == "list":
        member = model.shapes[shape.member]
        return "".join(_element("member", _render(model, member, item)) for item in value)
    if shape.type == "map":
        return "".join(_render_entry(model, shape, key, item) for key, item in value.items())
    if shape.type == "boolean":
        return "true" if value else "false"
    if shape.type == "timestamp":
        return to_iso(value)
    return _text(str(value))


def _render_entry(model: ServiceModel, shape: Shape, key: str, value: Any) -> str:
    content = _element("key", _text(key)) + _element(
        "value", _render(model, model.shapes[shape.value], value)
    )
    return _element("entry", content)


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>" if content else f"<{name}/>"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text), quote=False)
