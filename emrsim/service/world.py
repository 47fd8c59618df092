"""The isolation of a cluster's programs: their view of the file system and their rights on the machine.

All programs of a cluster, steps and bootstrap actions alike, are started here and nowhere else.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from threading import Lock, Thread
from typing import TypeVar

from emrsim.processes.guardian import kill_until_none, processes
from emrsim.programs.cluster_paths import IS_SHOWN, NOT_SHOWN, VIEW
from emrsim.programs.view.furnishing import Kind, furnish
from emrsim.programs.view.mounts import View
from emrsim.programs.view.rights import give_up_rights

Started = TypeVar("Started")
_NAMESPACE = "/proc/thread-self/ns/mnt"


class World:
    """The world of one cluster; to be used from any thread.

    Root's is one mount namespace for the cluster, made with its first program and kept until `close`. Without
    root's rights each program enters its own namespace (`programs.cluster_paths`).
    """

    def __init__(self, view: View, kind: Kind) -> None:
        self._view = view
        self._kind = kind
        self._is_furnished = False
        self._lock = Lock()
        self._namespace: int | None = None
        self._is_tried = False

    def environment(self) -> Mapping[str, str]:
        """Return the variables that tell programs about their view."""
        self._furnish()
        shown = self.is_shown()
        return {} if shown is None else {VIEW: IS_SHOWN if shown else "none"}

    def is_shown(self) -> bool | None:
        """Return whether programs see the view from their start; None if each has to try itself."""
        return self._its_namespace() is not None if _is_root_on_linux() else None

    def shows_places(self) -> bool:
        """Whether programs see EMR's places, as far as is known: those of others than root have tried it."""
        shown = self.is_shown()
        return not (self._view.places / NOT_SHOWN).exists() if shown is None else shown

    def _furnish(self) -> None:
        with self._lock:
            if not self._is_furnished:
                view = self._view
                furnish(self._kind, view.programs, view.places, view.mnt, view.home)
                self._is_furnished = True

    def start(self, start: Callable[[], Started]) -> Started:
        """Call `start` so that the processes it starts are in this world, and return what it returns."""
        namespace = self._its_namespace() if self.is_shown() else None

        def work() -> Started:
            if namespace is not None:
                from emrsim.programs.view import kernel

                kernel.unshare(kernel.CLONE_FS)
                kernel.setns(namespace, kernel.CLONE_NEWNS)
            give_up_rights()
            return start()

        return _on_a_thread(work)

    def close(self) -> None:
        """End what still runs in the namespace, daemons that nothing else tells of, and release it."""
        with self._lock:
            if self._namespace is not None:
                inode = os.fstat(self._namespace).st_ino
                kill_until_none(lambda: (pid for pid in processes() if _namespace_of(pid) == inode))
                os.close(self._namespace)
            self._namespace, self._is_tried = None, False

    def _its_namespace(self) -> int | None:
        """Return the descriptor of the cluster's namespace; None where the kernel allows none."""
        with self._lock:
            if not self._is_tried:
                self._is_tried = True
                try:
                    self._namespace = _on_a_thread(self._make_namespace)
                except OSError:
                    self._namespace = None
            return self._namespace

    def _make_namespace(self) -> int:
        from emrsim.programs.view.mounts import enter_view

        enter_view(self._view)
        return os.open(_NAMESPACE, os.O_RDONLY)


def _namespace_of(pid: int) -> int | None:
    with suppress(OSError):  # it has ended
        return os.stat(f"/proc/{pid}/ns/mnt").st_ino
    return None


def _is_root_on_linux() -> bool:
    return os.geteuid() == 0 and os.path.exists(_NAMESPACE)


def _on_a_thread(work: Callable[[], Started]) -> Started:
    """Do `work` on a new thread, since a thread cannot regain rights; raises what it raises."""
    done: list[Started] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            done.append(work())
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=run, name="emrsim-start", daemon=True)
    try:
        thread.start()
    except RuntimeError as error:
        raise OSError(errno.EAGAIN, f"no thread could be started: {error}") from error
    thread.join()
    if failed:
        raise failed[0]
    return done[0]
