"""The journal: every request with its operation, parameters and answer, for tests to look at.

It keeps, of requests that only look (Describe…, List…, GET), the last READS_MAX, and of the others the last
WRITES_MAX, as long as their bodies come to no more than WRITES_BYTES_MAX; so nobody who polls can push out
what was done. A result is kept of those others, up to RESULT_BYTES_MAX of its answer.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from threading import Lock
from typing import Any, Protocol

READS_MAX = 2_000
WRITES_MAX = 10_000
WRITES_BYTES_MAX = 32 << 20
RESULT_BYTES_MAX = 1_024

_READS = ("Describe", "List", "Get", "Head")
_JSON_CODE = re.compile(rb'"__type"\s*:\s*"(?:[^"#]*#)?([^":]+)')
_XML_CODE = re.compile(rb"<Code>([^<]+)</Code>")


@dataclass(slots=True)  # not frozen, which would take twice the time to make
class Entry:
    """A request as it is kept; what costs time is worked out when it is asked for.

    `operation` and `parameters` are there but for S3, where they follow from `request`. `answer` is the body
    of an error.
    """

    time: datetime
    service: str
    operation: str | None
    parameters: Mapping[str, Any] | None
    result: Mapping[str, Any] | None
    request: Mapping[str, Any]
    status: int
    answer: bytes
    client: str
    seconds: float
    size_bytes: int
    faults: tuple[str, ...]
    number: int = 0

    @property
    def is_read(self) -> bool:
        """Whether the request only looks."""
        if self.operation is None:
            return self.request["REQUEST_METHOD"] in {"GET", "HEAD"}
        return self.operation.startswith(_READS)


@dataclass(frozen=True)
class RecordedCall:
    """A request and its answer.

    `parameters` and `result` are in the API's terms, whichever protocol was spoken; `result` is None where
    the request only looked, the answer was an error, or it is too large to be kept. `status` is HTTP's, 0
    where the connection was dropped; `error_code` is the protocol's own. `client` is its User-Agent,
    `seconds` how long it took, of real time, `faults` the kinds of faults that struck it.
    """

    number: int
    time: datetime
    service: str
    operation: str
    parameters: Mapping[str, Any]
    status: int
    error_code: str | None
    result: Mapping[str, Any] | None
    client: str
    seconds: float
    faults: tuple[str, ...] = ()

    def __str__(self) -> str:
        values = ", ".join(f"{name}={value!r}" for name, value in self.parameters.items())
        outcome = self.error_code or self.status or "dropped"
        return f"{self.operation}({values}) -> {outcome}"

    def as_json(self) -> dict[str, Any]:
        """For JSON; times are ISO 8601."""
        content = {**vars(self), "time": self.time.isoformat(), "faults": list(self.faults)}
        plain: dict[str, Any] = json.loads(json.dumps(content, default=_plain))
        return plain


@dataclass(frozen=True)
class ControlCall:
    """A call of the control interface that was carried out; `path` is below the prefix.

    `body` is None where it is not kept: an archive may be larger than memory.
    """

    method: str
    path: str
    body: bytes | None
    result: Mapping[str, Any]


# What the `request` of an entry without an operation, which is one to S3, asks for.
Naming = Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]


class Store(Protocol):
    """Where requests are kept over restarts (`service.record.requests`)."""

    @property
    def last_number(self) -> int: ...

    def add(self, entry: Entry) -> None: ...

    def load(self) -> Iterable[Entry]: ...

    def clear(self) -> None: ...


class Journal:
    """See the module. Any thread may record and look."""

    def __init__(self, naming: Naming) -> None:
        self._naming = naming
        self._lock = Lock()
        self._numbers = 0
        self._reads: deque[Entry] = deque(maxlen=READS_MAX)
        self._writes: deque[Entry] = deque(maxlen=WRITES_MAX)
        self._write_bytes = 0
        self._store: Store | None = None
        self._has_loaded = True
        self._listeners: list[Callable[[RecordedCall, Entry], None]] = []
        self._control_listeners: list[Callable[[ControlCall], None]] = []

    def connect(self, store: Store) -> None:
        """Name where requests are kept. Those that it has are read when somebody looks."""
        self._store = store
        self._has_loaded = False
        self._numbers = store.last_number

    def record(self, entry: Entry) -> None:
        """Keep a request, and give it its number."""
        with self._lock:
            self._numbers += 1
            entry.number = self._numbers
            if entry.is_read:
                entry.result = None
                self._reads.append(entry)
            else:
                self._keep_write(entry)
        if self._store:
            self._store.add(entry)
        if self._listeners:
            call = self._call(entry)
            for listener in self._listeners:
                listener(call, entry)

    @property
    def is_listened_to(self) -> bool:
        """Whether somebody writes the requests down, and wants to know more of them."""
        return bool(self._listeners)

    def listen(
        self, listener: Callable[[RecordedCall, Entry], None], of_control: Callable[[ControlCall], None]
    ) -> None:
        """Have `listener` called with each request from now on, on the thread that answers it.

        `of_control` likewise with the calls of the control interface that change something.
        """
        self._listeners.append(listener)
        self._control_listeners.append(of_control)

    def stop_listening(self, listener: Callable[..., None]) -> None:
        """Call `listener` no more."""
        self._listeners = [one for one in self._listeners if one is not listener]
        self._control_listeners = [one for one in self._control_listeners if one is not listener]

    def tell_control(self, call: ControlCall) -> None:
        """Tell those who listen of a change by the control interface; it is not kept."""
        for listener in self._control_listeners:
            listener(call)

    def calls(self, operation: str | None = None, service: str | None = None) -> list[RecordedCall]:
        """The requests that are kept, oldest first: all, or those of an operation, or of a service."""
        self._load()
        with self._lock:
            entries = sorted([*self._reads, *self._writes], key=lambda entry: entry.number)
        calls = (self._call(entry) for entry in entries if service in {None, entry.service})
        return [call for call in calls if operation in {None, call.operation}]

    def latest(
        self, is_wanted: Callable[[RecordedCall], bool], most: int, before: int | None = None
    ) -> list[RecordedCall]:
        """Return at most so many requests that are wanted, newest first; those older than number `before`."""
        self._load()
        with self._lock:
            entries = sorted([*self._reads, *self._writes], key=lambda entry: entry.number, reverse=True)
        older = (entry for entry in entries if before is None or entry.number < before)
        return list(islice((call for entry in older if is_wanted(call := self._call(entry))), most))

    @property
    def last_number(self) -> int:
        """The number of the last request."""
        return self._numbers

    @property
    def left_out(self) -> int:
        """How many requests there have been that are no longer kept, since the last `clear`."""
        with self._lock:
            return self._numbers - len(self._reads) - len(self._writes)

    def clear(self) -> None:
        """Forget all requests."""
        with self._lock:
            self._reads.clear()
            self._writes.clear()
            self._numbers = self._write_bytes = 0
            self._has_loaded = True
        if self._store:
            self._store.clear()

    def _load(self) -> None:
        """Read the requests of earlier runs, once."""
        if self._store is None or self._has_loaded:
            return
        entries = list(self._store.load())
        with self._lock:
            known = {entry.number for entry in (*self._reads, *self._writes)}
            older = [entry for entry in entries if entry.number not in known]
            newer = sorted([*self._reads, *self._writes], key=lambda entry: entry.number)
            self._reads.clear()
            self._writes.clear()
            self._write_bytes = 0
            for entry in (*older, *newer):
                self._reads.append(entry) if entry.is_read else self._keep_write(entry)
            self._has_loaded = True

    def _keep_write(self, entry: Entry) -> None:
        if len(self._writes) == WRITES_MAX:
            self._write_bytes -= self._writes[0].size_bytes
        self._writes.append(entry)
        self._write_bytes += entry.size_bytes
        while self._write_bytes > WRITES_BYTES_MAX and len(self._writes) > 1:
            self._write_bytes -= self._writes.popleft().size_bytes

    def _call(self, entry: Entry) -> RecordedCall:
        if entry.operation is None:
            operation, parameters = self._naming(entry.request)
        else:
            operation, parameters = entry.operation, dict(entry.parameters or {})
        return RecordedCall(
            entry.number,
            entry.time,
            entry.service,
            operation,
            parameters,
            entry.status,
            _error_code(entry),
            entry.result,
            entry.client,
            entry.seconds,
            entry.faults,
        )


def _error_code(entry: Entry) -> str | None:
    """The code in an error's body, in whichever protocol it is; the status where there is no body (HEAD)."""
    if entry.status < 400:
        return None
    found = _JSON_CODE.search(entry.answer) or _XML_CODE.search(entry.answer)
    return found.group(1).decode("utf-8", "replace") if found else str(entry.status)


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else str(value)
