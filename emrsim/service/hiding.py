"""Hiding the environment of this process from programs of the same user."""

from __future__ import annotations

from contextlib import suppress

_PR_SET_DUMPABLE = 4  # see prctl(2)


def hide_environment() -> None:
    """Prevent other processes of this user from reading this one's environment and memory; root's can.

    Debuggers of the user cannot attach either, and there are no core dumps. A program that is started is as
    usual. On systems other than Linux nothing is changed.
    """
    from emrsim.programs.view import kernel

    with suppress(OSError):  # there is no prctl
        kernel.prctl(_PR_SET_DUMPABLE, 0)
