"""What a job may take of the machine: memory for its shuffle, and task slots, which runners may share."""

from __future__ import annotations

import fcntl
import os
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from emrsim.mapreduce.errors import JobCancelled, JobRefused
from emrsim.mapreduce.tasks.process import Supervisor

_SLOT_CHECK_SECONDS = 0.02
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_DEFAULT_MAX_BYTES = 1 << 30
_MIN_BYTES = 16 << 20

T = TypeVar("T")


class Slots:
    """The slots of one runner, or a folder of slot files that runners share; locks end with their runner."""

    def __init__(self, folder: str | None, parallel: int | None) -> None:
        self._files = sorted(entry.path for entry in os.scandir(folder)) if folder else []
        self.count = len(self._files) or parallel or available_cores()
        self._waiter = threading.Event()

    @contextmanager
    def held(self, supervisor: Supervisor) -> Iterator[None]:
        """Hold a slot; raises JobCancelled when the job ends while waiting for one."""
        if not self._files:
            yield
            return
        lock = self.lock_one()
        while lock is None:
            supervisor.check()
            self._waiter.wait(_SLOT_CHECK_SECONDS)
            lock = self.lock_one()
        try:
            yield
        finally:
            os.close(lock)

    def lock_one(self) -> int | None:
        """The descriptor of a slot file that is locked until it is closed; None if all are taken."""
        for path in self._files:
            descriptor = os.open(path, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        return None


def available_cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes(size: str | None) -> int:
    """The bytes that `--memory` (`512m`, `1g`) allows; by default an eighth of the machine, at most 1 GB."""
    if size is None:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return max(min(machine // 8, _DEFAULT_MAX_BYTES), _MIN_BYTES)
    try:
        return max(size_bytes(size), _MIN_BYTES)
    except ValueError as error:
        raise JobRefused(f"--memory: {error}", usage=True) from error


def size_bytes(size: str) -> int:
    """The bytes of a size such as `512m` or `1g`. Raises ValueError."""
    match = re.fullmatch(r"(\d+)([kmg]?)b?", size.lower())
    if match is None:
        raise ValueError(f"not a size: {size}")
    return int(match[1]) * _UNITS[match[2]]


def run_all(tasks: Sequence[T], work: Callable[[T], None], slots: Slots, supervisor: Supervisor) -> None:
    """Call `work` for every task, in order, as many at once as there are slots.

    The first error ends the others and is raised.
    """
    waiting = iter(tasks)
    errors: list[BaseException] = []
    lock = threading.Lock()

    def worker() -> None:
        while not errors:
            with lock:
                task = next(waiting, None)
            if task is None:
                return
            try:
                with slots.held(supervisor):
                    work(task)
            except BaseException as error:  # raised again by the caller of run_all
                errors.append(error)
                supervisor.cancel()

    threads = [threading.Thread(target=worker) for _ in range(min(slots.count, len(tasks)) - 1)]
    for thread in threads:
        thread.start()
    worker()
    for thread in threads:
        thread.join()
    if errors:
        raise next((error for error in errors if not isinstance(error, JobCancelled)), errors[0])
