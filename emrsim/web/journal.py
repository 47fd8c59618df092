"""Writes the journal: what each request asked for, and what it was answered. It changes neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from sys import intern
from time import perf_counter
from typing import TYPE_CHECKING, Any

from emrsim.core.faults import TRUNCATE
from emrsim.service.journal import Entry, Journal
from emrsim.web.bodies import body_of, close
from emrsim.web.naming import UNKNOWN, OperationNames

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_ERROR_BYTES_MAX = 4096
# What the operation of a request to S3 follows from; worked out when somebody looks.
_S3_KEPT = (
    "REQUEST_METHOD",
    "REQUEST_URI",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_HOST",
    "HTTP_X_AMZ_COPY_SOURCE",
)

# What else of it a recording needs.
_S3_RECORDED = ("CONTENT_TYPE", "emrsim.body")
_METADATA = "HTTP_X_AMZ_META_"

_NOTHING_MORE: dict[str, Any] = {}  # is kept of requests whose operation is known

# An answer of a service: as a WSGI application, with the service's name in front.
Answer = Callable[[str, "WSGIApplication", "WSGIEnvironment", "StartResponse"], Iterable[bytes]]


class JournalLayer:
    """What stands before all services, and before their faults."""

    def __init__(
        self, journal: Journal, names: OperationNames, now: Callable[[], datetime], answer: Answer
    ) -> None:
        self._journal = journal
        self._names = names
        self._now = now
        self._answer = answer

    def answer(
        self, service: str, app: WSGIApplication, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        """The answer of `app` to a request of `service`, as it is, and an entry in the journal."""
        if service not in {"emr", "s3"}:  # EMR names its calls itself
            environ["emrsim.operation"], environ["emrsim.parameters"] = self._names.name(service, environ)
        if self._journal.is_listened_to and _deletes_objects(environ):
            environ["emrsim.body"] = body_of(environ)
        began = perf_counter()
        statuses: list[str] = []

        def start(status: str, *arguments: Any) -> Callable[[bytes], object]:
            statuses.append(status)
            return start_response(status, *arguments)

        error = b""
        try:
            answer = self._answer(service, app, environ, start)
            is_cut = TRUNCATE in environ.get("emrsim.faults", ())
            if statuses and statuses[-1] >= "4" and not is_cut:
                read = list(answer)
                close(answer)
                answer, error = read, b"".join(read)[:_ERROR_BYTES_MAX]
            return answer
        finally:
            self._record(service, environ, statuses, error, perf_counter() - began)

    def _record(
        self,
        service: str,
        environ: WSGIEnvironment,
        statuses: list[str],
        error: bytes,
        seconds: float,
    ) -> None:
        operation = environ.get("emrsim.operation")
        if operation is None and service == "emr":  # refused before it was read
            operation = str(environ.get("HTTP_X_AMZ_TARGET", UNKNOWN)).rpartition(".")[2]
        entry = Entry(
            time=self._now(),
            service=service,
            operation=operation,
            parameters=environ.get("emrsim.parameters"),
            result=environ.get("emrsim.result"),
            request=self._kept(environ) if operation is None else _NOTHING_MORE,
            status=int(statuses[-1][:3]) if statuses else 0,
            answer=error,
            client=intern(environ.get("HTTP_USER_AGENT", "")),
            seconds=seconds,
            size_bytes=int(environ.get("CONTENT_LENGTH") or 0) if service == "emr" else 0,
            faults=environ.get("emrsim.faults", ()),
        )
        self._journal.record(entry)

    def _kept(self, environ: WSGIEnvironment) -> dict[str, Any]:
        """Of a request to S3 what names it, and for a recording what it is made of."""
        names: tuple[str, ...] = _S3_KEPT
        if self._journal.is_listened_to:
            names += (*_S3_RECORDED, *(name for name in environ if name.startswith(_METADATA)))
        return {name: environ[name] for name in names if name in environ}


def _deletes_objects(environ: WSGIEnvironment) -> bool:
    """Whether it is a DeleteObjects, which has its keys in the body."""
    return environ["REQUEST_METHOD"] == "POST" and str(environ.get("QUERY_STRING")).startswith("delete")
