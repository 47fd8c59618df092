"""Bytes on a socket, for requests that no HTTP client would write."""

from __future__ import annotations

import socket
from http.client import HTTPResponse

from tests.support.calls import Answer


def exchange(port: int, request: bytes) -> Answer:
    """Send `request` as it stands and read one answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())
