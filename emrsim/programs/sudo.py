"""`sudo COMMAND`, `su USER -c COMMAND` and `runuser`: the command runs with the rights there are, yours."""

from __future__ import annotations

import os
import pwd
import re
import sys

from emrsim.programs.execute import execute

_WITH_VALUE = {"-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-r", "-t", "-U"}
_LONG_WITH_VALUE = {"--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--role", "--type"}
_SETTING = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
_SHELL = "/bin/bash"
_OWNING = {"chown", "chgrp", "install"}
_HADOOP = re.compile(r"\bhadoop\b(?=[:.]|$)|(?<=[:.])hadoop$")


def main(arguments: list[str]) -> int:
    """Run the command that follows sudo's own options and settings of variables."""
    words, options = _after_options(list(arguments))
    while words and _SETTING.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        os.environ[name] = value
    is_shell = any(set(option[1:]) & {"i", "s"} for option in options if not option.startswith("--"))
    if is_shell or {"--login", "--shell"} & set(options):
        return execute([_SHELL, "-c", 'exec "$@"', _SHELL, *words] if words else [_SHELL])
    if not words:
        if {"-v", "-k", "-K", "-l", "--validate"} & set(options):
            return 0
        print("usage: sudo [options] command", file=sys.stderr)
        return 1
    return execute(_owned_by_us(words))


def _after_options(words: list[str]) -> tuple[list[str], list[str]]:
    """The words after sudo's options, and these."""
    options = []
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "--":
            break
        options.append(option)
        short = "" if option.startswith("--") else f"-{option[-1]}"  # -nu USER
        if option in _LONG_WITH_VALUE or short in _WITH_VALUE:
            words[:1] = []
    return words, options


def su(arguments: list[str]) -> int:
    """`su [-] [USER] [-c COMMAND]`, `runuser -u USER COMMAND`: whoever USER is, as the user there is."""
    words, command, rest = list(arguments), None, []
    shell = [_SHELL]
    while words:
        word = words.pop(0)
        if word in {"-", "-l", "--login"}:
            shell = [_SHELL, "-l"]
        elif word in {"-c", "--command"}:
            command = words.pop(0) if words else ""
        elif word in {"-s", "--shell", "-g", "-G", "-u", "--user", "-w"}:
            words[:1] = []
            if word in {"-u", "--user"}:
                return execute(words[1:] if words[:1] == ["--"] else words) if words else 1
        elif not word.startswith("-"):
            rest.append(word)
    return execute([*shell, "-c", command, *rest] if command is not None else [*shell, *rest[1:]])


def _owned_by_us(words: list[str]) -> list[str]:
    """The words of `chown hadoop:hadoop FILE`, where this machine has no hadoop, with the user there is."""
    if words[0].rpartition("/")[2] not in _OWNING or _has_user("hadoop"):
        return words
    user, group = str(os.geteuid()), str(os.getegid())
    return [
        word if "/" in word else _HADOOP.sub(lambda found: user if found.start() == 0 else group, word)
        for word in words
    ]


def _has_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True
