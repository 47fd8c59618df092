"""A port for the endpoint: waitress, with what S3's clients need beyond its defaults."""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections.abc import Callable
from threading import Lock
from typing import Any, cast
from wsgiref.types import WSGIApplication

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import ClientDisconnected
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import ChunkedReceiver
from waitress.task import WSGITask
from waitress.utilities import BadRequest, Error

from fake_s3.listener import Listener
from fake_s3.sendfile import FileSendingChannel, file_wrapper
from fake_s3.threads import Threads
from fake_s3.underscores import UNDERSCORE

_OPTIONS: dict[str, Any] = {
    # S3's limit for one PUT is 5 GiB (source: S3 API Reference, PutObject); leave room for chunk headers.
    "max_request_body_size": 6 << 30,
    "recv_bytes": 1 << 16,
    "ident": None,
    "asyncore_use_poll": True,  # select() knows no descriptor above 1023
    "backlog": 4096,
}
SERVER_THREADS = 8
# How long the loop sleeps when nothing comes; then it looks whether requests wait for a thread.
_LOOP_SECONDS = 1.0
_BUSY_LOOP_SECONDS = 0.1
_TLS_HANDSHAKE = b"\x16\x03"  # source: RFC 8446, 5.1
_LARGE_BODY_BYTES = 1 << 20
_AMZ_HEADER = re.compile(rb"(?m)^X-Amz-[^:\r\n]*:")
_META_HEADER = re.compile(rb"(?im)^(x-amz-meta-[^:\r\n]*):")
# What waitress' own patterns, which go back at each blank, are not to see (RFC 7230, 3.2.4).
_FOLD = re.compile(rb"\r\n[ \t]+")
_BLANKS_BEFORE_VALUE = re.compile(rb"(?m)^([^:\r\n]*:)[ \t]+")
_CHUNK_LINE_BYTES_MAX = 1 << 14  # of the size of a chunk, or of what follows the last one
# A loop that fails more often than that, with less than a second between two failures, is given up.
_FAILURES_MAX = 20

_logger = logging.getLogger(__name__)


class HangUp(ClientDisconnected):
    """What an application raises to have the connection closed, after what it has written so far."""


class _NoRoom(Error):
    """The body of a request cannot be put aside."""

    code = 507
    reason = "Insufficient Storage"


class _Nowhere:
    """In place of a body's buffer: what is received is thrown away, so that the client gets to its end."""

    def append(self, data: bytes) -> None:
        """Throw `data` away."""

    def __len__(self) -> int:
        return 0

    def close(self) -> None:
        """Nothing is open."""


class _Parser(HTTPRequestParser):
    _no_room: _NoRoom | None = None

    def received(self, data: bytes) -> int:
        """As waitress, which would answer `100 Continue` to what is complete, and wait for its body.

        That is a request without a body, as boto3's PUT of an empty object, and one that is rejected by
        its headers.
        """
        consumed = self._receive(data)
        if _is_endless(self.body_rcv):
            self.error = BadRequest("A line between the chunks is too long")
            self.completed = True
        if self.completed:
            self.expect_continue = False
            self.error = self._no_room or self.error
        return consumed

    def _receive(self, data: bytes) -> int:
        """As waitress, which puts large bodies into a file of TMPDIR: where that has no room, it is told."""
        try:
            return int(super().received(data))
        except OSError as error:
            if self.body_rcv is None:
                raise
            folder = tempfile.gettempdir()
            _logger.error("the body of a request could not be put into %s: %s", folder, error)
            self._no_room = _NoRoom(f"The body could not be put into {folder}: {error.strerror}")
            self.body_rcv.buf = cast(Any, _Nowhere())
            return int(super().received(data))

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress, in linear time, and keeps headers like x-amz-meta-my_key, which it would drop."""
        header_plus = _BLANKS_BEFORE_VALUE.sub(rb"\1 ", _FOLD.sub(b" ", header_plus))
        try:
            super().parse_header(_META_HEADER.sub(_escape_underscores, header_plus))
        except ValueError:  # Python converts no more than some thousands of digits
            raise ParsingError("Content-Length is invalid") from None


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        """As waitress, and lets the system send files."""
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = file_wrapper
        environ["fake_s3.connection"] = cast(Channel, self.channel).notes
        return environ

    def build_response_header(self) -> bytes:
        """As waitress, but with S3's own headers in lower case: clients read names of metadata there."""
        header: bytes = super().build_response_header()
        return _AMZ_HEADER.sub(lambda match: match[0].lower(), header)


class Channel(FileSendingChannel):
    """A connection."""

    parser_class = _Parser
    task_class = _Task
    _moved_at = 0.0

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.notes: dict[str, Any] = {}  # for applications: what they know of a connection

    def received(self, data: bytes) -> bool:
        """As waitress; TLS, whose client does not understand the 400 that it gets, is told of."""
        if data.startswith(_TLS_HANDSHAKE):
            cast(Any, self.server).on_tls()
        return bool(super().received(data))

    @property
    def last_activity(self) -> float:
        """When something was last received or sent, by `time.monotonic` whatever waitress sets."""
        return self._moved_at

    @last_activity.setter
    def last_activity(self, _: float) -> None:
        self._moved_at = time.monotonic()

    @property
    def is_needed(self) -> bool:
        """Whether a request is being answered on it."""
        return bool(self.requests or self.total_outbufs_len or self.will_close)

    def recv(self, buffer_size: int) -> bytes:
        """As waitress; bodies in larger pieces, for which small requests would pay with mapped memory."""
        if self.request is not None and self.request.content_length > _LARGE_BODY_BYTES:
            buffer_size = _LARGE_BODY_BYTES
        received: bytes = super().recv(buffer_size)
        return received


class Server:
    """A server that listens already, on the IP address `host`; port 0 takes a free one, see `port`."""

    def __init__(
        self,
        app: WSGIApplication,
        host: str,
        port: int,
        threads: int = SERVER_THREADS,
        on_tls: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_tls` is called, on the loop's thread, when a client begins with TLS instead of HTTP.

        Raises OSError if the port is taken, RuntimeError if no thread can be started.
        """
        options = Adjustments(host=host, port=port, **_OPTIONS)
        if len(options.listen) > 1:
            raise ValueError(f"{host!r} stands for several addresses; give one of them")
        self._map: dict[int, Any] = {}
        self._threads = Threads()
        try:
            listener = Listener(
                app, self._map, dispatcher=self._threads, adj=options, sockinfo=cast(Any, options.listen[0])
            )
            self._threads.start(threads)
        except BaseException:
            wasyncore.close_all(self._map, ignore_all=True)
            raise
        self._listener = cast(Any, listener)  # its stubs lack what stopping needs
        self._listener.channel_class = Channel
        self._listener.on_tls = on_tls
        self._stopping = Lock()
        self.port: int = self._listener.socket.getsockname()[1]

    def run(self) -> None:
        """Serve until `stop`, SystemExit or KeyboardInterrupt.

        A failure of the loop is logged, and it goes on; one that comes again and again is raised, and what
        connections there are then are closed.
        """
        failures, failed_at = 0, float("-inf")
        while True:
            try:
                self._loop()
                return
            except (SystemExit, KeyboardInterrupt):
                self._threads.shutdown()
                return
            except Exception:
                now = time.monotonic()
                failures = failures + 1 if now - failed_at < 1 else 1
                failed_at = now
                if failures > _FAILURES_MAX:
                    self._threads.shutdown(timeout=0)
                    self._close()
                    raise
                _logger.exception("the loop of the HTTP server failed, and goes on")

    def lend_threads(self, count: int) -> bool:
        """Have so many more threads, fewer if negative; False if the system has none for us."""
        return self._threads.lend(count)

    def stop(self) -> None:
        """Make `run` return, once the requests at work are done; for any other thread to call."""
        with self._stopping:  # the trigger must not go while it is being pulled
            if self._map:
                self._threads.shutdown()  # while the loop still sends what they have to say
                self._listener.trigger.pull_trigger(self._close)

    def _loop(self) -> None:
        while self._map:
            wasyncore.poll2(_BUSY_LOOP_SECONDS if self._threads.are_busy else _LOOP_SECONDS, self._map)

    def _close(self) -> None:
        with self._stopping:
            for channel in list(self._listener.active_channels.values()):
                channel.handle_close()  # with the files that it was to send
            wasyncore.close_all(self._map, ignore_all=True)


def _is_endless(receiver: Any) -> bool:
    """Whether a body in chunks has a line that does not end; waitress would keep all of it in memory."""
    if not isinstance(receiver, ChunkedReceiver):
        return False
    return max(len(receiver.control_line), len(receiver.trailer)) > _CHUNK_LINE_BYTES_MAX


def _escape_underscores(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b"_", UNDERSCORE.encode())
