"""One call of the control interface: what a handler gets, gives back, and raises to refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Protocol
from urllib.parse import parse_qs

from emrsim.helpers import Helpers
from emrsim.service.bugs import Bugs
from emrsim.service.clock import SteeredClock
from emrsim.service.emulator import EmulatorState
from emrsim.service.events.log import EventLog
from emrsim.service.faults import Faults
from emrsim.service.journal import Journal
from emrsim.service.outcomes import Outcomes
from emrsim.service.power import Power
from emrsim.service.waiting_room import WaitingRoom

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON_BYTES_MAX = 10 * 1024 * 1024  # of a body that is read whole


class Refusal(Exception):
    """A call that is refused: `status` as HTTP has it, and the reason, which names the place."""

    status = "400 Bad Request"


class NothingThere(Refusal):
    """There is nothing at a path."""

    status = "404 Not Found"


class WrongMethod(Refusal):
    """A path does not know the method."""

    status = "405 Method Not Allowed"


class Stranger(Refusal):
    """A call without a key, where keys are asked for."""

    status = "401 Unauthorized"


class TooLarge(Refusal):
    """A body is larger than is read."""

    status = "413 Content Too Large"


class NotWritten(Refusal):
    """The state cannot be written."""

    status = "507 Insufficient Storage"


class Crowded(Refusal):
    """As many callers wait as can."""

    status = "503 Service Unavailable"


@dataclass(frozen=True)
class File:
    """An answer that is not JSON, and in sentences what it lacks."""

    content_type: str
    content: IO[bytes]
    size_bytes: int
    left_out: Sequence[str] = ()


class StateManager(Protocol):
    """What is done with the state as a whole; see `emrsim.keeping`."""

    def reset(self, empty_root: bool | None = None) -> None: ...

    def seed(self, seed: Mapping[str, Any]) -> list[str]: ...

    def export(self) -> dict[str, Any]: ...

    def snapshot(self, archive: IO[bytes]) -> None: ...

    def restore(self, archive: IO[bytes]) -> list[str]: ...


@dataclass(frozen=True)
class Controls:
    """What the handlers control; made in `emrsim.app`."""

    state: EmulatorState
    clock: SteeredClock
    rules: Outcomes
    bugs: Bugs
    journal: Journal
    events: EventLog
    faults: Faults
    keeper: StateManager
    helpers: Helpers
    waiting_room: WaitingRoom
    power: Power


@dataclass(frozen=True)
class Call:
    """A request, of which the table has found the handler."""

    environ: WSGIEnvironment
    words: dict[str, str]  # what stands where the path's pattern has `{name}`

    @property
    def query(self) -> dict[str, str]:
        """The parameters in the query string; of a name that stands twice, the last counts."""
        pairs = parse_qs(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)
        return {name: values[-1] for name, values in pairs.items()}

    @property
    def body_size_bytes(self) -> int:
        return int(self.environ.get("CONTENT_LENGTH") or 0)

    @property
    def body(self) -> IO[bytes]:
        """The body as a file, for what may be larger than memory; read no more than `body_size_bytes`."""
        stream: IO[bytes] = self.environ["wsgi.input"]
        return stream

    def text(self) -> bytes:
        """The whole body. Raises TooLarge."""
        if self.body_size_bytes > JSON_BYTES_MAX:
            raise TooLarge(f"the body: larger than {JSON_BYTES_MAX} bytes")
        return self.body.read(self.body_size_bytes)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object, empty where there is no body. Raises Refusal."""
        text = self.text()
        try:
            content = json.loads(text) if text.strip() else {}
        except (ValueError, RecursionError) as error:
            raise Refusal(f"the body: not JSON: {error}") from None
        if not isinstance(content, dict):
            raise Refusal("the body: not a JSON object")
        return content


Handler = Callable[[Controls, Call], Any]  # what it returns is answered as JSON, or is a File
