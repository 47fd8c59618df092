"""The control interface, called with plain urllib as curl would."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from emrsim import Emulator


def control(emulator: Emulator, method: str, path: str, content: Any = None) -> Any:
    """The JSON that a call below `/_emrsim/` answers; `content` is sent as JSON, bytes as they are."""
    _, answer = attempt(emulator, method, path, content)
    assert "error" not in answer, answer
    return answer


def refused(emulator: Emulator, method: str, path: str, content: Any = None) -> tuple[int, str]:
    """The status and the words of a call that is refused."""
    status, answer = attempt(emulator, method, path, content)
    assert list(answer) == ["error"], answer
    return status, answer["error"]


def attempt(emulator: Emulator, method: str, path: str, content: Any = None) -> tuple[int, Any]:
    """The status and the JSON of an answer."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    url = f"{emulator.url}/_emrsim/{path}"
    request = Request(url, data=None if content is None else body, method=method)
    try:
        with urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)
