"""Commands that look: ls, du, count, stat, test."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from emrsim.programs.fs.paths import Item
from emrsim.programs.fs.shell import Call, IllegalArgument

_BLOCK_BYTES = 128 << 20  # dfs.blocksize of Hadoop 2 and later
_UNITS = " KMGTPE"


def ls(call: Call) -> None:
    """The contents of directories, and files; the columns only grow from word to word, as in Hadoop."""
    listing = _Listing(call)
    for item in call.items(call.words or ["."]):
        with call.complaining():
            if item.is_folder and "d" not in call.options:
                listing.folder(item)
            else:
                listing.lines([item])


class _Listing:
    def __init__(self, call: Call) -> None:
        self._call = call
        self._owner_width = 0
        self._size_width = 10

    def folder(self, folder: Item) -> None:
        """What is in a directory; below it too if asked for."""
        children = self._sorted(folder.children())
        is_recursive = "R" in self._call.options
        if children and not is_recursive and "C" not in self._call.options:
            self._call.say(f"Found {len(children)} items")
        for child in children if is_recursive else []:
            self.lines([child])
            if child.is_folder:
                with self._call.complaining():
                    self.folder(child)
        if not is_recursive:
            self.lines(children)

    def lines(self, items: Sequence[Item]) -> None:
        """A line for each."""
        for item in items:
            self._owner_width = max(self._owner_width, len(item.owner))
            self._size_width = max(self._size_width, len(str(item.size)))
        for item in items:
            self._call.say(item.text if "C" in self._call.options else self._line(item))

    def _line(self, item: Item) -> str:
        kind, replication = ("d", "-") if item.is_folder else ("-", "1")
        owner = f"{item.owner:<{self._owner_width}} {item.owner:<{self._owner_width}}"
        size = _shown_size(item.size, self._call)
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(_changed(item)))
        return f"{kind}{item.mode} {replication:>3} {owner} {size:>{self._size_width}} {when} {item}"

    def _sorted(self, items: list[Item]) -> list[Item]:
        """By time or size, the greatest first, or by name; what is equal stays in the order of names."""
        options = self._call.options
        backwards = "r" in options
        if "t" in options:
            return sorted(items, key=_changed, reverse=not backwards)
        if "S" in options:
            return sorted(items, key=lambda item: item.size, reverse=not backwards)
        return items[::-1] if backwards else items


def du(call: Call) -> None:
    """The sizes of what is in directories, or with -s their sums; without replicas both columns agree."""
    rows = (
        [("SIZE", "DISK_SPACE_CONSUMED_WITH_ALL_REPLICAS", "FULL_PATH_NAME")] if "v" in call.options else []
    )
    for item in call.items(call.words or ["."]):
        with call.complaining():
            shown = item.children() if item.is_folder and "s" not in call.options else [item]
            for each in shown:
                size = _shown_size(_tree(each)[2], call)
                rows.append((size, size, each.text))
    widths = [max((len(row[column]) for row in rows), default=0) for column in (0, 1)]
    for first, second, name in rows:
        call.say(f"{first:<{widths[0]}}  {second:<{widths[1]}}  {name}")


def count(call: Call) -> None:
    """Directories, files and bytes; there are no quotas."""
    quotas = f"{'none':>12} {'inf':>15} {'none':>15} {'inf':>15} " if "q" in call.options else ""
    if "v" in call.options:
        header = (
            f"{'QUOTA':>12} {'REM_QUOTA':>15} {'SPACE_QUOTA':>15} {'REM_SPACE_QUOTA':>15} " if quotas else ""
        )
        call.say(f"{header}{'DIR_COUNT':>12} {'FILE_COUNT':>12} {'CONTENT_SIZE':>18} PATHNAME")
    for item in call.items():
        with call.complaining():
            folders, files, size = _tree(item)
            call.say(f"{quotas}{folders:>12} {files:>12} {_shown_size(size, call):>18} {item}")


def stat(call: Call) -> None:
    """Facts about files in a format, `%y` without one."""
    form, words = ("%y", call.words) if "%" not in call.words[0] else (call.words[0], call.words[1:])
    for item in call.items(words):
        call.say(_formatted(form, item))


def test(call: Call) -> int:
    """Whether what is there is a directory, exists, is a file, has a size …: 0 for yes, 1 for no."""
    if not call.options:
        raise IllegalArgument("No test flag given")
    if len(call.options) > 1:
        raise IllegalArgument("Only one test flag is allowed")
    (flag,) = call.options
    items = call.named()
    return 0 if items and all(_TESTS[flag](item) for item in items) else 1


_TESTS: dict[str, Callable[[Item], bool]] = {
    "d": lambda item: item.is_folder,
    "e": lambda item: item.exists,
    "f": lambda item: item.exists and not item.is_folder,
    "s": lambda item: item.size > 0,
    "z": lambda item: item.exists and item.size == 0,
    "r": lambda item: os.access(item.path, os.R_OK),
    "w": lambda item: os.access(item.path, os.W_OK),
}


def _tree(item: Item) -> tuple[int, int, int]:
    """How many directories and files there are from `item` on down, and how many bytes."""
    if not item.is_folder:
        return 0, 1, item.size
    below = [_tree(child) for child in item.children()]
    return 1 + sum(b[0] for b in below), sum(b[1] for b in below), sum(b[2] for b in below)


def _changed(item: Item) -> float:
    assert item.status is not None
    return item.status.st_mtime


def _shown_size(size: int, call: Call) -> str:
    """Bytes, or with -h in the form of StringUtils.TraditionalBinaryPrefix: `1.4 M`, `4 K`, `12`."""
    if "h" not in call.options or size < 1024:
        return str(size)
    power = (size.bit_length() - 1) // 10
    number = f"{size / (1 << 10 * power):.1f}".removesuffix(".0")
    return f"{number} {_UNITS[power]}"


def _formatted(form: str, item: Item) -> str:
    result, position = "", 0
    while position < len(form):
        character = form[position]
        if character == "%" and position + 1 < len(form):
            position += 1
            result += _fact(form[position], item)
        else:
            result += character
        position += 1
    return result


def _fact(letter: str, item: Item) -> str:
    changed = _changed(item)
    octal = "".join(
        str(sum(4 >> i for i, c in enumerate(item.mode[at : at + 3]) if c != "-")) for at in (0, 3, 6)
    )
    facts = {
        "a": octal,
        "A": item.mode,
        "b": str(item.size),
        "F": "directory" if item.is_folder else "regular file",
        "g": item.owner,
        "n": item.name,
        "o": "0" if item.is_folder else str(_BLOCK_BYTES),
        "r": "0" if item.is_folder else "1",
        "u": item.owner,
        "y": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(changed)),
        "Y": str(int(changed * 1000)),
    }
    return facts.get(letter, letter)
