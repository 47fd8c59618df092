"""What maps, combines or reduces."""

from __future__ import annotations

from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.job.classes import IDENTITY_MAPPER, IDENTITY_REDUCER, LONG_SUM_REDUCER


class Program(NamedTuple):
    """The words of a command, or a Java class that is built in here."""

    words: tuple[str, ...] = ()
    java_class: str = ""


def program_of(text: str | None, default_class: str) -> Program:
    """Return what an option names; None: the default class. Raises JobRefused."""
    if text is None:
        return Program(java_class=default_class)
    if text in {IDENTITY_MAPPER, IDENTITY_REDUCER, LONG_SUM_REDUCER}:
        return Program(java_class=text)
    if text.startswith("org.apache.hadoop."):
        raise JobRefused(f"{text}: of Hadoop's own classes only the identity mapper and reducer are built in")
    words = split_words(text)
    if not words:
        raise JobRefused("java.io.IOException: Cannot run program: the command is empty")
    return Program(words=tuple(words))


def split_words(command: str) -> list[str]:
    """The words of a command, as Hadoop's StreamUtil splits them: no shell.

    Only the blank separates. A quote ends the word before it and reaches to its twin or to the end;
    there are no escapes, and empty words are dropped.
    """
    words = []
    word = ""
    quote = ""
    for character in command:
        if quote:
            if character != quote:
                word += character
                continue
            quote = ""
        elif character in "'\"":
            quote = character
        elif character != " ":
            word += character
            continue
        words.append(word)
        word = ""
    words.append(word)
    return [word for word in words if word]
