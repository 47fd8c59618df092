"""What the commands of the shell have in common: their table, their options, and how they complain."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from emrsim.core.ports import StorageError
from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.report.joblog import JobLog
from emrsim.programs.fs.paths import NO_SUCH_FILE, FsError, Item, PathError, expand
from emrsim.storage import DirectoryStorage

LOGGER = "org.apache.hadoop.fs.FsShell"


class IllegalArgument(Exception):
    """Arguments that make no sense to a command: its usage is shown, and the shell ends with 255."""


@dataclass
class Call:
    """One command being carried out: its name, its options and words, and how many errors it met."""

    name: str
    words: list[str]
    options: dict[str, str]
    storage: DirectoryStorage
    log: JobLog | None
    errors: int = field(default=0)

    def say(self, text: str) -> None:
        """Print a line."""
        print(text)

    def complain(self, message: str) -> None:
        """Print an error, which makes the exit code 1."""
        self.errors += 1
        self.warn(message)

    def warn(self, message: str) -> None:
        """Print a line to standard error, with the name of the command in front."""
        print(f"{self.name}: {message}", file=sys.stderr)

    def note(self, message: str) -> None:
        """Log what has no effect here."""
        if self.log is not None:
            self.log.info(LOGGER, message)

    def items(self, words: Sequence[str] | None = None) -> Iterator[Item]:
        """What the words name, globs expanded; those that name nothing are complained of."""
        for item in self.named(words):
            if item.exists:
                yield item
            else:
                self.complain(str(PathError(item, NO_SUCH_FILE)))

    def named(self, words: Sequence[str] | None = None) -> list[Item]:
        """The same, with those that do not exist."""
        found: list[Item] = []
        for word in self.words if words is None else words:
            with self.complaining():
                found += expand(word, self.storage)
        return found

    @contextmanager
    def complaining(self) -> Iterator[None]:
        """Complain of what goes wrong with one word, and go on with the next."""
        try:
            yield
        except (FsError, StorageError, TaskFailed) as error:
            self.complain(str(error))
        except BrokenPipeError:
            raise
        except OSError as error:
            self.complain(f"`{error.filename}': {error.strerror}" if error.filename else str(error))


@dataclass(frozen=True)
class Command:
    """A command: what it does, how it is used, its options (`R`) and those with a value, how many words.

    `run` returns an exit code, or None for 1 after errors and 0 without.
    """

    run: Callable[[Call], int | None]
    usage: str
    about: str
    options: tuple[str, ...] = ()
    value_options: tuple[str, ...] = ()
    least: int = 0
    most: int | None = None
    stands_for: str | None = None  # the command that is to be used instead
    preset: tuple[str, ...] = ()


def parse(command: Command, arguments: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """Options and words (source: Hadoop's CommandFormat). Raises IllegalArgument."""
    options = dict.fromkeys(command.preset, "")
    words = list(arguments)
    while words and words[0].startswith("-") and words[0] != "-":
        word = words.pop(0)
        if word == "--":
            break
        name = word[1:]
        if name in command.options:
            options[name] = ""
        elif name in command.value_options and words:
            options[name] = words.pop(0)
        elif "p" in command.options and name.startswith("p"):
            options["p"] = name[1:]  # `-ptopax`
        else:
            raise IllegalArgument(f"Illegal option {word}")
    if len(words) < command.least:
        raise IllegalArgument(f"Not enough arguments: expected {command.least} but got {len(words)}")
    if command.most is not None and len(words) > command.most:
        raise IllegalArgument(f"Too many arguments: expected {command.most} but got {len(words)}")
    return options, words
