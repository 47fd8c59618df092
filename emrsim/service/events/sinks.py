"""Where `--events` sends them: a file, one event a line as JSON, or an address, one POST an event."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from emrsim.service.events import EventsUnwritable
from emrsim.service.events.delivery import Delivery
from emrsim.service.events.event import EmrEvent
from emrsim.service.events.log import EventLog

_POST_SECONDS = 5.0
_SCHEMES = ("http://", "https://")
_MODE = 0o644


class _Target(Protocol):
    """Raises OSError for what could not be delivered."""

    def send(self, event: EmrEvent) -> None: ...

    def close(self) -> None: ...


class Sink:
    """One target of `--events`, served by a thread of its own. What fails is told once, and in the log."""

    def __init__(self, where: Path | str, log: EventLog, record_bug: Callable[[BaseException], None]) -> None:
        """Raises EventsUnwritable for a file that cannot be opened."""
        self._where = str(where)
        self._log = log
        self._target: _Target = _Address(self._where) if is_address(self._where) else _File(Path(where))
        self._has_told = False
        self._delivery = Delivery("emrsim-events-out", self._deliver, record_bug, self._lost)
        log.listen(self._delivery.put)

    def close(self) -> None:
        """Deliver what is waiting, and end."""
        self._log.stop_listening(self._delivery.put)
        self._delivery.close()
        self._target.close()

    def _deliver(self, event: EmrEvent) -> None:
        try:
            self._target.send(event)
        except OSError as error:
            self._fail(event, str(error))

    def _lost(self, event: EmrEvent) -> None:
        self._fail(event, "it waited too long for earlier ones, or until the end")

    def _fail(self, event: EmrEvent, error: str) -> None:
        self._log.failed(event.id, self._where, error)
        if not self._has_told:
            self._has_told = True
            print(f"emrsim: events cannot be delivered to {self._where}: {error}", file=sys.stderr)


def is_address(text: str) -> bool:
    """Whether it is an address of the web, and not a path."""
    return text.startswith(_SCHEMES)


def json_of(event: EmrEvent) -> bytes:
    """An event as one line of JSON."""
    return json.dumps(event.as_aws(), separators=(",", ":")).encode()


class _File:
    """Appends to a file; a named pipe that nobody reads is an error, not a wait."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK, _MODE)
        except OSError as error:
            raise EventsUnwritable(f"events cannot be written to {path}: {error.strerror}") from error

    def send(self, event: EmrEvent) -> None:
        rest = json_of(event) + b"\n"
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def close(self) -> None:
        os.close(self._file)


class _Address:
    def __init__(self, url: str) -> None:
        self._url = url

    def send(self, event: EmrEvent) -> None:
        from urllib.request import Request, urlopen

        headers = {"Content-Type": "application/json"}
        request = Request(self._url, json_of(event), headers, method="POST")
        try:
            with urlopen(request, timeout=_POST_SECONDS) as answer:
                answer.read(1)
        except ValueError as error:  # of http.client, for an address or answer that is none
            raise OSError(str(error)) from error

    def close(self) -> None:
        """Nothing is open between two events."""
