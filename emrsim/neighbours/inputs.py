"""What a target of EventBridge gets of an event: all of it, a part, a constant, or a text made of parts.

Source: EventBridge user guide, "Input transformation", and PutTargets of its API reference. Assumed: a path
that leads nowhere is `null` in JSON and nothing within a text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

# `$.detail.state`, `$.resources[0]`, `$['detail-type']`
_STEP = re.compile(r"""\.([\w-]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]""")
_VARIABLE = re.compile(r"<([\w.-]+)>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WAYS = ("Input", "InputPath", "InputTransformer")
_VARIABLES_MAX = 100


class BadInput(Exception):
    """What a target is given says nothing that can be sent; the message says where."""


def input_of(target: Mapping[str, Any], event: Mapping[str, Any], rule_name: str, rule_arn: str) -> str:
    """The text that `target`, as PutTargets has it, gets of an event. Raises BadInput."""
    if target.get("Input"):
        return str(target["Input"])
    if path := target.get("InputPath"):
        return _json(value_at(path, event))
    if transformer := target.get("InputTransformer"):
        given = dict(_reserved(event, rule_name, rule_arn))
        given |= {name: value_at(at, event) for name, at in _paths(transformer).items()}
        return transformed(transformer["InputTemplate"], given)
    return _json(event)


def check_target(target: Mapping[str, Any]) -> None:
    """Raise BadInput for a target whose input EventBridge refuses."""
    which = f"for target {target.get('Id')}"
    given = [way for way in _WAYS if target.get(way)]
    if len(given) > 1:
        raise BadInput(f"Only one of {', '.join(_WAYS[:2])}, or {_WAYS[2]} must be provided {which}.")
    if text := target.get("Input"):
        _check_json(str(text), f"JSON syntax error in Input {which}")
    if path := target.get("InputPath"):
        _steps(str(path))
    if transformer := target.get("InputTransformer"):
        template, paths = transformer.get("InputTemplate"), _paths(transformer)
        if not template:
            raise BadInput(f"InputTemplate is missing {which}.")
        if len(paths) > _VARIABLES_MAX:
            raise BadInput(f"InputPathsMap has more than {_VARIABLES_MAX} entries {which}.")
        for path in paths.values():
            _steps(str(path))
        samples = {**dict(_reserved({}, "rule", "arn")), **dict.fromkeys(paths, "x")}
        for line in _texts(transformed(template, samples)):
            _check_json(line, f"Invalid InputTemplate {which}")


def value_at(path: str, event: Mapping[str, Any]) -> Any:
    """What a path such as `$.detail.state` leads to; None where it leads nowhere. Raises BadInput."""
    value: Any = event
    for step in _steps(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def transformed(template: str, given: Mapping[str, Any]) -> str:
    """The template with values in place of its variables: as JSON, and within quotes as text in JSON."""
    parts, end = [], 0
    for quoted in _QUOTED.finditer(template):
        parts += [_filled(template[end : quoted.start()], given, _json), _filled(quoted[0], given, _text)]
        end = quoted.end()
    return "".join([*parts, _filled(template[end:], given, _json)])


def _filled(text: str, given: Mapping[str, Any], written: Any) -> str:
    """The text with each variable that there is written in this way."""
    return _VARIABLE.sub(lambda found: written(given[found[1]]) if found[1] in given else found[0], text)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _text(value: Any) -> str:
    """A value within a text in quotes: escaped, without quotes of its own."""
    if value is None:
        return ""
    return _json(value if isinstance(value, str) else _json(value))[1:-1]


def _reserved(event: Mapping[str, Any], rule_name: str, rule_arn: str) -> Iterator[tuple[str, Any]]:
    yield "aws.events.rule-name", rule_name
    yield "aws.events.rule-arn", rule_arn
    yield "aws.events.event.ingestion-time", event.get("time")
    yield "aws.events.event", {name: value for name, value in event.items() if name != "detail"}
    yield "aws.events.event.json", event


def _paths(transformer: Mapping[str, Any]) -> Mapping[str, Any]:
    return transformer.get("InputPathsMap") or {}


def _steps(path: str) -> list[str | int]:
    """The members and places that a path leads through. Raises BadInput."""
    if not path.startswith("$"):
        raise BadInput(f"Invalid JsonPath {path!r}: it must begin with $.")
    steps: list[str | int] = []
    end = 1
    while end < len(path):
        found = _STEP.match(path, end)
        if found is None:
            raise BadInput(f"Invalid JsonPath {path!r}: {path[end:]!r} cannot be read.")
        name = next(part for part in (found[1], found[3], found[4], "") if part is not None)
        steps.append(name if found[2] is None else int(found[2]))
        end = found.end()
    return steps


def _texts(text: str) -> list[str]:
    """A template that is several texts in quotes has one on a line."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines if lines and all(line.strip().startswith('"') for line in lines) else [text]


def _check_json(text: str, where: str) -> None:
    try:
        json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{where}: {error}.") from None
