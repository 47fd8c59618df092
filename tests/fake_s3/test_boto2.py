"""boto 2.49, with either version of signatures, directly and through a proxy setting."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from boto.exception import S3ResponseError
from boto.s3.connection import OrdinaryCallingFormat, S3Connection, SubdomainCallingFormat

from tests.fake_s3.conftest import Endpoint, serve

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(autouse=True)
def collect_sockets() -> Iterator[None]:
    """boto 2 leaves its sockets to the garbage collector, which would warn in somebody else's test."""
    yield
    gc.collect()


KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Endpoint]:
    with serve(tmp_path / "root", keys=KEYS) as endpoint:
        yield endpoint


def connect(endpoint: Endpoint, **options: Any) -> S3Connection:
    options = {
        "host": "127.0.0.1",
        "port": endpoint.port,
        "calling_format": OrdinaryCallingFormat(),
    } | options
    return S3Connection("AKIDEXAMPLE", KEYS["AKIDEXAMPLE"], is_secure=False, **options)


def through_proxy(endpoint: Endpoint, host: str, calling_format: Any) -> S3Connection:
    proxy = {"proxy": "127.0.0.1", "proxy_port": endpoint.port, "port": 80}
    return connect(endpoint, host=host, calling_format=calling_format, **proxy)


def test_tutorial(guarded: Endpoint) -> None:
    bucket = connect(guarded).create_bucket("bucket")
    key = bucket.new_key("a b/ü")
    key.set_metadata("note", "value")

    key.set_contents_from_string("body")

    found = bucket.get_key("a b/ü")
    assert [key.name for key in bucket.list("a ", "/")] == ["a b/"]
    assert (found.get_contents_as_string(), found.get_metadata("note")) == (b"body", "value")
    with urlopen(found.generate_url(60)) as answer:
        assert answer.read() == b"body"


def test_multipart_and_copy(guarded: Endpoint) -> None:
    bucket = connect(guarded).create_bucket("bucket")
    upload = bucket.initiate_multipart_upload("big")
    upload.upload_part_from_file(BytesIO(b"a" * (5 << 20)), 1)
    upload.upload_part_from_file(BytesIO(b"tail"), 2)

    upload.complete_upload()
    bucket.copy_key("copy", "bucket", "big")

    assert (guarded.root / "bucket/copy").stat().st_size == (5 << 20) + 4
    assert bucket.delete_keys(["big", "copy"]).errors == []


def test_missing_key_and_bucket(guarded: Endpoint) -> None:
    connection = connect(guarded)
    bucket = connection.create_bucket("bucket")

    assert bucket.get_key("missing") is None
    assert connection.lookup("no-such-bucket") is None
    with pytest.raises(S3ResponseError) as caught:
        bucket.new_key("missing").get_contents_as_string()
    assert caught.value.error_code == "NoSuchKey"


@pytest.mark.parametrize("sigv4", [False, True])
@pytest.mark.parametrize("calling_format", [OrdinaryCallingFormat(), SubdomainCallingFormat()])
def test_comes_through_a_proxy_setting(
    guarded: Endpoint, monkeypatch: pytest.MonkeyPatch, sigv4: bool, calling_format: Any
) -> None:
    if sigv4:
        monkeypatch.setenv("S3_USE_SIGV4", "True")
    connection = through_proxy(guarded, "s3.eu-west-1.amazonaws.com", calling_format)

    bucket = connection.create_bucket("bucket")
    bucket.new_key("bucket/a b").set_contents_from_string("body")

    assert (guarded.root / "bucket/bucket/a b").read_bytes() == b"body"
    assert bucket.get_key("bucket/a b").get_contents_as_string() == b"body"
