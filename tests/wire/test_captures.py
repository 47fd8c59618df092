"""Requests recorded from boto 2.49 and boto 2.0, sent again, mean what they meant."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.api.table import OPERATIONS
from emrsim.service.emulator import EmulatorState
from tests.support.sockets import exchange

CAPTURES = sorted((Path(__file__).parents[1] / "captures").glob("*/*.http"))
_CONTENT_LENGTH = re.compile(rb"(?i)\ncontent-length: (\d+)")

Calls = list[tuple[str, dict[str, Any]]]


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What the operations are called with, instead of what they do."""
    calls: Calls = []

    def recorder(operation: str) -> Any:
        def record(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
            calls.append((operation, params))
            return {}

        return record

    for operation in OPERATIONS:
        monkeypatch.setitem(OPERATIONS, operation, recorder(operation))
    return calls


def test_recorded_requests_are_there() -> None:
    assert {path.parent.name for path in CAPTURES} == {"boto20-py27", "boto249-py311"}
    assert len(CAPTURES) == 29


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_recorded_request_means_what_it_meant(emrsim: Emulator, calls: Calls, capture: Path) -> None:
    meant = json.loads(capture.with_suffix(".params.json").read_text())

    answer = exchange(emrsim.port, request_of(capture))

    ((operation, params),) = calls
    assert answer.status == 200
    assert operation == capture.stem.partition("-")[2]
    assert params == with_instants(meant, params)


def request_of(capture: Path) -> bytes:
    """The request's bytes; on disk its head has plain line ends and a decoded copy follows it."""
    head, _, rest = capture.read_bytes().partition(b"\n\n")
    length = _CONTENT_LENGTH.search(head)
    return head.replace(b"\n", b"\r\n") + b"\r\n\r\n" + rest[: int(length[1]) if length else 0]


def with_instants(meant: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """`meant` with its dates, written as text, as points in time where `params` has some."""
    dates = {name for name, value in params.items() if isinstance(value, datetime)}
    return {name: datetime.fromisoformat(value) if name in dates else value for name, value in meant.items()}
