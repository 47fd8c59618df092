"""`sudo COMMAND`, which scripts for EMR use freely: runs the command with the rights there are, yours."""

from __future__ import annotations

import os
import re
import sys

from emrsim.programs.execute import execute

_WITH_VALUE = {"-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "-r", "-t", "-U"}
_SETTING = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)


def main(arguments: list[str]) -> int:
    """Run the command that follows sudo's own options and settings of variables."""
    words = list(arguments)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "--":
            break
        if option in _WITH_VALUE:
            words[:1] = []
    while words and _SETTING.fullmatch(words[0]):
        name, _, value = words.pop(0).partition("=")
        os.environ[name] = value
    if not words:
        print("usage: sudo [options] command", file=sys.stderr)
        return 1
    return execute(words)
