"""A Java program in place of this process: its command line, its environment, its task slot."""

from __future__ import annotations

import os
import shlex
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from emrsim.programs.applications import Registration
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.java import Java

# A tiny job takes half the CPU with these two (source: docs/facts/jvm.md#start-up; benchmarks/jvm.md).
FAST_FLAGS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

HOLDS_SLOT = "EMRSIM_HOLDS_SLOT"  # a parent of this process has a task slot

_WORD_BYTES_MAX = 100_000  # Linux takes 131,071 in one word (MAX_ARG_STRLEN)
_SLOT_CHECK_SECONDS = 0.02


def user_flags(environment: Mapping[str, str] = os.environ) -> list[str]:
    """The flags for Java that a person or a step's Properties have set, as Hadoop's script takes them.

    Words in quotes may have blanks, which Hadoop's cannot.
    """
    words = [environment.get(name, "") for name in ("HADOOP_OPTS", "HADOOP_CLIENT_OPTS")]
    return [flag for text in words for flag in shlex.split(text)]


def common_flags() -> list[str]:
    """What every Java program of a cluster is told."""
    folder = os.environ.get("TMPDIR")
    return [
        *FAST_FLAGS,
        "-XX:+ErrorFileToStderr",
        "-Dfile.encoding=UTF-8",
        *([f"-Djava.io.tmpdir={folder}"] if folder else []),
    ]


def java_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment of a Java program: EMR's user, and names of files that are UTF-8."""
    own = {"HADOOP_USER_NAME": "hadoop", **environment}
    locale = own.get("LC_ALL") or own.get("LC_CTYPE") or own.get("LANG") or ""
    if "utf" not in locale.lower():
        own["LC_ALL"] = "C.UTF-8"
    return own


def become(
    command: Sequence[str],
    around: Surroundings,
    environment: Mapping[str, str],
    registration: Registration | None = None,
) -> NoReturn:
    """Run `command` in place of this process, so that signals reach it, once there is a task slot for it.

    With the `registration` of an application it runs below this process, which tells how it ended and ends
    in the same way.
    """
    own = dict(environment)
    if around.slots is not None and HOLDS_SLOT not in own:
        take_slot(around.slots)
        own[HOLDS_SLOT] = "1"
    if registration is None:
        os.execve(command[0], list(command), own)
    from emrsim.programs.supervised import run_supervised

    run_supervised(command, own, registration)


def take_slot(folder: Path) -> None:
    """Lock one of the slot files, now or when one gets free, until the program that follows ends."""
    from emrsim.mapreduce.tasks.resources import Slots

    slots = Slots(str(folder), None)
    while (lock := slots.lock_one()) is None:
        time.sleep(_SLOT_CHECK_SECONDS)
    os.set_inheritable(lock, True)


def java_command(
    java: Java, flags: Iterable[str], class_path: Iterable[Path], main_class: str, arguments: Sequence[str]
) -> list[str]:
    """The command line of a Java program."""
    path = os.pathsep.join(map(str, class_path))
    rest = ["-cp", path, main_class, *arguments]
    if any(len(os.fsencode(word)) > _WORD_BYTES_MAX for word in rest):
        rest = [f"@{_argument_file(rest)}"]
    return [str(java.command), *flags, *rest]


def _argument_file(words: Sequence[str]) -> Path:
    """A file of words for Java's launcher, for those too long for a command line."""
    descriptor, path = tempfile.mkstemp(prefix="emrsim-arguments-")
    with open(descriptor, "wb") as file:
        file.writelines(os.fsencode(_quoted(word)) + b"\n" for word in words)
    return Path(path)


def _quoted(word: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f"}
    return '"' + "".join(escapes.get(character, character) for character in word) + '"'
