"""A folder that becomes a link out of the root between the check of a key and its use."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fake_s3.keys import object_path
from tests.fake_s3.conftest import Endpoint

CALLS: dict[str, Callable[[Any], Any]] = {
    "get": lambda s3: s3.get_object(Bucket="bucket", Key="folder/file")["Body"].read(),
    "head": lambda s3: s3.head_object(Bucket="bucket", Key="folder/file"),
    "put": lambda s3: s3.put_object(Bucket="bucket", Key="folder/file", Body=b"evil"),
    "put another": lambda s3: s3.put_object(Bucket="bucket", Key="folder/new", Body=b"evil"),
    "put deeper": lambda s3: s3.put_object(Bucket="bucket", Key="folder/a/b/new", Body=b"evil"),
    "put a folder": lambda s3: s3.put_object(Bucket="bucket", Key="folder/a/"),
    "delete": lambda s3: s3.delete_object(Bucket="bucket", Key="folder/file"),
    "copy from": lambda s3: s3.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/folder/file"),
    "copy to": lambda s3: s3.copy_object(Bucket="bucket", Key="folder/new", CopySource="bucket/other"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_folder_swapped_after_the_check_leads_nowhere(
    s3: Any, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    s3.put_object(Bucket="bucket", Key="folder/file", Body=b"mine")
    s3.put_object(Bucket="bucket", Key="other", Body=b"other")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("secret")
    folder = endpoint.root / "bucket/folder"

    def check_and_swap(directory: Path, key: str, **how: bool) -> Path:
        path = object_path(directory, key, **how)
        if key.startswith("folder/") and not folder.is_symlink():
            folder.rename(tmp_path / "moved")
            folder.symlink_to(outside)
        return path

    monkeypatch.setattr("fake_s3.store.object_path", check_and_swap)

    with pytest.raises(s3.exceptions.ClientError) as caught:
        CALLS[name](s3)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}
    assert {path.name: path.read_text() for path in outside.iterdir()} == {"file": "secret"}
    assert not (endpoint.root / "bucket/copy").exists()


def test_links_within_the_root_are_followed_as_before(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="folder/file", Body=b"mine")
    (endpoint.root / "bucket/link").symlink_to("folder")

    s3.put_object(Bucket="bucket", Key="link/new", Body=b"new")

    assert s3.get_object(Bucket="bucket", Key="link/file")["Body"].read() == b"mine"
    assert (endpoint.root / "bucket/folder/new").read_bytes() == b"new"
    s3.delete_object(Bucket="bucket", Key="link/new")
    assert not (endpoint.root / "bucket/folder/new").exists()


@pytest.mark.parametrize("key", ["link", "link/new", "link/deep/new", "link/"])
@pytest.mark.parametrize("target", ["outside", "nowhere"])
def test_nothing_is_put_through_links_that_leave_the_root(
    s3: Any, endpoint: Endpoint, tmp_path: Path, key: str, target: str
) -> None:
    s3.put_object(Bucket="bucket", Key="other", Body=b"other")
    (tmp_path / "outside").mkdir()
    link = endpoint.root / "bucket/link"
    link.symlink_to(tmp_path / target)

    with pytest.raises(s3.exceptions.ClientError, match="it would leave the root through a symbolic link"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"")

    assert link.is_symlink()
    assert not list((tmp_path / "outside").iterdir())
    assert not (tmp_path / "nowhere").exists()


def test_a_link_to_nothing_within_the_root_is_a_file_in_the_way(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="other", Body=b"other")
    (endpoint.root / "bucket/link").symlink_to("nowhere")

    with pytest.raises(s3.exceptions.ClientError, match="'link' is an object"):
        s3.put_object(Bucket="bucket", Key="link/deep/new", Body=b"")
