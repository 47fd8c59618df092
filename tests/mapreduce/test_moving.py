"""The ways of bytes into and out of commands: nothing lost, nothing torn, whatever the sizes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce import readers
from emrsim.mapreduce.configuration import Configuration
from emrsim.mapreduce.folders import copy_file, remove_tree
from emrsim.mapreduce.intake import LineIntake
from emrsim.mapreduce.keyvalue import Batch, LineFormat, Lines
from emrsim.mapreduce.lines import normalised
from emrsim.mapreduce.localise import LocalFiles
from emrsim.mapreduce.pipes import FileRange
from emrsim.mapreduce.splits import Split
from emrsim.mapreduce.workfolders import WorkFolders

TEXT = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"bb\t", b"", b"c" * 50]), max_size=40).map(
    b"".join
)


@given(text=TEXT, sizes=st.lists(st.integers(1, 9), min_size=1), block_bytes=st.integers(1, 20))
def test_an_intake_passes_on_whole_lines_in_their_order(
    text: bytes, sizes: list[int], block_bytes: int
) -> None:
    blocks: list[bytes] = []

    def keep(batch: Batch) -> None:
        assert isinstance(batch, Lines)
        blocks.append(bytes(batch.text))

    intake = LineIntake(LineFormat(), keep, block_bytes)
    rest, turn = text, 0
    while rest:
        room = intake.room()
        count = min(len(room), sizes[turn % len(sizes)], len(rest))
        room[:count], rest = rest[:count], rest[count:]
        intake.took(count)
        turn += 1
    intake.finish()

    assert b"".join(blocks) == b"".join(normalised([text]))
    assert all(block.endswith(b"\n") for block in blocks if block)


def test_a_kept_batch_outlives_the_buffer() -> None:
    kept: list[Batch] = []
    intake = LineIntake(LineFormat(), lambda batch: kept.append(batch.kept()), 3)

    for text in (b"ab\n", b"cd\n", b"ef\n"):
        intake.room()[:] = text
        intake.took(3)
    intake.finish()

    assert b"".join(LineFormat().join(batch.pairs()) for batch in kept) == b"ab\t\ncd\t\nef\t\n"


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


def _folders(tmp_path: Path) -> WorkFolders:
    files = LocalFiles(tmp_path / "files")
    (tmp_path / "tool").write_text("x")
    files.add_file(tmp_path / "tool", "tool")
    return WorkFolders(tmp_path / "work", files)


def test_an_untouched_folder_is_handed_on(tmp_path: Path) -> None:
    folders = _folders(tmp_path)
    first = folders.make("one")
    inode = first.stat().st_ino
    folders.give_back(first)

    second = folders.make("two")

    assert second.stat().st_ino == inode
    assert sorted(path.name for path in second.iterdir()) == ["tmp", "tool"]


@pytest.mark.parametrize("change", ["new", "tmp/new", "tool", "gone"])
def test_a_folder_that_was_changed_is_not(tmp_path: Path, change: str) -> None:
    folders = _folders(tmp_path)
    first = folders.make("one")
    if change == "gone":
        remove_tree(first)
    else:
        (first / change).unlink(missing_ok=True)
        (first / change).write_text("mine")
    folders.give_back(first)

    second = folders.make("two")

    assert not first.exists()
    assert (second / "tool").read_text() == "x"
    assert sorted(path.name for path in second.iterdir()) == ["tmp", "tool"]
    assert list((second / "tmp").iterdir()) == []


def test_a_tree_is_removed_but_not_what_its_links_point_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept/file").write_text("x")
    (tmp_path / "tree/deep").mkdir(parents=True)
    copy_file(tmp_path / "kept/file", tmp_path / "tree/deep/copy")
    (tmp_path / "tree/link").symlink_to(tmp_path / "kept")

    remove_tree(tmp_path / "tree")

    assert not (tmp_path / "tree").exists()
    assert (tmp_path / "kept/file").read_text() == "x"
