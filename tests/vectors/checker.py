"""Runs recorded streaming jobs with a runner and compares what it does with what Hadoop did.

`python -m tests.vectors.checker 'my-streaming {args}' [PLACE]` checks any runner (see README.md).
"""

from __future__ import annotations

import bz2
import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.vectors.cases import CASES, Case, read_cases

RETRIES, ONE_ATTEMPT = "retries", "one attempt"
_TIMEOUT_SECONDS = 120
_EXPECTED = "expected/"
_DECODERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gunzip": gzip.decompress,
    "bunzip2": bz2.decompress,
    "inflate": zlib.decompress,
}

Counters = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class _Run:
    """What a runner did: its exit code, all it printed, the files it wrote, and its counters."""

    exit_code: int | str
    text: str
    files: Mapping[str, bytes]
    counters: Counters


def check(case: Case, runner: str, work: Path, attempts: str = RETRIES) -> list[str] | None:
    """Return what differs from what Hadoop did; None for a case that is about another number of attempts.

    In `runner`, a command of a shell, `{args}` is replaced by the arguments of the case, and `{counters}` by
    a file for the counters as JSON. `work` is an empty folder.
    """
    if case.spec.get("needs", attempts) != attempts:
        return None
    return _differences(case, _run(case, runner, work))


def _run(case: Case, runner: str, work: Path) -> _Run:
    places = {"in": work / "case" / "in", "case": work / "case", "out": work / "out"}
    case.unpack(places["case"])
    (work / "cwd").mkdir()
    counters = work / "counters.json"
    args = shlex.join(_filled(word, places) for word in case.spec["args"])
    environment = {name: _filled(value, places) for name, value in case.spec.get("env", {}).items()}
    try:
        done = subprocess.run(
            runner.replace("{args}", args).replace("{counters}", shlex.quote(str(counters))),
            shell=True,
            cwd=work / "cwd",
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return _Run(f"none after {_TIMEOUT_SECONDS} s", "", {}, {})
    text = done.stdout.decode("utf-8", "replace")
    found = json.loads(counters.read_text()) if counters.exists() else parse_counters(text)
    return _Run(done.returncode, text, _files_below(places["out"]), found)


def _filled(text: str, places: Mapping[str, Path]) -> str:
    for name, path in places.items():
        text = text.replace(f"{{{name}}}", str(path))
    return text


def _files_below(folder: Path) -> dict[str, bytes]:
    """The files of an output, without checksums and what is in `_logs` or hidden folders."""
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    return {
        name: path.read_bytes()
        for name, path in files.items()
        if not re.search(r"(^|/)(\.[^/]*|_logs)/|(^|/)\.[^/]*\.crc$", name)
    }


def parse_counters(text: str) -> Counters:
    """Return the last block `Counters: N` that a Hadoop client has printed."""
    blocks = re.findall(r"Counters: \d+\n((?:\t.*\n?)*)", text)
    counters: Counters = {}
    group: dict[str, Any] = {}
    for line in blocks[-1].splitlines() if blocks else []:
        name, equals, value = line.strip("\t").rpartition("=")
        if line.startswith("\t\t") and equals:
            group[name] = int(value) if re.fullmatch(r"-?\d+", value) else value
        else:
            group = counters.setdefault(line[1:], {})
    return counters


def _differences(case: Case, run: _Run) -> list[str]:
    spec = case.spec
    found = [] if run.exit_code == spec["exit"] else [f"exit code {run.exit_code}, expected {spec['exit']}"]
    found += [f"missing message {one!r}" for one in spec.get("stderr_contains", []) if one not in run.text]
    wanted = {
        file.name.removeprefix(_EXPECTED): file.content
        for file in case.files
        if file.name.startswith(_EXPECTED)
    }
    if wanted:
        found += _differences_of_files(wanted, run.files, spec)
    elif "_SUCCESS" in run.files:
        found.append("_SUCCESS of a job that should fail")
    for group, names in spec.get("counters", {}).items():
        for name, value in names.items():
            counted = run.counters.get(group, {}).get(name, 0)
            if counted != value:
                found.append(f"counter {group}/{name} is {counted}, expected {value}")
    return found


def _differences_of_files(
    wanted: Mapping[str, bytes], files: Mapping[str, bytes], spec: Mapping[str, Any]
) -> list[str]:
    found = [f"missing file {name}" for name in sorted(wanted.keys() - files)]
    found += [f"unexpected file {name}" for name in sorted(files.keys() - wanted)]
    for name in sorted(wanted.keys() & files):
        if not _is_equal(name, wanted[name], files[name], spec):
            found.append(f"{name}: {_first_difference(wanted[name], files[name])}")
    return found


def _is_equal(name: str, wanted: bytes, content: bytes, spec: Mapping[str, Any]) -> bool:
    mode = spec["compare"]
    if wanted == content or name.startswith("_"):
        return wanted == content
    if decode := _DECODERS.get(mode):
        return decode(wanted) == decode(content)
    key = spec.get("group_key", r"[^\t]*")
    return mode == "grouped" and groups(wanted, key) == groups(content, key)


def groups(content: bytes, pattern: str) -> list[tuple[tuple[bytes, ...], list[bytes]]]:
    """Return the runs of lines with equal keys: each key, and its lines in an order of their own.

    A key is what the groups of `pattern`, or all of it, match at the beginning of a line.
    """
    expression = re.compile(pattern.encode("latin-1"), re.DOTALL)

    def key(line: bytes) -> tuple[bytes, ...]:
        match = expression.match(line)
        return (line,) if match is None else match.groups() or (match.group(),)

    return [(one, sorted(lines)) for one, lines in groupby(content.split(b"\n"), key)]


def _first_difference(wanted: bytes, content: bytes) -> str:
    pairs = zip(wanted.split(b"\n"), content.split(b"\n"), strict=False)
    for number, (one, other) in enumerate(pairs, 1):
        if one != other:
            return f"line {number}: {other[:80]!r}, expected {one[:80]!r}"
    return f"{len(content)} bytes, expected {len(wanted)}"


def main(arguments: Sequence[str]) -> int:
    """Check a runner, and print what differs; the exit code."""
    runner, *places = arguments
    failed = 0
    for case in read_cases(Path(places[0]) if places else CASES):
        with tempfile.TemporaryDirectory(prefix="vector-") as work:
            if differences := check(case, runner, Path(work)):
                failed += 1
                print(f"{case.name}: {'; '.join(differences)}", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
