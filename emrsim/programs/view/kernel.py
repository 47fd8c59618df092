"""Calls of Linux's kernel that Python has no function for; each raises OSError where it fails."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ctypes  # a server imports it with its first program

# See mount(2), unshare(2), setns(2), prctl(2); the numbers are the same on all machines.
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_MOVE, MS_REC = 1, 32, 4096, 8192, 16384
MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_UNBINDABLE, MS_PRIVATE = 1 << 17, 1 << 18
CLONE_FS, CLONE_NEWNS, CLONE_NEWUSER = 0x00000200, 0x00020000, 0x10000000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 24, 38

_Path = str | Path | None


def mount(source: _Path, target: _Path, flags: int, kind: str | None = None, options: str = "") -> None:
    """mount(2)."""
    import ctypes

    _call("mount", _bytes(source), _bytes(target), _bytes(kind), ctypes.c_ulong(flags), _bytes(options))


def unshare(flags: int) -> None:
    """unshare(2), of the calling thread."""
    _call("unshare", flags)


def setns(descriptor: int, kind: int) -> None:
    """setns(2), of the calling thread."""
    _call("setns", descriptor, kind)


def prctl(option: int, value: int) -> None:
    """prctl(2), of the calling thread, with one argument."""
    import ctypes

    zero = ctypes.c_ulong(0)
    _call("prctl", option, ctypes.c_ulong(value), zero, zero, zero)


def _bytes(path: _Path) -> bytes | None:
    return None if path is None else os.fsencode(path)


@cache
def _libc() -> ctypes.CDLL:
    import ctypes

    return ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    import ctypes

    try:
        function = getattr(_libc(), name)
    except AttributeError:
        raise OSError(f"this system has no {name}") from None
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
