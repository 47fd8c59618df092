"""Metadata told and brought back, for files that were copied."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fake_s3 import ObjectStore
from fake_s3.backup import check_metadata, dump_metadata, load_metadata, remove_all


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A root with two objects, one of which was edited by hand, and a setting of their bucket."""
    root = tmp_path / "s3"
    (root / "bucket").mkdir(parents=True)
    store = ObjectStore(root)
    for key in ("kept", "edited"):
        (root / "bucket" / key).write_text(key)
        store.update("bucket", key, lambda details: details.__class__(headers={"x-amz-meta-k": "v"}))
    store.metadata.set("bucket", "policy", "{}")
    store.close()
    (root / "bucket" / "edited").write_text("by hand")
    return root


def headers_of(root: Path, key: str) -> dict[str, str]:
    store = ObjectStore(root)
    try:
        return dict(store.head("bucket", key).details.headers)
    finally:
        store.close()


def test_what_is_told_is_true_of_the_copies(root: Path, tmp_path: Path) -> None:
    dump = json.loads(json.dumps(dump_metadata(root)))
    copy = tmp_path / "copy"
    shutil.copytree(root / "bucket", copy / "bucket")

    load_metadata(copy, dump)

    assert [key for _, key, _, _ in dump["objects"]] == ["kept"]
    assert headers_of(copy, "kept") == {"x-amz-meta-k": "v"}
    assert headers_of(copy, "edited") == {}
    assert dump_metadata(copy) == dump


def test_row_without_its_file_is_dropped(root: Path) -> None:
    dump = dump_metadata(root)
    (root / "bucket" / "kept").unlink()

    load_metadata(root, dump)

    assert dump_metadata(root) == {"objects": [], "settings": [["bucket", "policy", "{}"]]}


def test_root_without_metadata_has_none_to_tell(tmp_path: Path) -> None:
    assert dump_metadata(tmp_path) == {"objects": [], "settings": []}


def test_all_is_removed_but_what_is_spared(root: Path) -> None:
    (root / "data").mkdir()

    remove_all(root, spared=root / "data")

    assert sorted(path.name for path in root.iterdir()) == [".fake_s3", "data"]
    assert dump_metadata(root) == {"objects": [], "settings": []}


@pytest.mark.parametrize(
    "dump",
    [
        None,
        [],
        {"objects": []},
        {"objects": {}, "settings": []},
        {"objects": [["b", "k", "e"]], "settings": []},
        {"objects": [], "settings": [["b", "n", 3]]},
        {"objects": ["four"], "settings": []},
    ],
)
def test_what_was_never_told_is_refused(dump: Any) -> None:
    with pytest.raises(ValueError, match=r"not the lists|not a list of rows|something else than texts"):
        check_metadata(dump)
