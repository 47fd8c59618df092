"""Who signs nothing may do what an ACL gives to everybody, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED

from tests.fake_s3.conftest import keys_of, refused, serve

KEYS = {"AKIDEXAMPLE": "secret"}


@pytest.fixture
def clients(tmp_path: Path) -> Iterator[tuple[Any, Any]]:
    """The owner's client and nobody's."""
    with serve(tmp_path / "root", keys=KEYS) as endpoint:
        owner = endpoint.client("AKIDEXAMPLE", "secret")
        owner.create_bucket(Bucket="private")
        owner.create_bucket(Bucket="public", ACL="public-read-write")
        yield owner, endpoint.client(signature_version=UNSIGNED)


def test_public_bucket_can_be_listed_and_written(clients: tuple[Any, Any]) -> None:
    _, nobody = clients

    nobody.put_object(Bucket="public", Key="k", Body=b"x")
    nobody.delete_object(Bucket="public", Key="other")

    assert keys_of(nobody.list_objects_v2(Bucket="public")) == ["k"]


def test_private_bucket_can_neither(clients: tuple[Any, Any]) -> None:
    owner, nobody = clients
    owner.put_object(Bucket="private", Key="k", Body=b"x")

    for operation, arguments in (
        ("list_objects_v2", {}),
        ("put_object", {"Key": "k"}),
        ("delete_object", {"Key": "k"}),
        ("get_object", {"Key": "k"}),
        ("get_object", {"Key": "missing"}),
        ("delete_bucket", {}),
    ):
        with refused("AccessDenied", 403):
            getattr(nobody, operation)(Bucket="private", **arguments)
    assert owner.get_object(Bucket="private", Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize("bucket", ["private", "public"])
def test_object_has_an_acl_of_its_own(clients: tuple[Any, Any], bucket: str) -> None:
    owner, nobody = clients
    owner.put_object(Bucket=bucket, Key="public", Body=b"x", ACL="public-read")
    owner.put_object(Bucket=bucket, Key="private", Body=b"x")

    assert nobody.get_object(Bucket=bucket, Key="public")["Body"].read() == b"x"
    with refused("AccessDenied", 403):
        nobody.get_object(Bucket=bucket, Key="private")


@pytest.mark.parametrize(
    "operation", ["get_bucket_acl", "get_bucket_policy", "get_bucket_tagging", "delete_bucket"]
)
def test_public_bucket_does_not_give_itself_away(clients: tuple[Any, Any], operation: str) -> None:
    _, nobody = clients

    with refused("AccessDenied", 403):
        getattr(nobody, operation)(Bucket="public")


def test_what_is_missing_is_missing_for_all(clients: tuple[Any, Any]) -> None:
    _, nobody = clients

    with refused("NoSuchKey", 404):
        nobody.get_object(Bucket="public", Key="missing")
    with refused("NoSuchBucket", 404):
        nobody.get_object(Bucket="missing", Key="missing")
    with refused("AccessDenied", 403):
        nobody.list_buckets()
