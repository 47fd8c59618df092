"""`pkill`, `killall`, `kill`: they end the cluster's processes only, whatever else runs here.

The `kill` of a shell is a part of it, and no program: it reaches what the user could kill.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from emrsim.programs.machine.said import become_the_machines, of_the_machine, rejected, say

_NOTHING_FOUND = 1  # source: pkill(1), killall(1), Exit status
_NOT_UNDERSTOOD = 2
_WITH_VALUE = {"-u", "--user"}
_PATTERNS = {"-r", "--regexp"}
_TELLING = {"-l", "-L", "-V", "--list", "--table", "--version", "--help"}  # what kill only tells
_EVERY = -1  # of kill: every process there is


def pkill(arguments: list[str]) -> int:
    """`pkill`: as the machine's `pgrep` finds them, but of this cluster only."""
    number, words = _taken_signal(arguments)
    if number is None:
        return rejected(f"pkill: there is no signal {words[0]}", _NOT_UNDERSTOOD)
    words = [word for word in words if word not in {"-e", "--echo"}]
    return _send(number, _found(words), f"pkill {' '.join(arguments)}")


def killall(arguments: list[str]) -> int:
    """`killall`: the processes of these names, but of this cluster only."""
    number, words = _taken_signal(arguments)
    if number is None:
        return rejected(f"killall: there is no signal {words[0]}")
    how, names = [] if _PATTERNS & set(words) else ["-x"], []
    rest = iter(words)
    for word in rest:
        if word in _WITH_VALUE:
            how += ["-u", next(rest, "")]
        elif not word.startswith("-"):
            names.append(word)
    ended = [_send(number, _found([*how, "--", name[:15]]), f"killall {name}") for name in names]
    if any(ended) and not {"-q", "--quiet"} & set(words):
        for name, code in zip(names, ended, strict=True):
            if code:
                say(f"killall: {name}: no process found")
    return max(ended, default=_NOTHING_FOUND)


def kill(arguments: list[str]) -> int:
    """`kill`, as a program (`sudo kill`, `xargs kill`, `/bin/kill`): of this cluster's processes only."""
    if not arguments or _TELLING & {word.partition("=")[0] for word in arguments[:1]}:
        return become_the_machines("kill", arguments)
    number, words = _taken_signal(arguments)
    if number is None:
        return rejected(f"kill: there is no signal {words[0]}")
    asked = [word for word in words if word != "--"]
    codes = [_kill_one(number, word) for word in asked]
    return max(codes, default=_NOTHING_FOUND)


def _kill_one(number: int, word: str) -> int:
    """Send a signal to the process, the group (`-N`, or 0 for one's own) or all (-1) that a word names."""
    try:
        target = int(word)
    except ValueError:
        return _send(number, _found(["-x", "--", word[:15]]), f"kill {word}")
    if target > 0:
        found = [target] if Path(f"/proc/{target}").exists() else []
    elif target == _EVERY:
        found = list(_of_this_cluster(_all_processes()))
    else:
        found = _found(["-g", str(-target or os.getpgrp())])
    if not found:
        return rejected(f"kill: ({word}) - No such process")
    return _send(number, found, f"kill {word}")


def fuser(arguments: list[str]) -> int:
    """`fuser`: the machine's own, but it ends nothing (`-k`)."""
    if any(word == "--kill" or re.fullmatch(r"-[a-zA-Z]*k[a-zA-Z]*", word) for word in arguments):
        return kill_all(arguments, "fuser")
    return become_the_machines("fuser", arguments)


def kill_all(arguments: list[str], name: str) -> int:
    """`killall5`, `skill`, `fuser -k`: they are for a whole machine, which is not the cluster's."""
    return rejected(
        f"{name} {' '.join(arguments)}: processes of this machine are not the cluster's; use pkill"
    )


def _taken_signal(arguments: Sequence[str]) -> tuple[int | None, list[str]]:
    """The signal that is asked for, and the other words; None and the word, if there is no such signal."""
    words = list(arguments)
    for place, word in enumerate(words):
        if word == "--":
            break
        if word in {"-s", "--signal"}:
            name, count = (words[place + 1] if place + 1 < len(words) else ""), 2
        elif word.startswith("--signal="):
            name, count = word.partition("=")[2], 1
        elif _signal_number(word[1:]) is not None and word.startswith("-"):
            name, count = word[1:], 1
        else:
            continue
        del words[place : place + count]
        number = _signal_number(name)
        return (None, [name]) if number is None else (number, words)
    return signal.SIGTERM, words


def _signal_number(name: str) -> int | None:
    if name.isdecimal():
        return int(name) if int(name) in {*signal.valid_signals(), 0} else None
    with suppress(KeyError):
        return signal.Signals[f"SIG{name.upper().removeprefix('SIG')}"].value
    return None


def _found(words: Sequence[str]) -> list[int]:
    """What the machine's pgrep finds."""
    if (pgrep := of_the_machine("pgrep")) is None:
        say("this machine has no pgrep to look for processes with")
        return []
    ended = subprocess.run([pgrep, *words], stdout=subprocess.PIPE, text=True, check=False)
    return [int(line) for line in ended.stdout.split() if line.isdecimal()]


def _send(number: int, processes: Iterable[int], asked: str) -> int:
    """Send a signal to those that are of this cluster; 1 if there are none."""
    found = [process for process in processes if process != os.getpid()]
    own = list(_of_this_cluster(found))
    if len(own) < len(found):
        say(f"{asked}: {len(found) - len(own)} processes of this machine are not the cluster's, and stay")
    sent = 0
    for process in own:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, number)
            sent += 1
    return 0 if sent else _NOTHING_FOUND


def _all_processes() -> Iterator[int]:
    """The machine's processes but this one and its shell; none where there is no /proc."""
    own = {os.getpid(), os.getppid()}
    with suppress(FileNotFoundError):
        yield from (int(name) for name in os.listdir("/proc") if name.isdecimal() and int(name) not in own)


def _of_this_cluster(processes: Iterable[int]) -> Iterator[int]:
    mark = f"EMRSIM_CLUSTER={os.environ.get('EMRSIM_CLUSTER', '')}".encode()
    if mark.endswith(b"="):
        return
    for process in processes:
        # One that has ended, or another user's; where there is no /proc, nobody knows whose they are.
        with suppress(OSError):
            if mark in Path(f"/proc/{process}/environ").read_bytes().split(b"\0"):
                yield process
