"""Files made whole: written beside their place where no listing shows them, and renamed."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from emrsim.storage import temporary_beside

# Small enough that a signal is noticed between two, large enough that Python is idle meanwhile.
_PIECE_BYTES = 16 << 20
_REST_BYTES = 1 << 16
# What copy_file_range answers for two file systems, or kinds of files, that it does not serve (Linux manual).
_NOT_BETWEEN_THESE = {errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM}
_READ = os.O_RDONLY | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
_copy_range = getattr(os, "copy_file_range", None)  # Linux only


class Stopped(Exception):
    """A signal asked for an end; the file in the making is gone."""


def never() -> bool:
    """For `is_stopped` where nothing can stop."""
    return False


def copy_file(source: str, target: str, is_stopped: Callable[[], bool] = never) -> int:
    """Copy the bytes of `source` to `target`, which changes from one moment to the next; how many they are.

    Raises OSError, and Stopped once `is_stopped` says so. Like `replacing` and `add_file` in one, but often
    called for very many small files, where Python's own work counts.
    """
    opened = os.open(source, _READ)
    try:
        temporary = temporary_beside(target)
        made = os.open(temporary, _NEW, 0o666)
        try:
            try:
                size = _add(opened, made, is_stopped)
            finally:
                os.close(made)
            os.rename(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    finally:
        os.close(opened)
    return size


def copy_new_file(source: str, target: str, is_stopped: Callable[[], bool] = never) -> int:
    """Copy `source` to `target`, which is new and which nobody sees yet; on any exception it is not there."""
    opened = os.open(source, _READ)
    try:
        made = os.open(target, _NEW, 0o666)
        try:
            return _add(opened, made, is_stopped)
        except BaseException:
            os.unlink(target)
            raise
        finally:
            os.close(made)
    finally:
        os.close(opened)


@contextmanager
def new_folder(target: str) -> Iterator[str]:
    """A folder to put new files into, which then becomes `target` in one step; on any exception it does not.

    Of many small files that is half the work of renaming each. Where `target` has come to be meanwhile,
    the files move into it one by one.
    """
    temporary = temporary_beside(target)
    os.mkdir(temporary)
    try:
        yield temporary
        _become(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _become(temporary: str, target: str) -> None:
    names = os.listdir(temporary)
    if not names:
        return
    try:
        os.rename(temporary, target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        for name in names:
            os.rename(f"{temporary}/{name}", f"{target}/{name}")


@contextmanager
def replacing(target: str) -> Iterator[int]:
    """A descriptor to write the new content of `target` to; on any exception the old content stays."""
    temporary = temporary_beside(target)
    made = os.open(temporary, _NEW, 0o666)
    try:
        try:
            yield made
        finally:
            os.close(made)
        os.rename(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise


def add_file(source: str, made: int, is_stopped: Callable[[], bool] = never) -> int:
    """Write the bytes of `source` to the descriptor `made`; how many they are. Raises as `copy_file`."""
    opened = os.open(source, _READ)
    try:
        return _add(opened, made, is_stopped)
    finally:
        os.close(opened)


def write_all(made: int, data: bytes) -> None:
    """Write `data` to a descriptor, to its last byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(made, view) :]


def _add(opened: int, made: int, is_stopped: Callable[[], bool]) -> int:
    total = 0
    while True:
        copied = _copied(opened, made)
        total += copied
        if copied < _PIECE_BYTES:
            # Read on, to see the end: of a file whose size is not known before, copying sees nothing.
            rest = os.read(opened, _REST_BYTES)
            if not rest:
                return total
            write_all(made, rest)
            total += len(rest)
        if is_stopped():
            raise Stopped


def _copied(opened: int, made: int) -> int:
    """How much of the next piece the system copied by itself; 0 where it cannot, or at the end."""
    if _copy_range is None:
        return 0
    try:
        size: int = _copy_range(opened, made, _PIECE_BYTES)
    except OSError as error:
        if error.errno not in _NOT_BETWEEN_THESE:
            raise
        return 0
    return size
