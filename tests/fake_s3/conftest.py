"""A served directory for each test, and the clients of it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from fake_s3 import ObjectStore, create_app
from fake_s3.server import Server


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint over the directory `root`."""

    root: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(
        self, access_key: str = "any", secret: str = "thing", endpoint_url: str | None = None, **config: Any
    ) -> Any:
        """A boto3 client that does not retry; `config` is botocore's."""
        return boto3.client(
            "s3",
            endpoint_url=endpoint_url or self.url,
            region_name="us-east-1",
            aws_access_key_id=access_key,
            aws_secret_access_key=secret,
            config=Config(retries={"max_attempts": 0}, **config),
        )


@contextmanager
def serve(root: Path, read_only: dict[str, Path] | None = None, **options: Any) -> Iterator[Endpoint]:
    """The endpoint on a port of its own, for the block."""
    store = ObjectStore(root, read_only)
    server = Server(create_app(store, **options), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Endpoint(root, server.port)
    finally:
        server.stop()
        thread.join()
        store.close()


class Switchboard:
    """A server that stays while the applications behind it change: most tests need no port of their own."""

    def __init__(self) -> None:
        self.app: WSGIApplication = _nobody
        self.server = Server(self, "127.0.0.1", 0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return self.app(environ, start_response)


def _nobody(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    raise AssertionError(f"a request outside of any test: {environ['PATH_INFO']}")


@pytest.fixture(scope="session")
def switchboard() -> Iterator[Switchboard]:
    switchboard = Switchboard()
    thread = threading.Thread(target=switchboard.server.run)
    thread.start()
    yield switchboard
    switchboard.server.stop()
    thread.join()


@pytest.fixture(scope="session")
def shared_client(switchboard: Switchboard) -> Any:
    """The client behind the fixture `s3`: making one takes longer than most tests."""
    return Endpoint(Path(), switchboard.server.port).client()


@pytest.fixture
def endpoint(tmp_path: Path, switchboard: Switchboard) -> Iterator[Endpoint]:
    store = ObjectStore(tmp_path / "root")
    switchboard.app = create_app(store)
    yield Endpoint(store.root, switchboard.server.port)
    switchboard.app = _nobody
    store.close()


@pytest.fixture
def s3(endpoint: Endpoint, shared_client: Any) -> Any:
    """A boto3 client, with the bucket `bucket` made. Do not register events on it: others use it too."""
    shared_client.create_bucket(Bucket="bucket")
    return shared_client


@contextmanager
def refused(code: str, status: int | None = None) -> Iterator[None]:
    """The block's call through boto3 has to be refused with this code, and this status if one is given."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code
    if status is not None:
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


def keys_of(listing: Any) -> list[str]:
    """The keys in the answer to a listing."""
    return [item["Key"] for item in listing.get("Contents", [])]


def prefixes_of(listing: Any) -> list[str]:
    """The common prefixes in it."""
    return [item["Prefix"] for item in listing.get("CommonPrefixes", [])]
