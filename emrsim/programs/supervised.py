"""A program below this process, which ends as that does, and tells how it ended."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from emrsim.programs.applications import Registration

_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run_supervised(
    command: Sequence[str], environment: Mapping[str, str], registration: Registration
) -> NoReturn:
    """Run `command`; signals reach it, and it does not outlive this process where the system is Linux."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _become(command, environment, parent)

    def pass_on(number: int, frame: FrameType | None) -> None:
        os.kill(child, number)

    for number in _PASSED_ON:
        signal.signal(number, pass_on)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    signal.pthread_sigmask(signal.SIG_BLOCK, _PASSED_ON)  # its number is not its own from here on
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    registration.ended(code)
    _end(code)


def _become(command: Sequence[str], environment: Mapping[str, str], parent: int) -> NoReturn:
    try:
        _end_with(parent)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _PASSED_ON)
        os.execve(command[0], list(command), environment)
    except OSError as error:
        print(f"emrsim error: {command[0]} cannot be run: {error.strerror}", file=sys.stderr, flush=True)
    finally:
        os._exit(127)


def _end_with(parent: int) -> None:
    """Let the system kill this process when its parent has gone, by SIGKILL say."""
    if not sys.platform.startswith("linux"):
        return
    from emrsim.programs.view.kernel import PR_SET_PDEATHSIG, prctl

    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it went before
        os._exit(1)


def _end(code: int) -> NoReturn:
    """End as the program did: by its signal, or with its exit code."""
    if code < 0:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # the program has left its own
        with suppress(OSError):  # SIGKILL has no handler
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-code])
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 128 - code)
