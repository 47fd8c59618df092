"""Names of operations, against botocore's model of S3."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from botocore.loaders import Loader

from fake_s3.operations import OPERATIONS, UNKNOWN, operation_of

MODEL = Loader(include_default_search_paths=True).load_service_model("s3", "service-2")["operations"]
MODELLED = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",  # the older form of the same request
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
    "DeleteBucketLifecycle": "DeleteBucketLifecycleConfiguration",
}


def environ(method: str, target: str, **more: str) -> dict[str, Any]:
    path, _, query = target.partition("?")
    return {"REQUEST_METHOD": method, "REQUEST_URI": target, "PATH_INFO": path, "QUERY_STRING": query, **more}


@pytest.mark.parametrize("name", sorted(MODEL))
def test_name_is_that_of_the_model(name: str) -> None:
    http = MODEL[name]["http"]
    target = http["requestUri"].replace("{Bucket}", "bucket").replace("{Key+}", "a/key")
    copies = (
        {"HTTP_X_AMZ_COPY_SOURCE": "bucket/other"} if name.endswith("Copy") or name == "CopyObject" else {}
    )
    if name.startswith("UploadPart"):
        target += "?uploadId=1&partNumber=1"
    if name in {"ListParts", "CompleteMultipartUpload", "AbortMultipartUpload"}:
        target += "?uploadId=1"

    found, _ = operation_of(environ(http["method"], target, **copies))

    wanted = MODELLED.get(name, name)
    if wanted in OPERATIONS:
        assert found == wanted


def test_most_operations_of_the_model_have_a_name() -> None:
    named = [name for name in MODEL if MODELLED.get(name, name) in OPERATIONS]

    assert len(named) > 60


def test_bucket_key_and_query_are_told_without_the_signature() -> None:
    target = f"/bucket/{quote('ü b')}?versionId=1&X-Amz-Signature=0&x-id=GetObject"

    assert operation_of(environ("GET", target)) == (
        "GetObject",
        {"Bucket": "bucket", "Key": "ü b", "versionId": "1"},
    )


@pytest.mark.parametrize(("method", "target"), [("PATCH", "/bucket/key"), ("GET", "/%FF"), ("POST", "/")])
def test_what_is_no_operation_is_unknown(method: str, target: str) -> None:
    assert operation_of(environ(method, target))[0] == UNKNOWN
