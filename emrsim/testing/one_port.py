"""One port for a whole session of tests, for one emulator after the other: a client may be kept."""

from __future__ import annotations

import socket

HOST = "127.0.0.1"


class OnePort:
    """A free port that nobody else is given as long as this is open.

    It is bound and not listened to. A listener of this process may have it beside that, as both say that an
    address may be reused (source: Linux, socket(7), SO_REUSEADDR); where a system sees that otherwise, the
    emulator picks another port.
    """

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, 0))
        self.number: int = self._socket.getsockname()[1]

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()
