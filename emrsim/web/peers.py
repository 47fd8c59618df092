"""Whose program it is that calls: another user of this machine may not run programs as you."""

from __future__ import annotations

import os
import socket
import struct
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# The tables of TCP connections (source: proc(5), /proc/net/tcp). Other systems have none: nobody is known.
_TABLES = ("/proc/net/tcp", "/proc/net/tcp6")
_LOOPBACK = ("127.", "::1", "::ffff:127.")
_IS_KNOWN = "emrsim.peer"  # in what the server keeps of a connection
_CONNECTION = "fake_s3.connection"


class _Socket(NamedTuple):
    """The end of a connection: whose it is, and whether a process still has it."""

    uid: int
    is_open: bool


class Peers:
    """Asks who is at the other end of connections from this machine."""

    def __init__(self, allow_all: bool = False) -> None:
        self._allow_all = allow_all or not sys.platform.startswith("linux")

    def other_user(self, environ: WSGIEnvironment) -> str | None:
        """Return why a request is somebody else's; None if it is not, or comes from elsewhere.

        Root passes, and everybody where the kernel does not say. It is checked once for a connection.
        """
        if self._allow_all:
            return None
        kept = environ.get(_CONNECTION, {})
        if _IS_KNOWN not in kept:
            kept[_IS_KNOWN] = _why_not(environ)
        reason: str | None = kept[_IS_KNOWN]
        return reason


def _why_not(environ: WSGIEnvironment) -> str | None:
    address, port = str(environ.get("REMOTE_ADDR", "")), int(environ.get("REMOTE_PORT") or 0)
    if not address.startswith(_LOOPBACK):
        return None
    found = _socket_of(address, port, int(environ["SERVER_PORT"]))
    if found is None or (found.is_open and found.uid in {0, os.getuid(), os.geteuid()}):
        return None
    who = (
        f"it comes from another user of this machine (uid {found.uid})"
        if found.is_open
        else "its sender is gone"
    )
    return f"{who}: start the server with --allow-other-users to let others run programs as you"


def _socket_of(address: str, port: int, server_port: int) -> _Socket | None:
    """Return the caller's end of the connection from `address` and `port`; None if no table lists them."""
    addresses = set(_as_in_tables(address))
    ends = f":{port:04X}", f":{server_port:04X}"
    has_tables = False
    for table in _TABLES:
        for local, remote, uid, inode in _entries(table):
            if local.endswith(ends[0]) and remote.endswith(ends[1]) and local[:-5] in addresses:
                # One without an inode is no process's any more, and its user is not listed.
                return _Socket(uid, inode != 0)
            has_tables = has_tables or (
                local.endswith(ends[1]) and remote.endswith(":0000")
            )  # the server's own
    return _Socket(-1, False) if has_tables else None


def _entries(table: str) -> Iterator[tuple[str, str, int, int]]:
    """Yield local and remote end, user and inode of each connection."""
    try:
        with open(table) as lines:
            next(lines, None)
            for line in lines:
                fields = line.split()
                yield fields[1], fields[2], int(fields[7]), int(fields[9])
    except (OSError, ValueError, IndexError):  # of a kernel that hides it, or writes it in another way
        return


def _as_in_tables(address: str) -> Iterator[str]:
    """Yield an address as the tables have it, in words of 32 bits in the machine's order; IPv6 may map it."""
    is_ipv6 = ":" in address
    packed = socket.inet_pton(socket.AF_INET6 if is_ipv6 else socket.AF_INET, address.partition("%")[0])
    yield _words(packed)
    if not is_ipv6:
        yield _words(b"\0" * 10 + b"\xff\xff" + packed)


def _words(packed: bytes) -> str:
    return "".join(f"{word:08X}" for word in struct.unpack(f"={len(packed) // 4}I", packed))
