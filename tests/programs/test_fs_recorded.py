"""`hadoop fs` against what Hadoop's own FsShell 3.5 did, recorded on a local file system.

In the records the owner is `hadoop`, directories have the size 0 that they have in HDFS, and of a message
about a missing parent the second path, which Hadoop 2 did not print, is left out.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from emrsim.programs.fs import main

RECORDS = [json.loads(line) for line in (Path(__file__).parent / "fsshell.jsonl").read_text().splitlines()]
FILES = {
    "d/a": b"hello\n",
    "d/b.gz": gzip.compress(b"x\ny\n"),
    "d/big": b"0" * 1_500_000,
    "d/empty": b"",
    "d/sub/z": b"z\n",
}
FOLDERS = ["q", "e"]
WRITTEN_AT = 1_600_000_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the records were made with; plain paths are below them."""
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    for name in FOLDERS:
        (tmp_path / name).mkdir()
    for path in tmp_path.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (WRITTEN_AT, WRITTEN_AT))
    monkeypatch.chdir(tmp_path)
    for name in ("EMRSIM_HDFS", "HADOOP_LOG_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: " ".join(record["arguments"]))
def test_command_does_what_hadoop_did(
    record: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(record["arguments"])

    said = capsys.readouterr()
    errors = [line for line in said.err.splitlines() if not line.startswith(("Usage:", "\t"))]
    assert (code, errors) == (record["code"], record["errors"])
    if record["out"] is not None:
        assert said.out == record["out"]
    found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))
    assert found == record["files"]
