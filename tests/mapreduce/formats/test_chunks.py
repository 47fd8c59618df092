"""What a command is fed with."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from emrsim.mapreduce.formats.chunks import FileRange


@pytest.mark.parametrize("splices", [True, False])
def test_a_range_of_a_file_goes_into_a_pipe(
    tmp_path: Path, splices: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not splices:
        monkeypatch.delattr(os, "splice", raising=False)
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    read_end, write_end = os.pipe()
    with open(path, "rb") as source:
        piece = FileRange(source.fileno(), 2, 5)
        assert bytes(piece) == b"23456"
        while len(piece):
            piece.write_to(write_end)
    os.close(write_end)

    with open(read_end, "rb") as pipe:
        assert pipe.read() == b"23456"
