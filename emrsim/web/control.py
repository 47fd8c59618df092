"""The control interface below `/_emrsim/`, for people and test programs.

Plain WSGI: it answers before the endpoints, and the framework under them, are loaded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from emrsim.service.bugs import Bugs
from emrsim.service.emulator import EmulatorState
from emrsim.settings import __version__

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/_emrsim/"


def control_endpoint(state: EmulatorState, bugs: Bugs) -> WSGIApplication:
    """The WSGI application that answers below `/_emrsim/`."""

    def endpoint(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path != f"{PREFIX}health":
            return _answer("404 Not Found", {"error": f"there is nothing at {path}"}, start_response)
        if method not in {"GET", "HEAD"}:
            return _answer("405 Method Not Allowed", {"error": f"{method} {path}"}, start_response)
        return _answer("200 OK", _health(state, bugs), start_response)

    return endpoint


def _health(state: EmulatorState, bugs: Bugs) -> dict[str, Any]:
    """That the emulator answers, which version it is, and how many clusters and bugs it has seen."""
    with state.locked():
        clusters = len(state.clusters)
    return {"status": "ok", "version": __version__, "clusters": clusters, "bugs": len(bugs.found)}


def _answer(status: str, content: dict[str, Any], start_response: StartResponse) -> list[bytes]:
    body = json.dumps(content).encode() + b"\n"
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body]
