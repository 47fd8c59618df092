"""Recorded streaming jobs as text, one file for each topic; tests/vectors/README.md explains the format.

`python -m tests.vectors.cases FOLDER` packs a folder of case folders, each with a `case.json`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

CASES = Path(__file__).with_name("cases")
SPEC = "case.json"

_CASE, _FILE = "=== ", "--- "
_ESCAPED, _EXECUTABLE = "escaped", "executable"
_HEAD = re.compile(r"(?P<name>.*?)(?: \((?P<marks>(?:escaped|executable)(?:, executable)?)\))?")
_UNFIT = re.compile(r"[^\n\t\x20-\uffff]|\x7f|^(?:=== |--- )", re.MULTILINE)
_REPEATED = re.compile(r"(\d+) \* (.*)")
_RUN_LEAST = 200  # of equal bytes, which then are written as their number


@dataclass(frozen=True)
class File:
    """A file of a case, by its path within it."""

    name: str
    content: bytes
    is_executable: bool = False


@dataclass(frozen=True)
class Case:
    """A recorded job: what it was (`spec`, see the README), and its files."""

    name: str
    spec: dict[str, Any]
    files: tuple[File, ...]

    @property
    def topic(self) -> str:
        return self.name.partition("-")[0]

    def unpack(self, folder: Path) -> None:
        """Write the files, and the empty folders that the spec asks for, below `folder`."""
        for file in self.files:
            path = folder / file.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            path.chmod(0o755 if file.is_executable else 0o644)
        for name in self.spec.get("dirs", []):
            (folder / name).mkdir(parents=True, exist_ok=True)


def read_cases(place: Path) -> list[Case]:
    """Return the cases of a packed file, of all such files in a folder, or of a folder of case folders."""
    if place.is_file():
        return list(_parse(place.read_bytes().decode()))
    packed = [case for path in sorted(place.glob("*.txt")) for case in read_cases(path)]
    return packed or [_read_folder(path.parent) for path in sorted(place.glob(f"*/{SPEC}"))]


def pack(cases: Iterable[Case]) -> str:
    """Return the cases as the text that `read_cases` reads."""
    return "".join(f"{_pack(case)}\n" for case in cases)


def _read_folder(folder: Path) -> Case:
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / SPEC]
    files = [
        File(str(path.relative_to(folder)), path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in paths
    ]
    return Case(folder.name, json.loads((folder / SPEC).read_text(encoding="utf-8")), tuple(files))


def _parse(text: str) -> Iterator[Case]:
    for section in re.split(rf"^{_CASE}", text, flags=re.MULTILINE)[1:]:
        head, *parts = re.split(rf"^{_FILE}", section.removesuffix("\n"), flags=re.MULTILINE)
        name, _, spec = head.partition("\n")
        yield Case(name, json.loads(spec), tuple(_parse_file(part) for part in parts))


def _parse_file(part: str) -> File:
    head, _, content = part.partition("\n")
    found = _HEAD.fullmatch(head)
    assert found is not None
    marks = (found["marks"] or "").split(", ")
    data = _unescape(content) if _ESCAPED in marks else content.encode()
    return File(found["name"], data, _EXECUTABLE in marks)


def _pack(case: Case) -> str:
    members = ",\n ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in case.spec.items())
    return f"{_CASE}{case.name}\n{{{members}}}\n" + "".join(_pack_file(file) for file in case.files)


def _pack_file(file: File) -> str:
    text, is_escaped = _as_text(file.content)
    marks = [mark for mark, holds in ((_ESCAPED, is_escaped), (_EXECUTABLE, file.is_executable)) if holds]
    told = f" ({', '.join(marks)})" if marks else ""
    return f"{_FILE}{file.name}{told}\n{text}"


def _as_text(content: bytes) -> tuple[str, bool]:
    """The content as it stands in the file, and whether it had to be escaped."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return _escape(content), True
    is_fit = not _UNFIT.search(text) and (not text or text.endswith("\n")) and len(text) < _RUN_LEAST**2
    return (text, False) if is_fit else (_escape(content), True)


def _escape(content: bytes) -> str:
    """Escapes of Python, a line for each line; a long run of one byte is `COUNT * BYTE`."""
    return "".join(f"{line}\n" for part in content.splitlines(keepends=True) for line in _escape_line(part))


def _escape_line(part: bytes) -> Iterator[str]:
    for is_run, bytes_of_run in _runs(part):
        line = bytes_of_run[:1] if is_run else bytes_of_run
        escaped = line.decode("latin-1").encode("unicode_escape").decode()
        if is_run:
            yield f"{len(bytes_of_run)} * {escaped}"
        else:
            looks_like_run = _REPEATED.fullmatch(escaped) or escaped.startswith((_CASE, _FILE))
            yield f"\\x{line[0]:02x}{escaped[1:]}" if looks_like_run else escaped


def _runs(part: bytes) -> Iterator[tuple[bool, bytes]]:
    """The bytes of a line, long runs of one byte by themselves."""
    lengths = [(byte, len(list(group))) for byte, group in groupby(part)]
    for is_run, group in groupby(lengths, key=lambda one: one[1] >= _RUN_LEAST):
        if is_run:
            yield from ((True, bytes([byte]) * count) for byte, count in group)
        else:
            yield False, b"".join(bytes([byte]) * count for byte, count in group)


def _unescape(text: str) -> bytes:
    return b"".join(_unescape_line(line) for line in text.split("\n"))


def _unescape_line(line: str) -> bytes:
    repeated = _REPEATED.fullmatch(line)
    count, escaped = (int(repeated[1]), repeated[2]) if repeated else (1, line)
    return escaped.encode("ascii").decode("unicode_escape").encode("latin-1") * count


def main(folder: Path) -> None:
    """Pack the case folders in `folder`, each topic into a file of its own."""
    for topic, cases in groupby(read_cases(folder), key=lambda case: case.topic):
        (CASES / f"{topic}.txt").write_text(pack(cases), encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
