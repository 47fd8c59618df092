"""A port for the endpoint: waitress, with what S3's clients need beyond its defaults."""

from __future__ import annotations

import re
from threading import Lock
from typing import Any, cast
from wsgiref.types import WSGIApplication

import waitress.server
from waitress import wasyncore
from waitress.channel import ClientDisconnected
from waitress.parser import HTTPRequestParser
from waitress.server import MultiSocketServer
from waitress.task import WSGITask

from fake_s3.sendfile import FileSendingChannel, file_wrapper
from fake_s3.underscores import UNDERSCORE

_OPTIONS: dict[str, Any] = {
    # S3's limit for one PUT is 5 GiB (source: S3 API Reference, PutObject); leave room for chunk headers.
    "max_request_body_size": 6 << 30,
    "recv_bytes": 1 << 16,
    "ident": None,
}
SERVER_THREADS = 8
_LARGE_BODY_BYTES = 1 << 20
_AMZ_HEADER = re.compile(rb"(?m)^X-Amz-[^:\r\n]*:")
_META_HEADER = re.compile(rb"(?im)^(x-amz-meta-[^:\r\n]*):")


class HangUp(ClientDisconnected):
    """What an application raises to have the connection closed, after what it has written so far."""


class _Parser(HTTPRequestParser):
    def parse_header(self, header_plus: bytes) -> None:
        """As waitress, and keeps headers like x-amz-meta-my_key, which it would drop without a word.

        It also would wait forever for the body of a request that expects `100 Continue` and has none, as
        boto3's PUT of an empty object does.
        """
        super().parse_header(_META_HEADER.sub(_escape_underscores, header_plus))
        if self.body_rcv is None:
            self.expect_continue = False


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        """As waitress, and lets the system send files."""
        environ: dict[str, Any] = super().get_environment()
        environ["wsgi.file_wrapper"] = file_wrapper
        return environ

    def build_response_header(self) -> bytes:
        """As waitress, but with S3's own headers in lower case: clients read names of metadata there."""
        header: bytes = super().build_response_header()
        return _AMZ_HEADER.sub(lambda match: match[0].lower(), header)


class _Channel(FileSendingChannel):
    parser_class = _Parser
    task_class = _Task

    def recv(self, buffer_size: int) -> bytes:
        """As waitress; bodies in larger pieces, for which small requests would pay with mapped memory."""
        if self.request is not None and self.request.content_length > _LARGE_BODY_BYTES:
            buffer_size = _LARGE_BODY_BYTES
        received: bytes = super().recv(buffer_size)
        return received


class Server:
    """A server that listens already, on the IP address `host`; port 0 takes a free one, see `port`."""

    def __init__(self, app: WSGIApplication, host: str, port: int, threads: int = SERVER_THREADS) -> None:
        server = waitress.server.create_server(app, host=host, port=port, threads=threads, **_OPTIONS)
        self._server = cast(Any, server)  # its stubs lack what stopping needs
        if isinstance(server, MultiSocketServer):
            raise ValueError(f"{host!r} stands for several addresses; give one of them")
        self._server.channel_class = _Channel
        self._stopping = Lock()
        self.port: int = self._server.socket.getsockname()[1]

    def run(self) -> None:
        """Serves until `stop`, SystemExit or KeyboardInterrupt."""
        self._server.run()

    def stop(self) -> None:
        """Makes `run` return, once the requests at work are done; for any other thread to call."""
        with self._stopping:
            self._server.trigger.pull_trigger(self._close)

    def _close(self) -> None:
        with self._stopping:  # the trigger must not go while it is being pulled
            self._server.task_dispatcher.shutdown()
            wasyncore.close_all(self._server._map)


def _escape_underscores(match: re.Match[bytes]) -> bytes:
    return match[0].replace(b"_", UNDERSCORE.encode())
