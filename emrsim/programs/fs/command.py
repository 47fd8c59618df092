"""The table of commands, and how one is found, run and explained (source: Hadoop's FsShell)."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Sequence

from emrsim.mapreduce.report.joblog import file_log
from emrsim.programs.fs import changing, copying, looking, reading
from emrsim.programs.fs.shell import Call, Command, IllegalArgument, parse
from emrsim.programs.generic import without_generic
from emrsim.programs.surroundings import surroundings

_PREFIX = "Usage: hadoop fs [generic options]"
EXIT_ILLEGAL = 255
_PUT_USAGE = "[-f] [-p] [-l] [-d] [-t <thread count>] <localsrc> ... <dst>"
_PUT_OPTIONS = ("f", "p", "l", "d")
_GET_USAGE = "[-f] [-p] [-crc] [-ignoreCrc] [-t <thread count>] <src> ... <localdst>"
_GET_OPTIONS = ("f", "p", "crc", "ignoreCrc")
_CP_OPTIONS = ("f", "p", "d")
_THREADS = ("t", "q")
_LS_OPTIONS = ("C", "d", "h", "R", "t", "S", "r")
_LS_USAGE = "[-C] [-d] [-h] [-R] [-t] [-S] [-r] [<path> ...]"
_RM_OPTIONS = ("f", "r", "R", "skipTrash", "safely")
_CHMOD_USAGE = "[-R] <MODE[,MODE]... | OCTALMODE> PATH..."
_RM_USAGE = "[-f] [-r|-R] [-skipTrash] [-safely] <src> ..."
_DU_OPTIONS = ("s", "h", "v", "x")

COMMANDS = {
    "appendToFile": Command(
        copying.append_to_file, "<localsrc> ... <dst>", "Appends local files to a file.", least=2
    ),
    "cat": Command(reading.cat, "[-ignoreCrc] <src> ...", "Displays files.", ("ignoreCrc",), least=1),
    "chgrp": Command(changing.chown, "[-R] GROUP PATH...", "Accepted.", ("R",), least=2),
    "chmod": Command(changing.chmod, _CHMOD_USAGE, "Accepted.", ("R",), least=2),
    "chown": Command(changing.chown, "[-R] [OWNER][:[GROUP]] PATH...", "Accepted.", ("R",), least=2),
    "copyFromLocal": Command(
        copying.put, _PUT_USAGE, "Identical to the -put command.", _PUT_OPTIONS, _THREADS, least=1
    ),
    "copyToLocal": Command(
        copying.get, _GET_USAGE, "Identical to the -get command.", _GET_OPTIONS, _THREADS, least=1
    ),
    "count": Command(
        looking.count, "[-q] [-h] [-v] <path> ...", "Counts what there is.", ("q", "h", "v"), least=1
    ),
    "cp": Command(
        copying.cp, "[-f] [-p[topax]] [-d] <src> ... <dst>", "Copies files.", _CP_OPTIONS, _THREADS, least=2
    ),
    "du": Command(looking.du, "[-s] [-h] [-v] [-x] <path> ...", "Shows sizes.", _DU_OPTIONS),
    "dus": Command(looking.du, "", "", _DU_OPTIONS, stands_for="du -s", preset=("s",)),
    "expunge": Command(changing.expunge, "[-immediate]", "Empties the trash.", ("immediate",), most=0),
    "get": Command(copying.get, _GET_USAGE, "Copies files to this machine.", _GET_OPTIONS, _THREADS, least=1),
    "getmerge": Command(
        reading.getmerge,
        "[-nl] [-skip-empty-file] <src> <localdst>",
        "Gets files into one local file; -nl adds a newline after each.",
        ("nl", "skip-empty-file"),
        least=2,
    ),
    "head": Command(reading.head, "<file>", "Shows the first 1KB.", least=1, most=1),
    "ls": Command(looking.ls, _LS_USAGE, "Lists the contents of directories.", _LS_OPTIONS),
    "lsr": Command(looking.ls, "", "", _LS_OPTIONS, stands_for="ls -R", preset=("R",)),
    "mkdir": Command(changing.mkdir, "[-p] <path> ...", "Makes directories.", ("p",), least=1),
    "moveFromLocal": Command(
        copying.move_from_local, _PUT_USAGE, "Same as -put, and the source is deleted.", _PUT_OPTIONS, least=1
    ),
    "moveToLocal": Command(copying.move_to_local, "<src> <localdst>", "Not implemented yet."),
    "mv": Command(copying.mv, "<src> ... <dst>", "Moves files.", least=2),
    "put": Command(copying.put, _PUT_USAGE, "Copies files of this machine.", _PUT_OPTIONS, _THREADS, least=1),
    "rm": Command(changing.rm, _RM_USAGE, "Deletes files.", _RM_OPTIONS, least=1),
    "rmdir": Command(
        changing.rmdir,
        "[--ignore-fail-on-non-empty] <dir> ...",
        "Removes empty directories.",
        ("-ignore-fail-on-non-empty",),
        least=1,
    ),
    "rmr": Command(changing.rm, "", "", _RM_OPTIONS, least=1, stands_for="-rm -r", preset=("r",)),
    "setrep": Command(changing.setrep, "[-R] [-w] <rep> <path> ...", "Accepted.", ("R", "w"), least=2),
    "stat": Command(looking.stat, "[format] <path> ...", "Prints facts about files.", least=1),
    "tail": Command(reading.tail, "[-f] <file>", "Shows the last 1KB.", ("f",), ("s",), least=1, most=1),
    "test": Command(
        looking.test, "-[defszrw] <path>", "Answers by its exit code.", tuple("defszrw"), least=1, most=1
    ),
    "text": Command(
        reading.text, "[-ignoreCrc] <src> ...", "Displays files as text.", ("ignoreCrc",), least=1
    ),
    "touchz": Command(changing.touchz, "<path> ...", "Creates files of zero length.", least=1),
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run a command of the shell; returns its exit code, 255 for one that makes no sense."""
    words = without_generic(arguments)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]
    try:
        code = _run(words)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # `hadoop fs -cat x | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(words: list[str]) -> int:
    if not words:
        print(_usages(), file=sys.stderr)
        return EXIT_ILLEGAL
    word, *arguments = words
    try:
        if word in ("-help", "-usage"):
            _explain(arguments, with_help=word == "-help")
            return 0
        if not word.startswith("-") or word[1:] not in COMMANDS:
            raise IllegalArgument("Unknown command")
        return _carry_out(word[1:], COMMANDS[word[1:]], arguments)
    except IllegalArgument as error:
        print(f"{word}: {error}", file=sys.stderr)
        if word in COMMANDS:
            print(f"Did you mean -{word}?  This command begins with a dash.", file=sys.stderr)
        command = COMMANDS.get(word[1:]) if word.startswith("-") else None
        print(f"{_PREFIX} {_usage(word[1:], command)}" if command else _usages(), file=sys.stderr)
        return EXIT_ILLEGAL


def _carry_out(name: str, command: Command, arguments: Sequence[str]) -> int:
    around = surroundings()
    options, words = parse(command, arguments)
    log = file_log(str(around.syslog)) if around.syslog else None
    call = Call(name, words, options, around.storage, log)
    if command.stands_for is not None:
        call.warn(f"DEPRECATED: Please use '{command.stands_for}' instead.")
    code = command.run(call)
    return code if code is not None else int(call.errors > 0)


def _explain(names: Sequence[str], *, with_help: bool) -> None:
    for name in names:
        command = COMMANDS.get(name.removeprefix("-"))
        if command is None:
            raise IllegalArgument(f"`{name}': Unknown command")
        usage = _usage(name.removeprefix("-"), command)
        print(f"{usage} :\n{textwrap.indent(command.about, '  ')}" if with_help else f"{_PREFIX} {usage}")
    if not names:
        print(_usages())


def _usage(name: str, command: Command) -> str:
    return f"-{name} {command.usage}".rstrip()


def _usages() -> str:
    shown = [
        f"\t[{_usage(name, command)}]" for name, command in COMMANDS.items() if command.stands_for is None
    ]
    return "\n".join([_PREFIX, *shown, "\t[-help [cmd ...]]", "\t[-usage [cmd ...]]"])
