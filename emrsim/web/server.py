"""The HTTP server: waitress on a thread of its own, which can be stopped at once."""

from __future__ import annotations

import socket
from threading import Thread
from typing import TYPE_CHECKING, Any

from waitress import wasyncore
from waitress.server import create_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_THREADS = 16  # requests at once; a slow upload or a held answer takes one
_POLL_SECONDS = 1.0
_BODY_BYTES_MAX = 5 * 1024**4  # S3's largest object; waitress stops at 1 GB by itself


class HttpServer:
    """Serves `app` on `host`:`port` from the moment it is made; port 0 picks a free one."""

    def __init__(self, app: WSGIApplication, host: str, port: int) -> None:
        """Raises OSError if the address cannot be had."""
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listening = socket.create_server((host, port), family=family)
        self.port: int = listening.getsockname()[1]
        self._sockets: dict[int, Any] = {}
        self._server: Any = create_server(
            app,
            map=self._sockets,
            sockets=[listening],
            threads=_THREADS,
            ident="emrsim",
            max_request_body_size=_BODY_BYTES_MAX,
            clear_untrusted_proxy_headers=False,
        )
        self._stopping = False
        self._thread = Thread(target=self._serve, name="emrsim-http", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; answers that are being written are cut off."""
        self._stopping = True
        self._server.pull_trigger()
        self._thread.join()
        self._server.task_dispatcher.shutdown()
        wasyncore.close_all(self._sockets)

    def _serve(self) -> None:
        while not self._stopping:
            wasyncore.loop(timeout=_POLL_SECONDS, use_poll=True, map=self._sockets, count=1)
