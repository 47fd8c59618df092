"""Multipart uploads."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any

import pytest
from boto3.s3.transfer import TransferConfig

from fake_s3.checksums import encode, hasher
from tests.fake_s3.conftest import Endpoint, keys_of, prefixes_of, refused

MIB = 1 << 20
FIRST, LAST = b"a" * (5 * MIB), b"tail"


class Upload:
    """An upload under way to bucket/`key`, and what has been sent."""

    def __init__(self, s3: Any, key: str = "k", **arguments: Any) -> None:
        self.s3 = s3
        answer = s3.create_multipart_upload(Bucket="bucket", Key=key, **arguments)
        self.target = {"Bucket": "bucket", "Key": key, "UploadId": answer["UploadId"]}
        self.parts: dict[int, dict[str, Any]] = {}

    def send(self, number: int, body: bytes, **arguments: Any) -> Any:
        answer = self.s3.upload_part(**self.target, PartNumber=number, Body=body, **arguments)
        sums = {name: value for name, value in answer.items() if name.startswith("Checksum")}
        self.parts[number] = {"PartNumber": number, "ETag": answer["ETag"], **sums}
        return answer

    def complete(self, *numbers: int, **arguments: Any) -> Any:
        parts = [self.parts[number] for number in numbers or sorted(self.parts)]
        return self.s3.complete_multipart_upload(**self.target, MultipartUpload={"Parts": parts}, **arguments)


def content(s3: Any, **arguments: Any) -> bytes:
    return bytes(s3.get_object(Bucket="bucket", Key="k", **arguments)["Body"].read())


def test_parts_make_an_object(s3: Any, endpoint: Endpoint) -> None:
    upload = Upload(s3, ContentType="text/bla", Metadata={"m": "1"}, Tagging="t=1")
    upload.send(2, LAST)
    upload.send(1, FIRST)

    answer = upload.complete()

    digests = hashlib.md5(FIRST).digest() + hashlib.md5(LAST).digest()
    head = s3.head_object(Bucket="bucket", Key="k")
    assert answer["ETag"] == head["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert (head["ContentType"], head["Metadata"], head["ContentLength"]) == (
        "text/bla",
        {"m": "1"},
        5 * MIB + 4,
    )
    assert content(s3) == (endpoint.root / "bucket/k").read_bytes() == FIRST + LAST
    assert list((endpoint.root / ".fake_s3/uploads").iterdir()) == []


def test_completing_twice_succeeds_twice(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, LAST)

    assert upload.complete()["ETag"] == upload.complete()["ETag"]


def test_object_is_there_only_when_complete(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, LAST)

    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


def test_part_sent_again_replaces(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, b"old")
    upload.send(1, b"new")

    upload.complete()

    assert content(s3) == b"new"


def test_part_left_out_is_left_out(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, b"one")
    upload.send(7, b"seven")

    upload.complete(7)

    assert content(s3) == b"seven"


def test_parts_of_an_object_can_be_read(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, FIRST)
    upload.send(2, LAST)
    upload.complete()

    assert content(s3, PartNumber=2) == LAST
    assert s3.head_object(Bucket="bucket", Key="k", PartNumber=1)["PartsCount"] == 2
    with refused("InvalidPartNumber", 416):
        s3.get_object(Bucket="bucket", Key="k", PartNumber=3)


def test_object_put_whole_is_its_own_part(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"whole")

    assert content(s3, PartNumber=1) == b"whole"


def test_small_part_in_the_middle_is_refused(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, b"small")
    upload.send(2, b"last")

    with refused("EntityTooSmall", 400):
        upload.complete()


def test_wrong_order_is_refused(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, FIRST)
    upload.send(2, LAST)

    with refused("InvalidPartOrder", 400):
        upload.complete(2, 1)


@pytest.mark.parametrize("claim", [{"PartNumber": 9}, {"ETag": '"ffffffffffffffffffffffffffffffff"'}])
def test_part_that_did_not_arrive_is_refused(s3: Any, claim: dict[str, Any]) -> None:
    upload = Upload(s3)
    upload.send(1, LAST)
    upload.parts[1] |= claim

    with refused("InvalidPart", 400):
        upload.complete(1)
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


def test_no_parts_are_refused(s3: Any) -> None:
    upload = Upload(s3)

    with refused("MalformedXML", 400):
        s3.complete_multipart_upload(**upload.target)


def test_aborted_upload_leaves_nothing(s3: Any, endpoint: Endpoint) -> None:
    upload = Upload(s3)
    upload.send(1, LAST)

    s3.abort_multipart_upload(**upload.target)

    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bucket")
    assert list((endpoint.root / ".fake_s3/uploads").iterdir()) == []
    with refused("NoSuchUpload", 404):
        upload.complete()
    with refused("NoSuchUpload", 404):
        upload.send(1, LAST)
    with refused("NoSuchUpload", 404):
        s3.list_parts(**upload.target)


def test_upload_of_another_key_is_none(s3: Any) -> None:
    upload = Upload(s3)

    with refused("NoSuchUpload", 404):
        s3.upload_part(**upload.target | {"Key": "other"}, PartNumber=1, Body=b"x")


@pytest.mark.parametrize("number", [0, 10_001])
def test_part_numbers_have_limits(s3: Any, number: int) -> None:
    with refused("InvalidArgument", 400):
        Upload(s3).send(number, b"x")


def test_completion_may_be_conditional(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"first")
    upload = Upload(s3)
    upload.send(1, LAST)

    with refused("PreconditionFailed", 412):
        upload.complete(IfNoneMatch="*")
    assert content(s3) == b"first"
    upload.complete()
    assert content(s3) == LAST


# Copies of parts


def test_part_may_be_copied(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="src?versionId", Body=b"0123456789")
    upload = Upload(s3)

    for number, wanted in ((1, {"CopySourceRange": "bytes=2-4"}), (2, {})):
        source = {"Bucket": "bucket", "Key": "src?versionId"}
        answer = s3.upload_part_copy(**upload.target, PartNumber=number, CopySource=source, **wanted)
        upload.parts[number] = {"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]}

    upload.complete(2)
    assert content(s3) == b"0123456789"
    assert upload.parts[1]["ETag"] == f'"{hashlib.md5(b"234").hexdigest()}"'


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("0-2", "InvalidArgument"),
        ("bytes=0", "InvalidArgument"),
        ("bytes=hello-world", "InvalidArgument"),
        ("bytes=0-bar", "InvalidArgument"),
        ("bytes=0-2,3-5", "InvalidArgument"),
        ("bytes=3-2", "InvalidArgument"),
        ("bytes=0-21", "InvalidRange"),
    ],
)
def test_range_of_a_copied_part_has_to_fit(s3: Any, wanted: str, code: str) -> None:
    s3.put_object(Bucket="bucket", Key="src", Body=b"01234")
    upload = Upload(s3)

    with refused(code):
        s3.upload_part_copy(**upload.target, PartNumber=1, CopySource="bucket/src", CopySourceRange=wanted)


# Listings


def test_parts_are_listed_in_pages(s3: Any) -> None:
    upload = Upload(s3)
    for number in (3, 1, 20):
        upload.send(number, b"x" * number)

    pages = list(s3.get_paginator("list_parts").paginate(**upload.target, PaginationConfig={"PageSize": 2}))

    assert [[(p["PartNumber"], p["Size"]) for p in page["Parts"]] for page in pages] == [
        [(1, 1), (3, 3)],
        [(20, 20)],
    ]


def test_uploads_are_listed_in_pages(s3: Any) -> None:
    uploads = [Upload(s3, key) for key in ("b", "a", "b", "c/1", "c/2")]
    ids = [upload.target["UploadId"] for upload in uploads]

    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket="bucket", PaginationConfig={"PageSize": 2}
    )
    listed = [(upload["Key"], upload["UploadId"]) for page in pages for upload in page["Uploads"]]

    assert listed == [("a", ids[1]), ("b", ids[0]), ("b", ids[2]), ("c/1", ids[3]), ("c/2", ids[4])]


def test_uploads_are_listed_by_prefix_and_delimiter(s3: Any) -> None:
    for key in ("b", "c/1", "c/2", "d/1"):
        Upload(s3, key)

    folders = s3.list_multipart_uploads(Bucket="bucket", Delimiter="/")
    within = s3.list_multipart_uploads(Bucket="bucket", Prefix="c/")

    assert ([u["Key"] for u in folders["Uploads"]], prefixes_of(folders)) == (["b"], ["c/", "d/"])
    assert [u["Key"] for u in within["Uploads"]] == ["c/1", "c/2"]


# Checksums of the whole


def test_composite_checksum(s3: Any) -> None:
    upload = Upload(s3, ChecksumAlgorithm="SHA256")
    upload.send(1, FIRST, ChecksumAlgorithm="SHA256")
    upload.send(2, LAST, ChecksumAlgorithm="SHA256")

    answer = upload.complete()

    digest = hashlib.sha256(hashlib.sha256(FIRST).digest() + hashlib.sha256(LAST).digest()).digest()
    assert answer["ChecksumSHA256"] == f"{base64.b64encode(digest).decode()}-2"
    assert answer["ChecksumType"] == "COMPOSITE"


def crc(algorithm: str, content: bytes) -> str:
    digest = hasher(algorithm)
    digest.update(content)
    return encode(digest.digest())


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_checksum_of_the_whole_object(s3: Any, algorithm: str) -> None:
    element = f"Checksum{algorithm}"
    upload = Upload(s3, ChecksumAlgorithm=algorithm, ChecksumType="FULL_OBJECT")
    for number, part in ((1, FIRST), (2, LAST)):
        upload.send(number, part, **{element: crc(algorithm, part)})

    whole = crc(algorithm, FIRST + LAST)
    answer = upload.complete(ChecksumType="FULL_OBJECT", **{element: whole})

    assert (answer[element], answer["ChecksumType"]) == (whole, "FULL_OBJECT")


def test_default_checksum_is_of_the_whole_object(s3: Any) -> None:
    upload = Upload(s3)
    upload.send(1, FIRST)
    upload.send(2, LAST)

    upload.complete()

    head = s3.head_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
    assert (head["ChecksumCRC64NVME"], head["ChecksumType"]) == (
        crc("CRC64NVME", FIRST + LAST),
        "FULL_OBJECT",
    )


def test_wrong_checksum_of_the_whole_is_refused(s3: Any) -> None:
    upload = Upload(s3, ChecksumAlgorithm="CRC32", ChecksumType="FULL_OBJECT")
    upload.send(1, LAST)

    with refused("BadDigest", 400):
        upload.complete(ChecksumType="FULL_OBJECT", ChecksumCRC32="AAAAAA==")
    with refused("InvalidRequest", 400):
        upload.complete(MpuObjectSize=5)


@pytest.mark.parametrize(("algorithm", "kind"), [("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")])
def test_impossible_kind_of_checksum_is_refused(s3: Any, algorithm: str, kind: str) -> None:
    with refused("InvalidRequest", 400):
        Upload(s3, ChecksumAlgorithm=algorithm, ChecksumType=kind)


def test_attributes_tell_the_parts(s3: Any) -> None:
    upload = Upload(s3, ChecksumAlgorithm="SHA256")
    upload.send(1, FIRST, ChecksumAlgorithm="SHA256")
    upload.send(2, LAST, ChecksumAlgorithm="SHA256")
    upload.complete()

    every = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]
    answer = s3.get_object_attributes(Bucket="bucket", Key="k", ObjectAttributes=every, MaxParts=1)

    parts = answer["ObjectParts"]
    assert (answer["ObjectSize"], answer["StorageClass"]) == (5 * MIB + 4, "STANDARD")
    assert (parts["TotalPartsCount"], parts["IsTruncated"], parts["NextPartNumberMarker"]) == (2, True, 1)
    assert parts["Parts"][0]["ChecksumSHA256"] == upload.parts[1]["ChecksumSHA256"]
    assert answer["Checksum"]["ChecksumType"] == "COMPOSITE"


def test_transfer_manager_goes_both_ways(s3: Any) -> None:
    body = hashlib.sha256(b"").digest() * (12 * MIB // 32)
    config = TransferConfig(multipart_threshold=MIB, multipart_chunksize=5 * MIB)
    back = BytesIO()

    s3.upload_fileobj(BytesIO(body), "bucket", "k", Config=config)
    s3.copy({"Bucket": "bucket", "Key": "k"}, "bucket", "copy", Config=config)
    s3.download_fileobj("bucket", "copy", back, Config=config)

    assert back.getvalue() == body
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["copy", "k"]
