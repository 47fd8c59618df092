"""The folders that attempts run in."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim.mapreduce.tasks.folders import WorkFolders, copy_file, remove_tree
from emrsim.mapreduce.tasks.localise import LocalFiles


def _folders(tmp_path: Path) -> WorkFolders:
    files = LocalFiles(tmp_path / "files")
    (tmp_path / "tool").write_text("x")
    files.add_file(tmp_path / "tool", "tool")
    return WorkFolders(tmp_path / "work", files.link_into)


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
