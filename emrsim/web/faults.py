"""Faults, between the gateway and the services: what `core.faults` decides is done here.

A dropped connection and an error answer come instead of the call, which is not carried out; latency comes
before it, and takes the machine's time, whatever the emulator's clock does, for clients time out by
theirs; a truncated answer comes after it. Late answers wait in the waiting room (`service.waiting_room`).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from http import HTTPStatus
from threading import Event
from typing import TYPE_CHECKING, Any

from emrsim.core.fault_errors import S3Trouble, emr_error_of, s3_error_of
from emrsim.core.faults import DROP, LATENCY, TRUNCATE, Fault
from emrsim.service.faults import Faults
from emrsim.service.waiting_room import NoRoom, WaitingRoom
from emrsim.web.bodies import close
from emrsim.web.naming import OperationNames
from emrsim.wire import json as json_protocol
from emrsim.wire import query as query_protocol
from emrsim.wire.refusal import render_refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Renders an error of S3's for a request: status line, headers, body.
S3Error = Callable[[Any, S3Trouble], tuple[str, list[tuple[str, str]], bytes]]


class FaultLayer:
    """What stands before the services while faults are set."""

    def __init__(
        self,
        faults: Faults,
        names: OperationNames,
        s3_error: S3Error,
        hang_up: type[Exception],
        waiting_room: WaitingRoom,
        closing: Event,
    ) -> None:
        """`hang_up` makes the server close the connection; `closing` is set when it is to stop."""
        self._faults = faults
        self._names = names
        self._s3_error = s3_error
        self._hang_up = hang_up
        self._waiting_room = waiting_room
        self._closing = closing

    def answer(
        self, service: str, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of `app` to a request of `service`, or what the faults make of it."""
        if not self._faults.are_set:
            return app(environ, start_response)
        operation, parameters = self._names.name(service, environ)
        struck = self._faults.striking(service, operation)
        if not struck:
            return app(environ, start_response)
        environ["emrsim.faults"] = tuple(fault.kind for fault in struck)
        self._wait(sum(fault.details["seconds"] for fault in struck if fault.kind == LATENCY))
        other = next((fault for fault in struck if fault.kind != LATENCY), None)
        if other is None:
            return app(environ, start_response)
        environ["emrsim.operation"], environ["emrsim.parameters"] = operation, parameters
        return self._strike(other, service, app, environ, start_response)

    def _wait(self, seconds: float) -> None:
        """Hold the answer back; where too many are, for which there are no threads, it comes at once."""
        if seconds:
            with suppress(NoRoom), self._waiting_room.place():
                self._closing.wait(seconds)

    def _strike(
        self,
        fault: Fault,
        service: str,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        if fault.kind == DROP:
            raise self._hang_up("dropped")
        if fault.kind == TRUNCATE:
            return self._cut(fault.details["bytes"], app, environ, start_response)
        status, headers, body = self._error(fault, service, environ)
        start_response(status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _error(
        self, fault: Fault, service: str, environ: WSGIEnvironment
    ) -> tuple[str, list[tuple[str, str]], bytes]:
        if service == "s3":
            return self._s3_error(environ, s3_error_of(fault))
        error = emr_error_of(fault)
        if service != "emr":
            content_type, body = render_refusal(service, environ.get("CONTENT_TYPE", ""), error)
        elif "HTTP_X_AMZ_TARGET" in environ:
            content_type, body = json_protocol.CONTENT_TYPE, json_protocol.render_error(error)
        else:
            content_type = query_protocol.CONTENT_TYPE
            body = query_protocol.render_error(error, str(uuid.uuid4()))
        status = f"{error.status} {_phrase(error.status)}"
        return status, [("Content-Type", content_type), ("Content-Length", str(len(body)))], body

    def _cut(
        self,
        size_bytes: int | None,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """The head of the whole answer, and some of its body: `size_bytes`, half of it if None.

        An answer without a body would be whole after its head: of that nothing is sent.
        """
        environ.pop("wsgi.file_wrapper", None)  # what the system sends cannot be cut
        status, headers, body = _whole(app, environ)
        if not body or environ["REQUEST_METHOD"] == "HEAD":
            raise self._hang_up("truncated")
        part = body[: len(body) // 2 if size_bytes is None else min(size_bytes, len(body) - 1)]
        return self._broken_off(part, start_response(status, headers))

    def _broken_off(self, part: bytes, write: Callable[[bytes], object]) -> Iterator[bytes]:
        """Sends `part` when it is asked for its first piece, and then the connection is closed."""
        write(part)  # which sends the head too if there is no part; a piece of no bytes would not
        raise self._hang_up("truncated")
        yield b""


def _whole(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes]:
    """Status, headers and body of an answer, with the size of the body in the headers."""
    head: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start(
        status: str, headers: list[tuple[str, str]], exc_info: object = None
    ) -> Callable[[bytes], object]:
        head.append((status, headers))
        return written.append

    answer = app(environ, start)
    try:
        body = b"".join([*written, *answer])
    finally:
        close(answer)
    status, headers = head[-1]
    sized = [(name, value) for name, value in headers if name.lower() != "content-length"]
    return status, [*sized, ("Content-Length", str(len(body)))], body


def _phrase(status: int) -> str:
    known: Sequence[int] = [one.value for one in HTTPStatus]
    return HTTPStatus(status).phrase if status in known else "Injected"
