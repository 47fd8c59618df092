"""Killed writers, parallel writers, and writers beside the server."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from fake_s3 import ObjectStore
from fake_s3.metadata import Details
from fake_s3.staging import StagedFile
from tests.fake_s3.conftest import Endpoint, keys_of, refused

MIB = 1 << 20


@contextmanager
def process(root: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], Endpoint]]:
    """`python -m fake_s3` over `root`, as a process of its own."""
    command = [sys.executable, "-m", "fake_s3", "--root", str(root), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        first_line = server.stdout.readline()
        assert first_line.startswith("fake_s3 listening on http://127.0.0.1:")
        try:
            yield server, Endpoint(root, int(first_line.rpartition(":")[2]))
        finally:
            server.kill()


@pytest.mark.parametrize("options", [(), ("--fsync",)])
def test_kill_in_the_middle_of_a_put_leaves_the_old_object(tmp_path: Path, options: tuple[str, ...]) -> None:
    with process(tmp_path, *options) as (server, endpoint):
        s3 = endpoint.client()
        s3.create_bucket(Bucket="bucket")
        s3.put_object(Bucket="bucket", Key="k", Body=b"old", Metadata={"m": "old"})
        head = f"PUT /bucket/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: {8 * MIB}\r\n\r\n"
        with socket.create_connection(("127.0.0.1", endpoint.port)) as connection:
            connection.sendall(head.encode() + b"x" * MIB)
            server.send_signal(signal.SIGKILL)
            server.wait()

    with process(tmp_path) as (_, endpoint):
        answer = endpoint.client().get_object(Bucket="bucket", Key="k")
        assert (answer["Body"].read(), answer["Metadata"]) == (b"old", {"m": "old"})


WRITE_FOREVER = """
import sys
from itertools import repeat
from pathlib import Path
from fake_s3 import ObjectStore
from fake_s3.metadata import Details

store = ObjectStore(Path(sys.argv[1]))
for number in range(10**9):
    body = str(number).encode() * 100_000
    store.put("bucket", "k", [body], lambda: Details({"x-amz-meta-number": str(number)}))
    print(number, flush=True)
"""


def test_kill_between_puts_leaves_one_whole(tmp_path: Path) -> None:
    """The writer is killed wherever it happens to be: what it last told of is there, or what came next."""
    (tmp_path / "bucket").mkdir()
    for rounds in range(4):
        with subprocess.Popen(
            [sys.executable, "-c", WRITE_FOREVER, tmp_path], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            last = [int(writer.stdout.readline()) for _ in range(3 + rounds)][-1]
            writer.kill()

        store = ObjectStore(tmp_path)
        file, info = store.open("bucket", "k")
        with file:
            body = file.read()
        number = info.details.headers["x-amz-meta-number"]
        assert int(number) >= last
        assert body == number.encode() * 100_000
        assert info.etag == hashlib.md5(body).hexdigest()
        assert list((tmp_path / ".fake_s3/staging").iterdir()) == []
        store.close()


def test_parallel_writers_leave_one_of_them_whole(s3: Any, endpoint: Endpoint) -> None:
    bodies = [bytes([65 + number]) * (MIB + number) for number in range(8)]

    def put(body: bytes) -> str:
        answer = s3.put_object(Bucket="bucket", Key="k", Body=body, Metadata={"first": chr(body[0])})
        return str(answer["ETag"])

    with ThreadPoolExecutor(8) as pool:
        etags = list(pool.map(put, bodies))

    answer = s3.get_object(Bucket="bucket", Key="k")
    found = answer["Body"].read()
    assert found in bodies
    assert answer["ETag"] == etags[bodies.index(found)]
    assert answer["Metadata"] == {"first": chr(found[0])}


def test_readers_see_whole_versions_with_their_metadata(tmp_path: Path) -> None:
    """Two stores over one root, as two processes have; each answer has to be of one version."""
    writer, reader = ObjectStore(tmp_path), ObjectStore(tmp_path)
    (tmp_path / "bucket").mkdir()

    def write(letter: str) -> None:
        for length in range(1, 60):
            body = letter.encode() * length * 1000
            details = Details({"x-amz-meta-body": f"{letter}{len(body)}"})
            writer.put("bucket", "k", [body], partial(lambda kept: kept, details))

    write("a")
    with ThreadPoolExecutor(2) as pool:
        writing = [pool.submit(write, letter) for letter in "bc"]
        reads = 0
        while reads == 0 or not all(future.done() for future in writing):
            read_one(reader)
            reads += 1
        for future in writing:
            future.result()
    writer.close()
    reader.close()


def read_one(store: ObjectStore) -> None:
    """Reads the object and checks that all that is known of it is of the version that was read."""
    file, info = store.open("bucket", "k")
    with file:
        body = file.read()
    assert info.details.headers["x-amz-meta-body"] == f"{body[:1].decode()}{len(body)}"
    assert info.etag == hashlib.md5(body).hexdigest()


def test_only_one_of_many_creates(s3: Any) -> None:
    def create(number: int) -> str:
        try:
            s3.put_object(Bucket="bucket", Key="lock", Body=str(number).encode(), IfNoneMatch="*")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "created"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(create, range(16)))

    assert sorted(outcomes) == ["PreconditionFailed"] * 15 + ["created"]
    winner = str(outcomes.index("created")).encode()
    assert s3.get_object(Bucket="bucket", Key="lock")["Body"].read() == winner


def test_writers_and_deleters_of_one_folder(s3: Any, endpoint: Endpoint) -> None:
    """A delete prunes the folder that a put is about to write into."""

    def toggle(number: int) -> None:
        for _ in range(10):
            s3.put_object(Bucket="bucket", Key=f"a/b/{number}", Body=b"x")
            s3.delete_object(Bucket="bucket", Key=f"a/b/{number}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(toggle, range(6)))

    assert list((endpoint.root / "bucket").iterdir()) == []


def test_bookkeeping_can_be_thrown_away(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    (tmp_path / "bucket").mkdir()
    store.put("bucket", "k", [b"content"], lambda: Details({"x-amz-meta-m": "1"}))
    store.close()
    shutil.rmtree(tmp_path / ".fake_s3")

    store = ObjectStore(tmp_path)

    info = store.head("bucket", "k")
    assert (info.size_bytes, info.etag, info.details) == (7, hashlib.md5(b"content").hexdigest(), Details())
    store.close()


def test_many_may_open_a_new_root_at_once(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(ObjectStore, [tmp_path] * 8))

    stores[0].buckets.create("bucket", "us-east-1", 0.0)
    stores[0].put("bucket", "k", [b"x"], lambda: Details({"x-amz-meta-m": "1"}))
    assert [store.head("bucket", "k").details.headers for store in stores] == [{"x-amz-meta-m": "1"}] * 8
    for store in stores:
        store.close()


def test_edit_of_the_same_size_is_seen(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"old", Metadata={"m": "1"})
    path = endpoint.root / "bucket/k"

    path.write_bytes(b"new")
    os.utime(path, ns=(0, 0))

    answer = s3.get_object(Bucket="bucket", Key="k")
    assert (answer["Body"].read(), answer["Metadata"]) == (b"new", {})
    assert answer["ETag"] == f'"{hashlib.md5(b"new").hexdigest()}"'


def test_large_file_by_hand_has_a_stable_etag_of_the_multipart_form(s3: Any, endpoint: Endpoint) -> None:
    with (endpoint.root / "bucket/large").open("wb") as file:
        file.truncate(2 * MIB)

    head = s3.head_object(Bucket="bucket", Key="large")
    (listed,) = s3.list_objects_v2(Bucket="bucket")["Contents"]

    assert head["ETag"] == listed["ETag"]
    assert head["ETag"].endswith('-1"')
    with refused("PreconditionFailed", 412):
        s3.get_object(Bucket="bucket", Key="large", IfMatch='"other"')
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["large"]


def test_require_auth_takes_the_clients_own_file(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text("[default]\naws_access_key_id = AKID\naws_secret_access_key = secret%\n")
    with process(tmp_path / "root", "--require-auth", str(credentials)) as (_, endpoint):
        endpoint.client("AKID", "secret%").create_bucket(Bucket="bucket")

        with refused("SignatureDoesNotMatch", 403):
            endpoint.client("AKID", "wrong").list_buckets()


@pytest.mark.parametrize("content", [None, "", "[default]\n", "nonsense"])
def test_unusable_file_of_keys_is_told(tmp_path: Path, content: str | None) -> None:
    credentials = tmp_path / "credentials"
    if content is not None:
        credentials.write_text(content)
    options = ["--root", str(tmp_path), "--require-auth", str(credentials)]
    command = [sys.executable, "-m", "fake_s3", *options]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 2
    assert str(credentials) in result.stderr


def test_fault_of_the_disk_is_told_and_not_retried(
    s3: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(StagedFile, "write", full)

    with pytest.raises(HTTPError) as caught:
        urlopen(Request(f"{endpoint.url}/bucket/k", b"x", method="PUT"))

    with caught.value as answer:
        assert (answer.code, b"No space left on device" in answer.read()) == (507, True)
    assert "Traceback" in caplog.text
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")
