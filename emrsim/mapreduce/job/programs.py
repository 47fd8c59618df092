"""What maps, combines or reduces."""

from __future__ import annotations

from collections.abc import Set
from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.job.classes import HADOOP, unknown_class


class Program(NamedTuple):
    """The words of a command, or a Java class that is built in here."""

    words: tuple[str, ...] = ()
    java_class: str = ""


def program_of(option: str, text: str | None, default_class: str, known: Set[str]) -> Program:
    """Return what an option names; None: the default class; `known` are classes that are built in.

    Raises JobRefused.
    """
    if text is None:
        return Program(java_class=default_class)
    if text in known:
        return Program(java_class=text)
    words = split_words(text)
    if not words:
        raise JobRefused("java.io.IOException: Cannot run program: the command is empty")
    if text.startswith(HADOOP):
        raise unknown_class(option, text, known)
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
