"""The records of a split."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.input import readers
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.configuration import Configuration

TEXT = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"bb\t", b"", b"c" * 50]), max_size=40).map(
    b"".join
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@given(text=TEXT, mark=st.booleans(), cut=st.floats(0, 1), chunk=st.integers(3, 9))
@settings(deadline=None)
def test_large_splits_give_what_small_ones_give(
    scratch: Path, text: bytes, mark: bool, cut: float, chunk: int
) -> None:
    path = scratch / "file"
    path.write_bytes(b"\xef\xbb\xbf" * mark + text)
    size = path.stat().st_size
    middle = int(size * cut)
    splits = [Split("u", path, 0, middle), Split("u", path, middle, size - middle)]
    reader = readers.TextReader(Configuration())

    def read() -> list[tuple[bytes, int]]:
        taken = [[(bytes(block), lines) for block, lines in reader.blocks(split)] for split in splits]
        return [(b"".join(block for block, _ in blocks), sum(n for _, n in blocks)) for blocks in taken]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(readers, "CHUNK", chunk)
        small = read()
        patch.setattr(readers, "_SPLICED_BYTES_MIN", 0)
        large = read()

    assert large == small
