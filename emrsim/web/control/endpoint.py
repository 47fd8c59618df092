"""The control interface as plain WSGI: it answers before the endpoints, and the framework under them, are
loaded.

An error is `{"error": "PLACE: what is wrong there"}`, with the status 400, 401, 404, 405, 413 or 503.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from emrsim.core.suggestions import expected_one_of
from emrsim.service.journal import ControlCall
from emrsim.service.record.errors import RecordUnavailable
from emrsim.service.waiting_room import NoRoom
from emrsim.web.bodies import body_of
from emrsim.web.control import (
    MOTO_RESET,
    PREFIX,
    clock,
    clusters,
    events,
    faults,
    helpers,
    requests,
    rules,
    state,
)
from emrsim.web.control.calls import (
    JSON_BYTES_MAX,
    Call,
    Controls,
    Crowded,
    File,
    Handler,
    NothingThere,
    NotWritten,
    Refusal,
    Stranger,
    WrongMethod,
)
from emrsim.web.control.health import health

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# (method, path below the prefix) -> handler. `{name}` in a path stands for one word, which the handler gets.
CALLS: Mapping[tuple[str, str], Handler] = {
    ("GET", "health"): health,
    ("GET", "clock"): clock.read,
    ("POST", "clock"): clock.change,
    ("POST", "clusters/{id}/shutdown"): clusters.shutdown,
    ("GET", "events"): events.read,
    ("DELETE", "events"): events.clear,
    ("GET", "faults"): faults.read,
    ("POST", "faults"): faults.add,
    ("DELETE", "faults"): faults.clear,
    ("DELETE", "faults/{id}"): faults.remove,
    ("GET", "output"): helpers.output,
    ("GET", "requests"): requests.read,
    ("DELETE", "requests"): requests.clear,
    ("POST", "reset"): state.reset,
    ("POST", "seed"): state.seed,
    ("GET", "state"): state.export,
    ("GET", "snapshot"): state.snapshot,
    ("POST", "snapshot"): state.restore,
    ("GET", "rules"): rules.read_all,
    ("POST", "rules"): rules.add,
    ("DELETE", "rules"): rules.remove_all,
    ("DELETE", "rules/{id}"): rules.remove,
    ("POST", "rules/{id}/release"): rules.release,
    ("GET", "steps/{id}/progress"): helpers.progress,
    ("POST", "streaming"): helpers.streaming,
    ("GET", "wait"): helpers.wait,
}

# The header that names what an answer lacks, once for each; clients read no more than some hundred headers.
_LEFT_OUT = "X-Emrsim-Left-Out"
_LEFT_OUT_MAX = 20

# Those that change what later calls are answered: a recording has them. What a cluster's own programs ask for
# is asked for again when it is replayed.
_NOT_TOLD = [requests.clear, events.clear, clusters.shutdown]
_TOLD = [
    handler
    for (method, _), handler in CALLS.items()
    if method in {"POST", "DELETE"} and handler not in _NOT_TOLD
]

# Those that may take long, for processes to end or files to be read: they leave the others a thread.
_SLOW = [
    clock.change,
    helpers.output,
    helpers.progress,
    helpers.streaming,
    helpers.wait,
    state.reset,
    state.restore,
    state.snapshot,
]

_JSON = "application/json"
_FILE_BLOCK_BYTES = 1 << 16
# A bug of ours is not answered with 500, as nowhere in emrsim.
_BUG_STATUS = "501 Not Implemented"


def control_endpoint(controls: Controls, is_known: Callable[[WSGIEnvironment], bool]) -> WSGIApplication:
    """The WSGI application that answers below `/_emrsim/`, and moto's path for a reset.

    All but the health is for those who are `is_known`.
    """

    def endpoint(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        try:
            handler, words = _find(environ["REQUEST_METHOD"], environ["PATH_INFO"])
            if handler is not health and not is_known(environ):
                raise Stranger("a key of this emulator's and its secret are needed, as user and password")
            is_told = controls.journal.is_listened_to and handler in _TOLD
            body = body_of(environ) if is_told and _is_kept(handler, environ) else None
            content = _handle(handler, controls, Call(environ, words))
            if is_told:
                method, path = environ["REQUEST_METHOD"], _name(environ["PATH_INFO"])
                controls.journal.tell_control(ControlCall(method, path, body, content))
        except RecordUnavailable as unwritten:
            return _answer(environ, NotWritten.status, {"error": str(unwritten)}, start_response)
        except Refusal as refusal:
            return _answer(environ, refusal.status, {"error": str(refusal)}, start_response)
        except Exception as bug:
            controls.bugs.record(bug)
            error = {"error": f"this is a bug of emrsim's: {bug!r}"}
            return _answer(environ, _BUG_STATUS, error, start_response)
        if isinstance(content, File):
            return _answer_file(environ, content, start_response)
        return _answer(environ, "200 OK", content, start_response)

    return endpoint


def _handle(handler: Handler, controls: Controls, call: Call) -> Any:
    if handler not in _SLOW:
        return handler(controls, call)
    try:
        with controls.waiting_room.place():
            return handler(controls, call)
    except NoRoom as error:
        raise Crowded(str(error)) from None


def _find(method: str, path: str) -> tuple[Handler, dict[str, str]]:
    """The handler of a call, with the words in its path. Raises NothingThere or WrongMethod."""
    name = _name(path)
    found = {
        known: (handler, words.groupdict())
        for (known, pattern), handler in CALLS.items()
        if (words := _expression(pattern).fullmatch(name))
    }
    if not found:
        raise NothingThere(f"{path}: not found")
    asked = "GET" if method == "HEAD" else method
    if asked not in found:
        raise WrongMethod(f"{method} {path}: {expected_one_of(sorted(found))}")
    return found[asked]


def _name(path: str) -> str:
    return "reset" if path == MOTO_RESET else path.removeprefix(PREFIX)


def _is_kept(handler: Handler, environ: WSGIEnvironment) -> bool:
    return handler is not state.restore and int(environ.get("CONTENT_LENGTH") or 0) <= JSON_BYTES_MAX


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))


def _answer(
    environ: WSGIEnvironment, status: str, content: Any, start_response: StartResponse
) -> Iterable[bytes]:
    body = json.dumps(content).encode() + b"\n"
    headers = _headers(_JSON, len(body))
    if status == Stranger.status:
        headers.append(("WWW-Authenticate", 'Basic realm="emrsim"'))
    start_response(status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _answer_file(environ: WSGIEnvironment, file: File, start_response: StartResponse) -> Iterable[bytes]:
    left_out = [(_LEFT_OUT, _ascii(reason)) for reason in file.left_out[:_LEFT_OUT_MAX]]
    start_response("200 OK", [*_headers(file.content_type, file.size_bytes), *left_out])
    if environ["REQUEST_METHOD"] == "HEAD":
        file.content.close()
        return []
    wrapper: Iterable[bytes] = environ["wsgi.file_wrapper"](file.content, _FILE_BLOCK_BYTES)
    return wrapper


def _ascii(text: str) -> str:
    """A text as a header can have it: what is not printable is percent-encoded."""
    return quote(text, safe=string.punctuation + " ", errors="surrogateescape")


def _headers(content_type: str, size_bytes: int) -> list[tuple[str, str]]:
    return [("Content-Type", content_type), ("Content-Length", str(size_bytes))]
